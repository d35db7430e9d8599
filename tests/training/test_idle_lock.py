"""The lock of shared computers: who was away gives the password again, and loses nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.pages import form_of
from training.accounts.models import Person
from training.core import clock
from training.core.db import db, transaction

pytestmark = pytest.mark.world
MOBILE = world.PEOPLE["coordinator.jn"][0]


def after(minutes: float, since: datetime | None = None):
    return clock.frozen((since or clock.now()) + timedelta(minutes=minutes))


def left(client: CheckingClient, address: str) -> int:
    told = client.get(address).json
    assert told is not None
    return int(told["left"])


@pytest.fixture
def present(app: Flask) -> CheckingClient:
    """Somebody who has just opened a page."""
    client = client_for(app, MOBILE)
    assert client.get("/cohorts/").status_code == 200
    return client


def test_whoever_works_on_is_never_locked(present: CheckingClient) -> None:
    start = clock.now()
    for minutes in range(20, 200, 20):
        with after(minutes, start):
            assert present.get("/cohorts/").status_code == 200


def test_after_half_an_hour_every_page_leads_to_the_lock_and_back(present: CheckingClient) -> None:
    with after(31):
        away = present.get("/cohorts/open?x=1")
        assert away.location == "/locked?next=/cohorts/open?x%3D1"
        page = present.get(away.location)
        assert "甲乙" in main_text(page)
        assert form_of(page, "/locked").values["next"] == "/cohorts/open?x=1"
        back = present.submit(away.location, {"password": world.PASSWORD}, action="/locked")
        assert back.location == "/cohorts/open?x=1"
        assert present.get("/cohorts/").status_code == 200


def test_the_time_is_a_setting(app: Flask, present: CheckingClient) -> None:
    app.config["IDLE_SECONDS"] = 5 * 60
    with after(4):
        assert present.get("/cohorts/").status_code == 200
    with after(10):
        assert present.get("/cohorts/").status_code == 302


def test_a_wrong_password_keeps_it_locked_and_guesses_are_throttled(present: CheckingClient) -> None:
    with after(31):
        for _try in range(8):
            wrong = present.post("/locked", data={"password": "not the password"})
            assert wrong.status_code == 422
        assert "密码不正确" in main_text(wrong)
        assert present.post("/locked", data={"password": world.PASSWORD}).status_code == 429
        assert present.get("/cohorts/").status_code == 302
    with after(60):
        assert present.post("/locked", data={"password": world.PASSWORD}).status_code == 302


@pytest.mark.parametrize("password", ["", "\x00" * 5, "长" * 10_000])
def test_bad_input_keeps_it_locked(present: CheckingClient, password: str) -> None:
    with after(31):
        present.get("/cohorts/")
        assert present.post("/locked", data={"password": password}).status_code == 422
        assert present.get("/cohorts/").status_code == 302


def test_lock_now_locks_at_once_and_a_locked_session_stays_locked(present: CheckingClient) -> None:
    assert present.post("/lock", data={"next": "/cohorts/open"}).location == "/locked?next=/cohorts/open"
    assert present.get("/cohorts/").location == "/locked?next=/cohorts/"
    with present.session_transaction() as session:
        session["seen"] = int(clock.now().timestamp())
    assert present.get("/cohorts/").location == "/locked?next=/cohorts/"
    assert present.get("/").location.startswith("/sign-in")
    assert present.get("/sign-in").location.startswith("/locked")


def test_the_button_is_in_the_menu_of_the_person(present: CheckingClient) -> None:
    assert 'action="/lock"' in present.get("/cohorts/").get_data(as_text=True)


def test_a_post_that_comes_too_late_changes_nothing_and_leads_back_to_its_form(present: CheckingClient) -> None:
    with after(31):
        late = present.post(
            "/cohorts/open", data={"code": "X"}, headers={"Referer": "http://localhost/cohorts/open?a=b"}
        )
        assert late.location == "/locked?next=/cohorts/open"
        assert "data-hold" in present.get(late.location).get_data(as_text=True)  # keep.js lets go of nothing there
        back = present.submit(late.location, {"password": world.PASSWORD}, action="/locked")
        assert back.location == "/cohorts/open"


def test_a_script_hears_401_as_after_signing_out(app: Flask, present: CheckingClient) -> None:
    with after(31):
        locked = present.post("/cohorts/open", headers={"Accept": "application/json"})
    out = client_for(app).post("/cohorts/open", headers={"Accept": "application/json"})
    assert locked.status_code == out.status_code == 401
    assert locked.json == out.json


def test_a_locked_session_acts_as_nobody_on_public_pages(present: CheckingClient) -> None:
    with after(31):
        assert present.get("/no/such/page").status_code == 404
        page = present.get("/verify", follow_redirects=True)
    assert page.status_code == 200
    assert "甲乙" not in page.get_data(as_text=True)


def test_the_lock_costs_no_query_and_a_cookie_a_minute_at_most(app: Flask, present: CheckingClient) -> None:
    with counting(app) as open_pages:
        again = present.get("/cohorts/open")
    assert "Set-Cookie" not in again.headers
    with after(2), counting(app, exactly=len(open_pages)):
        later = present.get("/cohorts/open")
    assert "Set-Cookie" in later.headers


def test_the_script_learns_how_much_time_is_left_without_using_it(app: Flask, present: CheckingClient) -> None:
    start = clock.now()
    with after(20, start), counting(app, exactly=0):
        assert left(present, "/time-left") == pytest.approx(600, abs=2)
        assert left(present, "/time-left") == pytest.approx(600, abs=2)
    with after(21, start):
        present.get("/time-left?active=1")
        assert left(present, "/time-left") == pytest.approx(1800, abs=2)
    with after(60, start):
        assert left(present, "/time-left") == 0
    assert left(client_for(app), "/time-left") == 0


def test_a_changed_password_ends_the_locked_session_too(app: Flask, present: CheckingClient) -> None:
    present.post("/lock")
    with app.app_context(), transaction():
        db.session.query(Person).filter(Person.mobile == MOBILE).update({"stamp": "another"})
    assert present.get("/locked?next=/cohorts/").location == "/sign-in?next=/cohorts/"


def test_somebody_else_signs_the_locked_person_out(present: CheckingClient) -> None:
    present.post("/lock")
    assert present.post("/sign-out").location == "/sign-in"
    assert present.get("/sign-in").status_code == 200


def test_who_is_not_locked_has_nothing_to_open(app: Flask, present: CheckingClient) -> None:
    assert present.get("/locked?next=/cohorts/open").location == "/cohorts/open"
    assert present.post("/locked", data={"password": "x"}).location == "/"
    assert client_for(app).get("/locked").location == "/"
    assert present.get("/locked?next=//evil.example").location == "/"
