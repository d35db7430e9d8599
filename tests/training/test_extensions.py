"""More time for people who need it: with a reason, for open enrolments only, told to each of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import world
from tests.client import CheckingClient, client_for, main_text
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Extension

pytestmark = pytest.mark.world


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["coordinator.jn"])


def enrolments(app: Flask) -> tuple[int, dict[str, int]]:
    """The cohort of Jinan, and its enrolments by status."""
    with app.app_context(), reading():
        cohort = db.session.scalars(select(Cohort.id).where(Cohort.code == "C-jn")).one()
        rows = db.session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort)).all()
    return cohort, {one.status.value: one.id for one in rows}


def extend(
    client: CheckingClient, cohort: int, ids: list[int], until: date, reason: str = "病假两周"
) -> tuple[int, str]:
    form = {"people": ",".join(map(str, ids)), "until": until.isoformat(), "reason": reason}
    answer = client.post(f"/cohorts/{cohort}/extend", data=form)
    page = client.get(answer.location) if answer.status_code == 302 else answer
    return answer.status_code, main_text(page)


def extensions(app: Flask) -> list[tuple[int, date, str]]:
    with app.app_context(), reading():
        return [(one.enrolment_id, one.until, one.reason) for one in db.session.scalars(select(Extension))]


def until(days: int) -> date:
    return clock.today() + timedelta(days=days)


def test_the_last_day_moves_and_the_trainee_is_told(app: Flask, coordinator: CheckingClient) -> None:
    cohort, ids = enrolments(app)
    asked = main_text(coordinator.get(f"/cohorts/{cohort}/extend?who=ticked&enrolment={ids['open']}"))
    assert "涉及 1 人" in asked
    status, told = extend(coordinator, cohort, [ids["open"]], until(130))
    assert status == 302
    assert "1 人的期限延长至" in told
    assert "已延长" in told
    assert extensions(app) == [(ids["open"], until(130), "病假两周")]
    trainee = client_for(app, world.people(app)["other_trainee.jn"])
    home = main_text(trainee.get("/learning/"))
    assert "您的最后一天现为" in home
    assert "收件箱里有 1 条未读消息" in home
    assert "病假" not in main_text(trainee.get("/inbox/"))
    with app.app_context(), reading():
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "enrolment.extend")).one()
        assert line.details["until"] == until(130).isoformat()
        assert line.details["reason"] == "病假两周"


def test_the_last_extension_counts_and_the_same_twice_changes_nothing(app: Flask, coordinator: CheckingClient) -> None:
    cohort, ids = enrolments(app)
    for days in (130, 130, 120, 120, 130):
        extend(coordinator, cohort, [ids["open"]], until(days))
    assert [day for _id, day, _reason in extensions(app)] == [until(130), until(120), until(130)]
    with app.app_context(), reading():
        assert db.session.get_one(Enrolment, ids["open"]).extended_until == until(130)


def test_who_is_not_learning_any_more_stays_as_they_are(app: Flask, coordinator: CheckingClient) -> None:
    cohort, ids = enrolments(app)
    status, told = extend(coordinator, cohort, list(ids.values()), until(130))
    assert status == 302
    assert "1 人的期限延长至" in told
    assert "另有 1 人" in told
    assert [one for one, _day, _reason in extensions(app)] == [ids["open"]]


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        (130, "", "请填写此项"),
        (130, "长" * 501, "500"),
        (0, "病假", "请选择今天之后的日期"),
        (-3, "病假", "请选择今天之后的日期"),
        (100, "病假", "请选择更晚的日期"),
        (50, "病假", "请选择更晚的日期"),
        (5000, "病假", "超过三年"),
    ],
)
def test_a_day_or_reason_that_is_none_is_refused(
    app: Flask, coordinator: CheckingClient, days: int, reason: str, words: str
) -> None:
    cohort, ids = enrolments(app)
    status, told = extend(coordinator, cohort, [ids["open"]], until(days), reason)
    assert status == 422
    assert words in told
    assert extensions(app) == []


def test_only_this_bases_coordinator_gives_more_time(app: Flask) -> None:
    cohort, ids = enrolments(app)
    for name, status in (("coordinator.qd", 404), ("officer", 403), ("trainee.jn", 403), ("instructor.jn", 403)):
        client = client_for(app, world.people(app)[name])
        assert client.get(f"/cohorts/{cohort}/extend?who=matching").status_code == status
        form = {"people": str(ids["open"]), "until": until(130).isoformat(), "reason": "x"}
        assert client.post(f"/cohorts/{cohort}/extend", data=form).status_code == status
        assert client.post(f"/cohorts/{cohort}/reminders", data={"wanted": "off"}).status_code == status
    assert extensions(app) == []


def test_extensions_are_only_appended(app: Flask, coordinator: CheckingClient) -> None:
    cohort, ids = enrolments(app)
    extend(coordinator, cohort, [ids["open"]], until(130))
    for statement in ("UPDATE extension SET reason = 'x'", "DELETE FROM extension"):
        with pytest.raises(DBAPIError), app.app_context(), transaction() as connection:
            connection.execute(text(statement))


def test_an_extension_and_a_withdrawal_side_by_side_leave_one_truth(app: Flask, coordinator: CheckingClient) -> None:
    cohort, ids = enrolments(app)
    coordinator.post(f"/cohorts/{cohort}/enrolments/{ids['open']}/withdraw", data={"reason": "家中有事"})
    status, _told = extend(coordinator, cohort, [ids["open"]], until(130))
    assert status == 302
    assert extensions(app) == []
    with app.app_context(), reading():
        assert db.session.get_one(Enrolment, ids["open"]).status is EnrolmentStatus.WITHDRAWN
