"""Reading the ledger and what is kept from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select

from training.accounts.models import Person
from training.activities.models import Activity
from training.core.db import connection, db
from training.programmes.models import Enrolment, EnrolmentStatus, Requirement, RequirementGroup
from training.progress.models import EnrolmentStep, LedgerLine, Standing, Waiver
from training.progress.rules import Entry

IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
ENTRIES = (
    select(
        LedgerLine.id,
        LedgerLine.activity_id,
        LedgerLine.outcome,
        LedgerLine.measure,
        LedgerLine.sign,
        LedgerLine.score_percent,
        LedgerLine.occurred_at,
        LedgerLine.corrects_id,
    )
    .where(LedgerLine.person_id == bindparam("person"), LedgerLine.activity_id.in_(IDS))
    .order_by(LedgerLine.id)
)


def entries_of(person_id: int, activity_ids: Collection[int]) -> list[Entry]:
    """The person's ledger lines for those activities, oldest first."""
    rows = connection().execute(ENTRIES, {"person": person_id, "ids": list(activity_ids)})
    return [Entry(i, a, o, m, s, None if p is None else float(p), t, c) for i, a, o, m, s, p, t, c in rows]


LINE_BY_KEY = select(LedgerLine).where(LedgerLine.client_key == bindparam("key"))


def line_by_key(client_key: str) -> LedgerLine | None:
    """The line written under that key, if any."""
    line: LedgerLine | None = db.session.scalar(LINE_BY_KEY, {"key": client_key})
    return line


@dataclass(frozen=True)
class Waived:
    """When, by whom and why a requirement was waived."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The group that a step stands in, where not all of its members are needed."""

    title_zh: str
    title_en: str
    at_least: int


@dataclass(frozen=True)
class Step:
    """A step as it is kept, with what is to be said of its waiver."""

    enrolment_id: int
    activity_id: int
    position: int
    standing: Standing
    done_at: datetime | None
    word: str
    figures: Mapping[str, Any]
    next_id: int | None
    hours_done: Decimal | None
    hours: Decimal | None
    waived: Waived | None
    choice: Choice | None

    @property
    def is_open(self) -> bool:
        """Whether something is left to do here."""
        return self.standing in (Standing.OPEN, Standing.OTHER_WAY)


STEPS = (
    select(EnrolmentStep, Activity, LedgerLine.occurred_at, Person.name, Waiver.reason, RequirementGroup)
    .join(Activity, Activity.id == EnrolmentStep.activity_id)
    .join(Enrolment, Enrolment.id == EnrolmentStep.enrolment_id)
    .outerjoin(
        Requirement,
        and_(
            Requirement.programme_id == Enrolment.programme_id,
            Requirement.version == Enrolment.programme_version,
            Requirement.activity_id == EnrolmentStep.activity_id,
        ),
    )
    .outerjoin(RequirementGroup, RequirementGroup.id == Requirement.group_id)
    .outerjoin(Waiver, Waiver.line_id == EnrolmentStep.waiver_id)
    .outerjoin(LedgerLine, LedgerLine.id == Waiver.line_id)
    .outerjoin(Person, Person.id == LedgerLine.authority_id)
    .order_by(EnrolmentStep.enrolment_id, EnrolmentStep.position)
)


def steps_of(enrolment_ids: Collection[int]) -> Mapping[int, list[tuple[Step, Activity]]]:
    """For each enrolment its steps in order, each with its activity; one query."""
    rows = db.session.execute(STEPS.where(EnrolmentStep.enrolment_id.in_(enrolment_ids)))
    steps: dict[int, list[tuple[Step, Activity]]] = {one: [] for one in enrolment_ids}
    for step, activity, at, by, reason, group in rows:
        waived = Waived(at, by or "", reason) if step.waiver_id else None
        steps[step.enrolment_id].append((_step(step, waived, group), activity))
    return steps


def _step(step: EnrolmentStep, waived: Waived | None, group: RequirementGroup | None) -> Step:
    kept = {one.name: getattr(step, one.name) for one in fields(Step) if one.name not in ("waived", "choice")}
    choice = Choice(group.title_zh, group.title_en, group.at_least) if group and group.at_least else None
    return Step(waived=waived, choice=choice, **kept)


def waived_in(enrolment_id: int) -> dict[int, int]:
    """The activities waived in an enrolment, each with the line that waives it."""
    rows = db.session.scalars(select(Waiver).where(Waiver.enrolment_id == enrolment_id).order_by(Waiver.line_id))
    last = {one.activity_id: one for one in rows}
    return {activity_id: one.line_id for activity_id, one in last.items() if one.waives}


def count_waivers(enrolment_id: int, activity_id: int) -> int:
    """How often a requirement of an enrolment was waived, or its waiver taken back."""
    statement = select(func.count()).where(Waiver.enrolment_id == enrolment_id, Waiver.activity_id == activity_id)
    return db.session.scalar(statement) or 0


def is_waived_elsewhere(person_id: int, activity_id: int, enrolment_id: int) -> bool:
    """Whether another enrolment of the person has a waiver of the activity."""
    rows = db.session.execute(
        select(Waiver.enrolment_id, Waiver.waives)
        .join(Enrolment, Enrolment.id == Waiver.enrolment_id)
        .where(Enrolment.person_id == person_id, Waiver.activity_id == activity_id, Waiver.enrolment_id != enrolment_id)
        .order_by(Waiver.line_id)
    )
    return any({row.enrolment_id: row.waives for row in rows}.values())


TOUCHED = (
    select(Enrolment)
    .where(
        Enrolment.person_id == bindparam("person"),
        Enrolment.status != EnrolmentStatus.WITHDRAWN,
        Enrolment.id.in_(select(EnrolmentStep.enrolment_id).where(EnrolmentStep.activity_id.in_(IDS))),
    )
    .order_by(Enrolment.id)
)
STEPS_KEPT = select(EnrolmentStep).where(EnrolmentStep.enrolment_id == bindparam("enrolment"))


def enrolments_touched(person_id: int, activity_ids: Collection[int]) -> Sequence[Enrolment]:
    """The person's enrolments (not withdrawn) that require one of the activities, oldest first."""
    return db.session.scalars(TOUCHED, {"person": person_id, "ids": list(activity_ids)}).all()


def steps_kept(enrolment_id: int) -> dict[int, EnrolmentStep]:
    """The steps of an enrolment as they are kept, by activity."""
    return {one.activity_id: one for one in db.session.scalars(STEPS_KEPT, {"enrolment": enrolment_id})}


def has_other_enrolment(enrolment: Enrolment) -> bool:
    """Whether the person has another enrolment in the same programme that is not withdrawn."""
    return bool(other_enrolments(enrolment))


def other_enrolments(enrolment: Enrolment) -> Sequence[Enrolment]:
    """The person's other enrolments in the same programme that are not withdrawn, oldest first."""
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.person_id == enrolment.person_id,
            Enrolment.programme_id == enrolment.programme_id,
            Enrolment.id != enrolment.id,
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
        )
        .order_by(Enrolment.id)
    ).all()
