"""From the first click to the result: start, go on, deadline, hand in, resit, and what the ledger gets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.item_types import key_of
from question_bank.models import Attempt, HandedInBy
from question_bank.queries import attempts as queries
from question_bank.services import answers, sitting
from question_bank.services.answers import Given
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench
from training.core import jobs
from training.core.db import db
from training.core.errors import Conflict
from training.programmes.models import Enrolment
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]


def answer_all(bench: Bench, attempt_id: int, *, right: bool = True, name: str = "trainee.jn") -> None:
    with bench.writing():
        attempt = db.session.get_one(Attempt, attempt_id)
        for item, body in queries.paper_of(attempt):
            key = key_of(body)
            wrong = [next(one for one in item.option_order if one not in key)]
            answers.save(
                attempt_id, {item.position: Given(list(key) if right else wrong)}, person_id=bench.people[name].id
            )


def hand_in(bench: Bench, attempt_id: int) -> None:
    with bench.writing():
        sitting.hand_in(queries.lock(attempt_id), by=None)


def lines(bench: Bench) -> list[LedgerLine]:
    with bench.looking():
        statement = select(LedgerLine).where(LedgerLine.activity_id == bench.quiz_id).order_by(LedgerLine.id)
        return list(db.session.scalars(statement))


def attempts(bench: Bench) -> list[Attempt]:
    with bench.looking():
        return list(queries.attempts_at(bench.trainee.id, bench.quiz_id))


def test_a_trainee_starts_answers_hands_in_and_passes(bench: Bench, as_: As) -> None:
    client = as_(bench.trainee)
    started = client.submit(f"/quiz/{bench.quiz_id}")
    attempt = attempts(bench)[0].id
    assert started.location == f"/quiz/attempts/{attempt}"
    assert client.get(started.location).status_code == 200
    answer_all(bench, attempt)
    handed = client.post(f"/quiz/attempts/{attempt}/hand-in")
    assert handed.location == f"/quiz/attempts/{attempt}/result"
    assert "100" in main_text(client.get(handed.location))
    [line] = lines(bench)
    assert (line.outcome, line.sign, line.score_percent, line.activity_version) == (
        "question_bank:passed",
        1,
        Decimal(100),
        1,
    )
    with bench.looking():
        statement = select(Enrolment.status).where(Enrolment.person_id == bench.trainee.id)
        assert "completed" in {str(one) for one in db.session.scalars(statement)}
    assert client.get(f"/quiz/attempts/{attempt}").location == handed.location
    assert client.get(f"/quiz/{bench.quiz_id}").status_code == 200


def test_starting_twice_leads_to_the_same_attempt(bench: Bench, as_: As) -> None:
    first, second = as_(bench.trainee), as_(bench.trainee)
    pages = [client.post(f"/quiz/{bench.quiz_id}/start").location for client in (first, second)]
    assert pages[0] == pages[1]
    assert len(attempts(bench)) == 1


def test_a_closed_browser_is_no_loss(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    answer_all(bench, attempt)
    later = as_(bench.trainee, "en")
    assert f'href="/quiz/attempts/{attempt}"' in later.get(f"/quiz/{bench.quiz_id}").text
    page = later.get(f"/quiz/attempts/{attempt}").text
    assert page.count(" checked>") == 6
    assert page.count("Saved · receipt") >= 5
    assert "Every item is answered." in page


def test_the_order_is_drawn_once_by_the_seed(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    one, other = bench.start("trainee.jn", seed=3), bench.start("other_trainee.jn", seed=3)
    with bench.looking():
        orders = [
            [(item.item_version_id, tuple(item.option_order)) for item, _body in queries.paper_of(attempt)]
            for attempt in (db.session.get_one(Attempt, one), db.session.get_one(Attempt, other))
        ]
    assert orders[0] == orders[1]
    assert [version for version, _order in orders[0]] != sorted(version for version, _order in orders[0])


def test_the_server_keeps_the_deadline(bench: Bench, as_: As, at: Move) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    assert attempts(bench)[0].deadline == NOW + timedelta(minutes=20)
    at(timedelta(minutes=20))
    assert "Time is over" in main_text(client.get(f"/quiz/attempts/{attempt}"))
    assert "Hand in now" in client.get(f"/quiz/{bench.quiz_id}").text
    assert client.get(f"/quiz/attempts/{attempt}/result").location == f"/quiz/attempts/{attempt}"
    client.post(f"/quiz/attempts/{attempt}/hand-in")
    [closed] = attempts(bench)
    assert (closed.handed_in_by, closed.handed_in_at) == (HandedInBy.DEADLINE, closed.deadline)


def test_the_sweep_hands_in_what_is_due_and_nothing_else(bench: Bench, at: Move) -> None:
    due = bench.start()
    answer_all(bench, due)
    at(timedelta(minutes=10))
    bench.start("other_trainee.jn")
    at(timedelta(minutes=25))
    with bench.app.app_context():
        assert jobs.run_sweeps()["question_bank:due-attempts"] == 1
        assert jobs.run_sweeps()["question_bank:due-attempts"] == 0
    assert attempts(bench)[0].passed
    assert [line.occurred_at for line in lines(bench)] == [NOW + timedelta(minutes=20)]


def test_handing_in_twice_counts_once(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee)
    for _click in range(2):
        assert client.post(f"/quiz/attempts/{attempt}/hand-in").status_code == 302
    assert [line.outcome for line in lines(bench)] == ["question_bank:failed"]
    assert client.get(f"/quiz/attempts/{attempt}/result").status_code == 200


def test_a_failed_attempt_is_followed_by_one_marked_resit(bench: Bench, as_: As) -> None:
    attempt, client = bench.start(), as_(bench.trainee, "en")
    answer_all(bench, attempt, right=False)
    client.post(f"/quiz/attempts/{attempt}/hand-in")
    assert "You can resit now" in client.get(f"/quiz/attempts/{attempt}/result").text
    resit = client.post(f"/quiz/{bench.quiz_id}/start").location
    assert "Resit 1" in client.get(resit).text
    answer_all(bench, attempts(bench)[1].id)
    client.post(f"{resit}/hand-in")
    assert [(line.outcome, line.sign) for line in lines(bench)] == [
        ("question_bank:failed", 0),
        ("question_bank:passed", 1),
    ]
    assert "a later one did" in client.get(f"/quiz/attempts/{attempt}/result").text
    refused = client.post(f"/quiz/{bench.quiz_id}/start")
    assert refused.status_code == 409
    assert "nothing to resit" in refused.text


def test_a_resit_waits_its_hours_and_attempts_end(make_bench: Callable[..., Bench], as_: As, at: Move) -> None:
    bench = make_bench(resit_wait_hours=24)
    client = as_(bench.trainee, "en")
    hand_in(bench, bench.start())
    assert "You can resit from" in client.get(f"/quiz/{bench.quiz_id}").text
    at(timedelta(hours=23, minutes=59))
    with pytest.raises(Conflict, match=r"补考|early"):
        bench.start()
    at(timedelta(hours=24))
    hand_in(bench, bench.start())
    client = as_(bench.trainee, "en")  # the session of yesterday has locked itself
    assert "All attempts at this quiz are used" in client.get(f"/quiz/{bench.quiz_id}").text
    assert client.post(f"/quiz/{bench.quiz_id}/start").status_code == 409


def test_only_whoever_is_enrolled_finds_the_quiz_and_only_their_own_attempt(bench: Bench, as_: As) -> None:
    attempt = bench.start()
    stranger, classmate = as_(bench.people["trainee.qd"]), as_(bench.people["other_trainee.jn"])
    assert stranger.get(f"/quiz/{bench.quiz_id}").status_code == 404
    assert stranger.post(f"/quiz/{bench.quiz_id}/start").status_code == 404
    for client in (stranger, classmate):
        for page in (f"/quiz/attempts/{attempt}", f"/quiz/attempts/{attempt}/result"):
            assert client.get(page).status_code == 404
        assert client.post(f"/quiz/attempts/{attempt}/hand-in").status_code == 404
    assert as_(bench.people["instructor.jn"]).get(f"/quiz/{bench.quiz_id}").status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_keep_their_query_budget(app: Flask, bench: Bench, as_: As, language: str) -> None:
    attempt, client = bench.start(), as_(bench.trainee, language)
    answer_all(bench, attempt)
    with counting(app, at_most=6):
        client.get(f"/quiz/{bench.quiz_id}")
    with counting(app, at_most=6):
        client.get(f"/quiz/attempts/{attempt}")
    hand_in(bench, attempt)
    with counting(app, at_most=6):
        client.get(f"/quiz/attempts/{attempt}/result")


def test_the_wrong_answer_book_has_each_item_once(app: Flask, bench: Bench, as_: As) -> None:
    client = as_(bench.trainee, "en")
    assert "The book is empty" in main_text(client.get("/quiz/mistakes"))
    for _turn in range(2):
        attempt = bench.start()
        answer_all(bench, attempt, right=False)
        hand_in(bench, attempt)
        with counting(app, at_most=6):
            book = client.get("/quiz/mistakes")
        assert book.text.count('<section class="question">') == 5


def test_what_is_right_the_next_time_leaves_the_book(bench: Bench, as_: As) -> None:
    client = as_(bench.trainee, "en")
    for right, left in ((False, 5), (True, 0)):
        attempt = bench.start()
        answer_all(bench, attempt, right=right)
        hand_in(bench, attempt)
        assert client.get("/quiz/mistakes").text.count('<section class="question">') == left
    assert as_(bench.people["other_trainee.jn"]).get("/quiz/mistakes").text.count("<section") == 0
