"""A roster of 2,000 people through the pages, in this process: how long it takes to check it, and to write it."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

from tests import rosters, world
from tests.client import client_for
from tests.conftest import build
from tests.training.doors import cohort_id
from training.core import schema
from training.programmes.models import Enrolment

PEOPLE = 2_000


def seconds_of_a_roster(url: str, folder: Path) -> SimpleNamespace:
    """The seconds on the clock of the checking page and of the import, on the small world of the tests."""
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
    return SimpleNamespace(check=checked - begun, write=ended - checked)
