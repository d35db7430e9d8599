"""The state of enrolments, kept from the ledger: what is done, what is next, and why it is not complete yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from training.activities import kinds
from training.activities.models import Activity
from training.core.db import db
from training.programmes import queries as programmes
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import queries, rules
from training.progress.models import EnrolmentStep
from training.progress.outcomes import COMPLETED, REOPENED, Outcome

Follow = Callable[[Activity, int, Outcome, int], Any]


@dataclass(frozen=True)
class Required:
    """A required activity in its pinned version: its parts with what fulfils each, and what its kind counts itself."""

    position: int
    activity: Activity
    version: int
    parts: Mapping[int, str]
    figures: Mapping[str, int] = field(default_factory=dict)


def touched_by(person_id: int, activity: Activity, enrolment: Enrolment | None) -> list[Enrolment]:
    """The enrolments whose state a line on `activity` may change, oldest first."""
    ids = [activity.id] if activity.parent_id is None else [activity.id, activity.parent_id]
    touched = list(queries.enrolments_touched(person_id, ids))
    if enrolment is not None and enrolment.id not in {one.id for one in touched}:
        touched.append(enrolment)
    return touched


def refresh(enrolment: Enrolment, follow: Follow | None) -> int:
    """Bring the steps and status of one enrolment up to the ledger; returns how many rows differed.

    `follow` appends the lines that follow (course complete, programme complete or reopened); None only reads.
    """
    programme = db.session.get_one(Activity, enrolment.programme_id)
    required = required_of(enrolment)
    ids = activity_ids(programme, required)
    if follow is not None:
        _append_what_follows(enrolment, programme, required, ids, follow)
    entries = queries.entries_of(enrolment.person_id, ids)
    changed = _write_steps(enrolment, required, entries)
    return changed + _write_status(enrolment, rules.reached(entries, programme.id, "completed"))


def activity_ids(programme: Activity, required: Sequence[Required]) -> list[int]:
    """The activities whose lines say where an enrolment stands: the programme, what it requires, and their parts."""
    return list(
        {programme.id, *(one.activity.id for one in required), *(part for one in required for part in one.parts)}
    )


def required_of(enrolment: Enrolment) -> list[Required]:
    """What the enrolment requires, in the versions it pins."""
    rows = programmes.required_by(enrolment)
    parts: dict[tuple[int, int], tuple[int, ...]] = {}
    figures: dict[tuple[int, int], Mapping[str, int]] = {}
    for name in {activity.kind for _position, activity, _version in rows}:
        kind = kinds.get(name)
        pairs = [(activity.id, version) for _p, activity, version in rows if activity.kind == name]
        parts |= kind.parts(pairs) if kind.parts else {}
        figures |= kind.figures(enrolment.person_id, pairs) if kind.figures else {}
    part_ids = {part for several in parts.values() for part in several}
    part_kinds = dict(db.session.execute(select(Activity.id, Activity.kind).where(Activity.id.in_(part_ids))).all())
    return [
        Required(
            position,
            activity,
            version,
            {part: kinds.get(part_kinds[part]).measure for part in parts.get((activity.id, version), ())},
            figures.get((activity.id, version), {}),
        )
        for position, activity, version in rows
    ]


def _append_what_follows(
    enrolment: Enrolment,
    programme: Activity,
    required: Sequence[Required],
    ids: Sequence[int],
    follow: Follow,
) -> None:
    entries = queries.entries_of(enrolment.person_id, ids)
    newest = entries[-1].id if entries else 0
    holds = []
    for one in required:
        held = rules.reached(entries, one.activity.id, kinds.get(one.activity.kind).measure)
        outcome = _follows_from_parts(entries, held, one.parts)
        if outcome is not None:
            follow(one.activity, one.version, outcome, newest)
        holds.append(held is not None if outcome is None else outcome is COMPLETED)
    was = rules.reached(entries, programme.id, COMPLETED.measure) is not None
    if holds and all(holds) and not was:
        follow(programme, programme.version, COMPLETED, newest)
    elif was and not all(holds):
        follow(programme, programme.version, REOPENED, newest)


def _follows_from_parts(
    entries: Sequence[rules.Entry], held: rules.Reach | None, parts: Mapping[int, str]
) -> Outcome | None:
    """What the parts of a required activity make of it: complete, open again, or nothing new."""
    if held is None and parts and all(rules.reached(entries, part, measure) for part, measure in parts.items()):
        return COMPLETED
    return REOPENED if held is not None and rules.taken_back(entries, held, parts) else None


def _write_steps(enrolment: Enrolment, required: Sequence[Required], entries: Sequence[rules.Entry]) -> int:
    kept = {
        step.activity_id: step
        for step in db.session.scalars(select(EnrolmentStep).where(EnrolmentStep.enrolment_id == enrolment.id))
    }
    changed = 0
    for one in required:
        values = step_values(one, entries)
        step = kept.pop(one.activity.id, None)
        if step is None:
            db.session.add(EnrolmentStep(enrolment_id=enrolment.id, activity_id=one.activity.id, **values))
            changed += 1
        elif any(getattr(step, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(step, name, value)
            changed += 1
    if kept:
        db.session.execute(
            delete(EnrolmentStep).where(
                EnrolmentStep.enrolment_id == enrolment.id, EnrolmentStep.activity_id.in_(list(kept))
            )
        )
    db.session.flush()
    return changed + len(kept)


def step_values(one: Required, entries: Sequence[rules.Entry]) -> dict[str, Any]:
    """The state of one requirement as the ledger's lines have it."""
    kind = kinds.get(one.activity.kind)
    held = rules.reached(entries, one.activity.id, kind.measure)
    facts = replace(rules.facts(entries, one.activity.id, one.version, one.parts), figures=one.figures)
    missing = kinds.Missing("done") if held else kind.explain(facts)
    return {
        "position": one.position,
        "done_at": held.at if held else None,
        "word": missing.word,
        "figures": dict(missing.figures),
        "next_id": missing.next_id,
    }


def _write_status(enrolment: Enrolment, done: rules.Reach | None) -> int:
    if enrolment.status is EnrolmentStatus.WITHDRAWN:
        return 0
    status = EnrolmentStatus.COMPLETED if done else EnrolmentStatus.OPEN
    at: datetime | None = done.at if done else None
    if (enrolment.status, enrolment.completed_at) == (status, at):
        return 0
    enrolment.status, enrolment.completed_at = status, at
    db.session.flush()
    return 1
