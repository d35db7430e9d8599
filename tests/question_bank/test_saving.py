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
from structlog.testing import capture_logs

from question_bank.exams.models import AttemptEvent, EventKind
from question_bank.models import AnswerEvent, AttemptItem
from question_bank.queries import attempts as queries
from question_bank.services import sitting
from tests.answering import answer, line
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


def send(client: CheckingClient, attempt_id: int, position: int, *choice: str, after: int = 0) -> Any:
    data = answer(position, *choice, after=after)
    return client.post(f"/quiz/attempts/{attempt_id}/answers", data=data, headers=JSON)


def receipt(told: Any) -> int:
    [only] = told.json["answers"].values()
    return int(only["receipt"])


def events(bench: Bench, attempt_id: int) -> list[tuple[int, int, list[str]]]:
    with bench.looking():
        statement = select(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id).order_by(AnswerEvent.receipt)
        return [(one.receipt, one.position, one.answer) for one in db.session.scalars(statement)]


def test_receipts_rise_and_every_answer_stays(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    several = position_of(bench, attempt, "X")
    told = [
        send(client, attempt, several, *choice, after=after) for after, choice in enumerate((["a"], ["d", "a"], []))
    ]
    assert [receipt(one) for one in told] == [1, 2, 3]
    assert set(line(told[0].json, several)) == {"receipt", "saved_at"}
    assert {"deadline", "now", "paused"} < set(told[0].json)
    assert events(bench, attempt) == [(1, several, ["a"]), (2, several, ["a", "d"]), (3, several, [])]


def test_the_same_answer_again_returns_the_receipt_it_has(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    first = line(send(client, attempt, one, "a").json, one)
    assert line(send(client, attempt, one, "a").json, one) == first
    assert receipt(send(client, attempt, one, "b", after=1)) == 2
    assert receipt(send(client, attempt, one, "a", after=2)) == 3, "a change back is a change"
    assert len(events(bench, attempt)) == 3


def test_whoever_has_seen_less_overwrites_nothing(bench: Bench, as_: As) -> None:
    """A device that comes back from a dead network, a window left open, a request sent again by somebody."""
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one = position_of(bench, attempt, "A1")
    assert receipt(send(client, attempt, one, "a")) == 1
    assert receipt(send(client, attempt, one, "b", after=1)) == 2
    late = send(client, attempt, one, "c", after=0)
    assert late.status_code == 409
    told = line(late.json, one)
    assert "from another window or device" in told["refused"]
    assert (told["receipt"], told["answer"]) == (2, ["b"])
    assert send(client, attempt, one, "c", after=1).status_code == 409
    untouched = send(client, attempt, one, "a", after=1)
    assert (untouched.status_code, receipt(untouched)) == (200, 2), "what a window shows unchanged is no new answer"
    assert receipt(send(client, attempt, one, "c", after=2)) == 3, "having looked, it is a decision"
    assert [given for _receipt, _place, given in events(bench, attempt)] == [["a"], ["b"], ["c"]]


def test_many_answers_at_once_are_saved_in_five_statements_and_refused_one_by_one(
    app: Flask, bench: Bench, as_: As
) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one, several = position_of(bench, attempt, "A1"), position_of(bench, attempt, "X")
    url = f"/quiz/attempts/{attempt}/answers"
    send(client, attempt, one, "b")
    with counting(app, exactly=5):
        told = client.post(url, data=answer(one, "a", after=1, flag="1") | answer(several, "a", "b"), headers=JSON)
    assert told.status_code == 200
    assert [line(told.json, place)["receipt"] for place in sorted((one, several))] in ([2, 3], [3, 2])
    with bench.looking():
        flagged = select(AttemptItem.position).where(AttemptItem.attempt_id == attempt, AttemptItem.flagged)
        assert db.session.scalars(flagged).all() == [one]
    mixed = client.post(url, data=answer(one, "z", after=2) | answer(several, "c", after=3), headers=JSON)
    assert mixed.status_code == 200
    assert "not one of the item" in line(mixed.json, one)["refused"]
    assert line(mixed.json, several)["receipt"] == 4
    page = client.post(url, data=answer(one, "z", after=2) | answer(several, "d", after=4))
    assert page.status_code == 302
    assert "not one of the item" in client.get(page.location).text
    assert events(bench, attempt)[-1][1:] == (several, ["d"])


def test_an_answer_that_does_not_say_what_it_follows_is_refused(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    for after in ([], ["x"], ["1", "2"], ["9" * 40], ["-1"]):
        told = client.post(f"/quiz/attempts/{attempt}/answers", data={"1-after": after, "1-choice": "a"}, headers=JSON)
        assert told.status_code == 422, after
        assert "Reload the page" in told.text
    assert client.post(f"/quiz/attempts/{attempt}/answers", data={}, headers=JSON).status_code == 422
    assert events(bench, attempt) == []


def test_another_browser_is_noted_once(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    one = position_of(bench, attempt, "A1")
    first, second = as_(bench.trainee), as_(bench.trainee)
    for number, client in enumerate((first, first, second, second, first)):
        assert send(client, attempt, one, "ab"[number % 2], after=number).status_code == 200
    with bench.looking():
        noted = db.session.scalars(select(AttemptEvent.kind).where(AttemptEvent.attempt_id == attempt)).all()
    assert noted == [EventKind.ELSEWHERE, EventKind.ELSEWHERE]


def test_without_script_the_form_leads_back_to_the_item(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    told = client.post(f"/quiz/attempts/{attempt}/answers", data={**answer(one, "c"), "at": one})
    assert (told.status_code, told.location) == (302, f"/quiz/attempts/{attempt}#item-{one}")
    assert 'value="c" checked' in client.get(f"/quiz/attempts/{attempt}").text


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (["z"], "not one of the item"),
        (["a", "b"], "one option only"),
        (["a" * 9000], "not"),
    ],
)
def test_what_fits_no_option_is_refused_with_a_sentence(bench: Bench, as_: As, choice: list[str], words: str) -> None:
    attempt = bench.start()
    told = send(as_(bench.trainee, "en"), attempt, position_of(bench, attempt, "A1"), *choice)
    assert told.status_code == 422
    assert words in told.json["error"]
    assert events(bench, attempt) == []


def test_nothing_chosen_is_nothing_saved_and_no_choice_is_taken_back(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one = position_of(bench, attempt, "A1")
    assert receipt(send(client, attempt, one)) == 0
    assert receipt(send(client, attempt, one, "a")) == 1
    emptied = send(client, attempt, one, after=1)
    assert emptied.status_code == 422
    assert "No option was chosen" in emptied.json["error"]
    assert len(events(bench, attempt)) == 1


def test_strangers_and_unknown_items_are_not_found(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    for name in ("other_trainee.jn", "trainee.qd"):
        assert send(as_(bench.people[name]), attempt, 1, "a").status_code == 404
    for position in (0, 6, 10**8):
        assert send(as_(bench.trainee), attempt, position, "a").status_code == 404
    assert send(as_(bench.trainee), attempt + 99, 1, "a").status_code == 404
    assert send(as_(bench.people["instructor.jn"]), attempt, 1, "a").status_code == 403
    assert send(as_(None), attempt, 1, "a").status_code == 401
    assert events(bench, attempt) == []


FORM = "application/x-www-form-urlencoded"
MANGLED: list[tuple[bytes, str, int, str]] = [
    (b"1-after=0&1-choice=" + b"a" * (10 << 20), FORM, 413, "larger than 2 MB"),
    (b"1-after=0&" + b"1-choice=a&" * 900_000, FORM, 413, "larger than 2 MB"),
    (b"\xff\xfe\x00" * 1000, FORM, 422, "No answer was sent"),
    (b'{"1-after": 0, "1-choice": "a"}', "application/json", 422, "No answer was sent"),
    (b"--x\r\nContent-Dispo", "multipart/form-data; boundary=x", 422, "No answer was sent"),
    (b"-1-after=0&-1-choice=a", FORM, 422, "No answer was sent"),
    ("１-after=0&１-choice=a".encode(), FORM, 422, "No answer was sent"),
    (b"99999999999-after=0&99999999999-choice=a", FORM, 422, "No answer was sent"),
    (b"1-after=0&1-choice=%00%0d%0a%f0%9f", FORM, 422, "not one of the item"),
]


def test_what_is_huge_or_mangled_is_refused_and_changes_nothing(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    headers = {**JSON, "X-CSRFToken": client.token()}
    for body, kind, status, words in MANGLED:
        with capture_logs() as lines:
            url = f"/quiz/attempts/{attempt}/answers"
            told = client.post(url, data=body, content_type=kind, headers=headers, csrf=False)
        assert (told.status_code, words in told.text) == (status, True), (body[:60], told.text)
        assert [one["status"] for one in lines if one["event"] == "request"] == [status]
    assert events(bench, attempt) == []
    with bench.looking():
        assert not db.session.scalars(select(AttemptItem).where(AttemptItem.flagged)).all()


def test_what_is_refused_is_logged_without_the_answer(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one = position_of(bench, attempt, "A1")
    send(client, attempt, one, "a")
    send(client, attempt, one, "b", after=1)
    with capture_logs() as lines:
        assert send(client, attempt, one, "c", after=1).status_code == 409  # out of order
        assert send(client, attempt, one, "zz", after=2).status_code == 422
    refused = [line for line in lines if line["event"] == "answer refused"]
    assert [(line["attempt"], line["position"], line["reason"]) for line in refused] == [
        (attempt, one, "Conflict"),
        (attempt, one, "Invalid"),
    ]
    assert "zz" not in str(lines)
    assert len(events(bench, attempt)) == 2


def test_after_the_deadline_only_a_lost_receipt_is_told_again(
    bench: Bench, as_: As, at: Callable[[timedelta], None]
) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one = position_of(bench, attempt, "A1")
    at(timedelta(minutes=19, seconds=59))
    first = send(client, attempt, one, "a")
    at(timedelta(minutes=20))
    assert receipt(send(client, attempt, one, "a")) == receipt(first)
    late = send(client, attempt, one, "b", after=1)
    assert (late.status_code, len(events(bench, attempt))) == (409, 1)
    assert "Time is over" in late.json["error"]


def test_a_handed_in_attempt_takes_no_answer(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    client.post(f"/quiz/attempts/{attempt}/hand-in")
    told = send(client, attempt, 1, "a")
    assert told.status_code == 409
    assert "handed in" in told.json["error"]


def test_handing_in_saves_what_the_form_still_holds(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    one, several = position_of(bench, attempt, "A1"), position_of(bench, attempt, "X")
    url = f"/quiz/attempts/{attempt}/hand-in"
    refused = client.post(url, data=answer(one, "z") | answer(several, "a"))
    assert refused.location == f"/quiz/attempts/{attempt}"
    assert "Nothing was handed in" in client.get(refused.location).text
    handed = client.post(url, data=answer(one, "b") | answer(several, "a", after=1))
    assert handed.location == f"/quiz/attempts/{attempt}/result"
    assert sorted(given for _receipt, _place, given in events(bench, attempt)) == [["a"], ["b"]]


def test_saving_takes_four_statements_and_a_replay_three(app: Flask, bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    one = position_of(bench, attempt, "A1")
    send(client, attempt, position_of(bench, attempt, "X"), "a")
    with counting(app, exactly=4):
        assert send(client, attempt, one, "a").status_code == 200
    with counting(app, exactly=3):
        assert send(client, attempt, one, "a").status_code == 200
    with counting(app, exactly=4):
        assert send(client, attempt, one, "b", after=2).status_code == 200


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
        client, after = client_for(app, bench.trainee), 0
        for choice in choices:
            after = receipt(send(client, attempt, position, choice, after=after))
            receipts.append(after)

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
