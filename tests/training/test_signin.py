"""Signing in: who gets in, who does not, and what it costs."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client import generate_latest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.pages import form_of
from training.accounts.models import Person, Throttle
from training.core import clock, jobs, refusals
from training.core.db import db, reading, transaction

pytestmark = pytest.mark.world
MOBILE = "13900000011"


def sign_in(client: CheckingClient, login: str, password: str = world.PASSWORD, **more: str):
    return client.post("/sign-in", data={"login": login, "password": password, **more})


@pytest.mark.parametrize(
    "login",
    [MOBILE, " 139 0000 0011 ", "+86 139-0000-0011", "86 13900000011", "１３９００００００１１", "Person5@Example.ORG"],
)
def test_people_sign_in_by_mobile_number_or_email_however_they_write_it(app: Flask, login: str) -> None:
    client = client_for(app)
    response = sign_in(client, login)
    assert (response.status_code, response.location) == (302, "/")
    assert client.get("/", follow_redirects=True).request.path == "/cohorts/"


def test_a_wrong_password_is_told_without_saying_whether_the_person_exists(app: Flask) -> None:
    wrong = sign_in(client_for(app), MOBILE, "not the password")
    unknown = sign_in(client_for(app), "13911112222", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert "账号与密码不符" in main_text(wrong)
    assert "账号与密码不符" in main_text(unknown)
    assert client_for(app).get("/cohorts/").status_code == 302


def test_an_empty_form_is_shown_again_with_what_is_missing(app: Flask) -> None:
    response = sign_in(client_for(app), "", "")
    assert response.status_code == 422
    assert "请填写此项" in main_text(response)


@pytest.mark.parametrize(
    "login", ["139\x000000011", "'; DROP TABLE person; --", "<script>alert(1)</script>", "𠮷" * 200]
)
def test_odd_logins_are_refused_with_a_sentence(app: Flask, login: str) -> None:
    assert sign_in(client_for(app), login).status_code == 422


def test_the_ninth_try_within_a_quarter_of_an_hour_is_refused_even_with_the_right_password(app: Flask) -> None:
    for _try in range(8):
        assert sign_in(client_for(app), MOBILE, "not the password").status_code == 422
    refused = sign_in(client_for(app), MOBILE)
    assert refused.status_code == 429
    assert "尝试次数过多" in main_text(refused)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert sign_in(client_for(app), MOBILE).status_code == 302


def test_a_right_password_starts_the_count_anew(app: Flask) -> None:
    for _round in range(2):
        for _try in range(7):
            sign_in(client_for(app), MOBILE, "not the password")
        assert sign_in(client_for(app), MOBILE).status_code == 302


def test_a_changed_stamp_ends_the_sessions_of_before(app: Flask) -> None:
    client = client_for(app, MOBILE)
    assert client.get("/cohorts/").status_code == 200
    with app.app_context(), transaction():
        db.session.query(Person).filter(Person.mobile == MOBILE).update({"stamp": secrets.token_hex(8)})
    assert client.get("/cohorts/").location.startswith("/sign-in?next=")


def test_somebody_who_was_made_inactive_is_signed_out_and_stays_out(app: Flask) -> None:
    client = client_for(app, MOBILE)
    with app.app_context(), transaction():
        db.session.query(Person).filter(Person.mobile == MOBILE).update({"active": False})
    assert client.get("/cohorts/").status_code == 302
    assert sign_in(client_for(app), MOBILE).status_code == 422


def test_signing_in_costs_at_most_four_queries(app: Flask) -> None:
    client = client_for(app)
    with counting(app, at_most=4):
        assert client.get("/sign-in").status_code == 200
    with counting(app, at_most=4):
        assert sign_in(client, MOBILE).status_code == 302


def test_the_way_leads_back_to_the_page_that_was_asked_for(app: Flask) -> None:
    client = client_for(app)
    asked = client.get("/cohorts/open")
    assert asked.location == "/sign-in?next=/cohorts/open"
    signed_in = client.submit(asked.location, {"login": MOBILE, "password": world.PASSWORD})
    assert signed_in.location == "/cohorts/open"


@pytest.mark.one_database
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\t/evil.example",
        "/\t/[",
        "/" * 600,
    ],
)
def test_the_way_back_never_leads_to_another_site(app: Flask, target: str) -> None:
    client = client_for(app)
    assert not form_of(client.get("/sign-in", query_string={"next": target})).values["next"]
    assert sign_in(client, MOBILE, next=target).location == "/"


def test_signing_out_forgets_the_person(app: Flask) -> None:
    client = client_for(app, MOBILE)
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/cohorts/").status_code == 302


def test_somebody_without_a_role_is_told_whom_to_ask(app: Flask) -> None:
    for language, words in (("zh", "您还没有角色"), ("en", "You have no role here yet")):
        page = client_for(app, world.PEOPLE["nobody"][0], language).get("/", follow_redirects=True)
        assert words in main_text(page)


@pytest.mark.one_database
def test_the_sample_people_are_offered_in_sample_mode_alone(app: Flask) -> None:
    assert "anning-2026" in main_text(client_for(app).get("/sign-in"))
    app.config["SAMPLE_MODE"] = False
    assert "anning-2026" not in main_text(client_for(app).get("/sign-in"))


def test_tries_that_no_longer_count_are_forgotten(app: Flask) -> None:
    sign_in(client_for(app), "somebody@example.org", "not the password")

    def kept() -> int:
        with app.app_context(), reading():
            return db.session.scalar(select(func.count()).select_from(Throttle)) or 0

    with app.app_context():
        jobs.run_sweeps()
    assert kept() == 2
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=16)):
        assert jobs.run_sweeps()["accounts:tries"] == 2
        assert jobs.run_sweeps()["accounts:tries"] == 0
    assert kept() == 0


@pytest.mark.one_database
def test_methods_that_strangers_make_up_share_one_counter(app: Flask) -> None:
    for number in range(20):
        client_for(app).open("/healthz", method=f"ODD{number}", headers={"X-CSRFToken": "-"})
    assert "ODD" not in generate_latest().decode()


@pytest.mark.one_database
def test_a_referrer_that_cannot_be_read_does_no_harm(app: Flask) -> None:
    answer = client_for(app).post("/people/add", headers={"Referer": "http://["})
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_a_taken_login_is_not_written_into_the_log(app: Flask) -> None:
    with app.test_request_context():
        with pytest.raises(IntegrityError) as caught, transaction():
            db.session.execute(update(Person).where(Person.mobile != MOBILE).values(mobile=MOBILE))
        with capture_logs() as lines:
            refusals._handle_conflict(caught.value)
    assert lines[0]["event"] == "constraint"
    assert MOBILE not in str(lines)
    assert caught.value.hide_parameters
