"""Saving one answer: receipts, replays, refusals, and what it costs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from question_bank.models import AnswerEvent, AttemptItem
from question_bank.queries import attempts as queries
from question_bank.services import sitting
from tests.client import CheckingClient, client_for
from tests.counting import counting
from tests.question_bank.conftest import Bench
from training.core.db import db

pytestmark = pytest.mark.world
JSON = {"Accept": "application/json"}
As = Callable[..., CheckingClient]


def position_of(bench: Bench, attempt_id: int, type_name: str) -> int:
    with bench.looking():
        statement = select(AttemptItem.position).where(AttemptItem.attempt_id == attempt_id)
        return db.session.scalars(statement.where(AttemptItem.type == type_name).order_by(AttemptItem.position)).all()[
            0
        ]


def send(client: CheckingClient, attempt_id: int, position: int, *choice: str) -> Any:
    url = f"/quiz/attempts/{attempt_id}/answers/{position}"
    return client.post(url, data={"choice": list(choice)}, headers=JSON)


def events(bench: Bench, attempt_id: int) -> list[tuple[int, int, list[str]]]:
    with bench.looking():
        statement = select(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id).order_by(AnswerEvent.receipt)
        return [(one.receipt, one.position, one.answer) for one in db.session.scalars(statement)]


def test_receipts_rise_and_every_answer_stays(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    several = position_of(bench, attempt, "X")
    told = [send(client, attempt, several, *choice).json for choice in (["a"], ["d", "a"], [])]
    assert [one["receipt"] for one in told] == [1, 2, 3]
    assert set(told[0]) == {"receipt", "saved_at"}
    assert events(bench, attempt) == [(1, several, ["a"]), (2, several, ["a", "d"]), (3, several, [])]


def test_the_same_answer_again_returns_the_receipt_it_has(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    first = send(client, attempt, one, "a").json
    assert send(client, attempt, one, "a").json == first
    assert send(client, attempt, one, "b").json["receipt"] == 2
    assert send(client, attempt, one, "a").json["receipt"] == 3, "a change back is a change"
    assert len(events(bench, attempt)) == 3


def test_without_script_the_form_leads_back_to_the_item(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    answer = client.post(f"/quiz/attempts/{attempt}/answers/{one}", data={"choice": "c"})
    assert (answer.status_code, answer.location) == (302, f"/quiz/attempts/{attempt}#item-{one}")
    assert 'value="c" checked' in client.get(f"/quiz/attempts/{attempt}").text


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (["z"], "not one of the item"),
        (["a", "b"], "one option only"),
        ([], "No option was chosen"),
        (["a" * 9000], "not"),
    ],
)
def test_what_fits_no_option_is_refused_with_a_sentence(bench: Bench, as_: As, choice: list[str], words: str) -> None:
    attempt = bench.start()
    answer = send(as_(bench.trainee, "en"), attempt, position_of(bench, attempt, "A1"), *choice)
    assert answer.status_code == 422
    assert words in answer.json["error"]
    assert events(bench, attempt) == []


def test_strangers_and_unknown_items_are_not_found(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    for name in ("other_trainee.jn", "trainee.qd"):
        assert send(as_(bench.people[name]), attempt, 1, "a").status_code == 404
    for position in (0, 6, 2**62):
        assert send(as_(bench.trainee), attempt, position, "a").status_code == 404
    assert send(as_(bench.trainee), attempt + 99, 1, "a").status_code == 404
    assert send(as_(bench.people["instructor.jn"]), attempt, 1, "a").status_code == 403
    assert send(as_(None), attempt, 1, "a").status_code == 401
    assert events(bench, attempt) == []


def test_after_the_deadline_only_a_lost_receipt_is_told_again(
    bench: Bench, as_: As, at: Callable[[timedelta], None]
) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one = position_of(bench, attempt, "A1")
    at(timedelta(minutes=19, seconds=59))
    first = send(client, attempt, one, "a")
    at(timedelta(minutes=20))
    assert send(client, attempt, one, "a").json == first.json
    late = send(client, attempt, one, "b")
    assert (late.status_code, len(events(bench, attempt))) == (409, 1)
    assert "Time is over" in late.json["error"]


def test_a_handed_in_attempt_takes_no_answer(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    client.post(f"/quiz/attempts/{attempt}/hand-in")
    answer = send(client, attempt, 1, "a")
    assert answer.status_code == 409
    assert "handed in" in answer.json["error"]


def test_saving_takes_three_statements_and_a_replay_four(app: Flask, bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    with counting(app, exactly=3):
        assert send(client, attempt, one, "a").status_code == 200
    with counting(app, at_most=4):
        assert send(client, attempt, one, "a").status_code == 200
    with counting(app, exactly=3):
        assert send(client, attempt, one, "b").status_code == 200


def test_saved_answers_can_be_neither_changed_nor_deleted(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    send(as_(bench.trainee), attempt, position_of(bench, attempt, "A1"), "a")
    for statement in ("UPDATE answer_event SET position = 2", "DELETE FROM answer_event"):
        with pytest.raises(DBAPIError, match="append-only"), bench.writing():
            db.session.execute(text(statement))


def test_two_windows_at_once_get_different_receipts(app: Flask, bench: Bench) -> None:
    attempt = bench.start()
    one, several = position_of(bench, attempt, "A1"), position_of(bench, attempt, "X")
    receipts: list[int] = []

    def answer(position: int, choices: str) -> None:
        client = client_for(app, bench.trainee)
        receipts.extend(send(client, attempt, position, choice).json["receipt"] for choice in choices)

    windows = [threading.Thread(target=answer, args=pair) for pair in ((one, "abcde"), (several, "abcde"))]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert sorted(receipts) == list(range(1, 11))
    with bench.looking():
        newest = queries.answers_in(queries.attempts_at(bench.trainee.id, bench.quiz_id)[0])
        assert {position: event.answer for position, event in newest.items()} == {one: ["e"], several: ["e"]}


def test_answers_are_those_of_the_pinned_version(bench: Bench, as_: As) -> None:
    """An attempt keeps the version of an item that it showed, whatever is saved afterwards."""
    from question_bank.queries import items as bank
    from question_bank.services import items, review
    from tests.question_bank.conftest import a1

    attempt = bench.start()
    with bench.writing():
        actor = bench.actor("instructor.jn")
        item, scope = bank.item_visible_to(actor, bench.item_ids[0], lock=True)
        body = a1("a", stem="quite new")
        items.revise_item(item, scope, body, seen_version=1, revised_by=actor)
        review.submit(item, scope, submitted_by=actor)
        review.approve(item, scope, seen_version=2, approved_by=bench.actor("reviewer.jn"))
    page = as_(bench.trainee, "en").get(f"/quiz/attempts/{attempt}").text
    assert "quite new" not in page
    with bench.writing():
        sitting.hand_in(queries.lock(attempt), by=None)
    assert "quite new" in as_(bench.trainee, "en").get(f"/quiz/attempts/{bench.start()}").text
