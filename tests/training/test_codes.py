"""One-time codes: the first password, a forgotten one, a changed one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import client_for, main_text
from tests.training import doors
from training.accounts import codes
from training.accounts.models import AccessCode, CodePurpose, Person
from training.core import clock, outbox
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.outbox import Outgoing

pytestmark = pytest.mark.world
MOBILE = world.PEOPLE["trainee.jn"][0]


def reset_code(app: Flask, name: str = "trainee.jn") -> str:
    return doors.make_code(app, world.people(app)[name].id, CodePurpose.RESET)


def verbs(app: Flask, person_id: int) -> list[str]:
    with app.app_context(), reading():
        statement = select(AuditLine.verb).where(
            AuditLine.object_type == "person", AuditLine.object_id == str(person_id)
        )
        return list(db.session.scalars(statement.order_by(AuditLine.id)))


@pytest.mark.one_database
def test_codes_are_readable_on_paper_and_kept_as_keyed_digests_alone(app: Flask) -> None:
    code = reset_code(app)
    assert doors.GROUPED.fullmatch(code)
    assert not set("01OIL") & set(codes.ALPHABET)
    with app.app_context(), reading():
        rows = db.session.scalars(select(AccessCode)).all()
    kept = " ".join(str(value) for row in rows for value in vars(row).values())
    assert code.replace("-", "") not in kept
    with app.app_context():
        here = codes.digest("ABCD2345", 1, CodePurpose.RESET)
        app.config["SECRET_KEY"] = "another key that is long enough for it"
        assert here != codes.digest("ABCD2345", 1, CodePurpose.RESET)
        assert codes.digest("ABCD2345", 1, CodePurpose.RESET) != codes.digest("ABCD2345", 2, CodePurpose.RESET)


def test_a_code_sets_the_first_password_and_signs_in(app: Flask) -> None:
    (person_id,) = doors.add_people(app, "N001")
    client = client_for(app)
    client.get(f"/activate?at={doors.institution_id(app)}")
    code = doors.make_code(app, person_id)
    answer = doors.activate(client, "n001", code.lower().replace("-", " "))
    assert (answer.status_code, answer.location) == (302, "/")
    home = client.get("/", follow_redirects=True)
    assert home.request.path == "/consent", "whoever is new reads first what is kept of them"
    assert "密码已设置" in main_text(home)
    person = doors.person(app, person_id)
    assert person.activated_at is not None
    assert verbs(app, person_id)[-1] == "person.activation"
    again = doors.activate(client_for(app), MOBILE, code)
    assert again.status_code == 422


def test_a_code_counts_once_and_ends_the_sessions_of_before(app: Flask) -> None:
    code, old = reset_code(app), client_for(app, MOBILE)
    assert old.get("/learning/").status_code == 200
    assert doors.activate(client_for(app), MOBILE, code).status_code == 302
    assert old.get("/learning/").status_code == 302
    second = doors.activate(client_for(app), MOBILE, code, "another sentence")
    assert second.status_code == 422
    assert "已被使用" in main_text(second)
    data = {"login": MOBILE, "password": doors.PASSWORD}
    assert client_for(app).post("/sign-in", data=data).status_code == 302


def test_a_new_code_replaces_the_one_before(app: Flask) -> None:
    first, second = reset_code(app), reset_code(app)
    assert doors.activate(client_for(app), MOBILE, first).status_code == 422
    assert doors.activate(client_for(app), MOBILE, second).status_code == 302


def test_a_password_set_otherwise_ends_every_code(app: Flask) -> None:
    slip = doors.make_code(app, world.people(app)["trainee.jn"].id, CodePurpose.ACTIVATION)
    assert doors.activate(client_for(app), MOBILE, reset_code(app)).status_code == 302
    assert doors.activate(client_for(app), MOBILE, slip).status_code == 422


def test_a_code_runs_out(app: Flask) -> None:
    code = reset_code(app)
    with clock.frozen(clock.now() + timedelta(days=29)):
        assert doors.activate(client_for(app), MOBILE, "AAAA-AAAA").status_code == 422
    with clock.frozen(clock.now() + timedelta(days=30, minutes=1)):
        assert doors.activate(client_for(app), MOBILE, code).status_code == 422
    assert doors.activate(client_for(app), MOBILE, code).status_code == 302


def test_the_answer_is_the_same_whether_or_not_there_is_such_a_person(app: Flask) -> None:
    reset_code(app)
    wrong = doors.activate(client_for(app), MOBILE, "ABCD-2345")
    unknown = doors.activate(client_for(app), "13911112222", "ABCD-2345")
    assert wrong.status_code == unknown.status_code == 422
    assert main_text(wrong) == main_text(unknown)


def test_the_ninth_try_is_refused_even_with_the_right_code(app: Flask) -> None:
    code = reset_code(app)
    for _try in range(8):
        assert doors.activate(client_for(app), MOBILE, "ABCD-2345").status_code == 422
    assert doors.activate(client_for(app), MOBILE, code).status_code == 429
    with app.app_context(), reading():
        assert db.session.scalar(select(func.max(AccessCode.tries))) == 8


def test_a_code_tried_too_often_is_dead(app: Flask) -> None:
    code = reset_code(app)
    with app.app_context(), transaction():
        db.session.query(AccessCode).update({"tries": codes.MOST_TRIES})
    assert doors.activate(client_for(app), MOBILE, code).status_code == 422


@pytest.mark.parametrize(
    ("code", "password"),
    [
        ("", "long enough it is"),
        ("ABCD-2345", "short"),
        ("ABCD-2345", ""),
        ("A" * 5000, "long enough it is"),
        ("\x00" * 8, "long enough it is"),
        ("ABCD-2345", "p\x00" * 8),
        ("ABCD-2345", "长" * 300),
    ],
)
def test_bad_input_is_refused_and_uses_nothing_up(app: Flask, code: str, password: str) -> None:
    good = reset_code(app)
    assert doors.activate(client_for(app), MOBILE, code, password).status_code == 422
    assert doors.activate(client_for(app), MOBILE, good).status_code == 302


def test_somebody_inactive_cannot_use_a_code(app: Flask) -> None:
    code = reset_code(app)
    with app.app_context(), transaction():
        db.session.query(Person).filter(Person.mobile == MOBILE).update({"active": False})
    assert doors.activate(client_for(app), MOBILE, code).status_code == 422


def test_without_a_channel_the_page_says_whom_to_ask(app: Flask) -> None:
    page = client_for(app).get("/forgotten")
    assert "基地管理员" in main_text(page)
    assert client_for(app).post("/forgotten", data={"login": MOBILE}).status_code == 422


def with_sms(app: Flask) -> None:
    app.config.update(SMS_URL="https://sms.example/send", SMS_TOKEN="token")
    with app.app_context():
        assert outbox.offers("sms")


def letters(app: Flask) -> list[Outgoing]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def test_a_code_comes_by_message_to_whom_there_is_and_the_answer_tells_nobody(app: Flask) -> None:
    with_sms(app)
    known = client_for(app).post("/forgotten", data={"login": MOBILE})
    unknown = client_for(app).post("/forgotten", data={"login": "13911112222"})
    assert known.location == unknown.location == "/forgotten/sent"
    assert "30" in main_text(client_for(app).get(known.location))
    (letter,) = letters(app)
    assert (letter.address, letter.secret) == (MOBILE, True)
    found = doors.GROUPED.search(letter.text)
    assert found
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert doors.activate(client_for(app), MOBILE, found.group()).status_code == 422
    assert doors.activate(client_for(app), MOBILE, found.group()).status_code == 302
    assert verbs(app, world.people(app)["trainee.jn"].id)[-1] == "person.reset"


def test_codes_by_message_are_throttled_and_leave_a_slip_alone(app: Flask) -> None:
    with_sms(app)
    (person_id,) = doors.add_people(app, "N002")
    with app.app_context(), transaction():
        db.session.get_one(Person, person_id).mobile = "13911110001"
    slip = doors.make_code(app, person_id)
    for _try in range(8):
        assert client_for(app).post("/forgotten", data={"login": "13911110001"}).status_code == 302
    assert client_for(app).post("/forgotten", data={"login": "13911110001"}).status_code == 429
    assert len(letters(app)) == 8
    assert doors.activate(client_for(app), "13911110001", slip).status_code == 302


def test_ones_own_password_is_changed_with_the_old_one_and_ends_other_sessions(app: Flask) -> None:
    here, elsewhere = client_for(app, MOBILE), client_for(app, MOBILE)
    assert here.get("/account/password").status_code == 200
    assert elsewhere.get("/learning/").status_code == 200
    wrong = here.post("/account/password", data={"old": "not it at all", "password": doors.PASSWORD})
    assert wrong.status_code == 422
    short = here.post("/account/password", data={"old": world.PASSWORD, "password": "short"})
    assert short.status_code == 422
    changed = here.post("/account/password", data={"old": world.PASSWORD, "password": doors.PASSWORD})
    assert changed.status_code == 302
    assert here.get("/learning/").status_code == 200
    assert elsewhere.get("/learning/").status_code == 302
    assert verbs(app, world.people(app)["trainee.jn"].id)[-1] == "person.password"


def test_guessing_the_old_password_in_an_open_session_is_throttled(app: Flask) -> None:
    client = client_for(app, MOBILE)
    data = {"old": "not it at all", "password": doors.PASSWORD}
    assert [client.post("/account/password", data=data).status_code for _try in range(9)] == [422] * 8 + [429]


def test_nobody_changes_a_password_without_signing_in(app: Flask) -> None:
    assert client_for(app).get("/account/password").location.startswith("/sign-in")
    assert client_for(app).post("/account/password", data={"old": "x", "password": "y"}).status_code == 302


def test_an_administrator_makes_a_code_for_whom_no_coordinator_may_help(app: Flask) -> None:
    officer = world.people(app)["officer"]
    address = f"/people/{officer.id}/code"
    assert client_for(app, world.PEOPLE["coordinator.jn"][0]).post(address).status_code == 403
    shown = client_for(app, world.PEOPLE["administrator"][0]).post(address)
    (code,) = doors.GROUPED.findall(main_text(shown))
    assert verbs(app, officer.id)[-1] == "person.code"
    assert doors.activate(client_for(app), officer.mobile or "", code).status_code == 302
