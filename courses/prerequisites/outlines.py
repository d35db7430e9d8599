"""The prerequisites of course versions as they are written and carried on from one version to the next."""

from __future__ import annotations

from sqlalchemy import select

from courses.prerequisites.models import Prerequisite
from training.activities.models import Activity
from training.core.db import db

Waits = frozenset[tuple[int, int]]
"""Pairs of what waits (a course or a lesson of it) and what comes first."""


def of(course_id: int, version: int) -> Waits:
    """What waits for what in a course version."""
    rows = db.session.execute(
        select(Prerequisite.activity_id, Prerequisite.requires_id).where(
            Prerequisite.course_id == course_id, Prerequisite.course_version == version
        )
    )
    return frozenset((row.activity_id, row.requires_id) for row in rows)


def write(course: Activity, waits: Waits) -> None:
    """Write the prerequisites of the present version of a course. Does not commit."""
    db.session.add_all(
        Prerequisite(course_id=course.id, course_version=course.version, activity_id=waiting, requires_id=first)
        for waiting, first in sorted(waits)
    )
    db.session.flush()
