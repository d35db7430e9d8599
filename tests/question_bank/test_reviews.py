"""Many reviews on one page: what it shows, what one button decides, and what was changed since is left out by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from question_bank.models import Item, ItemNote, ItemState, NoteKind
from question_bank.queries import items as bank
from question_bank.services import items, review
from question_bank.views import papers
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import bodies
from tests.question_bank.conftest import Bench
from tests.question_bank.test_changes import edit, look
from tests.question_bank.test_lists import add
from training.core.audit import AuditLine
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
PAGE = "/items/reviews/"


@pytest.fixture
def reviewer(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["reviewer.jn"], "en")


def submitted(bench: Bench, code: str, words: str = "") -> int:
    """An item of the first instructor's that waits for a review."""
    item_id = add(bench, code, f"题{code}", f"stem {code}")
    with bench.writing():
        actor = bench.actor("instructor.jn")
        review.submit(*bank.item_visible_to(actor, item_id, lock=True), words, submitted_by=actor)
    return item_id


def said(item_id: int, decision: str, advice: str = "", version: int = 1) -> dict[str, str]:
    prefix = f"i{item_id}-v{version}-"
    return {f"{prefix}decision": decision, f"{prefix}advice": advice}


def test_a_page_of_reviews_is_decided_with_one_button(bench: Bench, reviewer: CheckingClient) -> None:
    ids = [submitted(bench, f"R-{number}", "Is the dose right?") for number in range(3)]
    text = main_text(reviewer.get(PAGE))
    for words in ("R-0", "stem R-0", "Is the dose right?", "right answer", "why b", "because"):
        assert words in text, words
    data = said(ids[0], "approve") | said(ids[1], "return", "Option B is too long") | said(ids[2], "")
    answer = reviewer.post(PAGE, data=data, follow_redirects=True)
    assert "Approved: 1." in answer.text
    assert "Returned to their authors: 1." in answer.text
    assert [look(bench, one).state for one in ids] == [ItemState.APPROVED, ItemState.DRAFT, ItemState.IN_REVIEW]
    assert look(bench, ids[0]).approved_version == 1
    with bench.looking():
        notes = db.session.execute(select(ItemNote.kind, ItemNote.text).where(ItemNote.item_id == ids[1])).all()
        verbs = db.session.scalars(select(AuditLine.verb).where(AuditLine.object_id == str(ids[0]))).all()
    assert (NoteKind.RETURNED, "Option B is too long") in [tuple(one) for one in notes]
    assert "item.approved" in verbs


def test_all_left_open_are_approved_with_one_button_unless_something_is_amiss(
    bench: Bench, reviewer: CheckingClient
) -> None:
    ids = [submitted(bench, f"R-{number}") for number in range(3)]
    amiss = said(ids[0], "") | said(ids[1], "return") | said(ids[2], "") | {"rest": "approve"}
    assert reviewer.post(PAGE, data=amiss).status_code == 422
    assert [look(bench, one).state for one in ids] == [ItemState.IN_REVIEW] * 3
    data = amiss | said(ids[1], "return", "Option B is too long")
    answer = reviewer.post(PAGE, data=data, follow_redirects=True)
    assert "Approved: 2." in answer.text
    assert [look(bench, one).state for one in ids] == [ItemState.APPROVED, ItemState.DRAFT, ItemState.APPROVED]


def test_a_double_click_says_the_same_and_does_nothing_twice(bench: Bench, reviewer: CheckingClient) -> None:
    one, other = submitted(bench, "R-1"), submitted(bench, "R-2")
    data = said(one, "approve") | said(other, "return", "shorten it")
    for _click in range(2):
        assert "Approved: 1." in reviewer.post(PAGE, data=data, follow_redirects=True).text
    with bench.looking():
        count = select(func.count()).where(ItemNote.item_id.in_([one, other]), ItemNote.kind != NoteKind.SUBMITTED)
        assert db.session.scalar(count) == 2


def test_what_was_changed_since_the_page_is_left_out_and_named(bench: Bench, reviewer: CheckingClient) -> None:
    ids = [submitted(bench, f"R-{number}") for number in range(4)]
    with bench.writing():
        actor = bench.actor("instructor.jn")
        item, scope = bank.item_visible_to(actor, ids[0], lock=True)
        body = bank.version_of(item, 1).body
        items.revise_item(item, scope, {**body, "source": "new"}, seen_version=1, revised_by=actor)
        review.submit(item, scope, submitted_by=actor)
        review.withdraw(*bank.item_visible_to(actor, ids[1], lock=True), withdrawn_by=actor)
    data = said(ids[0], "approve") | said(ids[1], "approve") | said(ids[2], "approve") | said(ids[3], "approve")
    answer = reviewer.post(PAGE, data=data, follow_redirects=True)
    assert "Approved: 2." in answer.text
    assert "Left out, because they changed since you opened the page: R-0 · R-1." in answer.text
    assert [look(bench, one).state for one in ids[:2]] == [ItemState.IN_REVIEW, ItemState.DRAFT]
    assert look(bench, ids[0]).approved_version is None


def test_nobody_decides_about_their_own_and_strangers_about_nothing(bench: Bench, as_: As) -> None:
    one = submitted(bench, "R-1")
    author = as_(bench.people["instructor.jn"], "en")
    assert "R-1" not in main_text(author.get(PAGE))
    answer = author.post(PAGE, data=said(one, "approve"), follow_redirects=True)
    assert "Left out" in answer.text
    stranger = as_(bench.people["instructor.qd"], "en")
    assert stranger.post(PAGE, data=said(one, "approve")).status_code == 302
    assert look(bench, one).state is ItemState.IN_REVIEW
    edit(bench, one, source="mended by the reviewer")
    with bench.writing():
        actor = bench.actor("instructor.jn")
        review.submit(*bank.item_visible_to(actor, one, lock=True), submitted_by=actor)
    helper = as_(bench.people["reviewer.jn"], "en")
    assert "Left out" in helper.post(PAGE, data=said(one, "approve", version=2), follow_redirects=True).text
    assert look(bench, one).state is ItemState.IN_REVIEW, "who wrote a part of it does not approve it"


def test_a_return_without_a_word_keeps_everything_typed_and_saves_nothing(
    bench: Bench, reviewer: CheckingClient
) -> None:
    one, other = submitted(bench, "R-1"), submitted(bench, "R-2")
    answer = reviewer.post(PAGE, data=said(one, "return", " ") | said(other, "approve", "Well done"))
    assert answer.status_code == 422
    assert "Well done" in answer.text
    assert "Write what should be changed" in main_text(answer)
    assert [look(bench, item_id).state for item_id in (one, other)] == [ItemState.IN_REVIEW] * 2
    nothing = reviewer.post(PAGE, data=said(one, "") | {"i1-vx-decision": "approve", "i99999999-v1-decision": ""})
    assert nothing.status_code == 422
    assert reviewer.post(PAGE, data=said(one, "burn")).status_code == 422
    assert reviewer.post(PAGE, data=said(one, "return", "x" * 1001)).status_code == 422


def test_twenty_are_shown_at_once_and_statements_do_not_grow(
    bench: Bench, app: Flask, reviewer: CheckingClient, as_: As
) -> None:
    ids = [submitted(bench, f"R-{number:02}") for number in range(22)]
    with counting(app, at_most=6):
        first = reviewer.get(PAGE)
    assert first.text.count("-decision-0") >= 20
    assert "R-21" not in main_text(first)
    assert "R-21" in main_text(reviewer.get(f"{PAGE}?page=9")), "past the end is the last page"
    with counting(app) as few:
        reviewer.post(PAGE, data=said(ids[0], "approve") | said(ids[1], "return", "no"))
    data: dict[str, str] = {}
    for one in ids[2:20]:
        data |= said(one, "approve" if one % 2 else "return", "so")
    with counting(app) as many:
        reviewer.post(PAGE, data=data)
    assert len(few) == len(many) <= 12
    assert as_(bench.people["reviewer.jn"]).get(PAGE).status_code == 200
    assert as_(bench.people["instructor.qd"]).get(PAGE).status_code == 200
    with bench.looking():
        waiting = db.session.scalar(select(func.count()).where(Item.state == ItemState.IN_REVIEW, Item.id.in_(ids)))
    assert waiting == 2


def test_a_paper_shows_a_numbered_line_where_a_blank_belongs(app: Flask) -> None:
    with app.test_request_context():
        paper = papers.preview_of("blanks", bodies.blanks())
        assert paper.pieces("first [[1]], then [[2]]") == ["first ____\u00a0(1), then ____\u00a0(2)"]
        assert paper.plain("[[3]]") == "[[3]]"
