"""A person marks written answers: what waits, and what comes of it for attempt, ledger and trainee."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from question_bank.marking import rules
from question_bank.marking.services import Given
from question_bank.models import AnswerEvent, AttemptItem, AttemptStatus, HandedInBy
from question_bank.queries import attempts as queries
from question_bank.services import answers, sitting
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import NOW, Bench, build
from tests.question_bank.essays import ONE, TWO, attempt, lines, mark, marks, sit
from training.core import jobs
from training.core.audit import AuditLine
from training.core.db import db
from training.core.errors import Invalid
from training.messages.models import InboxEntry, Message
from training.privacy import erasure

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]


@pytest.fixture
def one(app: Flask) -> Bench:
    """A quiz of an item that marks itself and an essay."""
    return build(app, ONE, shuffle_items=False)


@pytest.fixture
def two(app: Flask) -> Bench:
    """The same with a second essay."""
    return build(app, TWO, shuffle_items=False)


def test_an_answered_essay_waits_for_a_person_and_the_last_mark_decides(one: Bench, as_: As, at: Move) -> None:
    attempt_id = sit(one, "morphine, because")
    waits = attempt(one, attempt_id)
    assert (waits.status, waits.score_percent, waits.passed) == (AttemptStatus.MARKING, None, None)
    assert waits.handed_in_at == NOW
    assert lines(one) == []
    at(timedelta(days=40))
    mark(one, attempt_id, given=Given({"a": 1, "b": 1}, "clear", critical=True))
    done = attempt(one, attempt_id)
    assert (done.status, done.score_percent, done.passed) == (AttemptStatus.HANDED_IN, Decimal(75), True)
    [line] = lines(one)
    assert (line.outcome, line.score_percent, line.client_key) == (
        "question_bank:passed",
        Decimal(75),
        f"attempt:{attempt_id}",
    )
    assert line.authority_id == one.people["instructor.jn"].id
    assert line.occurred_at == NOW + timedelta(days=40), "a closed month stays as it was"
    with one.looking():
        items = db.session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id)).all()
    assert {item.position: (item.earned, item.critical_error) for item in items} == {
        1: (Decimal(1), False),
        2: (Decimal("0.5"), True),
    }


def test_an_essay_left_empty_earns_nothing_at_once(one: Bench) -> None:
    attempt_id = sit(one)
    done = attempt(one, attempt_id)
    assert (done.status, done.score_percent) == (AttemptStatus.HANDED_IN, Decimal(50))
    [line] = lines(one)
    assert line.authority_id is None
    assert line.occurred_at == done.handed_in_at


def test_an_essay_taken_back_does_not_wait(one: Bench) -> None:
    attempt_id = sit(one, "words", hands_in=False)
    with one.writing():
        answers.save(attempt_id, {2: answers.Given(["  "])}, person_id=one.trainee.id)
        sitting.hand_in(queries.lock(attempt_id), by=one.trainee)
    assert attempt(one, attempt_id).status is AttemptStatus.HANDED_IN


def test_the_sweep_hands_in_what_then_waits(one: Bench, at: Move) -> None:
    attempt_id = sit(one, "written in time", hands_in=False)
    at(timedelta(minutes=25))
    with one.app.app_context():
        assert jobs.run_sweeps()["question_bank:due-attempts"] == 1
        assert jobs.run_sweeps()["question_bank:due-attempts"] == 0
    waits = attempt(one, attempt_id)
    assert (waits.status, waits.handed_in_by) == (AttemptStatus.MARKING, HandedInBy.DEADLINE)
    assert waits.handed_in_at == NOW + timedelta(minutes=20)
    mark(one, attempt_id)
    assert attempt(one, attempt_id).passed


def test_nothing_is_decided_before_every_essay_is_marked(two: Bench) -> None:
    attempt_id = sit(two, "first", "second")
    mark(two, attempt_id, 3)
    assert attempt(two, attempt_id).status is AttemptStatus.MARKING
    assert lines(two) == []
    mark(two, attempt_id, 2, Given({"a": 0, "b": 0}))
    assert attempt(two, attempt_id).score_percent == Decimal("66.67")


def test_while_it_is_marked_nothing_of_the_key_is_shown_and_no_resit_begins(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "my own words")
    client = as_(one.trainee, "en")
    page = client.get(f"/quiz/attempts/{attempt_id}/result")
    assert "my own words" in page.text
    assert "A person reads" in main_text(page)
    for told in ("why b", "because", "a model answer", "names the drug", "points"):
        assert told not in main_text(page)
    assert client.get(f"/quiz/attempts/{attempt_id}").location == f"/quiz/attempts/{attempt_id}/result"
    landing = client.get(f"/quiz/{one.quiz_id}")
    assert "a person reads what you have written" in main_text(landing)
    assert "being marked" in main_text(landing)
    assert "it is being marked" in main_text(client.get("/learning/"))
    refused = client.post(f"/quiz/{one.quiz_id}/start")
    assert refused.status_code == 409
    assert "still being marked" in refused.text
    late = client.post(f"/quiz/attempts/{attempt_id}/answers", data={"2-after": 1, "2-text": "another"})
    assert late.status_code == 409


def test_the_trainee_gets_a_message_that_leads_to_the_result(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "words")
    mark(one, attempt_id, given=Given({"a": 0, "b": 0}))
    with one.looking():
        entries = select(Message).join(InboxEntry, InboxEntry.message_id == Message.id)
        [told] = db.session.scalars(
            entries.where(InboxEntry.person_id == one.trainee.id, Message.key == f"attempt:{attempt_id}:result")
        )
    assert told.url == f"/quiz/attempts/{attempt_id}/result"
    assert told.sender_id is None
    assert "not enough this time" in told.body_en
    assert "已评阅" in told.body_zh


def test_a_failed_attempt_is_followed_by_a_resit_once_it_is_marked(one: Bench, as_: As) -> None:
    mark(one, sit(one, "words"), given=Given({"a": 0, "b": 0}))
    again = sit(one, "better words")
    mark(one, again)
    assert [line.outcome for line in lines(one)] == ["question_bank:failed", "question_bank:passed"]
    assert attempt(one, again).number == 2


@pytest.mark.parametrize("given", [Given({"a": 4, "b": 0}), Given({"a": 1}), Given({"a": 1, "b": 1, "c": 0})])
def test_the_service_keeps_the_bounds_as_well(one: Bench, given: Given) -> None:
    attempt_id = sit(one, "words")
    with pytest.raises(Invalid):
        mark(one, attempt_id, given=given)
    assert marks(one) == []


def test_erasing_empties_text_and_comment_and_keeps_the_points(one: Bench) -> None:
    attempt_id = sit(one, "words")
    mark(one, attempt_id, given=Given({"a": 2, "b": 0}, "about the trainee"))
    with one.writing():
        erasure.erase(one.trainee.id, by=None)
    [kept] = marks(one)
    assert (kept.comment, kept.points) == ("", {"a": 2, "b": 0})
    with one.looking():
        events = select(AnswerEvent.position, AnswerEvent.answer).where(AnswerEvent.attempt_id == attempt_id)
        items = select(AttemptItem.graded_answer).where(AttemptItem.attempt_id == attempt_id)
        assert [tuple(row) for row in db.session.execute(events)] == [(1, ["b"]), (2, [""])]
        assert list(db.session.scalars(items.order_by(AttemptItem.position))) == [["b"], [""]]
    assert attempt(one, attempt_id).score_percent == Decimal(75)
    assert len(lines(one)) == 1


def test_a_living_persons_answers_and_comments_stay_as_they_are(one: Bench) -> None:
    mark(one, sit(one, "words"))
    for statement in ("UPDATE essay_mark SET comment = ''", "UPDATE answer_event SET answer = '[\"\"]'"):
        with pytest.raises(DBAPIError, match="append-only"), one.writing():
            db.session.execute(text(statement))


def test_the_trail_tells_who_marked_and_what_was_decided(one: Bench) -> None:
    attempt_id = sit(one, "words")
    mark(one, attempt_id)
    with one.looking():
        statement = select(AuditLine).where(AuditLine.object_type == "attempt", AuditLine.object_id == str(attempt_id))
        told = [(line.verb, line.actor_id) for line in db.session.scalars(statement.order_by(AuditLine.id))]
    marker = one.people["instructor.jn"].id
    assert told == [
        ("attempt.start", one.trainee.id),
        ("attempt.hand-in", one.trainee.id),
        ("attempt.mark", marker),
        ("attempt.result", marker),
    ]


rubrics = st.lists(st.integers(1, 100), min_size=1, max_size=20).map(
    lambda most: [{"id": str(number), "text": {}, "points": one} for number, one in enumerate(most)]
)
anything = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(), st.lists(st.integers()))


@pytest.mark.one_database
@given(rubrics, st.dictionaries(st.one_of(st.integers(0, 25).map(str), st.text()), anything))
def test_a_share_stays_within_bounds_whatever_is_sent(rubric: list[dict[str, Any]], sent: dict[str, Any]) -> None:
    share = rules.fraction(rubric, sent)
    assert 0 <= share <= 1
    if not rules.faulty(rubric, sent):
        assert share == Fraction(sum(sent.values()), rules.most_of(rubric))


@pytest.mark.one_database
@given(rubrics)
def test_everything_and_nothing_are_the_ends(rubric: list[dict[str, Any]]) -> None:
    assert rules.fraction(rubric, {one["id"]: one["points"] for one in rubric}) == 1
    assert rules.fraction(rubric, {one["id"]: 0 for one in rubric}) == 0
