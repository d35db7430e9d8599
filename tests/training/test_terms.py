"""What is forgotten by itself, and when: codes, letters, declined applications; and what a sign-in keeps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import world
from tests.client import client_for
from tests.training import doors
from training.accounts.models import AccessCode, CodePurpose, Person
from training.core import clock, jobs, outbox
from training.core.db import db, reading, transaction
from training.core.downloads import attachment
from training.core.outbox import Outgoing
from training.privacy import retention
from training.programmes.invitations.models import Application, Invitation

pytestmark = pytest.mark.world


def sweep(app: Flask, *, days: int) -> None:
    """Run every sweep so many days from now."""
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=days)):
        jobs.run_sweeps()


def test_declined_applications_are_nameless_after_a_month(app: Flask) -> None:
    with app.app_context(), reading():
        token = db.session.scalars(
            select(Invitation.token).where(Invitation.cohort_id == doors.cohort_of("jn"))
        ).first()
    client_for(app).post(f"/join/{token}", data=doors.wish("13911110001"))
    coordinator, cohort = client_for(app, world.PEOPLE["coordinator.jn"][0]), doors.cohort_id(app)
    with app.app_context(), reading():
        number = db.session.scalars(select(Application.id).where(Application.login == "13911110001")).one()
    page = f"/cohorts/{cohort}/applications/{number}/decline"
    assert coordinator.post(page, data={"reason": "刘志愿没有来面谈"}).status_code == 302

    def kept() -> str:
        with app.app_context(), reading():
            return str(vars(db.session.get_one(Application, number)))

    sweep(app, days=29)
    assert "刘志愿" in kept()
    sweep(app, days=31)
    assert "刘志愿" not in kept()
    listed = coordinator.get(f"/cohorts/{cohort}/invitations", query_string={"status": "declined"})
    assert listed.status_code == 200


def test_old_codes_are_forgotten_by_age_alone(app: Flask) -> None:
    nobody = world.people(app)["nobody"]
    doors.make_code(app, nobody.id, CodePurpose.RESET)

    def kept() -> int:
        with app.app_context(), reading():
            return len(db.session.scalars(select(AccessCode).where(AccessCode.person_id == nobody.id)).all())

    sweep(app, days=29)
    assert kept() == 1
    sweep(app, days=31)
    assert kept() == 0


def test_letters_are_emptied_a_month_after_they_ended_and_not_sent_again(app: Flask) -> None:
    app.config["SMTP_URL"] = "smtp://mail.test"
    with app.app_context(), transaction():
        for key in ("sent", "waiting"):
            outbox.post("email", "a@example.org", subject="王敏", text="王敏，您好", key=key)
        db.session.execute(update(Outgoing).where(Outgoing.key == "sent").values(sent_at=clock.now()))
        db.session.execute(
            update(Outgoing)
            .where(Outgoing.key == "waiting")
            .values(quiet=True, due_at=clock.now() + timedelta(days=90))
        )
    sweep(app, days=31)
    with app.app_context(), transaction():
        rows = {
            one.key: one for one in db.session.scalars(select(Outgoing).where(Outgoing.key.in_(["sent", "waiting"])))
        }
        assert (rows["sent"].address, rows["sent"].subject, rows["sent"].text) == ("", "", "")
        assert rows["waiting"].address == "a@example.org"
        assert outbox.state(["sent"]) == {"sent": "sent"}
        assert (
            outbox.post_all([outbox.Letter(channel="email", address="a@b.cn", subject="", text="", key="sent")]) == []
        )


def test_who_came_in_by_a_code_is_not_away(app: Flask) -> None:
    nobody = world.people(app)["nobody"]
    later = clock.now() + timedelta(days=500)
    with app.app_context(), clock.frozen(later):
        code = doors.make_code(app, nobody.id, CodePurpose.RESET)
    with clock.frozen(later):
        assert doors.activate(client_for(app), nobody.mobile or "", code).status_code == 302
    with app.app_context(), clock.frozen(later + timedelta(days=30)), reading():
        assert nobody.id not in {person.id for person in retention.forgettable(1)}
        assert db.session.get_one(Person, nobody.id).erased_at is None


@pytest.mark.parametrize("name", ['a.p"; x="', "a.名", "报表.xlsx", 'x"y.csv', "a.b\r\nSet-Cookie: x", "a" * 300])
def test_a_files_name_stays_within_its_quotes(name: str) -> None:
    header = attachment(name)
    assert header.count('"') == 2
    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
