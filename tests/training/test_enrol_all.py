"""Many people enrolled at once: row for row what enrolling them one by one gives, in statements that do not grow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import rosters
from tests.counting import counting
from tests.training.histories import PASSED, START, World, kinds_of_tests
from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.access import Actor, Grant, Role
from training.core.audit import AuditLine
from training.core.db import db, give_up, transaction
from training.core.errors import Conflict, NotAllowed, NotFound
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment, EnrolmentPin
from training.progress import rollups, services
from training.progress.models import EnrolmentStep, LedgerLine, Rollup
from training.progress.outcomes import COMPLETED

COMPARED = (Enrolment, EnrolmentPin, EnrolmentStep, LedgerLine, RoleGrant, AuditLine, Rollup)
OWN = {"id", "enrolment_id", "object_id", "client_key"}  # numbers that another order gives otherwise


@pytest.fixture(autouse=True)
def kinds_of_this_test() -> Iterator[None]:
    yield from kinds_of_tests()


def rows_now() -> dict[str, list[str]]:
    """Every row of the tables that enrolling writes, with people in the place of enrolments."""
    people = dict(db.session.execute(select(Enrolment.id, Enrolment.person_id)).all())
    found: dict[str, list[str]] = {}
    for model in COMPARED:
        rows = db.session.execute(select(*model.__table__.columns)).mappings()
        found[model.__tablename__] = sorted(repr(_plain(dict(row), people)) for row in rows)
    return found


def _plain(row: dict[str, Any], people: dict[int, int]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in OWN}
    if "enrolment_id" in row:
        plain["of"] = people[row["enrolment_id"]]
    if "client_key" in row:
        plain["key"] = row["client_key"].split(":")[-1] if "enrolment" in row["client_key"] else ""
    return plain


def learn_before(world: World) -> None:
    """The first three know nothing of it, the others a part, all, or are in another cohort of the programme."""
    for key, lesson in enumerate(world.lessons):
        services.record(world.people[4].id, lesson, COMPLETED, client_key=f"a{key}", authority=None)
        services.record(world.people[5].id, lesson, COMPLETED, client_key=f"b{key}", authority=None)
    services.record(world.people[5].id, world.quiz, PASSED, client_key="q", authority=None)
    programmes.enrol(world.cohorts[1], world.people[3], enrolled_by=None)


def test_together_equals_one_by_one(app: Flask) -> None:
    found = []
    with app.app_context():
        with transaction(), clock.frozen(START):
            world = World()
            learn_before(world)
        for together in (False, True):
            with transaction(), clock.frozen(START):
                cohort = db.session.get_one(Cohort, world.cohorts[0].id)
                people = [db.session.get_one(Person, one.id) for one in world.people]
                if together:
                    counted = programmes.enrol_all(cohort, people, enrolled_by=world.administrator)
                    assert (counted.new, counted.already) == (6, 0)
                else:
                    for one in people:
                        programmes.enrol(cohort, one, enrolled_by=world.administrator)
                db.session.flush()
                found.append(rows_now())
                assert rollups.rebuild() == 0
                give_up()
        assert found[0] == found[1]
        assert len(found[0]["enrolment_step"]) == 14


def test_who_is_in_already_stays_and_is_counted(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        kept = programmes.enrol(world.cohorts[0], world.people[0], enrolled_by=None)
        programmes.withdraw(world.cohorts[0], kept, "调离", withdrawn_by=world.administrator)
        people = [one.id for one in world.people]
        counted = programmes.enrol_all(world.cohorts[0], people + people, enrolled_by=None)
        assert (counted.new, counted.already) == (5, 1)
        counted = programmes.enrol_all(world.cohorts[0], people, enrolled_by=None)
        assert (counted.new, counted.already) == (0, 6)
        assert kept.withdrawn_reason == "调离"
        with pytest.raises(Conflict):
            programmes.enrol(world.cohorts[0], world.people[1], enrolled_by=None)
        assert programmes.enrol_all(world.cohorts[0], [], enrolled_by=None).new == 0


def test_strangers_and_people_who_are_not_there_are_refused(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        with pytest.raises(NotFound):
            programmes.enrol_all(world.cohorts[0], [world.people[0].id, 999_999], enrolled_by=None)
        stranger = Actor(world.people[0].id, "s", (Grant(Role.COORDINATOR, 99, "/99/"),))
        with pytest.raises(NotAllowed):
            programmes.enrol_all(world.cohorts[0], [world.people[1]], enrolled_by=stranger)
        assert db.session.scalars(select(Enrolment)).all() == []


def test_two_thousand_people_are_enrolled_in_at_most_eighty_statements(app: Flask) -> None:
    """How long it takes is a figure of `make bench`."""
    with app.app_context():
        with transaction():
            world = World()
            many = rosters.add_people(2000, [one.id for one in world.institutions])
        with counting(app, at_most=80), transaction():
            cohort = db.session.get_one(Cohort, world.cohorts[0].id)
            programmes.enrol_all(cohort, many, enrolled_by=None)
        with transaction():
            assert rollups.rebuild() == 0
            assert len(db.session.scalars(select(EnrolmentStep)).all()) == 4000
