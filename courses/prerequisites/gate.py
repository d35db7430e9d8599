"""Whether a course or a lesson is open to somebody yet: what comes first is fulfilled in the ledger, or waived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased

from courses.models import LESSON
from courses.prerequisites.models import Prerequisite
from courses.queries import LEARNER, newest_pins
from training.activities import kinds
from training.activities.models import Activity
from training.core import i18n
from training.core.db import BigId, db
from training.core.errors import NotAllowed
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import queries as progress
from training.progress import rules
from training.progress.models import EnrolmentStep, LedgerLine
from training.progress.outcomes import COMPLETED


@dataclass(frozen=True)
class Unmet:
    """What comes first and is not fulfilled yet; `mine` says whether the learner can open it."""

    course_id: int
    activity_id: int
    required: Activity
    mine: bool


class NotYet(NotAllowed):
    """Something else comes first; `left` says what."""

    def __init__(self, left: Sequence[Unmet]) -> None:
        """Name what comes first."""
        titles = _("; ").join(i18n.local(one.required) for one in left)
        super().__init__(_("This opens once you have finished: %(titles)s.", titles=titles))
        self.left = left


@cache
def _unmet() -> Select[Any]:
    """Every prerequisite in the learner's course versions that is neither fulfilled nor waived; put together once."""
    first = aliased(Activity)
    pins, own = newest_pins(), newest_pins().alias("own")
    measure = case({name: kinds.get(name).measure for name in kinds.names()}, value=first.kind)
    newest_sign = (
        select(LedgerLine.sign)
        .where(
            LedgerLine.person_id == LEARNER,
            LedgerLine.activity_id == first.id,
            LedgerLine.measure == measure,
            LedgerLine.sign != 0,
        )
        .order_by(LedgerLine.id.desc())
        .limit(1)
        .correlate(first)
        .scalar_subquery()
    )
    waived = exists().where(
        EnrolmentStep.activity_id == first.id,
        EnrolmentStep.waiver_id.is_not(None),
        EnrolmentStep.enrolment_id == Enrolment.id,
        Enrolment.person_id == LEARNER,
        Enrolment.status != EnrolmentStatus.WITHDRAWN,
    )
    statement = (
        select(
            Prerequisite.course_id,
            Prerequisite.activity_id,
            first,
            (exists().where(own.c.activity_id == first.id) | (first.kind == LESSON)).label("mine"),
        )
        .join(first, first.id == Prerequisite.requires_id)
        .join(
            pins,
            and_(
                pins.c.activity_id == Prerequisite.course_id,
                pins.c.version == Prerequisite.course_version,
                pins.c.rank == 1,
            ),
        )
        .where(func.coalesce(newest_sign, 0) <= 0, ~waived)
        .order_by(Prerequisite.course_id, first.id)
    )
    return cast("Select[Any]", statement)


@cache
def _unmet_in_a_course() -> Select[Any]:
    return _unmet().where(Prerequisite.course_id == bindparam("course", type_=BigId))


def unmet(person_id: int, course_id: int | None = None) -> list[Unmet]:
    """What still comes first in the person's courses, or in one of them; one query."""
    statement = _unmet() if course_id is None else _unmet_in_a_course()
    rows = db.session.execute(statement, {LEARNER.key: person_id, "course": course_id})
    return [Unmet(course, activity, first, bool(mine)) for course, activity, first, mine in rows]


def before(lesson_id: int, unmet_ones: Sequence[Unmet]) -> list[Unmet]:
    """Those for which a lesson waits, itself or with its whole course; each required activity once."""
    waiting = [one for one in unmet_ones if one.activity_id in (lesson_id, one.course_id)]
    return list({one.required.id: one for one in waiting}.values())


def require_open(person_id: int, course_id: int, lesson_id: int) -> None:
    """Raise `NotYet` while something comes first; what the person has read once stays open."""
    left = before(lesson_id, unmet(person_id, course_id))
    if left and not rules.reached(progress.entries_of(person_id, [lesson_id]), lesson_id, COMPLETED.measure):
        raise NotYet(left)
