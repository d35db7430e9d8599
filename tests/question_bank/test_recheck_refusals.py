"""Who may not answer a request to check a mark, what is refused, two who answer at once, and what pages cost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from question_bank.marking.services import Given
from question_bank.rechecks import queries, services
from question_bank.rechecks.rules import Outcome
from tests import pages
from tests.client import main_text
from tests.counting import counting
from tests.question_bank import essays
from tests.question_bank.conftest import Bench, build
from tests.question_bank.recheck_bench import WHY, As, Move, answer, ask, examined, kept, look, page_of, sat
from training.accounts import services as accounts
from training.accounts.models import Person
from training.core.access import Role
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world


@pytest.fixture
def exam(app: Flask) -> Bench:
    return examined(app)


@pytest.fixture
def asked(exam: Bench, as_: As, at: Move) -> int:
    attempt_id = sat(exam, at)
    ask(as_(exam.trainee), attempt_id, WHY, 2)
    return attempt_id


def test_whoever_marked_does_not_answer_while_a_colleague_can(exam: Bench, as_: As, asked: int) -> None:
    marker = as_(exam.people["instructor.jn"], "en")
    page = marker.get(page_of(asked))
    assert "so a colleague checks it" in main_text(page)
    assert "Look at what it comes to" not in main_text(page)
    assert "you marked an answer of it" in main_text(marker.get("/marking/rechecks/"))
    refused = marker.post(page_of(asked), data={"words": "x", "i2-points_a": "3", "i2-points_b": "1"})
    assert refused.status_code == 403
    with exam.writing():
        db.session.get_one(Person, exam.people["reviewer.jn"].id).active = False
    assert answer(marker, asked).status_code == 302, "nobody else is there"


def test_nobody_answers_about_themselves_nor_at_another_place(exam: Bench, as_: As, asked: int) -> None:
    assert as_(exam.people["instructor.qd"]).get(page_of(asked)).status_code == 404
    assert as_(exam.people["instructor.qd"]).post(page_of(asked), data={"words": "x"}).status_code == 404
    with exam.writing():
        scope = db.session.get_one(Scope, exam.actor("instructor.jn").grants[0].scope_id)
        accounts.add_grant(db.session.merge(exam.trainee), Role.INSTRUCTOR, scope, granted_by=None)
    assert as_(exam.trainee).get(page_of(asked)).status_code == 404
    assert page_of(asked) not in as_(exam.trainee).get("/marking/rechecks/").text


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"words": " "}, 422), ({"a": "4"}, 422), ({"a": "-1"}, 422), ({"a": "x"}, 422), ({"words": "字" * 1001}, 422)],
)
def test_bad_answers_are_refused_and_change_nothing(
    exam: Bench, as_: As, asked: int, typed: dict[str, str], status: int
) -> None:
    assert look(as_(exam.people["reviewer.jn"]), asked, **typed).status_code == status
    found = kept(exam, asked)
    assert found is not None
    assert found.outcome is None
    assert len(essays.marks(exam)) == 1


def test_an_answer_is_sent_as_it_was_seen(exam: Bench, as_: As, asked: int) -> None:
    checker = as_(exam.people["reviewer.jn"], "en")
    values = dict(pages.form_of(look(checker, asked, a="3"), page_of(asked)).values)
    other = checker.post(page_of(asked), data=values | {"i2-points_a": "1"})
    assert (other.status_code, "Something has changed since you looked" in main_text(other)) == (409, True)
    assert "62.5 points" in main_text(other), "it is shown as it is now"
    assert len(essays.marks(exam)) == 1
    assert checker.post(page_of(asked), data=values).status_code == 302


def test_a_second_click_changes_nothing_and_another_answer_is_refused(exam: Bench, as_: As, asked: int) -> None:
    checker = as_(exam.people["reviewer.jn"], "en")
    values = dict(pages.form_of(look(checker, asked, a="3"), page_of(asked)).values)
    assert [checker.post(page_of(asked), data=values).status_code for _click in range(2)] == [302, 302]
    later = checker.post(page_of(asked), data=values | {"words": "another"})
    assert (later.status_code, "answered already" in main_text(later)) == (409, True)
    assert [one.number for one in essays.marks(exam)] == [1, 2]
    assert len(essays.lines(exam)) == 2


def test_of_two_who_answer_at_once_one_is_told(exam: Bench, as_: As, asked: int) -> None:
    reply = services.Reply("已核对", {2: Given({"a": 3, "b": 1})})
    came: list[Any] = []
    barrier = threading.Barrier(2)

    def act(words: str) -> None:
        barrier.wait()
        try:
            with exam.writing():
                actor = exam.actor("reviewer.jn")
                found = queries.recheck_visible_to(actor, asked, lock=True)
                own = services.Reply(words, reply.marks)
                seen = services.look(found, own, looked_at_by=actor).seen
                services.answer(found, own, seen=seen, answered_by=actor)
            came.append("done")
        except Exception as error:  # noqa: BLE001 - what came of it is what the test looks at
            came.append(type(error).__name__)

    threads = [threading.Thread(target=act, args=(words,)) for words in ("一", "二")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(came) == ["Conflict", "done"]
    found = kept(exam, asked)
    assert found is not None
    assert found.outcome is Outcome.CHANGED
    assert [one.number for one in essays.marks(exam)] == [1, 2]
    assert len(essays.lines(exam)) == 2


def test_the_result_of_an_examination_costs_one_statement_more(exam: Bench, as_: As, at: Move) -> None:
    attempt_id = sat(exam, at)
    client = as_(exam.trainee)
    with counting(exam.app) as before:
        client.get(f"/quiz/attempts/{attempt_id}/result")
    assert sum("recheck" in one for one in before.statements) == 1
    ask(client, attempt_id)
    answer(as_(exam.people["reviewer.jn"]), attempt_id, a="3")
    with counting(exam.app, exactly=len(before)):
        client.get(f"/quiz/attempts/{attempt_id}/result")


def test_the_result_of_an_open_quiz_costs_what_it_did(app: Flask, as_: As) -> None:
    bench = build(app, essays.ONE, shuffle_items=False)
    attempt_id = essays.sit(bench)
    with counting(app) as count:
        assert as_(bench.trainee).get(f"/quiz/attempts/{attempt_id}/result").status_code == 200
    assert not [one for one in count.statements if "recheck" in one]


def test_lists_cost_the_same_however_long(exam: Bench, as_: As, at: Move) -> None:
    checker = as_(exam.people["reviewer.jn"])
    numbers = []
    for name in ("trainee.jn", "other_trainee.jn"):
        ask(as_(exam.people[name]), sat(exam, at, name=name))
        with counting(exam.app) as count:
            checker.get("/marking/rechecks/")
        numbers.append(len(count))
    assert numbers[0] == numbers[1] <= 4, numbers
