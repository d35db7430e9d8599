"""What people have done their part of and somebody else has yet to decide: a quiz handed in that is being marked.

It counts as done where the pace is judged, nobody is reminded of it, and pages say whom it waits for. A package adds
what waits: a select and the words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select

from training.core.db import connection
from training.programmes.models import Enrolment
from training.progress.models import EnrolmentStep, Standing

Waiting = Mapping[int, str]
NOTHING: Waiting = MappingProxyType({})


@dataclass(frozen=True)
class Source:
    """A select of `person_id, activity_id, since`, and what is said of a row that waits since then."""

    rows: Select[Any]
    words: Callable[[datetime], str]


_sources: dict[str, Source] = {}


def add(kind: str, source: Source) -> None:
    """Let a package say what of its kind of activity waits."""
    _sources[kind] = source


def of_people(person_ids: Collection[int]) -> dict[int, Waiting]:
    """By person, and by the activity's id, in words; one query a source."""
    found: dict[int, dict[int, str]] = {one: {} for one in person_ids}
    for source in _sources.values():
        rows = source.rows.subquery()
        for row in connection().execute(select(rows).where(rows.c.person_id.in_(found))):
            found[row.person_id][row.activity_id] = source.words(row.since)
    return dict(found)


def count() -> ColumnElement[int]:
    """How many open steps wait of the `Enrolment` of the statement around it."""
    return sum((_count(source.rows.subquery()) for source in _sources.values()), start=literal(0))


def _count(rows: Subquery) -> ColumnElement[int]:
    statement = (
        select(func.count(EnrolmentStep.activity_id.distinct()))
        .join(rows, rows.c.activity_id == EnrolmentStep.activity_id)
        .where(rows.c.person_id == Enrolment.person_id)
        .where(EnrolmentStep.enrolment_id == Enrolment.id, EnrolmentStep.standing == Standing.OPEN)
    )
    return statement.correlate(Enrolment).scalar_subquery()
