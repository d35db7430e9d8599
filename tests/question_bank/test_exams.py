"""Exam sessions: who may begin when, until when their time goes, and what is shown when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from question_bank.exams import rules, services, tasks
from question_bank.exams.models import ExamCandidate, ExamSession
from question_bank.exams.queries import sites
from question_bank.exams.rules import Gate, Window
from question_bank.models import Attempt, AttemptItem, AttemptStatus
from question_bank.queries import attempts
from question_bank.services import sitting
from tests.answering import answer
from tests.client import main_text
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench
from tests.question_bank.exam_bench import (
    JSON,
    MINUTE,
    As,
    Move,
    act,
    attempt_of,
    begin,
    kinds,
    set_session,
    supervised,
    terms,
)
from tests.question_bank.test_sitting import answer_all
from training.core.db import db
from training.core.errors import Conflict
from training.messages.models import Message
from training.places.models import TrainingBase

pytestmark = pytest.mark.world


@pytest.fixture
def exam(make_bench: Callable[..., Bench]) -> Bench:
    return supervised(make_bench)


@pytest.mark.one_database
@given(st.integers(-60, 300), st.integers(1, 200), st.integers(0, 240), st.integers(0, 60), st.integers(1, 120))
def test_nobody_begins_outside_the_window_and_nobodys_time_is_shorter_than_it_says(
    at: int, long: int, late: int, extra: int, limit: int
) -> None:
    window = Window(NOW, NOW + long * MINUTE, late)
    now = NOW + at * MINUTE
    gate = rules.gate(window, now, extra)
    assert (gate is Gate.OPEN) == (0 <= at < min(late, long))
    if gate is Gate.OPEN:
        end = rules.deadline(window, now, limit, extra)
        assert now < end <= window.closes_at + extra * MINUTE
        assert end - now == min(limit * MINUTE, window.closes_at - now) + extra * MINUTE


def test_a_supervised_quiz_begins_in_its_session_alone(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    client = as_(exam.trainee, "en")
    assert "sat at a set time" in main_text(client.get(f"/quiz/{exam.quiz_id}"))
    assert begin(client, exam).status_code == 409
    set_session(exam)
    page = client.get(f"/quiz/{exam.quiz_id}")
    assert "结业考试 第一场" in main_text(page)
    early = begin(client, exam)
    assert (early.status_code, "opens at" in main_text(early)) == (409, True)
    at(10 * MINUTE)
    wrong = begin(client, exam, code="ward8")
    assert (wrong.status_code, "not the access code" in main_text(wrong)) == (422, True)
    assert 'value="ward8"' in wrong.text, "what was typed is still there"
    unsaid = client.post(f"/quiz/{exam.quiz_id}/start", data={"code": "WARD7"})
    assert (unsaid.status_code, "agree to the statement" in main_text(unsaid)) == (422, True)
    with exam.looking():
        assert db.session.scalar(select(Attempt.id).where(Attempt.quiz_id == exam.quiz_id)) is None
    assert begin(client, exam).status_code == 302
    assert attempt_of(exam).deadline == NOW + 30 * MINUTE


def test_whoever_comes_late_is_not_let_in_and_whoever_is_not_admitted_never(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    set_session(exam, "trainee.jn")
    at(25 * MINUTE)
    late = begin(as_(exam.trainee, "en"), exam)
    assert (late.status_code, "Nobody was let in" in main_text(late)) == (409, True)
    at(12 * MINUTE)
    stranger = begin(as_(exam.people["other_trainee.jn"], "en"), exam)
    assert (stranger.status_code, "admits you" in main_text(stranger)) == (409, True)


def test_extra_time_goes_beyond_the_end_and_reaches_an_attempt_that_goes_on(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam, closes_at=NOW + 25 * MINUTE)
    person = f"{session_id}/people/{exam.trainee.id}"
    assert act(exam, as_, f"{person}/time", minutes=10).status_code == 422, "a reason is needed"
    assert act(exam, as_, f"{person}/time", minutes=10, reason="视力障碍").status_code == 302
    at(10 * MINUTE)
    for name in ("trainee.jn", "other_trainee.jn"):
        assert begin(as_(exam.people[name]), exam).status_code == 302
    assert attempt_of(exam).deadline == NOW + 35 * MINUTE
    assert attempt_of(exam, "other_trainee.jn").deadline == NOW + 25 * MINUTE
    assert act(exam, as_, f"{person}/time", minutes=15, reason="视力障碍").status_code == 302
    assert attempt_of(exam).deadline == NOW + 40 * MINUTE
    assert kinds(exam, attempt_of(exam).id) == ["extended"]


def test_papers_drawn_before_are_the_ones_that_are_sat(app: Flask, exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    with app.app_context():
        assert tasks.draw_ahead() == 2
        assert tasks.draw_ahead() == 0
    drawn = attempt_of(exam)
    assert drawn.status is AttemptStatus.READY
    client = as_(exam.trainee, "en")
    assert client.get(f"/quiz/attempts/{drawn.id}").status_code == 404, "nobody sees a paper before it is opened"
    assert f"attempts/{drawn.id}" not in client.get(f"/quiz/{exam.quiz_id}").text
    assert client.post(f"/quiz/attempts/{drawn.id}/answers", data=answer(1, "a"), headers=JSON).status_code != 200
    at(10 * MINUTE)
    with counting(app, at_most=10):
        began = begin(client, exam)
    assert began.location == f"/quiz/attempts/{drawn.id}"
    assert attempt_of(exam).started_at == NOW + 10 * MINUTE
    other = exam.people["other_trainee.jn"]
    assert act(exam, as_, f"{session_id}/people/{other.id}/dismiss").status_code == 302
    with exam.looking():
        assert db.session.get(ExamCandidate, (session_id, other.id)) is None
        assert db.session.scalars(select(AttemptItem.attempt_id).distinct()).all().count(drawn.id) == 1


def test_a_session_is_set_changed_and_cancelled_by_a_coordinator(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    client = as_(exam.people["coordinator.jn"], "en")
    with exam.looking():
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
    typed = {
        "quiz_id": exam.quiz_id,
        "scope_id": base.scope_id,
        "name": "补考",
        "opens_at": "2031-03-01T09:00",
        "closes_at": "2031-03-01T08:00",
        "late_minutes": 30,
        "code": "AB-12",
        "honour": "y",
    }
    backwards = client.post("/exams/new", data=typed)
    assert (backwards.status_code, "after the opening" in main_text(backwards)) == (422, True)
    made = client.post("/exams/new", data=typed | {"closes_at": "2031-03-01T11:00"})
    assert made.status_code == 302
    session_id = int(made.location.rsplit("/", 1)[1])
    with exam.looking():
        session = db.session.get_one(ExamSession, session_id)
        assert session.opens_at.astimezone() == datetime.fromisoformat("2031-03-01T09:00+08:00")
    page = client.get(f"/exams/{session_id}/edit")
    assert 'value="2031-03-01T09:00"' in page.text
    moved = client.post(f"/exams/{session_id}/edit", data=typed | {"closes_at": "2031-03-01T12:00", "held": "y"})
    assert moved.status_code == 302
    assert "held back" in main_text(client.get(f"/exams/{session_id}"))
    assert client.post(f"/exams/{session_id}/cancel").status_code == 302
    assert "cancelled" in main_text(client.get("/exams/"))


def test_a_session_that_somebody_has_begun_is_not_cancelled(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    begin(as_(exam.trainee), exam)
    assert act(exam, as_, f"{session_id}/cancel").status_code == 409
    with exam.writing(), pytest.raises(Conflict):
        site = sites.site_visible_to(exam.actor("coordinator.jn"), session_id)
        session, scope = site.session, site.scope
        services.revise_session(session, scope, terms(opens_at=NOW), revised_by=exam.actor("coordinator.jn"))


def test_two_sessions_are_sat_one_after_the_other(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    set_session(exam)
    set_session(exam, opens_at=NOW + 120 * MINUTE, closes_at=NOW + 180 * MINUTE, code="")
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    client.post(f"{paper}/hand-in")
    assert attempt_of(exam).passed is False
    assert begin(client, exam).status_code == 409
    at(120 * MINUTE)
    assert begin(as_(exam.trainee), exam, code="").status_code == 302
    assert attempt_of(exam).number == 2
    with exam.looking():
        assert sitting.standing(exam.trainee.id, attempts.quiz_for(exam.trainee.id, exam.quiz_id)[1])[0].left == 0


def test_whoever_is_admitted_is_told_once_and_sees_the_date_at_home(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    client = as_(exam.trainee, "en")
    assert "结业考试 第一场" in main_text(client.get("/learning/"))
    told = select(Message.title_en).where(Message.key.startswith(f"exam:{session_id}:")).order_by(Message.id)
    with exam.writing():
        site = sites.site_visible_to(exam.actor("coordinator.jn"), session_id)
        session, scope = site.session, site.scope
        assert services.admit(session, [exam.trainee.id]) == 0
        later = terms(opens_at=NOW + 30 * MINUTE, name=session.name)
        services.revise_session(session, scope, later, revised_by=exam.actor("coordinator.jn"))
    assert act(exam, as_, f"{session_id}/cancel").status_code == 302
    with exam.looking():
        assert db.session.scalars(told).all() == ["You are admitted to an examination"] * 2 + [
            "An examination is cancelled"
        ]
    assert "结业考试 第一场" not in main_text(client.get("/learning/"))


def test_nothing_of_the_key_is_shown_while_others_may_sit_and_never_if_it_is_not_wanted(
    exam: Bench, as_: As, at: Move
) -> None:
    at(timedelta())
    set_session(exam)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    answer_all(exam, attempt_of(exam).id, right=False)
    client.post(f"{paper}/hand-in")
    early = client.get(f"{paper}/result")
    assert "Not passed this time" in main_text(early)
    assert "right answer" not in early.text
    assert "shown when the examination is over" in main_text(early)
    assert "The book is empty" in main_text(client.get("/quiz/mistakes"))
    at(70 * MINUTE)
    client = as_(exam.trainee, "en")
    assert "right answer" in client.get(f"{paper}/result").text
    book = client.get("/quiz/mistakes")
    assert book.text.count('<section class="question">') == 5
    with exam.writing():
        session = db.session.get_one(ExamSession, attempt_of_now(exam).session_id)
        session.explained = False
    assert "right answer" not in client.get(f"{paper}/result").text
    assert "The book is empty" in main_text(client.get("/quiz/mistakes"))


def attempt_of_now(bench: Bench) -> Attempt:
    own = select(Attempt).where(Attempt.person_id == bench.trainee.id, Attempt.quiz_id == bench.quiz_id)
    return db.session.scalars(own).one()


def test_whoever_missed_a_session_sits_the_next_one(app: Flask, exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    set_session(exam)
    with app.app_context():
        assert tasks.draw_ahead() == 2
    at(90 * MINUTE)
    set_session(exam, opens_at=NOW + 90 * MINUTE, closes_at=NOW + 150 * MINUTE)
    assert begin(as_(exam.trainee), exam).status_code == 302
    sat = attempt_of(exam)
    assert (sat.status, sat.number) == (AttemptStatus.OPEN, 1)
    with exam.looking():
        assert sat.session_id == db.session.scalar(select(func.max(ExamSession.id)))
