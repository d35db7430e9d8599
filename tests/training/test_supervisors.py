"""A coordinator appoints practice supervisors at the own base, and nowhere else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.client import CheckingClient, client_for
from tests.pages import main_text
from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.access import Role
from training.core.audit import AuditLine
from training.core.db import db, reading
from training.places.models import TrainingBase

pytestmark = pytest.mark.world
NEW = {"name": "安素云", "mobile": "138 1111 2222", "profession": "nurse"}


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["coordinator.jn"])


def base_of(app: Flask, place: str) -> int:
    with app.app_context(), reading():
        return db.session.scalars(select(TrainingBase.id).where(TrainingBase.name_en == f"Base {place}")).one()


def grants_of(app: Flask, mobile: str) -> list[RoleGrant]:
    with app.app_context(), reading():
        mine = select(RoleGrant).join(Person, Person.id == RoleGrant.person_id).where(Person.mobile == mobile)
        return list(db.session.scalars(mine.where(RoleGrant.role == Role.SUPERVISOR)))


def appoint(client: CheckingClient, app: Flask, place: str = "jn", **changed: Any) -> Any:
    return client.post("/supervisors/", data={**NEW, "base_id": base_of(app, place), **changed})


def test_somebody_new_becomes_a_supervisor_sets_a_password_by_the_code_and_signs(
    app: Flask, coordinator: CheckingClient
) -> None:
    assert appoint(coordinator, app).status_code == 302
    (grant,) = grants_of(app, "13811112222")
    assert NEW["name"] in main_text(coordinator.get("/supervisors/"))
    shown = main_text(coordinator.post(f"/supervisors/{grant.id}/code"))
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", shown)
    assert code
    theirs = app.test_client()
    assert isinstance(theirs, CheckingClient)
    sent = {"login": "13811112222", "code": code[0], "password": "a-long-password-9"}
    assert theirs.post("/activate", data=sent).status_code == 302
    with app.app_context(), reading():
        verbs = select(AuditLine.verb).order_by(AuditLine.id.desc()).limit(4)
        assert {"person.add", "grant.add", "person.code"} <= set(db.session.scalars(verbs))


def test_somebody_known_keeps_everything_and_twice_is_once(app: Flask, coordinator: CheckingClient) -> None:
    known = world.people(app)["candidate"]
    for _twice in range(2):
        answer = appoint(coordinator, app, name=known.name, mobile=known.mobile, profession="volunteer")
        assert answer.status_code == 302
    assert len(grants_of(app, str(known.mobile))) == 1
    assert world.people(app)["candidate"].profession == known.profession


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "别人"}, "姓名"),
        ({"mobile": "138000"}, "138000"),
        ({"name": ""}, "姓名"),
    ],
)
def test_a_wrong_name_or_number_is_told_and_nothing_is_done(
    app: Flask, coordinator: CheckingClient, changed: dict[str, str], told: str
) -> None:
    known = world.people(app)["candidate"]
    answer = appoint(coordinator, app, **{"name": known.name, "mobile": str(known.mobile), **changed})
    assert answer.status_code in {409, 422}
    assert told in main_text(answer)
    assert not grants_of(app, str(known.mobile))


def test_nobody_is_appointed_at_another_base(app: Flask, coordinator: CheckingClient) -> None:
    assert appoint(coordinator, app, "qd").status_code == 422
    assert not grants_of(app, "13811112222")


def test_the_role_ends_and_another_base_cannot_end_it(app: Flask, coordinator: CheckingClient) -> None:
    supervisor = world.people(app)["supervisor.jn"]
    (grant,) = grants_of(app, str(supervisor.mobile))
    stranger = client_for(app, world.people(app)["coordinator.qd"])
    for act in ("end", "code"):
        assert stranger.post(f"/supervisors/{grant.id}/{act}").status_code == 404
    theirs = client_for(app, supervisor)
    assert theirs.get("/supervision/").status_code == 200
    assert coordinator.post(f"/supervisors/{grant.id}/end").status_code == 302
    assert theirs.get("/supervision/").status_code == 403
    (ended,) = grants_of(app, str(supervisor.mobile))
    assert ended.ends_on == clock.today()


def test_no_code_opens_more_than_the_base(app: Flask, coordinator: CheckingClient) -> None:
    officer = world.people(app)["officer"]
    assert appoint(coordinator, app, name=officer.name, mobile=str(officer.mobile)).status_code == 302
    (grant,) = grants_of(app, str(officer.mobile))
    assert coordinator.post(f"/supervisors/{grant.id}/code").status_code == 403
