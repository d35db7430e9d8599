"""Several roles: switched between by name and place, without a second sign-in and without taking anything away."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import world
from tests.client import CheckingClient, client_for
from tests.pages import main_text
from training.accounts import services
from training.core.access import Role
from training.core.db import db, transaction
from training.core.scopes import Scope
from training.places.models import TrainingBase

pytestmark = pytest.mark.world


@pytest.fixture
def several(app: Flask) -> CheckingClient:
    """Somebody who coordinates one base, and supervises and teaches at the other."""
    person = world.people(app)["coordinator.jn"]
    with app.app_context(), transaction():
        base = db.session.query(TrainingBase).filter_by(code="B-qd").one()
        scope = db.session.get_one(Scope, base.scope_id)
        for role in (Role.INSTRUCTOR, Role.COORDINATOR):
            services.add_grant(person, role, scope, granted_by=None)
    return client_for(app, person, "en")


def test_each_role_and_place_is_named_and_chosen(several: CheckingClient) -> None:
    page = several.get("/cohorts/").get_data(as_text=True)
    for name in ("Base coordinator · Base jn", "Base coordinator · Base qd", "Instructor · Base qd"):
        assert name in page
    assert several.get("/").location == "/cohorts/"
    keys = [part.split('"')[0] for part in page.split('name="workplace" value="')[1:]]
    instructor = next(key for key in keys if key.startswith("instructor"))
    assert several.post("/workplace", data={"workplace": instructor}).location == "/"
    assert several.get("/").location == "/items/"
    menu = several.get("/items/").get_data(as_text=True).split('class="menu"')[1].split("</nav>")[0]
    assert "/cohorts/" not in menu
    assert "/items/" in menu


def test_the_choice_takes_nothing_away(several: CheckingClient) -> None:
    several.post("/workplace", data={"workplace": "instructor:1"})
    assert several.get("/cohorts/").status_code == 200


def test_a_workplace_that_is_not_held_leads_to_the_first(several: CheckingClient) -> None:
    several.post("/workplace", data={"workplace": "administrator:1"})
    assert several.get("/").location == "/cohorts/"


def test_an_entry_of_the_menu_is_lit_on_the_pages_below_it(several: CheckingClient) -> None:
    menu = several.get("/cohorts/open").get_data(as_text=True).split('class="menu"')[1].split("</nav>")[0]
    assert 'href="/cohorts/" aria-current="true"' in menu
    assert menu.count("aria-current") == 1


def test_one_workplace_offers_no_switch(app: Flask) -> None:
    page = client_for(app, world.people(app)["officer"], "en").get("/province/").get_data(as_text=True)
    assert 'name="workplace"' not in page
    assert main_text(client_for(app, world.people(app)["officer"], "en").get("/province/"))
