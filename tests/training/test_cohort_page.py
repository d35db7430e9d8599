"""The page of a cohort: filters in the address, people chosen, a message to them sent once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests import pages, world
from tests.client import CheckingClient, client_for, main_text
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.messages.models import InboxEntry, Message
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment

pytestmark = pytest.mark.world


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["coordinator.jn"])


def cohort_of(app: Flask, place: str = "jn") -> int:
    with app.app_context(), reading():
        return db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")).one()


def add_people(app: Flask, *names: str, **values: Any) -> list[int]:
    """Enrol new people of those names in the cohort of Jinan; `values` are put into their enrolments."""
    with app.app_context(), transaction():
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "C-jn")).one()
        made = []
        for number, name in enumerate(names):
            count = db.session.scalar(select(func.count()).select_from(Person)) or 0
            data = accounts.PersonData(name=name, profession=Profession.NURSE, mobile=f"136{count:05}{number:03}")
            person = accounts.add_person(data, password_hash="x", added_by=None)
            made.append(programmes.enrol(cohort, person, enrolled_by=None).id)
        if values:
            db.session.execute(update(Enrolment).where(Enrolment.id.in_(made)).values(**values))
        return made


def entries(app: Flask) -> int:
    with app.app_context(), reading():
        written = select(func.count(InboxEntry.id)).join(Message).where(Message.key.startswith("cohort:"))
        return db.session.scalar(written) or 0


def test_filters_stand_in_the_address_with_their_numbers(app: Flask, coordinator: CheckingClient) -> None:
    page = f"/cohorts/{cohort_of(app)}"
    add_people(app, "赵落后", enrolled_at=clock.now() - timedelta(days=9))
    (asleep,) = add_people(app, "钱未激活")
    with app.app_context(), transaction() as connection:
        person = select(Enrolment.person_id).where(Enrolment.id == asleep).scalar_subquery()
        connection.execute(update(Person).where(Person.id == person).values(activated_at=None))
        connection.execute(update(Cohort).values(starts_on=clock.today() - timedelta(days=40)))
    shown = {show: main_text(coordinator.get(f"{page}?show={show}")) for show in ("behind", "not_activated", "all")}
    assert "赵落后" in shown["behind"]
    assert "开班 9 天仍未开始" in shown["behind"]
    assert "钱未激活" not in shown["behind"]
    assert "钱未激活" in shown["not_activated"]
    assert "赵落后" not in shown["not_activated"]
    assert "赵落后" in shown["all"]
    for show, count in (("behind", shown["behind"]), ("nonsense", shown["all"])):
        assert coordinator.get(f"{page}?show={show}").status_code == 200, count


def test_completed_without_a_certificate_is_told_from_completed(app: Flask, coordinator: CheckingClient) -> None:
    page = f"/cohorts/{cohort_of(app)}"
    done = world.people(app)["trainee.jn"].name  # has a certificate in the small world
    assert done in main_text(coordinator.get(f"{page}?show=completed"))
    assert "没有符合的学员" in main_text(coordinator.get(f"{page}?show=eligible"))


def test_a_search_keeps_the_filter_and_finds_rare_characters(app: Flask, coordinator: CheckingClient) -> None:
    page = f"/cohorts/{cohort_of(app)}"
    add_people(app, "𫖯䶮", "买买提·艾力")
    for search in ("𫖯", "·艾"):
        text = main_text(coordinator.get(page, query_string={"q": search, "show": "not_started"}))
        assert "共 1 人" in text
    for search in ("%", "_", "'; --", "\x00", "x" * 500):
        assert "没有符合的学员" in main_text(coordinator.get(page, query_string={"q": search})) or search == "\x00"


def test_pages_hold_fifty_and_lead_on(app: Flask, coordinator: CheckingClient) -> None:
    page = f"/cohorts/{cohort_of(app)}"
    add_people(app, *(f"人{number:03}" for number in range(55)))
    first = coordinator.get(f"{page}?sort=due").get_data(as_text=True)
    assert first.count('type="checkbox"') == 50
    assert "sort=due&amp;page=2" in first
    assert coordinator.get(f"{page}?page=2").get_data(as_text=True).count('type="checkbox"') == 7
    assert "没有符合的学员" in main_text(coordinator.get(f"{page}?page=99"))


def test_a_message_reaches_the_people_ticked_once(app: Flask, coordinator: CheckingClient) -> None:
    cohort = cohort_of(app)
    ids = add_people(app, "甲", "乙", "丙")
    compose = f"/cohorts/{cohort}/message?who=ticked&enrolment={ids[0]}&enrolment={ids[2]}&show=not_started"
    asked = coordinator.get(compose)
    assert "发给 2 人： 丙、甲" in main_text(asked).replace("\n", " ")
    action = f"/cohorts/{cohort}/message"
    texts = {"title": "下周三来上课", "body": "请带听诊器。\n\n<i>谢谢</i>"}
    preview = coordinator.submit(compose, {**texts, "preview": "1"}, action=action)
    assert "消息将这样显示" in main_text(preview)
    assert "<i>谢谢</i>" in main_text(preview)
    assert entries(app) == 0
    sent = coordinator.submit(compose, {**texts, "send": "1"}, action=action)
    assert sent.location == f"/cohorts/{cohort}?show=not_started"
    assert "消息已发送给 2 人" in main_text(coordinator.get(sent.location))
    assert entries(app) == 2
    with app.app_context(), reading():
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "cohort.message")).one()
        assert line.details == {"title": "下周三来上课", "people": 2}
        assert (
            db.session.scalars(select(Message.sender_id).where(Message.key.startswith("cohort:"))).one()
            == world.people(app)["coordinator.jn"].id
        )


def test_a_double_click_sends_once(app: Flask, coordinator: CheckingClient) -> None:
    cohort = cohort_of(app)
    people = ",".join(map(str, add_people(app, "甲", "乙")))
    form = {"people": people, "token": "t1", "title": "一", "body": "二", "send": "1"}
    first = coordinator.post(f"/cohorts/{cohort}/message", data=form)
    assert "发送给 2 人" in main_text(coordinator.get(first.location))
    second = coordinator.post(f"/cohorts/{cohort}/message", data=form)
    assert "没有人会收到两次" in main_text(coordinator.get(second.location))
    assert entries(app) == 2
    with app.app_context(), reading():
        verbs = select(func.count()).select_from(AuditLine).where(AuditLine.verb == "cohort.message")
        assert db.session.scalar(verbs) == 1


def test_writing_to_all_that_match_means_those_that_were_shown(app: Flask, coordinator: CheckingClient) -> None:
    cohort = cohort_of(app)
    add_people(app, "王一", "王二", "李三")
    compose = f"/cohorts/{cohort}/message?who=matching&q=王"
    assert "发给 2 人" in main_text(coordinator.get(compose))
    page = coordinator.get(compose)
    add_people(app, "王四")
    form = {"title": "一", "body": "二", "send": "1"}
    values = pages.form_of(page, f"/cohorts/{cohort}/message").values
    coordinator.post(f"/cohorts/{cohort}/message", data={**values, **form})
    assert entries(app) == 2


def test_nobody_ticked_is_said_before_anything_is_written(app: Flask, coordinator: CheckingClient) -> None:
    cohort = cohort_of(app)
    for act in ("message", "extend"):
        assert "还没有选择任何人" in main_text(coordinator.get(f"/cohorts/{cohort}/{act}?who=ticked"))
    form = {"people": "", "title": "一", "body": "二", "send": "1"}
    assert coordinator.post(f"/cohorts/{cohort}/message", data=form).status_code == 422
    assert entries(app) == 0


@pytest.mark.parametrize(("title", "body"), [("", "二"), ("一", ""), ("长" * 121, "二"), ("一", "x\x00")])
def test_a_message_without_words_is_refused(app: Flask, coordinator: CheckingClient, title: str, body: str) -> None:
    cohort = cohort_of(app)
    (one,) = add_people(app, "甲")
    form = {"people": str(one), "token": "t", "title": title, "body": body, "send": "1"}
    assert coordinator.post(f"/cohorts/{cohort}/message", data=form).status_code == 422
    assert entries(app) == 0


def test_people_of_another_cohort_cannot_be_slipped_in(app: Flask, coordinator: CheckingClient) -> None:
    other = cohort_of(app, "qd")
    with app.app_context(), reading():
        there = db.session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == other)).all()
    form = {"people": ",".join(map(str, there)), "token": "t", "title": "一", "body": "二", "send": "1"}
    assert coordinator.post(f"/cohorts/{cohort_of(app)}/message", data=form).status_code == 422
    assert coordinator.post(f"/cohorts/{other}/message", data=form).status_code == 404
    assert entries(app) == 0
