"""The state of enrolments, kept from the ledger: what is done, what is next, and why it is not complete yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from training.activities import kinds
from training.activities.models import Activity
from training.core.db import db
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import queries, requirements, rules
from training.progress.models import EnrolmentStep, Standing
from training.progress.outcomes import COMPLETED, REOPENED, WAIVED, Outcome
from training.progress.requirements import Required, Requirements

Follow = Callable[[Activity, int, Outcome, int], Any]
Follower = Callable[[Enrolment], None]
_followers: list[Follower] = []


def when_status_changes(follower: Follower) -> None:
    """Have a package told, in the same transaction, when an enrolment becomes complete or is open again."""
    if follower not in _followers:
        _followers.append(follower)


@dataclass(frozen=True)
class State:
    """Where an enrolment stands by the ledger's lines: what is held, what waived, and what of the tree counts."""

    held: Mapping[int, rules.Reach]
    waived: Mapping[int, int]
    fulfilled: bool
    needed: tuple[int, ...]
    spared: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def cleared(self) -> int:
        """How many of the hurdles that count are cleared."""
        return sum(one in self.held or one in self.waived for one in self.needed)


def touched_by(person_id: int, activities: Sequence[Activity], enrolment: Enrolment | None) -> list[Enrolment]:
    """The enrolments whose state lines on these activities may change, oldest first."""
    ids = {one.id for one in activities}
    for kind in {one.kind for one in activities}:
        if wholes := kinds.get(kind).wholes:
            ids.update(wholes([one.id for one in activities if one.kind == kind]))
    touched = list(queries.enrolments_touched(person_id, sorted(ids)))
    if enrolment is not None and enrolment.id not in {one.id for one in touched}:
        touched.append(enrolment)
    return touched


def refresh(enrolment: Enrolment, follow: Follow | None) -> int:
    """Bring the steps and status of one enrolment up to the ledger; returns how many rows differed.

    `follow` appends the lines that follow (course complete, programme complete or reopened); None only reads.
    """
    required = requirements.of(enrolment)
    entries = queries.entries_of(enrolment.person_id, required.activity_ids)
    if follow is not None and _append_what_follows(enrolment, required, entries, follow):
        entries = queries.entries_of(enrolment.person_id, required.activity_ids)
    state = state_of(enrolment, required, entries)
    changed = _write_steps(enrolment, required, state, entries)
    done = rules.reached(entries, required.programme.id, COMPLETED.measure)
    return changed + _write_status(enrolment, state, done)


def state_of(enrolment: Enrolment, required: Requirements, entries: Sequence[rules.Entry]) -> State:
    """What the lines say of the requirements of an enrolment."""
    held = {
        one.activity.id: reach
        for one in required.hurdles
        if (reach := rules.reached(entries, one.activity.id, kinds.get(one.activity.kind).measure))
    }
    # a waiver belongs to one enrolment: whether there is one at all, the person's lines say
    any_waiver = any(entry.measure == WAIVED.measure for entry in entries)
    waived = queries.waived_in(enrolment.id) if any_waiver else {}
    cleared = held.keys() | waived.keys()
    begun = {one.activity.id for one in required.hurdles if rules.begun(entries, one.activity.id, one.parts)}
    return State(
        held=held,
        waived={one: line for one, line in waived.items() if one not in held},
        fulfilled=bool(required.hurdles) and rules.fulfilled(required.tree, cleared),
        needed=rules.needed(required.tree, cleared, begun),
        spared=rules.spared(required.tree, cleared),
    )


def _append_what_follows(
    enrolment: Enrolment, required: Requirements, entries: Sequence[rules.Entry], follow: Follow
) -> bool:
    """Append the lines that follow from the others; returns whether there are any."""
    newest = entries[-1].id if entries else 0
    follows = [(one, outcome) for one in required.hurdles if (outcome := _follows_from_parts(entries, one)) is not None]
    for one, outcome in follows:
        follow(one.activity, one.version, outcome, newest)
    if follows:
        entries = queries.entries_of(enrolment.person_id, required.activity_ids)
    was = rules.reached(entries, required.programme.id, COMPLETED.measure) is not None
    fulfilled = state_of(enrolment, required, entries).fulfilled
    if fulfilled and not was:
        follow(required.programme, enrolment.programme_version, COMPLETED, newest)
    elif was and not fulfilled and not _fulfilled_elsewhere(enrolment):
        follow(required.programme, enrolment.programme_version, REOPENED, newest)
    else:
        return bool(follows)
    return True


def _follows_from_parts(entries: Sequence[rules.Entry], one: Required) -> Outcome | None:
    """What the parts of a required activity make of it: complete, open again, or nothing new."""
    held = rules.reached(entries, one.activity.id, kinds.get(one.activity.kind).measure)
    parts = one.parts
    if held is None and parts and all(rules.reached(entries, part, measure) for part, measure in parts.items()):
        return COMPLETED
    return REOPENED if held is not None and rules.taken_back(entries, held, parts) else None


def _fulfilled_elsewhere(enrolment: Enrolment) -> bool:
    """Whether another enrolment of the person in the programme fulfils what it asks: other versions, other waivers."""
    for other in queries.other_enrolments(enrolment):
        required = requirements.of(other)
        if state_of(other, required, queries.entries_of(other.person_id, required.activity_ids)).fulfilled:
            return True
    return False


def _write_steps(enrolment: Enrolment, required: Requirements, state: State, entries: Sequence[rules.Entry]) -> int:
    kept = queries.steps_kept(enrolment.id)
    changed = 0
    for one in required.hurdles:
        values = step_values(one, state, entries)
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


def step_values(one: Required, state: State, entries: Sequence[rules.Entry]) -> dict[str, Any]:
    """The state of one requirement as the ledger's lines have it."""
    number = one.activity.id
    standing = _standing(number, state)
    facts = rules.facts(entries, number, one.version, one.parts, one.figures)
    if standing in (Standing.OPEN, Standing.OTHER_WAY):
        missing = kinds.get(one.activity.kind).explain(facts)
    else:
        missing = kinds.Missing(standing.value, {str(other): 1 for other in state.spared.get(number, ())})
    held = state.held.get(number)
    hours_done, hours = _hours(one, facts.done, held is not None)
    return {
        "position": one.position,
        "standing": standing,
        "done_at": held.at if held else None,
        "word": missing.word,
        "figures": dict(missing.figures),
        "next_id": missing.next_id,
        "waiver_id": state.waived.get(number),
        "hours_done": hours_done,
        "hours": hours,
    }


def _standing(activity_id: int, state: State) -> Standing:
    if activity_id in state.held:
        return Standing.DONE
    if activity_id in state.waived:
        return Standing.WAIVED
    if activity_id in state.spared:
        return Standing.NOT_NEEDED
    return Standing.OPEN if activity_id in state.needed else Standing.OTHER_WAY


def _hours(one: Required, done: frozenset[int], held: bool) -> tuple[Decimal | None, Decimal | None]:
    """Class hours done and in all, by the parts of the pinned version; None for a kind that does not count them so."""
    if not one.hours:
        return None, None
    total = sum(one.hours.values(), Decimal(0))
    return (total if held else sum((one.hours[part] for part in done), Decimal(0))), total


def _write_status(enrolment: Enrolment, state: State, done: rules.Reach | None) -> int:
    if enrolment.status is EnrolmentStatus.WITHDRAWN:
        return 0
    complete = done if state.fulfilled else None
    values = {
        "status": EnrolmentStatus.COMPLETED if complete else EnrolmentStatus.OPEN,
        "completed_at": complete.at if complete else None,
        "hurdles_done": state.cleared,
        "hurdles_needed": len(state.needed),
    }
    if all(getattr(enrolment, name) == value for name, value in values.items()):
        return 0
    turns = enrolment.status is not values["status"]
    for name, value in values.items():
        setattr(enrolment, name, value)
    db.session.flush()
    for follower in _followers if turns else ():
        follower(enrolment)
    return 1
