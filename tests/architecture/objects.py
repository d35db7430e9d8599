"""What stands behind the arguments of addresses: for each name, the objects of each place of the small world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from tests import world, world_content, world_practice
from tests.world_content import Owned
from training.accounts.models import RoleGrant
from training.core import assets
from training.core.access import Role
from training.core.db import db, reading
from training.messages.models import InboxEntry
from training.places.models import Alliance, Institution, TrainingBase
from training.privacy.models import Correction
from training.programmes.invitations.models import Application, Invitation
from training.programmes.models import Cohort, Enrolment, Programme, Requirement
from training.programmes.roster.models import RosterDraft


@dataclass(frozen=True)
class Case:
    """Values for an address's arguments: the place they belong to, and the person where they are somebody's own."""

    values: Mapping[str, Any]
    place: str
    owner: str | None
    alone: bool


def _cohorts(place: str) -> list[Any]:
    return list(db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")))


def _people(place: str) -> list[Any]:
    return [world.person_id(f"trainee.{place}")]


def _enrolments(place: str) -> list[Any]:
    names = (f"other_trainee.{place}", f"trainee.{place}")  # the first is still open, the second completed
    statement = select(Enrolment.id)
    return [
        Owned(db.session.scalars(statement.where(Enrolment.person_id == world.person_id(name))).one(), name)
        for name in names
    ]


def _inbox(place: str) -> list[Any]:
    name = f"trainee.{place}"
    entries = select(InboxEntry.id).where(InboxEntry.person_id == world.person_id(name)).order_by(InboxEntry.id)
    return [Owned(entry_id, name, alone=True) for entry_id in db.session.scalars(entries.limit(1))]


def _grants(place: str) -> list[Any]:
    return list(
        db.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == world.person_id(f"trainee.{place}")))
    )


def _invitations(column: Any) -> Callable[[str], list[Any]]:
    def found(place: str) -> list[Any]:
        return list(db.session.scalars(select(column).where(Invitation.cohort_id.in_(_cohorts(place)))))

    return found


def _applications(place: str) -> list[Any]:
    statement = select(Application.id).join(Invitation, Invitation.id == Application.invitation_id)
    return list(db.session.scalars(statement.where(Invitation.cohort_id.in_(_cohorts(place)))))


def _drafts(place: str) -> list[Any]:
    statement = select(RosterDraft.id).join(Cohort, Cohort.id == RosterDraft.cohort_id)
    return list(db.session.scalars(statement.where(Cohort.code == f"C-{place}")))


def _programmes(place: str) -> list[Any]:
    return list(db.session.scalars(select(Programme.activity_id).where(Programme.code == f"P-{place}")))


def _required(place: str) -> list[Any]:
    """The last requirement, which nobody who is still open has cleared."""
    statement = select(Requirement.activity_id).where(Requirement.programme_id.in_(_programmes(place)))
    return list(db.session.scalars(statement.order_by(Requirement.position.desc()).limit(1)))


def _lent(place: str) -> list[Any]:
    """What the coordinator of a place has lent."""
    lent = select(RoleGrant.id).where(RoleGrant.person_id == world.person_id(f"stand_in.{place}"))
    return [Owned(one, f"coordinator.{place}", alone=True) for one in db.session.scalars(lent)]


def _corrections(place: str) -> list[Any]:
    asked = select(Correction.id).where(Correction.person_id == world.person_id(f"other_trainee.{place}"))
    return list(db.session.scalars(asked))


def _named_by_code(model: Any, letter: str) -> Callable[[str], list[Any]]:
    return lambda place: list(db.session.scalars(select(model.id).where(model.code == f"{letter}-{place}")))


SOURCES: dict[str, Callable[[str], list[Any]]] = {
    "alliance_id": _named_by_code(Alliance, "A"),
    "base_id": _named_by_code(TrainingBase, "B"),
    "institution_id": _named_by_code(Institution, "W"),
    "cohort_id": _cohorts,
    "draft_id": _drafts,
    "person_id": _people,
    "programme_id": _programmes,
    "requirements/activity_id": _required,
    "enrolment_id": _enrolments,
    "grant_id": _grants,
    "stand-ins/grant_id": _lent,
    "correction_id": _corrections,
    "<int:correction_id>/act": lambda _place: ["accept", "decline"],
    "<int:person_id>/act": lambda _place: ["close", "reopen"],
    "inbox/entry_id": _inbox,
    "invitation_id": _invitations(Invitation.id),
    "join/token": _invitations(Invitation.token),
    "application_id": _applications,
    "digest": lambda _place: [assets.asset("anning.css").split("/")[-2]],
    "name": lambda _place: ["anning.css"],
    "guide/role": lambda _place: list(Role),
    **world_content.SOURCES,
    **world_practice.SOURCES,
}


def _sources(rule: Rule) -> dict[str, Callable[[str], list[Any]] | None]:
    """For each argument of a rule the source of its values."""
    parts = rule.rule.split("/")
    found: dict[str, Callable[[str], list[Any]] | None] = {}
    for name in rule.arguments:
        index = next(
            number for number, part in enumerate(parts) if part.partition(">")[0].endswith((f":{name}", f"<{name}"))
        )
        found[name] = SOURCES.get(f"{parts[index - 1]}/{name}") or SOURCES.get(name)
    return found


def cases(app: Flask, rule: Rule) -> list[Case]:
    """Every set of values for a rule, place by place; where an argument has several objects, each is tried."""
    sources = _sources(rule)
    unknown = sorted(name for name, source in sources.items() if source is None)
    assert not unknown, f"{rule}: the walk does not know {unknown}: add them to tests/world_content.py"
    made = []
    with app.test_request_context(), reading():
        for place in world.PLACES[:1]:  # the other place's people are the strangers
            values = {name: source(place) for name, source in sources.items() if source}
            empty = [name for name, found in values.items() if not found]
            assert not empty, f"{rule}: the world holds no {empty} at {place}: add one to tests/world_content.py"
            for number in range(max(map(len, values.values()), default=1)):
                made.append(_case({name: found[min(number, len(found) - 1)] for name, found in values.items()}, place))
    return made


def _case(values: dict[str, Any], place: str) -> Case:
    owned = [one for one in values.values() if isinstance(one, Owned)]
    plain = {name: one.value if isinstance(one, Owned) else one for name, one in values.items()}
    return Case(plain, place, owned[0].owner if owned else None, any(one.alone for one in owned))
