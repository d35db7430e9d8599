"""One's own data: notice, consent, copy, correction, erasure, retention; and who may look after other people's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests import world
from tests.client import CheckingClient, client_for
from tests.counting import counting
from tests.pages import main_text
from training.accounts import id_numbers
from training.accounts import services as accounts
from training.accounts.models import NOTICE, Person
from training.core import clock, jobs
from training.core.access import Actor
from training.core.audit import AuditLine
from training.core.db import Base, connection, db, reading, transaction
from training.core.keys import identity_key
from training.privacy import holdings, retention
from training.privacy.models import Consent, ConsentSubject, Correction, ErasureRequest
from training.programmes.models import Enrolment
from training.progress import rollups, states

pytestmark = pytest.mark.world
NUMBER = "37010219900101123" + id_numbers.check_character("37010219900101123")


def give_number(app: Flask, person: Person) -> None:
    with app.app_context(), transaction():
        row = accounts.lock(person.id)
        row.id_number_sealed = id_numbers.seal(NUMBER, identity_key())
        row.id_number_index = id_numbers.index(NUMBER, identity_key())


def person_now(app: Flask, person: Person) -> Person:
    with app.app_context(), reading():
        return db.session.get_one(Person, person.id)


def lines(app: Flask, verb: str) -> list[AuditLine]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(AuditLine).where(AuditLine.verb == verb)))


@pytest.fixture
def trainee(app: Flask) -> Person:
    return world.people(app)["trainee.jn"]


@pytest.fixture
def own(app: Flask, trainee: Person) -> CheckingClient:
    return client_for(app, trainee, "en")


@pytest.fixture
def newcomer(app: Flask, trainee: Person) -> CheckingClient:
    """The trainee before the first consent."""
    with app.app_context(), transaction():
        accounts.lock(trainee.id).notice_version = None
    return client_for(app, trainee, "en")


def test_everybody_may_read_the_notice_in_both_languages(client: CheckingClient, english: CheckingClient) -> None:
    assert "您的权利" in main_text(client.get("/privacy"))
    assert "Your rights" in main_text(english.get("/privacy"))


def test_the_first_page_asks_for_consent_and_leads_on(newcomer: CheckingClient, app: Flask, trainee: Person) -> None:
    first = newcomer.get("/learning/")
    assert first.status_code == 302
    assert first.location == "/consent?next=/learning/"
    assert newcomer.post("/consent", data={"next": "/learning/"}).status_code == 422
    agreed = newcomer.submit("/consent?next=/learning/", {"agree": "y"}, action="/consent")
    assert agreed.location == "/learning/"
    assert newcomer.get("/learning/").status_code == 200
    assert person_now(app, trainee).notice_version == NOTICE
    assert newcomer.get("/consent").status_code == 302


def test_a_script_hears_why(newcomer: CheckingClient) -> None:
    answer = newcomer.get("/learning/", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "agree" in answer.get_json()["error"]


def test_without_consent_one_may_still_read_copy_and_leave(newcomer: CheckingClient) -> None:
    assert newcomer.get("/account/data/").status_code == 200
    assert newcomer.post("/account/data/copy").status_code == 200
    assert newcomer.post("/account/data/erasure").status_code == 302


def test_consent_twice_is_one_line(newcomer: CheckingClient, app: Flask, trainee: Person) -> None:
    for _time in range(2):
        newcomer.post("/consent", data={"agree": "y"})
    with app.app_context(), reading():
        given = select(Consent).where(Consent.person_id == trainee.id, Consent.subject == ConsentSubject.NOTICE)
        assert len(db.session.scalars(given).all()) == 1


@pytest.mark.parametrize("agreed", [True, False])
def test_the_identity_number_needs_a_consent_of_its_own(
    newcomer: CheckingClient, app: Flask, trainee: Person, agreed: bool
) -> None:
    give_number(app, trainee)
    newcomer.post("/consent", data={"agree": "y", **({"id_number": "y"} if agreed else {})})
    assert (person_now(app, trainee).id_number_sealed is not None) is agreed
    if agreed:
        newcomer.post("/account/data/id-number/forget")
        assert person_now(app, trainee).id_number_sealed is None


def test_the_copy_holds_everything_and_no_secret(own: CheckingClient, app: Flask, trainee: Person) -> None:
    give_number(app, trainee)
    answer = own.post("/account/data/copy")
    assert "attachment" in answer.headers["Content-Disposition"]
    held = json.loads(answer.get_data(as_text=True))
    assert held["identity_number"] == NUMBER
    data = held["data"]
    for table in ("person", "enrolment", "enrolment_step", "ledger_line", "attempt", "attempt_item", "certificate"):
        assert data[table], table
    for secret in (trainee.password_hash, trainee.stamp):
        assert secret not in answer.get_data(as_text=True)
    other = world.people(app)["other_trainee.jn"]
    assert str(other.mobile) not in answer.get_data(as_text=True)
    assert len(lines(app, "person.export")) == 1


def test_no_table_that_names_a_person_is_forgotten() -> None:
    told = {table.name for table, _column, _over in holdings.tables_of_people()}
    naming = {table.name for table in Base.metadata.tables.values() if "person_id" in table.c}
    assert naming <= told


def ask(own: CheckingClient, **changed: Any) -> Any:
    address = "/account/data/correction"
    return own.submit(address, {"reason": "身份证上是这个字", **changed}, action=address)


def test_a_wish_to_correct_is_decided_at_the_own_base(own: CheckingClient, app: Flask, trainee: Person) -> None:
    named = world.people(app)
    assert ask(own).status_code == 422, "nothing differs"
    assert ask(own, name="王䶮").status_code == 302
    assert ask(own, name="王龑").status_code == 409, "one waits already"
    stranger, coordinator = (client_for(app, named[f"coordinator.{place}"]) for place in ("qd", "jn"))
    with app.app_context(), reading():
        wish = db.session.scalars(select(Correction).where(Correction.person_id == trainee.id)).one()
    assert stranger.post(f"/people-data/corrections/{wish.id}/accept").status_code == 404
    assert "王䶮" not in main_text(stranger.get("/people-data/corrections"))
    assert "王䶮" in main_text(coordinator.get("/people-data/corrections"))
    assert "1" in main_text(coordinator.get("/cohorts/"))
    assert coordinator.post(f"/people-data/corrections/{wish.id}/decline").status_code == 422, "needs an answer"
    assert coordinator.post(f"/people-data/corrections/{wish.id}/accept").status_code == 302
    assert coordinator.post(f"/people-data/corrections/{wish.id}/accept").status_code == 409
    assert person_now(app, trainee).name == "王䶮"
    assert "corrected" in main_text(own.get("/account/data/"))


def test_a_coordinator_corrects_people_of_own_cohorts_but_not_the_logins_they_use(app: Flask, trainee: Person) -> None:
    named = world.people(app)
    coordinator = client_for(app, named["coordinator.jn"])
    address = f"/people-data/{trainee.id}"
    assert client_for(app, named["coordinator.qd"]).get(address).status_code == 404
    assert coordinator.submit(address, {"name": "新名", "staff_number": "a 001"}, action=address).status_code == 302
    now = person_now(app, trainee)
    assert (now.name, now.staff_number) == ("新名", "A001")
    assert coordinator.submit(address, {"mobile": "13912345678"}, action=address).status_code == 409
    assert person_now(app, trainee).mobile == trainee.mobile
    administrator = client_for(app, named["administrator"])
    assert administrator.submit(address, {"mobile": "139 1234 5678"}, action=address).status_code == 302
    assert person_now(app, trainee).mobile == "13912345678"
    taken = named["nobody"].mobile
    assert administrator.submit(address, {"mobile": taken}, action=address).status_code == 409


def test_the_whole_identity_number_is_shown_once_and_recorded(app: Flask, trainee: Person) -> None:
    give_number(app, trainee)
    named = world.people(app)
    coordinator = client_for(app, named["coordinator.jn"])
    page = main_text(coordinator.get(f"/people-data/{trainee.id}"))
    assert NUMBER not in page
    assert id_numbers.masked(NUMBER) in page
    address = f"/people-data/{trainee.id}/id-number"
    assert coordinator.get(address).status_code == 405
    assert coordinator.post(address).status_code == 422, "needs a reason"
    assert NUMBER in main_text(coordinator.post(address, data={"reason": "核对证书"}))
    assert client_for(app, named["coordinator.qd"]).post(address, data={"reason": "x"}).status_code == 404
    (line,) = lines(app, "person.view-id-number")
    assert line.actor_id == named["coordinator.jn"].id
    assert NUMBER not in str(line.details)


def test_a_closed_account_signs_nobody_in(app: Flask, own: CheckingClient, trainee: Person) -> None:
    administrator = client_for(app, world.people(app)["administrator"])
    address = f"/people-data/{trainee.id}"
    assert administrator.post(f"{address}/close").status_code == 422
    assert administrator.post(f"{address}/close", data={"reason": "离职"}).status_code == 302
    assert own.get("/learning/").location.startswith("/sign-in")
    assert administrator.post(f"{address}/reopen", data={"reason": "回来了"}).status_code == 302
    assert own.get("/learning/").location.startswith("/sign-in"), "the session of before stays ended"
    assert client_for(app, person_now(app, trainee)).get("/learning/").status_code == 200


def everything(app: Flask) -> str:
    """Every value of every table, as one text."""
    with app.app_context(), reading():
        rows = [
            str([bytes(one) if isinstance(one, memoryview) else one for one in row])
            for table in Base.metadata.sorted_tables
            for row in connection().execute(select(table))
        ]
    return "\n".join(rows)


def counts(app: Flask) -> list[Any]:
    with app.app_context(), reading():
        counters = text("SELECT activity_id, measure, city_code, month, people FROM rollup ORDER BY 1, 2, 3, 4")
        return [tuple(row) for row in connection().execute(counters)]


def test_erasure_takes_the_identity_everywhere_and_leaves_the_counts(
    app: Flask, own: CheckingClient, trainee: Person
) -> None:
    give_number(app, trainee)
    with app.app_context(), transaction():
        accounts.lock(trainee.id).name = "欧阳独一"
    before = counts(app)
    with app.app_context(), reading():
        number = (
            connection()
            .execute(text("SELECT number FROM certificate WHERE person_id = :id"), {"id": trainee.id})
            .scalar_one()
        )
    administrator = client_for(app, world.people(app)["administrator"])
    assert administrator.post(f"/people-data/{trainee.id}/erase").status_code == 302
    assert administrator.post(f"/people-data/{trainee.id}/erase").status_code == 404
    dump = everything(app)
    for trace in ("欧阳独一", trainee.mobile, trainee.email, NUMBER):
        assert trace
        assert trace not in dump, trace
    assert counts(app) == before
    with app.app_context(), transaction():
        assert rollups.rebuild() == 0
        assert sum(states.refresh(one, None) for one in db.session.scalars(select(Enrolment)).all()) == 0
    assert own.get("/learning/").location.startswith("/sign-in")
    public = client_for(app)
    assert public.get(f"/verify/{number}").status_code == 200
    with app.app_context():
        jobs.run_sweeps()
    assert "欧阳独一" not in everything(app), "nothing prints the name again"


def test_one_may_think_it_over_for_a_week(app: Flask, own: CheckingClient, trainee: Person) -> None:
    for _time in range(2):
        assert own.post("/account/data/erasure").status_code == 302
    with app.app_context(), reading():
        assert len(db.session.scalars(select(ErasureRequest)).all()) == 1
    own.post("/account/data/erasure/take-back")
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=8)):
        jobs.run_sweeps()
    assert person_now(app, trainee).erased_at is None
    own.post("/account/data/erasure")
    with app.app_context():
        jobs.run_sweeps()
        assert person_now(app, trainee).erased_at is None, "not before the week is over"
        with clock.frozen(clock.now() + timedelta(days=8)):
            jobs.run_sweeps()
            jobs.run_sweeps()
    assert person_now(app, trainee).erased_at is not None
    assert len(lines(app, "person.erase")) == 1


def test_retention_keeps_whoever_learns_works_or_holds_a_certificate(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), clock.frozen(clock.now() + timedelta(days=365)), reading():
        assert retention.forgettable(2) == []
    later = clock.now() + timedelta(days=365 * 2 + 10)  # certificates of the world are valid for 24 months
    with app.app_context(), clock.frozen(later), reading():
        gone = {person.id for person in retention.forgettable(1)}
    assert named["nobody"].id in gone
    assert named["trainee.jn"].id in gone
    assert named["other_trainee.jn"].id not in gone, "an open enrolment keeps"
    assert named["coordinator.jn"].id not in gone, "a role keeps"


def test_the_command_counts_first_and_erases_when_told(app: Flask) -> None:
    runner = app.test_cli_runner()
    with clock.frozen(clock.now() + timedelta(days=365 * 4)):
        told = json.loads(runner.invoke(args=["people", "retention", "--years", "3", "--json"]).output)
        assert told["erased"] == 0
        assert told["found"] >= 2
        done = json.loads(runner.invoke(args=["people", "retention", "--years", "3", "--erase", "--json"]).output)
        assert done["erased"] == done["found"] == told["found"]


def test_the_page_of_own_data_costs_few_queries(app: Flask, own: CheckingClient) -> None:
    with counting(app, at_most=6):
        own.get("/account/data/")


def test_an_actor_without_consent_is_told_apart() -> None:
    assert Actor(1, "x").consented
