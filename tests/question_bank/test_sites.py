"""One examination at several places: each watches over its own people, the province over all of them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from question_bank.exams import services
from question_bank.exams.models import ExamSession
from question_bank.queries import attempts
from tests.client import main_text
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench, build
from tests.question_bank.exam_bench import JSON, MINUTE, As, Move, act, attempt_of, begin, kinds, terms
from tests.question_bank.test_sitting import answer_all
from training.activities.models import Activity
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import Region, TrainingBase
from training.programmes import services as programmes

pytestmark = pytest.mark.world
HERE, THERE = "trainee.jn", "trainee.qd"


@pytest.fixture
def exam(app: Flask) -> Bench:
    """The bench's quiz, which people of the second base have to pass too, by a programme of the province."""
    bench = build(app, supervised=True)
    with bench.writing():
        region = db.session.scalars(select(Region).where(Region.code == "370000")).one()
        programme = programmes.add_programme(
            code="QP",
            title_zh="全省考核",
            title_en="Provincial examination",
            scope_id=region.scope_id,
            requires=[db.session.get_one(Activity, bench.quiz_id)],
            valid_months=12,
        )
        cohort = programmes.open_cohort(
            db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-qd")).one(),
            programme,
            code="QP-1",
            name="青岛班",
            starts_on=NOW.date(),
            ends_on=NOW.date() + timedelta(days=30),
            opened_by=bench.actor("coordinator.qd"),
        )
        programmes.enrol(cohort, bench.people[THERE], enrolled_by=bench.actor("coordinator.qd"))
    return bench


def set_everywhere(bench: Bench, *admitted: str) -> int:
    """A session of the province; returns its id."""
    with bench.writing():
        region = db.session.scalars(select(Region).where(Region.code == "370000")).one()
        quiz, _rules, _items = attempts.quiz_for(bench.trainee.id, bench.quiz_id)
        scope = db.session.get_one(Scope, region.scope_id)
        session = services.add_session(quiz, scope, terms(), added_by=bench.actor("officer"))
        services.admit(session, [bench.people[name].id for name in admitted or (HERE, THERE)])
        return session.id


def test_each_place_sees_its_own_people_and_no_others(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam)
    names = {name: exam.people[name].name for name in (HERE, THERE)}
    whole = as_(exam.people["officer"], "en").get(f"/exams/{session_id}").text
    assert names[HERE] in whole
    assert names[THERE] in whole
    assert "own site" not in whole
    for place, own, other in (("jn", HERE, THERE), ("qd", THERE, HERE)):
        for role in ("coordinator", "supervisor", "officer"):
            client = as_(exam.people[f"{role}.{place}"], "en")
            assert "结业考试 第一场" in client.get("/exams/").text
            page = client.get(f"/exams/{session_id}")
            assert (page.status_code, names[own] in page.text, names[other] in page.text) == (200, True, False)
            assert "people of your own site" in page.text
            people = f"/exams/{session_id}/people"
            assert client.get(f"{people}/{exam.people[own].id}").status_code == 200
            assert client.get(f"{people}/{exam.people[other].id}").status_code == 404


def test_a_place_without_people_there_sees_nothing_of_it(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam, HERE)
    client = as_(exam.people["coordinator.qd"], "en")
    assert client.get(f"/exams/{session_id}").status_code == 404
    assert "结业考试 第一场" not in client.get("/exams/").text
    assert act(exam, as_, f"{session_id}/pause", "coordinator.qd", reason="火警").status_code == 404


def test_a_place_acts_for_its_own_people_alone(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam)
    at(10 * MINUTE)
    for name in (HERE, THERE):
        begin(as_(exam.people[name]), exam)
    own, other = (f"{session_id}/people/{exam.people[name].id}" for name in (HERE, THERE))
    assert act(exam, as_, f"{own}/extend", "supervisor.jn", minutes=3, reason="电脑死机").status_code == 302
    for what in ("extend", "reopen", "void"):
        refused = act(exam, as_, f"{other}/{what}", "supervisor.jn", minutes=3, reason="电脑死机")
        assert refused.status_code == 404, what
    assert act(exam, as_, f"{session_id}/extend", minutes=5, reason="停电").status_code == 302
    assert attempt_of(exam, HERE).deadline == NOW + 38 * MINUTE
    assert attempt_of(exam, THERE).deadline == NOW + 30 * MINUTE
    with exam.looking():
        assert db.session.get_one(ExamSession, session_id).closes_at == NOW + 70 * MINUTE
    for what in ("admit", "cancel", "release", f"people/{exam.people[HERE].id}/time"):
        data: dict[str, Any] = {"minutes": 3, "reason": "视力", "cohort_id": 1}
        assert act(exam, as_, f"{session_id}/{what}", **data).status_code in {403, 422}, what
    client = as_(exam.people["coordinator.jn"])
    assert client.get(f"/exams/{session_id}/edit").status_code == 403
    assert client.post(f"/exams/{session_id}/edit").status_code == 403


def test_a_pause_at_one_place_lets_the_others_go_on(exam: Bench, as_: As, at: Move) -> None:
    """Ten minutes at one place, five of them while everybody stands still for another five: nobody loses any."""
    at(timedelta())
    session_id = set_everywhere(exam)
    at(10 * MINUTE)
    pause, resume = f"{session_id}/pause", f"{session_id}/resume"
    assert act(exam, as_, pause, reason="火警").status_code == 409, "nobody sits"
    papers = {name: begin(as_(exam.people[name], "en"), exam).location for name in (HERE, THERE)}
    at(15 * MINUTE)
    for _click in range(2):
        assert act(exam, as_, pause, reason="火警").status_code == 302
    assert "Your time does not run" in main_text(as_(exam.people[HERE], "en").get(papers[HERE]))
    assert "Your time does not run" not in main_text(as_(exam.people[THERE], "en").get(papers[THERE]))
    assert act(exam, as_, resume, "coordinator.qd").status_code == 302
    assert attempt_of(exam, HERE).paused_at is not None, "another place lets nothing run on"
    assert "people there: 1" in as_(exam.people["officer"], "en").get(f"/exams/{session_id}").text
    at(20 * MINUTE)
    assert act(exam, as_, pause, "officer", reason="系统故障").status_code == 302
    at(25 * MINUTE)
    assert "stands still" in act_told(exam, as_, resume)
    assert attempt_of(exam, HERE).paused_at is not None, "the whole examination stands still"
    at(30 * MINUTE)
    assert act(exam, as_, resume, "officer").status_code == 302
    assert attempt_of(exam, HERE).deadline == NOW + 45 * MINUTE
    assert attempt_of(exam, THERE).deadline == NOW + 40 * MINUTE
    assert [attempt_of(exam, name).paused_at for name in (HERE, THERE)] == [None, None]
    assert kinds(exam, attempt_of(exam, HERE).id) == ["paused", "resumed", "resumed"]
    assert kinds(exam, attempt_of(exam, THERE).id) == ["paused", "resumed"]


def act_told(exam: Bench, as_: As, path: str) -> str:
    """Do it as the first place's coordinator, and read what the page says then."""
    client = as_(exam.people["coordinator.jn"], "en")
    return main_text(client.get(client.post(f"/exams/{path}").location))


def test_what_a_place_stopped_stays_so_when_the_whole_goes_on(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam)
    at(10 * MINUTE)
    for name in (HERE, THERE):
        begin(as_(exam.people[name]), exam)
    at(15 * MINUTE)
    act(exam, as_, f"{session_id}/pause", reason="火警")
    at(16 * MINUTE)
    act(exam, as_, f"{session_id}/pause", "officer", reason="系统故障")
    at(18 * MINUTE)
    act(exam, as_, f"{session_id}/resume", "officer")
    assert attempt_of(exam, THERE).deadline == NOW + 32 * MINUTE
    assert attempt_of(exam, HERE).paused_at == NOW + 15 * MINUTE
    at(20 * MINUTE)
    act(exam, as_, f"{session_id}/resume", "officer")
    assert attempt_of(exam, HERE).deadline == NOW + 35 * MINUTE, "the province may do it for a place"


def test_the_score_book_of_a_place_has_its_own_people(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam)
    at(10 * MINUTE)
    paper = begin(as_(exam.people[HERE]), exam).location
    answer_all(exam, attempt_of(exam).id)
    as_(exam.people[HERE]).post(f"{paper}/hand-in", headers=JSON)
    for name, expected in (("officer", {HERE, THERE}), ("coordinator.jn", {HERE}), ("coordinator.qd", {THERE})):
        book = as_(exam.people[name], "en").get(f"/exams/{session_id}/scores.xlsx")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
        assert {row[1] for row in rows if row[0] in (1.0, 2.0)} == {exam.people[one].name for one in expected}, name
    assert as_(exam.people["coordinator.qd"]).get(f"/exams/{session_id}/scores.pdf").status_code == 200


def test_nobody_is_shown_the_key_while_somebody_sits(exam: Bench, as_: As, at: Move) -> None:
    """More time at one place goes beyond the end of the session."""
    at(timedelta())
    session_id = set_everywhere(exam)
    at(20 * MINUTE)
    client = as_(exam.people[HERE], "en")
    paper = begin(client, exam).location
    begin(as_(exam.people[THERE]), exam)
    act(exam, as_, f"{session_id}/extend", "coordinator.qd", minutes=60, reason="停电")
    client.post(f"{paper}/hand-in")
    at(75 * MINUTE)
    client = as_(exam.people[HERE], "en")  # the browser was locked meanwhile
    assert "is over for everybody" in main_text(client.get(f"{paper}/result"))
    assert "right answer" not in client.get(f"{paper}/result").text
    as_(exam.people[THERE]).post(f"/quiz/attempts/{attempt_of(exam, THERE).id}/hand-in")
    assert "right answer" in client.get(f"{paper}/result").text


def test_a_places_page_costs_no_more_for_many(app: Flask, exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_everywhere(exam, HERE, "other_trainee.jn", THERE)
    at(10 * MINUTE)
    for name in (HERE, "other_trainee.jn"):
        begin(as_(exam.people[name]), exam)
    client = as_(exam.people["coordinator.jn"], "en")
    client.get(f"/exams/{session_id}")
    with counting(app, at_most=8):
        shown = client.get(f"/exams/{session_id}")
    assert main_text(shown).count("sitting") >= 2
    client.get("/exams/")
    with counting(app, at_most=4):
        client.get("/exams/")
