"""Writing the ledger, and in the same transaction the state of enrolments and the roll-up counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select

from training.accounts import services as accounts
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock
from training.core.audit import HasId
from training.core.db import db
from training.places.models import Institution, TrainingBase
from training.programmes.models import Cohort, Enrolment
from training.progress import queries, rollups, rules, states
from training.progress.models import LedgerLine
from training.progress.outcomes import Outcome


def record(
    whose: int | Person,
    activity: Activity,
    outcome: Outcome,
    *,
    client_key: str,
    authority: HasId | None,
    version: int | None = None,
    score_percent: Decimal | None = None,
    occurred_at: datetime | None = None,
    enrolment: Enrolment | None = None,
    corrects: LedgerLine | None = None,
) -> LedgerLine:
    """Write one line and all that follows from it; the same `client_key` again returns the first line.

    `whose` is a person's id, or the person where the caller has locked them (`accounts.lock`).
    `authority` is who vouches for it (None: the system). `enrolment` names the one it happened in, where there is one;
    else the oldest open enrolment that requires the activity gives the base. Does not commit.
    """
    person = whose if isinstance(whose, Person) else accounts.lock(whose)
    known = queries.line_by_key(client_key)
    if known is not None:
        return known
    touched = states.touched_by(person.id, [activity], enrolment)
    place = _frozen_place(person, enrolment or (touched[0] if touched else None))
    writer = Writer(person, place, authority, occurred_at or clock.now())
    line = writer.write(activity, version or activity.version, outcome, client_key, score_percent, corrects)
    for one in touched:
        states.refresh(one, writer.follow)
    rollups.write(writer.moved)
    return line


@dataclass(frozen=True)
class Act:
    """Something that was done at a moment, to be recorded with others."""

    activity: Activity
    version: int
    outcome: Outcome
    client_key: str
    occurred_at: datetime


def record_all(enrolment: Enrolment, acts: Sequence[Act], *, authority: HasId | None) -> None:
    """Write what a person did in an enrolment over some time, oldest first, and bring up their state once, at the end.

    What follows from all of it (a course is complete) happens at the last of these moments. Does not commit.
    """
    if not acts:
        return
    writer = writer_in(enrolment, authority, acts[0].occurred_at)
    for act in acts:
        writer.occurred_at = act.occurred_at
        writer.write(act.activity, act.version, act.outcome, act.client_key)
    for one in states.touched_by(enrolment.person_id, [act.activity for act in acts], enrolment):
        states.refresh(one, writer.follow)
    rollups.write(writer.moved)


def writer_in(enrolment: Enrolment, authority: HasId | None, occurred_at: datetime) -> Writer:
    """A writer of lines about an enrolment's person, who is locked first."""
    person = accounts.lock(enrolment.person_id)
    return Writer(person, _frozen_place(person, enrolment), authority, occurred_at)


class Writer:
    """Writes the lines of one act and gathers what they move in the counters."""

    def __init__(self, person: Person, place: rollups.Place, authority: HasId | None, occurred_at: datetime) -> None:
        """All lines of one act share person, place, authority and moment."""
        self.person = person
        self.place = place
        self.authority_id = authority.id if authority else None
        self.occurred_at = occurred_at
        self.moved: list[rollups.Move] = []

    def write(
        self,
        activity: Activity,
        version: int,
        outcome: Outcome,
        client_key: str,
        score_percent: Decimal | None = None,
        corrects: LedgerLine | None = None,
    ) -> LedgerLine:
        """Append one line."""
        before = rules.reached(queries.entries_of(self.person.id, [activity.id]), activity.id, outcome.measure)
        line = LedgerLine(
            person_id=self.person.id,
            activity_id=activity.id,
            activity_version=version,
            outcome=outcome.name,
            measure=outcome.measure,
            sign=outcome.sign,
            score_percent=score_percent,
            occurred_at=self.occurred_at,
            recorded_at=clock.now(),
            authority_id=self.authority_id,
            client_key=client_key,
            corrects_id=corrects.id if corrects else None,
            **frozen(self.place),
        )
        db.session.add(line)
        db.session.flush()
        change = rules.movement(before, outcome.sign)
        if change:
            source = line if change > 0 or before is None else db.session.get_one(LedgerLine, before.line_id)
            self.moved.append(rollups.Move.of(source, change))
        return line

    def follow(self, activity: Activity, version: int, outcome: Outcome, after: int) -> LedgerLine:
        """Append a line that follows from others (a course is complete); `after` is the newest line it rests on."""
        key = f"{outcome.name}:{self.person.id}:{activity.id}:{after}"
        self.authority_id = None
        return self.write(activity, version, outcome, key)


def frozen(place: rollups.Place) -> dict[str, Any]:
    """The columns of a line that say where and as what; unknown parts stay empty."""
    return {
        "base_id": place.base_id or None,
        "city_code": place.city_code or None,
        "institution_id": place.institution_id or None,
        "profession": place.profession,
    }


BASE_OF = (
    select(TrainingBase).join(Cohort, Cohort.base_id == TrainingBase.id).where(Cohort.id == bindparam("of_cohort"))
)


def _frozen_place(person: Person, enrolment: Enrolment | None) -> rollups.Place:
    base = None
    if enrolment is not None:
        base = db.session.scalar(BASE_OF, {"of_cohort": enrolment.cohort_id})
    institution = db.session.get(Institution, person.institution_id) if person.institution_id else None
    return rollups.Place.of(person, institution, base)
