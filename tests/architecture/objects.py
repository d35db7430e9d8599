"""What stands behind the arguments of addresses: for each name, the objects of each place of the small world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from tests import world, world_content
from training.accounts.models import RoleGrant
from training.core import assets
from training.core.db import db, reading
from training.programmes.models import Cohort, Enrolment

# An object of these arguments belongs to one person: another trainee of the same place is a stranger to it.
OWNED = {"attempt_id", "enrolment_id", "certificate_id", "number"}


@dataclass(frozen=True)
class Case:
    """Values for an address's arguments: the place they belong to, and the person where they are somebody's own."""

    values: Mapping[str, Any]
    place: str
    owner: str | None


def _cohorts(place: str) -> list[Any]:
    return list(db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")))


def _people(place: str) -> list[Any]:
    return [world.person_id(f"trainee.{place}")]


def _enrolments(place: str) -> list[Any]:
    return list(
        db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == world.person_id(f"trainee.{place}")))
    )


def _grants(place: str) -> list[Any]:
    return list(
        db.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == world.person_id(f"trainee.{place}")))
    )


SOURCES: dict[str, Callable[[str], list[Any]]] = {
    "cohort_id": _cohorts,
    "person_id": _people,
    "enrolment_id": _enrolments,
    "grant_id": _grants,
    "digest": lambda _place: [assets.asset("anning.css").split("/")[-2]],
    "name": lambda _place: ["anning.css"],
    **world_content.SOURCES,
}


def cases(app: Flask, rule: Rule) -> list[Case]:
    """Every set of values for a rule, place by place; where an argument has several objects, each is tried."""
    unknown = rule.arguments - SOURCES.keys()
    assert not unknown, (
        f"{rule}: the walk does not know the arguments {unknown}: add them to tests/architecture/objects.py"
    )
    made = []
    with app.test_request_context(), reading():
        for place in world.PLACES:
            values = {name: SOURCES[name](place) for name in rule.arguments}
            empty = [name for name, found in values.items() if not found]
            assert not empty, f"{rule}: the world holds no {empty} at {place}: add one to tests/world_content.py"
            owner = f"trainee.{place}" if rule.arguments & OWNED else None
            for number in range(max(map(len, values.values()), default=1)):
                one = {name: found[min(number, len(found) - 1)] for name, found in values.items()}
                made.append(Case(one, place, owner))
            if not rule.arguments:
                break
    return made
