"""What nobody can do to somebody else's account: codes, logins, closed accounts, applications, stand-ins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.client import client_for, main_text
from tests.training import doors
from training.accounts import codes, delegations, queries, services
from training.accounts.models import CodePurpose, Person, RoleGrant
from training.core import clock, scopes
from training.core.access import Actor, Role
from training.core.db import db, reading, transaction
from training.core.errors import Conflict
from training.core.scopes import Scope
from training.places.models import Region
from training.privacy import erasure
from training.programmes import services as programmes
from training.programmes.invitations import services as invitations
from training.programmes.invitations.models import Application, ApplicationStatus, Invitation
from training.programmes.models import Cohort, Enrolment

pytestmark = pytest.mark.world


def administrator_of(app: Flask, code: str) -> Person:
    """The candidate as the administrator of one region only."""
    candidate = world.people(app)["candidate"]
    with app.app_context(), transaction():
        where = db.session.scalars(select(Scope).join(Region, Region.scope_id == Scope.id).where(Region.code == code))
        services.add_grant(services.lock(candidate.id), Role.ADMINISTRATOR, where.one(), granted_by=None)
    return candidate


def enrol(app: Flask, person_id: int, place: str) -> int:
    """Enrol somebody in the cohort of a place, as its coordinator may do with anybody; the enrolment's id."""
    with app.test_request_context(), transaction():
        cohort = db.session.get_one(Cohort, doors.cohort_of(place))
        return programmes.enrol(cohort, db.session.get_one(Person, person_id), enrolled_by=None).id


def grant(app: Flask, person_id: int, role: Role) -> None:
    with app.app_context(), transaction():
        services.add_grant(services.lock(person_id), role, scopes.root(), granted_by=None)


def actor_of(person: Person) -> Actor:
    found = queries.load_actor(f"{person.id}:{person.stamp}")
    assert found is not None
    return found


def test_a_citys_administrator_gets_no_code_for_somebody_who_administers_more(app: Flask) -> None:
    named = world.people(app)
    client = client_for(app, administrator_of(app, "370100"))
    for name in ("administrator", "officer", "coordinator.qd"):
        refused = client.post(f"/people/{named[name].id}/code")
        assert refused.status_code == 403, name
        assert not doors.GROUPED.findall(main_text(refused))
    assert client.post(f"/people/{named['coordinator.jn'].id}/code").status_code == 200
    everywhere = client_for(app, named["administrator"])
    assert everywhere.post(f"/people/{named['officer'].id}/code").status_code == 200


def test_closed_and_erased_people_get_no_code(app: Flask) -> None:
    named = world.people(app)
    client = client_for(app, named["administrator"])
    client.post(f"/people-data/{named['nobody'].id}/close", data={"reason": "离职"})
    assert client.post(f"/people/{named['nobody'].id}/code").status_code == 409


def test_a_coordinator_resets_no_password_of_another_bases_trainee_by_enrolling_them(app: Flask) -> None:
    trainee = world.people(app)["trainee.qd"]
    enrolment = enrol(app, trainee.id, "jn")
    refused = client_for(app, world.PEOPLE["coordinator.jn"][0]).post(
        f"/cohorts/{doors.cohort_id(app)}/enrolments/{enrolment}/code"
    )
    assert refused.status_code == 403
    (newcomer,) = doors.add_people(app, "S001", place="qd")
    made = client_for(app, world.PEOPLE["coordinator.jn"][0]).post(
        f"/cohorts/{doors.cohort_id(app)}/enrolments/{enrol(app, newcomer, 'jn')}/code"
    )
    assert made.status_code == 200, "who has no password yet gets a slip at either base"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICER])
def test_a_coordinator_corrects_nobody_with_roles_beyond_the_base(app: Flask, role: Role) -> None:
    (person_id,) = doors.add_people(app, "S001")
    grant(app, person_id, role)
    client, address = client_for(app, world.PEOPLE["coordinator.jn"][0]), f"/people-data/{person_id}"
    assert client.submit(address, {"mobile": "13912345678"}, action=address).status_code == 403
    assert client.submit(address, {"name": "别的名"}, action=address).status_code == 403
    assert client.post(f"{address}/id-number", data={"reason": "看看"}).status_code in {403, 404}
    assert doors.person(app, person_id).mobile is None


def test_a_coordinator_changes_no_login_of_somebody_of_another_base(app: Flask) -> None:
    (person_id,) = doors.add_people(app, "S001", place="qd")
    enrol(app, person_id, "jn")
    client, address = client_for(app, world.PEOPLE["coordinator.jn"][0]), f"/people-data/{person_id}"
    assert client.submit(address, {"mobile": "13912345678"}, action=address).status_code == 409
    (own,) = doors.add_people(app, "S002")
    address = f"/people-data/{own}"
    assert client.submit(address, {"mobile": "13912345678"}, action=address).status_code == 302


def test_a_closed_account_keeps_neither_session_nor_code_nor_stand_in(app: Flask) -> None:
    named = world.people(app)
    lender, stand_in = named["coordinator.jn"], named["candidate"]
    session = client_for(app, lender)
    code = doors.make_code(app, lender.id, CodePurpose.RESET)
    with app.app_context(), transaction():
        own = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == lender.id)).one()
        period = delegations.Period(clock.today(), clock.today() + timedelta(days=7))
        scope = db.session.get_one(Scope, own.scope_id)
        delegations.delegate(
            own, scope, db.session.get_one(Person, stand_in.id), period, "年假", delegated_by=actor_of(lender)
        )
    client = client_for(app, named["administrator"])
    client.post(f"/people-data/{lender.id}/close", data={"reason": "离职"})
    assert client_for(app, stand_in).get("/cohorts/").status_code == 403
    client.post(f"/people-data/{lender.id}/reopen", data={"reason": "回来"})
    assert session.get("/cohorts/").status_code == 302, "the session of before has ended"
    assert doors.activate(client_for(app), lender.mobile or "", code).status_code == 422


def apply_as(app: Flask, person_id: int) -> int:
    """The application of a person signed in; its id."""
    with app.test_request_context(), transaction():
        invitation = db.session.scalars(select(Invitation).where(Invitation.cohort_id == doors.cohort_of("jn"))).first()
        assert invitation is not None
        invitations.apply_as(invitation, db.session.get_one(Person, person_id))
    with app.app_context(), reading():
        return db.session.scalars(select(Application.id).where(Application.person_id == person_id)).one()


def test_a_closed_account_is_not_enrolled_by_its_application(app: Flask) -> None:
    nobody = world.people(app)["nobody"]
    number = apply_as(app, nobody.id)
    client_for(app, world.PEOPLE["administrator"][0]).post(f"/people-data/{nobody.id}/close", data={"reason": "离职"})
    address = f"/cohorts/{doors.cohort_id(app)}/applications/{number}/approve"
    assert client_for(app, world.PEOPLE["coordinator.jn"][0]).post(address).status_code == 409
    with app.app_context(), reading():
        assert db.session.scalar(select(Enrolment.id).where(Enrolment.person_id == nobody.id)) is None


def test_erasure_leaves_no_application_to_be_approved(app: Flask) -> None:
    nobody = world.people(app)["nobody"]
    number = apply_as(app, nobody.id)
    with app.test_request_context(), transaction():
        erasure.erase(nobody.id, by=None)
    address = f"/cohorts/{doors.cohort_id(app)}/applications/{number}/approve"
    assert client_for(app, world.PEOPLE["coordinator.jn"][0]).post(address).status_code in {404, 409}
    with app.app_context(), reading():
        assert db.session.scalar(select(Enrolment.id).where(Enrolment.person_id == nobody.id)) is None
        left = db.session.scalars(select(Application).where(Application.id == number)).all()
        assert all(one.status is not ApplicationStatus.WAITING and not one.password_hash for one in left)


def test_a_role_that_has_ended_meanwhile_is_not_lent(app: Flask) -> None:
    """The lender's role ends in another request, between loading the page and lending."""
    named = world.people(app)
    with app.app_context(), transaction():
        own = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == named["coordinator.jn"].id)).one()
        lender, scope = actor_of(named["coordinator.jn"]), db.session.get_one(Scope, own.scope_id)
        services.end_now(own)
        period = delegations.Period(clock.today(), clock.today())
        with pytest.raises(Exception, match="ends|结束"):
            delegations.delegate(
                own, scope, db.session.get_one(Person, named["candidate"].id), period, "年假", delegated_by=lender
            )


def test_of_two_ways_to_a_new_password_the_second_is_refused(app: Flask) -> None:
    """Somebody who knows the old password is in the middle of changing it while the owner resets it by a code."""
    trainee = world.people(app)["trainee.jn"]
    code = doors.make_code(app, trainee.id, CodePurpose.RESET)
    with app.test_request_context(), transaction():
        before = db.session.get_one(Person, trainee.id).password_hash
        codes.use(trainee.id, code, "$argon2id$new")
        with pytest.raises(Conflict):
            codes.replace_password(services.lock(trainee.id), "$argon2id$other", instead_of=before)
