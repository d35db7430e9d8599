"""What an invigilator sees and does, and what becomes of results."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from question_bank.exams import services, tasks
from question_bank.exams.models import ExamSession
from question_bank.exams.queries import sessions as queries
from question_bank.exams.queries import sites
from question_bank.marking.models import EssayMark
from question_bank.models import AttemptItem, AttemptStatus
from question_bank.services import answers
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
)
from tests.question_bank.test_saving import position_of
from tests.question_bank.test_sitting import answer_all
from training.core.db import db
from training.messages.models import Message
from training.progress import rollups
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world


@pytest.fixture
def exam(make_bench: Callable[..., Bench]) -> Bench:
    return supervised(make_bench)


def test_a_pause_stops_everybodys_time_and_loses_nothing(app: Flask, exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    at(25 * MINUTE)
    assert act(exam, as_, f"{session_id}/pause", reason="火警").status_code == 302
    assert "Your time does not run" in main_text(client.get(paper))
    place = position_of(exam, attempt_of(exam).id, "A1")
    saved = client.post(f"{paper}/answers", data=answer(place, "a"), headers=JSON)
    assert (saved.status_code, saved.json and saved.json["paused"]) == (200, True)
    other = begin(as_(exam.people["other_trainee.jn"], "en"), exam)
    assert other.status_code == 409
    at(45 * MINUTE)
    with app.app_context():
        from question_bank.tasks import hand_in_due

        assert hand_in_due() == 0
    assert act(exam, as_, f"{session_id}/resume").status_code == 302
    assert attempt_of(exam).deadline == NOW + 50 * MINUTE, "five minutes were left"
    with exam.looking():
        assert db.session.get_one(ExamSession, session_id).closes_at == NOW + 90 * MINUTE
    assert client.get(paper).status_code == 200
    assert kinds(exam, attempt_of(exam).id) == ["paused", "resumed"]


def test_more_time_reaches_those_who_sit_and_nobody_else(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    assert act(exam, as_, f"{session_id}/extend", minutes=5, reason="停电").status_code == 409
    for name in ("trainee.jn", "other_trainee.jn"):
        begin(as_(exam.people[name]), exam)
    assert act(exam, as_, f"{session_id}/extend", minutes=5).status_code == 422
    assert act(exam, as_, f"{session_id}/extend", minutes=5, reason="停电").status_code == 302
    own = f"{session_id}/people/{exam.trainee.id}/extend"
    assert act(exam, as_, own, "supervisor.jn", minutes=3, reason="电脑死机").status_code == 302
    assert attempt_of(exam).deadline == NOW + 38 * MINUTE
    assert attempt_of(exam, "other_trainee.jn").deadline == NOW + 35 * MINUTE


def test_held_results_wait_for_their_release_and_are_told_then(app: Flask, exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam, held=True)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    attempt_id = attempt_of(exam).id
    answer_all(exam, attempt_id)
    client.post(f"{paper}/hand-in")
    page = client.get(f"{paper}/result")
    assert "the result follows" in page.text
    assert "right answer" not in page.text
    line = select(LedgerLine).where(LedgerLine.client_key == f"attempt:{attempt_id}")
    with exam.looking():
        assert db.session.scalars(line).all() == []
    assert act(exam, as_, f"{session_id}/people/{exam.trainee.id}/reopen", minutes=5, reason="误交").status_code == 302
    assert client.get(paper).status_code == 200
    client.post(f"{paper}/hand-in")
    with app.app_context():
        assert tasks.finish_released() == 0
    assert act(exam, as_, f"{session_id}/release", "supervisor.jn").status_code == 403
    assert act(exam, as_, f"{session_id}/release").status_code == 302
    with app.app_context():
        assert (tasks.finish_released(), tasks.finish_released()) == (1, 0)
    with exam.looking():
        assert db.session.scalars(line).one().occurred_at == NOW + 10 * MINUTE
        told = select(Message.id).where(Message.url == f"{paper}/result")
        assert len(db.session.scalars(told).all()) == 1
    assert attempt_of(exam).passed is True
    assert kinds(exam, attempt_id) == ["reopened"]
    late = act(exam, as_, f"{session_id}/people/{exam.trainee.id}/reopen", minutes=5, reason="误交")
    assert late.status_code == 409


def test_what_is_handed_in_again_counts_as_it_is_then_and_not_once_marking_has_begun(
    exam: Bench, as_: As, at: Move
) -> None:
    at(timedelta())
    session_id = set_session(exam, held=True)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    attempt_id = attempt_of(exam).id
    answer_all(exam, attempt_id)
    client.post(f"{paper}/hand-in")
    reopening = f"{session_id}/people/{exam.trainee.id}/reopen"
    assert act(exam, as_, reopening, minutes=5, reason="误交").status_code == 302
    with exam.looking():
        taken = db.session.scalars(
            select(AttemptItem).where(AttemptItem.attempt_id == attempt_id, AttemptItem.type == "X")
        ).one()
        assert taken.graded_answer
    with exam.writing():
        answers.save(attempt_id, {taken.position: answers.Given([])}, person_id=exam.trainee.id)
    client.post(f"{paper}/hand-in")
    with exam.writing():
        assert db.session.get_one(AttemptItem, (attempt_id, taken.position)).graded_answer is None
        marker = exam.people["reviewer.jn"].id
        given = {"marker_id": marker, "marked_at": NOW, "points": {}, "comment": "", "critical": False}
        db.session.add(EssayMark(attempt_id=attempt_id, position=1, number=1, **given))
    assert act(exam, as_, reopening, minutes=5, reason="误交").status_code == 409
    assert attempt_of(exam).status is AttemptStatus.MARKING


def test_a_void_attempt_counts_for_nothing_and_takes_back_what_was_passed(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    first = attempt_of(exam).id
    answer_all(exam, first)
    client.post(f"{paper}/hand-in")
    assert attempt_of(exam).passed is True
    again = begin(client, exam)
    assert (again.status_code, "passed" in main_text(again)) == (409, True)
    voided = f"{session_id}/people/{exam.trainee.id}/void"
    assert act(exam, as_, voided, reason=" ").status_code == 422
    assert act(exam, as_, voided, reason="代考").status_code == 302
    assert (attempt_of(exam).status, attempt_of(exam).passed) == (AttemptStatus.VOID, None)
    assert "counts for nothing" in main_text(client.get(f"{paper}/result"))
    with exam.writing():
        assert rollups.rebuild() == 0
    with exam.looking():
        lines = select(LedgerLine.outcome).where(LedgerLine.activity_id == exam.quiz_id).order_by(LedgerLine.id)
        assert db.session.scalars(lines).all() == ["question_bank:passed", "question_bank:taken-back"]
    assert begin(client, exam).status_code == 302, "a void attempt is no attempt"
    assert attempt_of(exam).number == 2
    assert kinds(exam, first) == ["voided"]


def test_leaving_the_page_is_noted_as_a_fact_and_once(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    client = as_(exam.trainee, "en")
    paper = begin(client, exam).location
    for kind in ("left", "left", "returned", "left"):
        told = client.post(f"{paper}/events", data={"kind": kind}, headers=JSON)
        assert told.status_code == 200
        assert set(told.json or {}) == {"deadline", "now", "paused"}
    assert client.post(f"{paper}/events", data={"kind": "voided"}, headers=JSON).status_code == 422
    stranger = as_(exam.people["other_trainee.jn"])
    assert stranger.post(f"{paper}/events", data={"kind": "left"}, headers=JSON).status_code == 404
    assert kinds(exam, attempt_of(exam).id) == ["left", "returned", "left"]
    shown = main_text(as_(exam.people["supervisor.jn"], "en").get(f"/exams/{session_id}/people/{exam.trainee.id}"))
    assert shown.count("left the page") == 2
    assert "facts, not judgements" in shown
    with pytest.raises(DBAPIError, match="append-only"), exam.writing():
        db.session.execute(text("DELETE FROM attempt_event"))


def test_a_cohort_is_admitted_without_those_who_have_passed(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam, "trainee.jn")
    client = as_(exam.people["coordinator.jn"], "en")
    with exam.looking():
        site = sites.site_visible_to(exam.actor("coordinator.jn"), session_id)
        session, scope = site.session, site.scope
        [(cohort, people)] = queries.cohorts_to_admit(session, scope)
    assert people == 2
    client.post(f"/exams/{session_id}/admit", data={"cohort_id": cohort.id})
    assert "People newly admitted: 1." in client.get(f"/exams/{session_id}").text
    assert client.post(f"/exams/{session_id}/admit", data={"cohort_id": 10**6}).status_code == 422
    at(10 * MINUTE)
    began = begin(as_(exam.trainee), exam).location
    answer_all(exam, attempt_of(exam).id)
    as_(exam.trainee).post(f"{began}/hand-in")
    second = set_session(exam, "nobody", opens_at=NOW + 90 * MINUTE, closes_at=NOW + 150 * MINUTE)
    with exam.writing():
        site = sites.site_visible_to(exam.actor("coordinator.jn"), second)
        session, scope = site.session, site.scope
        assert services.admit_cohort(session, scope, cohort.id, admitted_by=exam.actor("coordinator.jn")) == 1


def test_the_invigilators_page_costs_the_same_for_two_people_and_for_many(
    app: Flask, exam: Bench, as_: As, at: Move
) -> None:
    at(timedelta())
    session_id = set_session(exam)
    at(10 * MINUTE)
    for name in ("trainee.jn", "other_trainee.jn"):
        begin(as_(exam.people[name]), exam)
    client = as_(exam.people["coordinator.jn"], "en")
    client.get(f"/exams/{session_id}")
    with counting(app, at_most=8):
        shown = client.get(f"/exams/{session_id}")
    assert main_text(shown).count("sitting") >= 2


def test_the_score_book_has_everybody_and_tells_no_score_before_its_time(exam: Bench, as_: As, at: Move) -> None:
    at(timedelta())
    session_id = set_session(exam, held=True)
    at(10 * MINUTE)
    client = as_(exam.trainee)
    paper = begin(client, exam).location
    answer_all(exam, attempt_of(exam).id)
    client.post(f"{paper}/hand-in")
    coordinator = as_(exam.people["coordinator.jn"], "en")

    def rows() -> dict[str, list[Any]]:
        book = coordinator.get(f"/exams/{session_id}/scores.xlsx")
        assert book.status_code == 200
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()
        return {str(one[1]): one for one in sheet if one[0] in (1.0, 2.0)}

    names = [exam.people[name].name for name in ("trainee.jn", "other_trainee.jn")]
    before = rows()
    assert set(before) == set(names)
    assert (before[names[0]][6], before[names[0]][7]) == ("", "handed in")
    assert before[names[1]][7] == "not begun"
    act(exam, as_, f"{session_id}/release")
    with exam.app.app_context():
        tasks.finish_released()
    assert (rows()[names[0]][6], rows()[names[0]][7]) == (100.0, "passed")
    assert as_(exam.people["supervisor.jn"]).get(f"/exams/{session_id}/scores.xlsx").status_code == 403
    paper = coordinator.get(f"/exams/{session_id}/scores.pdf")
    assert paper.status_code == 200
    with pikepdf.open(io.BytesIO(paper.data)) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.docinfo["/Title"]).startswith("Score book")
