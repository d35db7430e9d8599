"""Two use one code, apply for the last place, or approve one application at the same moment: one of them does it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import client_for
from tests.faults.servers import Answer, Server, at_once, visitor
from tests.training import doors
from training.accounts.models import CodePurpose, Person
from training.core.db import db, reading, transaction
from training.programmes.invitations.models import Application, ApplicationStatus, Invitation
from training.programmes.models import Enrolment

pytestmark = pytest.mark.world
MOBILE = world.PEOPLE["trainee.jn"][0]


def test_one_code_sent_twice_at_once_sets_one_password(app: Flask, server: Server) -> None:
    people = world.people(app)
    stranger = visitor(app, None)
    for _round in range(3):
        code = doors.make_code(app, people["trainee.jn"].id, CodePurpose.RESET)

        def send(password: str, code: str = code) -> Answer:
            return stranger.post(server, "/activate", {"login": MOBILE, "code": code, "password": password})

        one, other = at_once(lambda: send("first sentence"), lambda: send("second sentence"))
        assert sorted((one.status, other.status)) == [302, 422], (one, other)
        worked = "first sentence" if one.status == 302 else "second sentence"
        for password in ("first sentence", "second sentence"):
            answer = client_for(app).post("/sign-in", data={"login": MOBILE, "password": password})
            assert answer.status_code == (302 if password == worked else 422)


def test_two_coordinators_approve_one_application_at_once(app: Flask, server: Server) -> None:
    cohort = doors.cohort_id(app)
    with app.app_context(), reading():
        application = db.session.scalars(
            select(Application.id)
            .join(Invitation, Invitation.id == Application.invitation_id)
            .where(Invitation.cohort_id == cohort)
        ).one()
    someone = visitor(app, world.people(app)["coordinator.jn"])

    def approve() -> Answer:
        return someone.post(server, f"/cohorts/{cohort}/applications/{application}/approve", {})

    one, other = at_once(approve, approve)
    assert (one.status, other.status) == (302, 302), (one, other)
    with app.app_context(), reading():
        decided = db.session.get_one(Application, application)
        assert decided.status is ApplicationStatus.APPROVED
        assert db.session.scalar(select(func.count()).where(Person.mobile == "13900000090")) == 1
        assert db.session.scalar(select(func.count()).where(Enrolment.person_id == decided.person_id)) == 1


def test_two_who_apply_for_the_last_place_at_once(app: Flask, server: Server) -> None:
    with app.app_context(), transaction():
        invitation = db.session.scalars(select(Invitation).where(Invitation.cohort_id == doors.cohort_of("jn"))).one()
        invitation.most, token = 2, invitation.token  # one waits already
    someone = visitor(app, None)

    def apply(mobile: str) -> Answer:
        return someone.post(server, f"/join/{token}", doors.wish(mobile))

    one, other = at_once(lambda: apply("13911110001"), lambda: apply("13911110002"))
    assert sorted((one.status, other.status)) == [302, 409], (one, other)
    same, again = at_once(lambda: apply("13911110003"), lambda: apply("13911110003"))
    assert (same.status, again.status) == (409, 409)
    with app.app_context(), reading():
        mine = select(Invitation.id).where(Invitation.token == token).scalar_subquery()
        assert db.session.scalar(select(func.count()).where(Application.invitation_id == mine)) == 2
