"""Signing in with a staff number: the institution is chosen once a computer, and nothing is given away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.training import doors
from training.accounts import passwords
from training.accounts.models import Person
from training.core import clock
from training.core.db import db, transaction
from training.places import services as places
from training.places.models import Institution

pytestmark = pytest.mark.world


def add_nurse(app: Flask, number: str = "GH-0042", place: str = "jn") -> int:
    (person_id,) = doors.add_people(app, number, place=place)
    with app.app_context(), transaction():
        db.session.get_one(Person, person_id).password_hash = passwords.hash_password(doors.PASSWORD)
    return person_id


def at_institution(app: Flask, place: str = "jn") -> CheckingClient:
    client = client_for(app)
    number = doors.institution_id(app, place)
    assert client.post("/institution", data={"institution_id": number}).location == "/sign-in"
    return client


def sign_in(client: CheckingClient, login: str, password: str = doors.PASSWORD, **more: str):
    return client.post("/sign-in", data={"login": login, "password": password, **more})


@pytest.mark.parametrize("typed", ["GH-0042", " gh-0042 ", "ＧＨ－００４２"])
def test_a_staff_number_signs_in_where_its_institution_is_known(app: Flask, typed: str) -> None:
    add_nurse(app)
    assert sign_in(at_institution(app), typed).status_code == 302


def test_the_same_number_at_another_institution_is_somebody_else(app: Flask) -> None:
    add_nurse(app)
    add_nurse(app, place="qd")
    client = at_institution(app, "qd")
    assert sign_in(client, "GH-0042").status_code == 302
    with client.session_transaction() as session:
        person_id = int(session["_user_id"].partition(":")[0])
    assert doors.person(app, person_id).institution_id == doors.institution_id(app, "qd")


def test_without_an_institution_the_page_asks_for_it_and_keeps_the_number(app: Flask) -> None:
    add_nurse(app)
    client = client_for(app)
    asked = sign_in(client, "GH-0042", next="/learning/")
    assert asked.status_code == 422
    assert "先在下方选择您的单位" in main_text(asked)
    found = client.get("/institution", query_string={"q": "jn医", "next": "/sign-in?next=/learning/"})
    assert "jn医院" in main_text(found)
    chosen = client.post(
        "/institution", data={"institution_id": doors.institution_id(app), "next": "/sign-in?next=/learning/"}
    )
    assert chosen.location == "/sign-in?next=/learning/"
    page = client.get(chosen.location)
    assert 'value="GH-0042"' in page.get_data(as_text=True)
    assert "jn医院" in main_text(page)
    assert client.submit(chosen.location, {"password": doors.PASSWORD}).location == "/learning/"


def test_the_answer_does_not_tell_whether_a_number_exists(app: Flask) -> None:
    add_nurse(app)
    client = at_institution(app)
    wrong, unknown = (sign_in(client, number, "not the password") for number in ("GH-0042", "GH-9999"))
    assert wrong.status_code == unknown.status_code == 422
    assert main_text(wrong).replace("GH-0042", "") == main_text(unknown).replace("GH-9999", "")
    nowhere = [sign_in(client_for(app), number, "not the password") for number in ("GH-0042", "GH-9999")]
    assert main_text(nowhere[0]) == main_text(nowhere[1])


def test_tries_of_a_number_are_counted_within_its_institution(app: Flask) -> None:
    add_nurse(app)
    add_nurse(app, place="qd")
    for _try in range(8):
        assert sign_in(at_institution(app), "GH-0042", "not the password").status_code == 422
    assert sign_in(at_institution(app), "gh-0042").status_code == 429
    assert sign_in(at_institution(app, "qd"), "GH-0042").status_code == 302
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert sign_in(at_institution(app), "GH-0042").status_code == 302


def test_it_costs_four_queries_at_most(app: Flask) -> None:
    add_nurse(app)
    client = at_institution(app)
    with counting(app, at_most=4):
        assert client.get("/sign-in").status_code == 200
    with counting(app, at_most=4):
        assert sign_in(client, "GH-0042").status_code == 302


def test_1500_institutions_weigh_nothing_on_any_page(app: Flask) -> None:
    with app.app_context(), transaction():
        for number in range(1500):
            places.add_institution(
                code=f"X{number}",
                name_zh=f"众多医院第{number}分院",
                name_en=f"Hospital {number}",
                city_code="370100",
                kind="hospital",
                beds=1,
            )
    client = at_institution(app)
    for page in ("/sign-in", "/activate", "/forgotten", "/institution?q=医院"):
        with counting(app, at_most=4):
            answer = client.get(page)
        assert len(answer.data) < 20_000, page
    assert "请多输入几个字" in main_text(answer)
    assert client.get("/institution?q=x").status_code == 422


@pytest.mark.parametrize("number", ["", "0", "-1", "abc", "99999999999999999999", "1e3", "١"])
def test_institutions_that_there_are_not_are_refused(app: Flask, number: str) -> None:
    assert client_for(app).post("/institution", data={"institution_id": number}).status_code == 422


@pytest.mark.parametrize("cookie", ["0", "abc", "99999999999999999999", "987654321"])
def test_a_spoilt_cookie_does_no_harm(app: Flask, cookie: str) -> None:
    add_nurse(app)
    client = client_for(app)
    client.set_cookie("institution", cookie)
    assert client.get("/sign-in").status_code == 200
    assert sign_in(client, "GH-0042").status_code == 422
    assert client.get("/activate?at=99999999999999999999").status_code == 200


def test_the_institution_stays_on_the_computer_after_signing_out(app: Flask) -> None:
    add_nurse(app)
    client = at_institution(app)
    sign_in(client, "GH-0042")
    client.post("/sign-out")
    assert "jn医院" in main_text(client.get("/sign-in"))


def test_an_institution_taken_away_is_forgotten(app: Flask) -> None:
    client = client_for(app)
    with app.app_context(), transaction():
        gone = places.add_institution(
            code="GONE", name_zh="消失医院", name_en="Gone", city_code="370100", kind="hospital", beds=1
        )
    assert client.post("/institution", data={"institution_id": gone.id}).status_code == 302
    with app.app_context(), transaction():
        db.session.delete(db.session.get_one(Institution, gone.id))
    assert "消失医院" not in main_text(client.get("/sign-in"))
