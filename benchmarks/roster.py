"""2,000 people, in this process: how long a roster of them is checked and written through the pages, and how long
enrolling as many takes who are here already.
"""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

from flask import Flask
from sqlalchemy import select

from tests import rosters, world
from tests.client import client_for
from tests.conftest import build
from tests.training.doors import cohort_id
from training.core import schema
from training.core.db import db, transaction
from training.places.models import Institution
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment

PEOPLE = 2_000


def seconds_of_a_roster(url: str, folder: Path) -> SimpleNamespace:
    """The seconds on the clock of the checking page, the import and the enrolling, in the small world of the tests."""
    app = build(url, folder)
    with app.app_context():
        schema.upgrade()
        world.build()
    coordinator = client_for(app, world.people(app)["coordinator.jn"])
    coordinator.examines = False  # the pages are examined in the tests
    address = f"/cohorts/{cohort_id(app)}/roster/"
    begun = time.perf_counter()
    check = rosters.checked(coordinator, address, rosters.many(PEOPLE))
    page = coordinator.get(check)
    checked = time.perf_counter()
    written = coordinator.post(check, data={"seen": rosters.seen(page)})
    ended = time.perf_counter()
    if written.status_code != 302 or rosters.count(app, Enrolment) < PEOPLE:
        raise RuntimeError(f"the roster was not imported: {written.status_code}")
    return SimpleNamespace(check=checked - begun, write=ended - checked, enrol=_seconds_of_enrolling(app))


def _seconds_of_enrolling(app: Flask) -> float:
    """As many people who are here already, all at once."""
    with app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, cohort_id(app))
        people = rosters.add_people(PEOPLE, list(db.session.scalars(select(Institution.id))))
        begun = time.perf_counter()
        programmes.enrol_all(cohort, people, enrolled_by=None)
        db.session.flush()
        return time.perf_counter() - begun
