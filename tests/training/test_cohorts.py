"""The coordinator's pages: cohorts are opened, people enrolled and withdrawn, each base for itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import CheckingClient, client_for, main_text
from training.accounts import services as accounts
from training.accounts.models import Person, RoleGrant
from training.core.access import Role
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Programme
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.PEOPLE["coordinator.jn"][0])


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """Ids by name: base, programme and cohort of each place, and an open enrolment at each."""
    people = world.people(app)
    found: dict[str, int] = {}
    with app.app_context(), reading():
        for place in world.PLACES:
            found[f"base.{place}"] = db.session.scalars(
                select(TrainingBase.id).where(TrainingBase.code == f"B-{place}")
            ).one()
            found[f"programme.{place}"] = db.session.scalars(
                select(Programme.activity_id).where(Programme.code == f"P-{place}")
            ).one()
            found[f"cohort.{place}"] = db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")).one()
            person = people[f"other_trainee.{place}"]
            found[f"enrolment.{place}"] = db.session.scalars(
                select(Enrolment.id).where(Enrolment.person_id == person.id)
            ).one()
    return found


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def new_cohort(ids: dict[str, int], **changes: Any) -> dict[str, Any]:
    return {
        "base_id": ids["base.jn"],
        "programme_id": ids["programme.jn"],
        "code": "2026-2",
        "name": "第二期",
        "starts_on": "2026-03-01",
        "ends_on": "2026-09-01",
    } | changes


def test_an_opened_cohort_stands_on_the_home_and_waits_for_people(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    opened = coordinator.submit("/cohorts/open", new_cohort(ids))
    assert opened.status_code == 302
    page = coordinator.get(opened.location)
    assert "本班次还没有学员" in main_text(page)
    home = main_text(coordinator.get("/cohorts/"))
    assert "第二期" in home
    assert "尚无学员" in home
    with app.app_context(), reading():
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "2026-2")).one()
    assert (cohort.starts_on, cohort.ends_on) == (date(2026, 3, 1), date(2026, 9, 1))


def test_a_cohort_sent_twice_is_opened_once(app: Flask, coordinator: CheckingClient, ids: dict[str, int]) -> None:
    assert coordinator.submit("/cohorts/open", new_cohort(ids)).status_code == 302
    again = coordinator.submit("/cohorts/open", new_cohort(ids))
    assert again.status_code == 409
    assert "已有编号为 2026-2 的班次" in main_text(again)
    assert count(app, Cohort, Cohort.code == "2026-2") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填写此项"),
        ({"name": "期" * 121}, "最多 120 个字符"),
        ({"code": "a\x07"}, "无法显示"),
        ({"starts_on": "2026-02-30"}, "开始日期"),
        ({"ends_on": "soon"}, "结束日期"),
        ({"ends_on": "2026-02-01"}, "结束日期早于开班日期"),
        ({"programme_id": "0"}, "培训项目"),
        ({"base_id": "x"}, "培训基地"),
    ],
)
def test_a_cohort_that_cannot_be_is_told_beside_its_field(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int], change: dict[str, str], words: str
) -> None:
    response = coordinator.submit("/cohorts/open", new_cohort(ids, **change))
    assert response.status_code == 422
    assert words in main_text(response)
    assert count(app, Cohort) == 2


def test_nobody_opens_a_cohort_at_another_base_or_of_its_programme(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    for change in ({"base_id": ids["base.qd"]}, {"programme_id": ids["programme.qd"]}):
        assert coordinator.submit("/cohorts/open", new_cohort(ids, **change)).status_code == 422
    assert count(app, Cohort) == 2


def test_a_coordinator_of_two_bases_does_not_mix_their_programmes(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        base = db.session.get_one(TrainingBase, ids["base.qd"])
        person = db.session.get_one(Person, world.person_id("coordinator.jn"))
        accounts.add_grant(person, Role.COORDINATOR, db.session.get_one(Scope, base.scope_id), granted_by=None)
    mixed = coordinator.submit("/cohorts/open", new_cohort(ids, programme_id=ids["programme.qd"]))
    assert mixed.status_code == 422
    assert "请改选培训基地或培训项目" in main_text(mixed)
    both = {"base_id": ids["base.qd"], "programme_id": ids["programme.qd"]}
    assert coordinator.submit("/cohorts/open", new_cohort(ids, **both)).status_code == 302


def test_the_cohorts_of_another_base_do_not_exist_for_this_one(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    other, enrolment = ids["cohort.qd"], ids["enrolment.qd"]
    candidate = world.people(app)["candidate"]
    home = coordinator.get("/cohorts/").get_data(as_text=True)
    assert f"/cohorts/{ids['cohort.jn']}" in home
    assert f"/cohorts/{other}" not in home
    for path in (f"/cohorts/{other}", f"/cohorts/{other}/enrol", f"/cohorts/{other}/enrolments/{enrolment}/withdraw"):
        assert coordinator.get(path).status_code == 404
    assert coordinator.post(f"/cohorts/{other}/enrol", data={"person_id": candidate.id}).status_code == 404
    data = {"reason": "x"}
    assert coordinator.post(f"/cohorts/{other}/enrolments/{enrolment}/withdraw", data=data).status_code == 404
    own = f"/cohorts/{ids['cohort.jn']}/enrolments/{enrolment}/withdraw"
    assert coordinator.post(own, data=data).status_code == 404
    assert count(app, Enrolment, Enrolment.status == EnrolmentStatus.WITHDRAWN) == 0
    assert count(app, Enrolment, Enrolment.person_id == candidate.id) == 0


@pytest.mark.parametrize("search", ["甲乙15", "13900000006", "+86 139 0000 0006", "PERSON15@example.org"])
def test_a_person_is_found_and_enrolled(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int], search: str
) -> None:
    candidate = world.people(app)["candidate"]
    url = f"/cohorts/{ids['cohort.jn']}/enrol"
    found = coordinator.get(url, query_string={"q": search})
    assert "jn医院 · 手机尾号 0006" in main_text(found)
    enrolled = coordinator.post(url, data={"person_id": candidate.id})
    assert enrolled.status_code == 302
    assert "甲乙15已加入" in main_text(coordinator.get(enrolled.location))
    assert "没有找到" in main_text(coordinator.get(url, query_string={"q": search}))
    assert client_for(app, candidate).get("/learning/").status_code == 200
    key = LedgerLine.person_id == candidate.id
    assert count(app, LedgerLine, key, LedgerLine.outcome == "training:enrolled") == 1


def test_enrolling_twice_says_so_and_changes_nothing(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    trainee = world.people(app)["trainee.jn"]
    before = count(app, LedgerLine)
    again = coordinator.post(f"/cohorts/{ids['cohort.jn']}/enrol", data={"person_id": trainee.id})
    assert again.status_code == 409
    assert f"{trainee.name}已经在这个班次里了" in main_text(again)
    assert count(app, LedgerLine) == before


@pytest.mark.parametrize("person_id", ["", "x", "0", "-1", "9" * 30, "１", "1 OR 1=1"])
def test_somebody_who_is_not_there_cannot_be_enrolled(
    coordinator: CheckingClient, ids: dict[str, int], person_id: str
) -> None:
    data = {"person_id": person_id}
    assert coordinator.post(f"/cohorts/{ids['cohort.jn']}/enrol", data=data).status_code == 404


@pytest.mark.parametrize("search", ["", "王", "x" * 81, "a\x00b"])
def test_a_search_too_short_or_unreadable_lists_nobody(
    coordinator: CheckingClient, ids: dict[str, int], search: str
) -> None:
    response = coordinator.get(f"/cohorts/{ids['cohort.jn']}/enrol", query_string={"q": search})
    assert response.status_code == 422
    assert "手机尾号" not in main_text(response)


def test_withdrawing_needs_a_reason_and_keeps_what_was_learnt(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    url = f"/cohorts/{ids['cohort.jn']}/enrolments/{ids['enrolment.jn']}/withdraw"
    trainee = world.people(app)["other_trainee.jn"]
    lines = count(app, LedgerLine)
    for empty in ("", "   ", "\n"):
        refused = coordinator.submit(url, {"reason": empty})
        assert refused.status_code == 422
        assert "请填写此项" in main_text(refused)
    assert coordinator.submit(url, {"reason": "家中有事 <b>"}).status_code == 302
    page = main_text(coordinator.get(f"/cohorts/{ids['cohort.jn']}"))
    assert "已退班" in page
    assert "家中有事 <b>" in page
    assert count(app, LedgerLine) == lines + 1
    assert client_for(app, trainee).get("/learning/").status_code == 403
    assert count(app, AuditLine, AuditLine.verb == "enrolment.withdraw") == 1


def test_withdrawing_twice_says_so_and_changes_nothing(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    url = f"/cohorts/{ids['cohort.jn']}/enrolments/{ids['enrolment.jn']}/withdraw"
    assert coordinator.post(url, data={"reason": "家中有事"}).status_code == 302
    lines = count(app, LedgerLine)
    for reason in ("又一次", "", "长" * 501):
        assert coordinator.post(url, data={"reason": reason}).status_code == 409
    assert count(app, LedgerLine) == lines
    assert "无需退班" in main_text(coordinator.get(url))


def test_enrolling_gives_the_trainees_role_on_the_cohort_alone(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    candidate = world.people(app)["candidate"]
    coordinator.post(f"/cohorts/{ids['cohort.jn']}/enrol", data={"person_id": candidate.id})
    with app.app_context(), reading():
        held = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == candidate.id)).all()
        cohort = db.session.get_one(Cohort, ids["cohort.jn"])
    assert [(one.role.value, one.scope_id) for one in held] == [("trainee", cohort.scope_id)]


def test_namesakes_are_told_apart_on_the_cohorts_page(
    app: Flask, coordinator: CheckingClient, ids: dict[str, int]
) -> None:
    page = main_text(coordinator.get(f"/cohorts/{ids['cohort.jn']}"))
    assert "手机尾号 0013" in page
    assert "手机尾号 0014" in page


@pytest.mark.parametrize("name", ["trainee.jn", "officer", "instructor.jn", "nobody"])
def test_only_coordinators_open_enrol_and_withdraw(app: Flask, ids: dict[str, int], name: str) -> None:
    client = client_for(app, world.people(app)[name])
    cohort, enrolment = ids["cohort.jn"], ids["enrolment.jn"]
    assert client.get(f"/cohorts/{cohort}").status_code == 403
    assert client.post("/cohorts/open", data=new_cohort(ids)).status_code == 403
    assert client.post(f"/cohorts/{cohort}/enrol", data={"person_id": "1"}).status_code == 403
    withdraw = f"/cohorts/{cohort}/enrolments/{enrolment}/withdraw"
    assert client.post(withdraw, data={"reason": "x"}).status_code == 403
