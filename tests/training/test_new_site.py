"""A site that begins with `anning init-db`: from nothing to a cohort, without any sample data."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.client import CheckingClient, client_for
from tests.pages import main_text
from training.core import clock
from training.core.db import db, reading
from training.core.scopes import Scope
from training.places.models import TrainingBase
from training.programmes.models import Cohort

PASSWORD = "long enough 1"
ADMINISTRATOR = ["users", "add", "--name", "何静", "--login", "13700000009", "--password", PASSWORD]


def signed_in(app: Flask, login: str) -> CheckingClient:
    client = client_for(app)
    client.post("/sign-in", data={"login": login, "password": PASSWORD})
    client.post("/consent", data={"agree": "y"})
    return client


def made(answer: Any) -> str:
    assert answer.status_code in {302, 303}, main_text(answer)
    return str(answer.location)


def number_in(client: CheckingClient, address: str, name: str, label: str) -> str:
    """The value of the option of that label in a select, or of the hidden field when nothing is to be chosen."""
    page = client.get(address).get_data(as_text=True)
    found = re.search(rf'value="(\d+)">{re.escape(label)}</option>', page) or re.search(
        rf'name="{name}" value="(\d+)"', page
    )
    assert found, page
    return found[1]


def add_place(administrator: CheckingClient) -> None:
    """An institution in a county, and the training base at it."""
    assert "还没有机构" in main_text(administrator.get("/places/"))
    place = {"name_zh": "历下安宁医院", "name_en": "Lixia Hospital", "kind": "hospital", "beds": 20, "code": "H1"}
    made(administrator.post("/places/new", data=place | {"place": "370102"}))
    base = {"institution": "历下安宁医院", "name_zh": "历下培训基地", "name_en": "Lixia Base", "code": "LX"}
    made(administrator.post("/places/bases/new", data=base))


def add_coordinator(app: Flask, administrator: CheckingClient) -> CheckingClient:
    """Somebody with the role of coordinator at the base, given on the page of people."""
    institution = number_in(administrator, "/people/add", "institution_id", "历下安宁医院")
    sent = {"name": "安素云", "mobile": "13700000010", "profession": "nurse", "password": PASSWORD}
    person = made(administrator.post("/people/add", data=sent | {"institution_id": institution}))
    scope = number_in(administrator, person, "scope_id", "历下培训基地")
    made(administrator.post(f"{person}/grants", data={"role": "coordinator", "scope_id": scope}))
    return signed_in(app, "13700000010")


def test_from_nothing_to_a_cohort(app: Flask) -> None:
    runner = app.test_cli_runner()
    with app.app_context():
        assert runner.invoke(args=["init-db"]).exit_code == 0
    assert runner.invoke(args=ADMINISTRATOR).exit_code == 0
    administrator = signed_in(app, "13700000009")
    add_place(administrator)
    coordinator = add_coordinator(app, administrator)
    scope = number_in(coordinator, "/practice-plans/rotation", "scope_id", "历下培训基地")
    plan = {"scope_id": scope, "title_zh": "病区轮转", "title_en": "Ward rotation", "class_hours": "80"}
    hours = {"hours_all": 80, "hours_ward": 80, "hours_outpatient": 0, "hours_home": 0}
    activity = made(coordinator.post("/practice-plans/rotation", data=plan | hours)).rpartition("/")[2]
    programme = {"code": "P1", "title_zh": "安宁疗护", "title_en": "Palliative care", "valid_months": 24}
    rows = {"rows": 1, "place-1": 1, "what-1": activity, "credits": 0, "scope_id": scope}
    programme_id = made(coordinator.post("/programmes/new", data=programme | rows)).rpartition("/")[2]
    today = clock.today()
    cohort = {
        "base_id": number_in(coordinator, "/cohorts/open", "base_id", "历下培训基地"),
        "programme_id": programme_id,
        "code": "C1",
        "name": "第一期",
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).isoformat(),
    }
    assert "第一期" in main_text(coordinator.get(made(coordinator.post("/cohorts/open", data=cohort))))
    with app.app_context(), reading():
        base = db.session.scalars(select(TrainingBase)).one()
        assert base.city_code == "370100"
        opened = db.session.scalars(select(Cohort)).one()
        above, own = (db.session.get_one(Scope, one.scope_id).path for one in (base, opened))
        assert own.startswith(above)
