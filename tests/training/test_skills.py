"""A skills assessment is saved once, stays as it is, and tells kindly what to practise."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from tests import world
from tests.client import client_for, main_text
from tests.pages import form_of
from training.activities.models import Activity
from training.core.db import db, reading, transaction
from training.practice.models import ChecklistVersion, SkillsAssessment
from training.programmes.models import Enrolment
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world


def page_of(app: Flask, name: str) -> str:
    with app.app_context(), reading():
        enrolment = db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == world.person_id(name))).one()
        checklist = db.session.scalars(select(Activity.id).where(Activity.title_zh == f"技能{name[-2:]}")).one()
    return f"/supervision/trainees/{enrolment}/skills/{checklist}"


def count(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(SkillsAssessment)) or 0


def test_a_critical_item_failed_is_told_kindly_and_repeated_as_a_new_assessment(app: Flask) -> None:
    people, before = world.people(app), count(app)
    supervisor, page = client_for(app, people["supervisor.jn"]), page_of(app, "trainee.jn")
    marks = {"mark_i1": "0", "mark_i2": "2", "mark_i3": "2", "advice": "核对身份再练习。"}
    saved = supervisor.submit(page, marks)
    assert saved.status_code == 302
    trainee = client_for(app, people["trainee.jn"])
    told = main_text(trainee.get(saved.location.replace("/supervision/", "/practice/")))
    assert "暂未通过" in told
    assert "可以再考" in told
    assert "核对身份再练习" in told
    assert supervisor.submit(page, {**marks, "mark_i1": "1"}).status_code == 302
    assert count(app) == before + 2
    with app.app_context(), reading():
        lines = db.session.scalars(
            select(LedgerLine.outcome)
            .where(LedgerLine.person_id == people["trainee.jn"].id, LedgerLine.outcome.startswith("practice:skills"))
            .order_by(LedgerLine.id.desc())
            .limit(2)
        ).all()
    assert list(lines) == ["practice:skills_passed", "practice:skills_failed"]


def test_a_form_sent_twice_is_one_assessment_and_an_open_item_is_asked_for(app: Flask) -> None:
    people, before = world.people(app), count(app)
    supervisor, page = client_for(app, people["supervisor.jn"]), page_of(app, "trainee.jn")
    assert supervisor.submit(page, {"mark_i1": "1"}).status_code == 422
    values: dict[str, Any] = {
        **form_of(supervisor.get(page), page).values,
        "mark_i1": "1",
        "mark_i2": "2",
        "mark_i3": "1",
    }
    first, second = supervisor.post(page, data=values), supervisor.post(page, data=values)
    assert first.status_code == 302
    assert first.location == second.location
    assert count(app) == before + 1


def test_a_checklist_changed_keeps_what_was_assessed_by_the_first_version(app: Flask) -> None:
    people = world.people(app)
    coordinator = client_for(app, people["coordinator.jn"])
    with app.app_context(), reading():
        plan = db.session.scalars(select(Activity.id).where(Activity.title_zh == "技能jn")).one()
        kept = db.session.scalars(select(SkillsAssessment.id).where(SkillsAssessment.checklist_id == plan)).first()
    saved = coordinator.submit(f"/practice-plans/{plan}", {"text_zh_4": "安全处理锐器", "text_en_4": "Handles sharps"})
    assert saved.status_code == 302
    with app.app_context(), reading():
        bodies = db.session.scalars(
            select(ChecklistVersion.body).where(ChecklistVersion.activity_id == plan).order_by(ChecklistVersion.version)
        ).all()
    assert [len(one["items"]) for one in bodies] == [3, 4]
    page = main_text(client_for(app, people["supervisor.jn"]).get(f"/supervision/assessments/{kept}"))
    assert "安全处理锐器" not in page


def test_an_assessment_cannot_be_changed(app: Flask) -> None:
    for statement in ("UPDATE skills_assessment SET passed = passed", "DELETE FROM skills_assessment"):
        with app.app_context(), pytest.raises(DBAPIError), transaction() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_practice_is_a_sound_page(app: Flask, language: str) -> None:
    people = world.people(app)
    with app.app_context(), reading():
        plans = db.session.scalars(select(Activity.id).where(Activity.title_zh.in_(["技能jn", "实践jn"]))).all()
        cohort = db.session.scalars(
            select(Enrolment.cohort_id).where(Enrolment.person_id == people["trainee.jn"].id)
        ).one()
        enrolment = db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == people["trainee.jn"].id)).one()
    coordinator = [
        "/practice-plans/",
        "/practice-plans/rotation",
        "/practice-plans/skills",
        "/cohorts/practice/waiting",
    ]
    coordinator += [f"/practice-plans/{one}" for one in plans]
    coordinator += [f"/cohorts/{cohort}/practice", f"/cohorts/{cohort}/practice/assign"]
    pages = {
        "coordinator.jn": coordinator,
        "supervisor.jn": [
            "/supervision/",
            "/supervision/trainees",
            f"/supervision/trainees/{enrolment}",
            "/supervision/sign",
            *(f"/supervision/{kind}/{one}" for kind, one in (("lines", 3), ("assessments", 1), ("logbook", 1))),
            "/supervision/signed/1/counter",
            "/supervision/sign?line=3",
            page_of(app, "trainee.jn"),
        ],
        "trainee.jn": ["/practice/", "/practice/logbook/new", "/practice/logbook/1", "/practice/hours/4"],
    }
    for name, several in pages.items():
        client = client_for(app, people[name], language)
        for page in several:
            assert client.get(page).status_code == 200, page
