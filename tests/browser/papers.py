"""A quiz paper as a trainee answers it: opening it, choosing what the sample says is right. Also what else opens."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

FILE = Path(__file__).resolve().parents[2] / "question_bank/sample/items/foundations.json"


@cache
def _keys() -> dict[str, list[tuple[str, ...]]]:
    """By stem, in either language: the texts of each right option."""
    found = {}
    for item in json.loads(FILE.read_text(encoding="utf-8")):
        texts = {option["id"]: tuple(option["text"].values()) for option in item["options"]}
        for stem in item["stem"].values():
            found[stem] = [texts[one] for one in item["key"]]
    return found


def open_paper(page: Page) -> None:
    """From the trainee's home to the paper, by whatever leads there now: beginning, resitting or going on."""
    page.goto("/learning/")
    page.locator("main a[href^='/quiz/']").first.click()
    page.wait_for_url("**/quiz/*")
    page.locator("main form[action$='/start'] button, main a.button[href*='/attempts/']").first.click()
    page.wait_for_url("**/quiz/attempts/*")


def open_answer(page: Page) -> None:
    """From the list of what waits for a mark to the oldest answer."""
    page.goto("/marking/")
    page.locator("main .actions form[action$='/take'] button").click()
    page.wait_for_url("**/marking/answers/**")


def open_dialogue(page: Page) -> None:
    """From the trainee's home into a conversation."""
    page.goto("/learning/")
    page.locator("main a[href^='/dialogues/']").first.click()
    page.locator("main form[action$='/start'] button, main .actions a.button").first.click()
    page.wait_for_url("**/dialogues/attempts/**")


def questions(page: Page) -> list[Locator]:
    """All items, those with one right option first: one click is one answer sent."""
    items = page.locator("[data-item]")
    return [
        *items.filter(has=page.locator("input[type=radio]")).all(),
        *items.filter(has=page.locator("fieldset input[type=checkbox]")).all(),
    ]


def choose_right(question: Locator) -> None:
    """Choose every right option of this item."""
    stem = question.locator("legend [translate=no]").inner_text()
    for texts in _keys()[stem.strip()]:
        choice = next(one for one in question.locator("label.option").all() if _text(one) in texts)
        choice.click()
        expect(choice.locator("input")).to_be_checked()


def _text(option: Locator) -> str:
    return option.locator(".option-text").inner_text().strip()


def chosen(page: Page) -> list[str]:
    """What is chosen on the whole paper: item and option."""
    marked = page.locator("[data-item] input:checked")
    return sorted(f"{one.get_attribute('name')} {one.get_attribute('value')} {_item_of(one)}" for one in marked.all())


def _item_of(field: Locator) -> str:
    return field.locator("xpath=ancestor::section").get_attribute("data-item") or ""


def state_of(question: Locator) -> Locator:
    """Where the page says whether this answer is saved."""
    return question.get_by_role("status")


def expect_saved(question: Locator) -> None:
    """Wait until the page says that the answer is saved, with its receipt."""
    expect(state_of(question)).to_have_attribute("data-state", "saved")
