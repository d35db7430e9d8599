"""What hangs on the state of an enrolment elsewhere: told before a pass is lost or gained. Nothing here may name it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from training.activities import kinds
from training.activities.models import Activity
from training.core import clock
from training.core.db import db
from training.programmes.models import Enrolment
from training.progress import queries, requirements, rules, states
from training.progress.requirements import Requirements


@dataclass(frozen=True)
class Change:
    """A person would reach what fulfils an activity, or lose it."""

    person_id: int
    activity_id: int
    reached: bool


@dataclass(frozen=True)
class Consequence:
    """What would be touched, in words for whoever decides."""

    person_id: int
    text: str


Contributor = Callable[[Sequence[Change]], Sequence[Consequence]]
_contributors: list[Contributor] = []


def add(contributor: Contributor) -> None:
    """Let a package say what a change would touch; it only reads."""
    if contributor not in _contributors:
        _contributors.append(contributor)


def preview(changes: Sequence[Change]) -> list[Consequence]:
    """What these changes would touch anywhere."""
    return [one for ask in _contributors for one in ask(changes)] if changes else []


def is_fulfilled_without(enrolment: Enrolment, activity_ids: Collection[int]) -> bool:
    """Whether an enrolment would fulfil its programme if its person lost those activities, by the rules themselves."""
    required = requirements.of(enrolment)
    entries = queries.entries_of(enrolment.person_id, required.activity_ids)
    lost = _taken_back(entries, activity_ids)
    return states.state_of(enrolment, required, _wholes_too(required, lost)).fulfilled


def _taken_back(entries: Sequence[rules.Entry], activity_ids: Collection[int]) -> list[rules.Entry]:
    """The lines with one more at the end for each activity that is lost."""
    told = list(entries)
    rows = db.session.execute(select(Activity.id, Activity.kind).where(Activity.id.in_(activity_ids)))
    for activity_id, kind in rows:
        told.append(_minus(told, activity_id, kinds.get(kind).measure))
    return told


def _minus(entries: Sequence[rules.Entry], activity_id: int, measure: str) -> rules.Entry:
    number = max((one.id for one in entries), default=0) + 1
    return rules.Entry(number, activity_id, "", measure, -1, None, clock.now())


def _wholes_too(required: Requirements, entries: list[rules.Entry]) -> list[rules.Entry]:
    """The same, and one more for each course that is not complete any more when a part of it is lost."""
    told = list(entries)
    for one in required.hurdles:
        measure = kinds.get(one.activity.kind).measure
        whole = rules.reached(told, one.activity.id, measure)
        if whole is not None and rules.taken_back(told, whole, one.parts):
            told.append(_minus(told, one.activity.id, measure))
    return told
