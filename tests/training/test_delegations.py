"""A role lent for a period: who may lend what to whom, and when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests import world
from tests.client import CheckingClient, client_for
from tests.pages import main_text
from training.accounts import queries, services
from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.access import Role
from training.core.db import db, reading, transaction
from training.core.scopes import Scope

pytestmark = pytest.mark.world
WEEK = timedelta(days=7)


def grant_of(app: Flask, person: Person, role: Role) -> RoleGrant:
    with app.app_context(), reading():
        return db.session.query(RoleGrant).filter_by(person_id=person.id, role=role).one()


def sent(app: Flask, who: str = "coordinator.jn", **changed: Any) -> dict[str, Any]:
    """What the form sends: the coordinator's role lent to the candidate from today for a week."""
    named = world.people(app)
    role = Role.COORDINATOR if who.startswith("coordinator") else Role.OFFICER
    return {
        "grant_id": grant_of(app, named[who], role).id,
        "login": named["candidate"].mobile,
        "first": clock.today().isoformat(),
        "last": (clock.today() + WEEK).isoformat(),
        "reason": "年假",
    } | changed


def lent(app: Flask) -> int:
    """How many roles are lent."""
    with app.app_context(), reading():
        return db.session.query(RoleGrant).filter(RoleGrant.delegated_from_id.is_not(None)).count()


@pytest.fixture
def lender(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["coordinator.jn"])


def test_the_stand_in_works_at_that_place_until_the_last_day(app: Flask, lender: CheckingClient) -> None:
    candidate = world.people(app)["candidate"]
    assert client_for(app, candidate).get("/cohorts/").status_code == 403
    assert lender.post("/account/stand-ins/", data=sent(app)).status_code == 302
    assert "代理到" in main_text(lender.get("/account/stand-ins/")) or candidate.name in main_text(
        lender.get("/account/stand-ins/")
    )
    with app.app_context(), reading():
        for days, held in ((0, True), (7, True), (8, False)):
            with clock.frozen(clock.now() + timedelta(days=days)):
                actor = queries.load_actor(f"{candidate.id}:{candidate.stamp}")
                assert actor is not None
                assert bool(actor.grants) is held
    assert "jn第一期" in main_text(client_for(app, candidate).get("/cohorts/"))
    assert "qd第一期" not in main_text(client_for(app, candidate).get("/cohorts/"))


def test_it_can_be_taken_back_by_the_lender_alone(app: Flask, lender: CheckingClient) -> None:
    lender.post("/account/stand-ins/", data=sent(app))
    candidate = world.people(app)["candidate"]
    lent = grant_of(app, candidate, Role.COORDINATOR)
    stranger = client_for(app, world.people(app)["coordinator.qd"])
    assert stranger.post(f"/account/stand-ins/{lent.id}/end").status_code == 404
    assert client_for(app, candidate).get("/cohorts/").status_code == 200
    assert lender.post(f"/account/stand-ins/{lent.id}/end").status_code == 302
    assert lender.post(f"/account/stand-ins/{lent.id}/end").status_code == 302, "twice is harmless"
    assert client_for(app, candidate).get("/cohorts/").status_code == 403


def test_it_ends_with_the_role_it_rests_on(app: Flask, lender: CheckingClient) -> None:
    lender.post("/account/stand-ins/", data=sent(app))
    named = world.people(app)
    own = grant_of(app, named["coordinator.jn"], Role.COORDINATOR)
    administrator = client_for(app, named["administrator"])
    assert administrator.post(f"/people/{own.person_id}/grants/{own.id}/end").status_code == 302
    assert client_for(app, named["candidate"]).get("/cohorts/").status_code == 403


def test_what_was_lent_is_not_lent_on_and_is_no_role_of_ones_own(app: Flask, lender: CheckingClient) -> None:
    lender.post("/account/stand-ins/", data=sent(app))
    named = world.people(app)
    lent = grant_of(app, named["candidate"], Role.COORDINATOR)
    stand_in = client_for(app, named["candidate"])
    further = sent(app, grant_id=lent.id, login=named["nobody"].mobile)
    assert stand_in.post("/account/stand-ins/", data=further).status_code == 422
    with app.app_context(), transaction():
        tomorrow = clock.now() + timedelta(days=1)
        with clock.frozen(tomorrow):
            person = services.lock(named["candidate"].id)
            own = services.add_grant(
                person, Role.COORDINATOR, db.session.get_one(Scope, lent.scope_id), granted_by=None
            )
        assert own.id != lent.id
        assert own.ends_on is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"login": "13900000099"}, 404),
        ({"login": "13900000011"}, 422),
        ({"reason": ""}, 422),
        ({"first": "2020-01-01"}, 422),
        ({"last": "2019-01-01"}, 422),
        ({"last": "2999-01-01"}, 422),
        ({"last": "tomorrow"}, 422),
        ({"grant_id": "1"}, 422),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    app: Flask, lender: CheckingClient, changed: dict[str, Any], status: int
) -> None:
    before = lent(app)
    assert lender.post("/account/stand-ins/", data=sent(app, **changed)).status_code == status
    assert lent(app) == before


def test_held_already_is_a_conflict(app: Flask, lender: CheckingClient) -> None:
    assert lender.post("/account/stand-ins/", data=sent(app)).status_code == 302
    assert lender.post("/account/stand-ins/", data=sent(app)).status_code == 409
