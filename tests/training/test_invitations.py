"""Joining by invitation: applying, approving, declining, and what must not be possible."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.training import doors
from training.accounts.models import Person
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.programmes.invitations.models import Application, ApplicationStatus, Invitation
from training.programmes.models import Enrolment

pytestmark = pytest.mark.world
NEW = "13911110001"
COORDINATOR = world.PEOPLE["coordinator.jn"][0]


@pytest.fixture
def token(app: Flask) -> str:
    """A fresh invitation to the cohort at jn, for three people."""
    client, cohort = client_for(app, COORDINATOR), doors.cohort_id(app)
    made = client.post(
        f"/cohorts/{cohort}/invitations", data={"most": "3", "last_day": str(clock.today() + timedelta(days=7))}
    )
    assert made.status_code == 302
    with app.app_context(), reading():
        return db.session.scalars(select(Invitation.token).order_by(Invitation.id.desc())).first() or ""


def applications(app: Flask, token: str) -> list[Application]:
    with app.app_context(), reading():
        statement = select(Application).join(Invitation, Invitation.id == Application.invitation_id)
        return list(db.session.scalars(statement.where(Invitation.token == token).order_by(Application.id)))


def by_login(app: Flask, login: str) -> Person | None:
    with app.app_context(), reading():
        return db.session.scalar(select(Person).where((Person.mobile == login) | (Person.email == login)))


def enrolments(app: Flask, person_id: int) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).where(Enrolment.person_id == person_id)) or 0


def apply(app: Flask, token: str, login: str = NEW, **more: str):
    return client_for(app).post(f"/join/{token}", data=doors.wish(login, **more))


def decide(app: Flask, application: Application, what: str, who: str = COORDINATOR, **data: str):
    address = f"/cohorts/{doors.cohort_id(app)}/applications/{application.id}/{what}"
    return client_for(app, who).post(address, data=data)


def test_a_stranger_applies_is_approved_and_learns(app: Flask, token: str) -> None:
    page = client_for(app).get(f"/join/{token}")
    assert "安宁疗护培训" in main_text(page)
    assert apply(app, token, institution="jn医院").location == f"/join/{token}/sent"
    assert client_for(app).get(f"/join/{token}/sent").status_code == 200
    assert by_login(app, NEW) is None
    assert client_for(app).post("/sign-in", data={"login": NEW, "password": doors.PASSWORD}).status_code == 422
    (waiting,) = applications(app, token)
    assert decide(app, waiting, "approve").status_code == 302
    person = by_login(app, NEW)
    assert person is not None
    assert (person.name, person.profession.value) == ("刘志愿", "volunteer")
    assert person.institution_id == doors.institution_id(app)
    assert person.activated_at is not None
    assert enrolments(app, person.id) == 1
    client = client_for(app)
    assert client.post("/sign-in", data={"login": NEW, "password": doors.PASSWORD}).status_code == 302
    assert client.get("/", follow_redirects=True).request.path == "/consent"


def test_once_decided_the_application_keeps_no_login_and_no_password(app: Flask, token: str) -> None:
    apply(app, token)
    apply(app, token, "somebody@example.org")
    first, second = applications(app, token)
    assert first.password_hash.startswith("$argon2id$")
    decide(app, first, "approve")
    decide(app, second, "decline", reason="不是本院志愿者")
    for one in applications(app, token):
        assert (one.login, one.password_hash) == (None, "")
    assert applications(app, token)[1].reason == "不是本院志愿者"


def test_an_application_is_declined_for_a_reason(app: Flask, token: str) -> None:
    apply(app, token)
    (waiting,) = applications(app, token)
    assert decide(app, waiting, "decline", reason="  ").status_code == 422
    assert decide(app, waiting, "decline", reason="名额留给本院").status_code == 302
    assert by_login(app, NEW) is None
    assert decide(app, waiting, "approve").status_code == 409
    page = client_for(app, COORDINATOR).get(f"/cohorts/{doors.cohort_id(app)}/invitations?status=declined")
    assert "名额留给本院" in main_text(page)
    assert apply(app, token).status_code == 302  # whoever was declined may ask again
    assert len(applications(app, token)) == 2


def test_sent_twice_it_is_one_application_and_approved_twice_one_person(app: Flask, token: str) -> None:
    assert apply(app, token).location == apply(app, token, name="另一个名字").location
    (waiting,) = applications(app, token)
    assert waiting.name == "刘志愿"
    assert [decide(app, waiting, "approve").status_code for _click in range(2)] == [302, 302]
    person = by_login(app, NEW)
    assert person is not None
    assert enrolments(app, person.id) == 1
    with app.app_context(), reading():
        lines = select(func.count()).where(AuditLine.verb == "application.approve")
        assert db.session.scalar(lines) == 1
    assert decide(app, waiting, "decline", reason="太晚").status_code == 409


def test_nobody_gets_into_an_account_by_knowing_its_number(app: Flask, token: str) -> None:
    victim = world.people(app)["officer"]
    told = apply(app, token, victim.mobile or "")
    assert told.location == f"/join/{token}/sent"  # the same answer as to anybody
    (waiting,) = applications(app, token)
    page = client_for(app, COORDINATOR).get(f"/cohorts/{doors.cohort_id(app)}/invitations")
    assert "已有人使用" in main_text(page)
    assert decide(app, waiting, "approve").status_code == 409
    assert doors.person(app, victim.id).password_hash == victim.password_hash
    assert enrolments(app, victim.id) == 0
    assert (
        client_for(app).post("/sign-in", data={"login": victim.mobile, "password": doors.PASSWORD}).status_code == 422
    )


def test_who_has_an_account_signs_in_and_applies_with_one_press(app: Flask, token: str) -> None:
    someone = world.people(app)["candidate"]
    client = client_for(app, someone)
    assert client.submit(f"/join/{token}", action=f"/join/{token}/myself").location == f"/join/{token}/sent"
    assert client.post(f"/join/{token}/myself").status_code == 302
    (waiting,) = applications(app, token)
    assert waiting.person_id == someone.id
    assert decide(app, waiting, "approve").status_code == 302
    assert enrolments(app, someone.id) == 1
    assert doors.person(app, someone.id).password_hash == someone.password_hash
    assert client.post(f"/join/{token}/myself").status_code == 409
    assert client_for(app).post(f"/join/{token}/myself").location.startswith("/sign-in")


def test_an_application_of_somebody_enrolled_meanwhile_is_approved_without_harm(app: Flask, token: str) -> None:
    someone = world.people(app)["candidate"]
    client_for(app, someone).post(f"/join/{token}/myself")
    client_for(app, COORDINATOR).post(f"/cohorts/{doors.cohort_id(app)}/enrol", data={"person_id": someone.id})
    (waiting,) = applications(app, token)
    assert decide(app, waiting, "approve").status_code == 302
    assert enrolments(app, someone.id) == 1


def test_full_closed_and_past_are_refused_in_words(app: Flask, token: str) -> None:
    for number in range(3):
        assert apply(app, token, f"1391111010{number}").status_code == 302
    full = apply(app, token)
    assert full.status_code == 409
    assert "名额已满" in main_text(full)
    assert "名额已满" in main_text(client_for(app).get(f"/join/{token}"))
    decide(app, applications(app, token)[0], "decline", reason="重复")
    assert apply(app, token).status_code == 302  # a declined one frees its place
    with clock.frozen(clock.now() + timedelta(days=9)):
        assert "已过期" in main_text(client_for(app).get(f"/join/{token}"))
        assert apply(app, token, "13911110009").status_code == 409
    with app.app_context(), reading():
        number = db.session.scalars(select(Invitation.id).where(Invitation.token == token)).one()
    address = f"/cohorts/{doors.cohort_id(app)}/invitations/{number}/close"
    for _click in range(2):
        assert client_for(app, COORDINATOR).post(address).status_code == 302
    assert "已关闭" in main_text(client_for(app).get(f"/join/{token}"))
    assert client_for(app, world.PEOPLE["nobody"][0]).post(f"/join/{token}/myself").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "长" * 5000},
        {"login": "12345"},
        {"login": "not an address"},
        {"profession": "no-such"},
        {"profession": ""},
        {"institution": "长" * 500},
        {"password": "short"},
        {"agrees": ""},
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(app: Flask, token: str, wrong: dict[str, str]) -> None:
    assert apply(app, token, **{"login": NEW, **wrong}).status_code == 422
    assert applications(app, token) == []


def test_applications_are_throttled(app: Flask, token: str) -> None:
    assert [apply(app, token).status_code for _try in range(9)] == [302] * 8 + [429]


@pytest.mark.parametrize(
    ("most", "days"), [("0", 7), ("5001", 7), ("abc", 7), ("", 7), ("99999999999999999999", 7), ("5", -1), ("5", 400)]
)
def test_invitations_have_bounds(app: Flask, most: str, days: int) -> None:
    client, cohort = client_for(app, COORDINATOR), doors.cohort_id(app)
    data = {"most": most, "last_day": str(clock.today() + timedelta(days=days))}
    assert client.post(f"/cohorts/{cohort}/invitations", data=data).status_code == 422


def test_a_link_that_does_not_exist_is_not_found(app: Flask) -> None:
    assert client_for(app).get("/join/no-such-link").status_code == 404
    assert apply(app, "no-such-link").status_code == 404


def test_strangers_neither_see_nor_decide(app: Flask, token: str) -> None:
    apply(app, token)
    (waiting,) = applications(app, token)
    stranger = world.PEOPLE["coordinator.qd"][0]
    assert client_for(app, stranger).get(f"/cohorts/{doors.cohort_id(app)}/invitations").status_code == 404
    assert decide(app, waiting, "approve", stranger).status_code == 404
    with app.app_context(), reading():
        assert db.session.get_one(Application, waiting.id).status is ApplicationStatus.WAITING


def test_the_base_sees_how_many_wait_and_the_poster_holds_the_link(app: Flask, token: str) -> None:
    client, cohort = client_for(app, COORDINATOR), doors.cohort_id(app)
    for number in range(2):
        apply(app, token, f"1391111020{number}")
    home = client.get("/cohorts/")
    assert "jn第一期”的申请" in main_text(home)
    page = client.get(f"/cohorts/{cohort}/invitations")
    assert "待处理 3" in main_text(page)  # with the one that the world holds
    with app.app_context(), reading():
        number = db.session.scalars(select(Invitation.id).where(Invitation.token == token)).one()
    poster = client.get(f"/cohorts/{cohort}/invitations/{number}")
    assert f"http://anning.test/join/{token}" in main_text(poster)


def test_a_list_of_many_applications_costs_few_queries(app: Flask, token: str) -> None:
    with app.app_context(), transaction():
        invitation = db.session.scalars(select(Invitation).where(Invitation.token == token)).one()
        invitation.most = 500
        db.session.add_all(
            Application(
                invitation_id=invitation.id,
                name=f"人{number}",
                login=f"1371111{number:04}",
                profession="nurse",
                institution="",
                password_hash="x",
                status=ApplicationStatus.WAITING,
                applied_at=clock.now(),
            )
            for number in range(120)
        )
    client: CheckingClient = client_for(app, COORDINATOR)
    with counting(app, at_most=6):
        assert client.get(f"/cohorts/{doors.cohort_id(app)}/invitations?page=2").status_code == 200
    with counting(app, at_most=4):
        assert client_for(app).get(f"/join/{token}").status_code == 200
