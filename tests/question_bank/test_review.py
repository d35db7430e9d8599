"""Drafts, their review by somebody else, and what becomes of approved items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from question_bank.models import Item, ItemNote, ItemState, NoteKind
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench, a1
from tests.question_bank.test_authoring import typed
from training.core.audit import AuditLine
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def author(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


@pytest.fixture
def reviewer(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["reviewer.jn"], "en")


def write(author: CheckingClient, **changes: str) -> str:
    """Save a new draft; returns the address of its page."""
    saved = author.submit("/items/new?type=A1", typed(**changes))
    assert saved.status_code == 302
    return str(saved.location)


def step(client: CheckingClient, page: str, name: str, **data: str) -> int:
    """Take a step with what the page's form holds."""
    return client.submit(page, data, action=f"{page}/{name}").status_code


def state_of(bench: Bench, page: str) -> tuple[ItemState, int | None]:
    with bench.looking():
        found = db.session.get_one(Item, int(page.rsplit("/", 1)[1]))
        return found.state, found.approved_version


def test_a_draft_may_be_unsound_and_its_page_lists_every_fault(bench: Bench, author: CheckingClient) -> None:
    page = write(author, **{"options-2-text_en": ""}, **{"options-1-text_zh": "选项a"}, **{"options-1-right": ""})
    text = main_text(author.get(page))
    for words in (
        "Option C · English: Fill this in.",
        "Option B · Chinese: Says the same as option A",
        "Answer key: Mark exactly one option as right.",
    ):
        assert words in text
    assert "Submit for review" not in text
    assert author.post(f"{page}/submit").status_code == 422
    assert state_of(bench, page) == (ItemState.DRAFT, None)


def test_somebody_else_approves_and_quizzes_use_it_from_then_on(
    bench: Bench, author: CheckingClient, reviewer: CheckingClient
) -> None:
    page = write(author)
    item = page.rsplit("/", 1)[1]
    assert f'name="order_{item}"' not in author.get("/quizzes/new").text, "no quiz takes a draft"
    assert step(author, page, "submit", message="Is the dose right?") == 302
    assert "Your review" not in main_text(author.get(page)), "nobody approves their own"
    assert author.post(f"{page}/decide", data={"do": "approve", "version": "1"}).status_code == 403
    assert "Is the dose right?" in main_text(reviewer.get(page))
    assert step(reviewer, page, "decide", do="approve") == 302
    assert state_of(bench, page) == (ItemState.APPROVED, 1)
    assert f'name="order_{item}"' in author.get("/quizzes/new").text


def test_an_item_is_returned_with_a_comment_alone(
    bench: Bench, author: CheckingClient, reviewer: CheckingClient
) -> None:
    page = write(author)
    step(author, page, "submit")
    assert step(reviewer, page, "decide", do="return", advice=" ") == 422
    assert state_of(bench, page)[0] is ItemState.IN_REVIEW
    assert step(reviewer, page, "decide", do="return", advice="Option B is too long") == 302
    assert state_of(bench, page)[0] is ItemState.DRAFT
    assert "Option B is too long" in main_text(author.get(page))
    assert step(author, page, "comment", comment="Shortened") == 302
    assert step(author, page, "comment", comment="") == 422
    with bench.looking():
        notes = db.session.scalars(
            select(ItemNote.kind).where(ItemNote.item_id == int(page.rsplit("/", 1)[1])).order_by(ItemNote.id)
        ).all()
        verbs = set(db.session.scalars(select(AuditLine.verb).where(AuditLine.object_type == "item")))
    assert list(notes) == [NoteKind.SUBMITTED, NoteKind.RETURNED, NoteKind.COMMENT]
    assert {"item.submitted", "item.returned", "item.comment"} <= verbs


def test_who_wrote_any_version_since_the_last_approved_one_does_not_approve(
    bench: Bench, author: CheckingClient, reviewer: CheckingClient
) -> None:
    page = write(author)
    assert reviewer.submit(f"{page}/edit", {"stem_en": "Mended by the reviewer"}).status_code == 302
    step(author, page, "submit")
    for client in (author, reviewer):
        assert client.post(f"{page}/decide", data={"do": "approve", "version": "2"}).status_code == 403


def test_a_newer_draft_leaves_quizzes_with_the_approved_version(
    bench: Bench, author: CheckingClient, reviewer: CheckingClient, as_: As
) -> None:
    page = f"/items/{bench.item_ids[0]}"
    assert author.submit(f"{page}/edit", {"stem_en": "quite new"}).status_code == 302
    assert state_of(bench, page) == (ItemState.DRAFT, 1)
    trainee = as_(bench.trainee, "en")
    first, second = bench.start(), "/quiz/attempts/{}"
    assert "quite new" not in trainee.get(second.format(first)).text
    assert "Quizzes use version 1" in main_text(author.get(page))
    step(author, page, "submit")
    step(reviewer, page, "decide", do="approve")
    assert "quite new" not in trainee.get(second.format(first)).text, "an attempt keeps its version"
    other = as_(bench.people["other_trainee.jn"], "en")
    assert "quite new" in other.get(second.format(bench.start("other_trainee.jn"))).text


def test_the_author_withdraws_and_a_new_version_withdraws_by_itself(
    bench: Bench, author: CheckingClient, reviewer: CheckingClient
) -> None:
    page = write(author)
    step(author, page, "submit")
    assert reviewer.post(f"{page}/withdraw").status_code == 403
    assert step(author, page, "withdraw") == 302
    assert state_of(bench, page)[0] is ItemState.DRAFT
    step(author, page, "submit")
    opened = reviewer.get(page)
    assert author.submit(f"{page}/edit", {"stem_en": "Second thoughts"}).status_code == 302
    assert "Your review" in main_text(opened)
    assert reviewer.post(f"{page}/decide", data={"do": "approve", "version": "1"}).status_code == 409
    step(author, page, "submit")
    stale = reviewer.post(f"{page}/decide", data={"do": "approve", "version": "1"})
    assert stale.status_code == 409
    assert "Somebody saved version 2" in main_text(stale)
    assert state_of(bench, page) == (ItemState.IN_REVIEW, None)


def test_a_retired_item_names_its_successor_and_comes_back_for_a_reason(bench: Bench, author: CheckingClient) -> None:
    first, second = (f"/items/{one}" for one in bench.item_ids[:2])
    assert step(author, first, "retire", reason="outdated", successor="none such") == 422
    assert step(author, first, "retire", reason="outdated", successor="T-1") == 422, "not by itself"
    assert step(author, first, "retire", reason="outdated", successor="T-2") == 302
    page = author.get(first)
    assert "Superseded by T-2" in " ".join(main_text(page).split())
    assert "Little quiz" in main_text(page)
    assert f'href="{second}"' in page.text
    assert author.post(f"{first}/submit").status_code == 409
    assert step(author, first, "restore", reason="") == 422
    assert step(author, first, "restore", reason="the guideline holds") == 302
    assert author.post(f"{first}/restore", data={"reason": "again"}).status_code == 409
    assert "the guideline holds" in main_text(author.get(first))


def test_no_quiz_takes_what_is_not_approved(bench: Bench, author: CheckingClient) -> None:
    from tests.question_bank.test_authoring import quiz

    item = int(write(author).rsplit("/", 1)[1])
    answer = author.post("/quizzes/new", data=quiz(bench, {item: 1}))
    assert answer.status_code == 422
    assert "not approved yet" in main_text(answer)


def test_the_difference_shows_words_that_came_and_went(bench: Bench, author: CheckingClient) -> None:
    page = f"/items/{bench.item_ids[0]}"
    author.submit(
        f"{page}/edit", {"stem_en": "stem of the second", "stem_zh": "中新stem", "options-2-text_en": "another c"}
    )
    shown = author.get(f"{page}/difference?from=1&to=2")
    assert "<ins> of the second</ins>" in shown.text
    assert "中<ins>新</ins>stem" in shown.text
    assert "Options · C · text · English" in main_text(shown)
    assert "<del>text</del><ins>another</ins> c" in shown.text
    assert "Both versions say the same" in main_text(author.get(f"{page}/difference?from=2&to=2"))
    assert author.get(f"{page}/difference?from=1&to=7").status_code == 404


def test_pages_of_the_review_are_sound_in_chinese(bench: Bench, as_: As, author: CheckingClient) -> None:
    page = write(author, **{"options-2-text_en": ""})
    author.submit(f"{page}/edit", {"options-2-text_en": "text c"})
    step(author, page, "submit", message="请看剂量")
    client = as_(bench.people["reviewer.jn"])
    for address in (page, f"{page}?version=1", f"{page}/difference"):
        assert client.get(address).status_code == 200
    assert client.post(f"{page}/decide", data={"do": "return", "version": "2"}).status_code == 422


def test_stems_of_sets_are_found_in_their_first_part() -> None:
    from question_bank.services.items import stem_of

    body: dict[str, Any] = {**a1(), "stem": {"zh": "", "en": ""}, "parts": [{"stem": {"zh": "甲", "en": ""}}]}
    assert (stem_of(body, "zh"), stem_of(body, "en")) == ("甲", "")
    assert stem_of({"stem": None, "parts": "x"}, "zh") == ""
