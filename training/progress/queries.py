"""Reading the ledger and what is kept from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import BindParameter, bindparam, or_, select

from training.activities.models import Activity
from training.core.db import connection, db
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress.models import EnrolmentStep, LedgerLine
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
    )
    .where(
        LedgerLine.person_id == bindparam("person"),
        or_(
            LedgerLine.activity_id.in_(IDS),
            LedgerLine.activity_id.in_(select(Activity.id).where(Activity.parent_id.in_(IDS))),
        ),
    )
    .order_by(LedgerLine.id)
)


def entries_of(person_id: int, activity_ids: Collection[int]) -> list[Entry]:
    """The person's ledger lines for those activities and their direct parts, oldest first."""
    rows = connection().execute(ENTRIES, {"person": person_id, "ids": list(activity_ids)})
    return [Entry(i, a, o, m, s, None if p is None else float(p), t) for i, a, o, m, s, p, t in rows]


def line_by_key(client_key: str) -> LedgerLine | None:
    """The line written under that key, if any."""
    return db.session.scalar(select(LedgerLine).where(LedgerLine.client_key == client_key))


def steps_of(enrolment_ids: Collection[int]) -> Mapping[int, list[tuple[EnrolmentStep, Activity]]]:
    """For each enrolment its steps in order, each with its activity; one query."""
    rows = db.session.execute(
        select(EnrolmentStep, Activity)
        .join(Activity, Activity.id == EnrolmentStep.activity_id)
        .where(EnrolmentStep.enrolment_id.in_(enrolment_ids))
        .order_by(EnrolmentStep.enrolment_id, EnrolmentStep.position)
    )
    steps: dict[int, list[tuple[EnrolmentStep, Activity]]] = {one: [] for one in enrolment_ids}
    for step, activity in rows:
        steps[step.enrolment_id].append((step, activity))
    return steps


def enrolments_touched(person_id: int, activity_ids: Collection[int]) -> Sequence[Enrolment]:
    """The person's enrolments (not withdrawn) that require one of the activities, oldest first."""
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
            Enrolment.id.in_(select(EnrolmentStep.enrolment_id).where(EnrolmentStep.activity_id.in_(activity_ids))),
        )
        .order_by(Enrolment.id)
    ).all()


def has_other_enrolment(enrolment: Enrolment) -> bool:
    """Whether the person has another enrolment in the same programme that is not withdrawn."""
    statement = select(Enrolment.id).where(
        Enrolment.person_id == enrolment.person_id,
        Enrolment.programme_id == enrolment.programme_id,
        Enrolment.id != enrolment.id,
        Enrolment.status != EnrolmentStatus.WITHDRAWN,
    )
    return db.session.scalar(statement.limit(1)) is not None
