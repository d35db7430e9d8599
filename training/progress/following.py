"""What the ledger writes when people are enrolled or withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock
from training.core.access import Actor
from training.core.db import batches, db
from training.places.models import Institution, TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment
from training.progress import queries, requirements, rollups, services, states
from training.progress.models import EnrolmentStep, LedgerLine
from training.progress.outcomes import ENROLLED, WITHDRAWN
from training.progress.requirements import Requirements


def enrolled(enrolments: Sequence[Enrolment], by: Actor | None) -> None:
    """A line for the programme, and the first state of every step (what was learnt before counts at once).

    Who has no line that bears on the programme begins like everybody else: those are written together.
    """
    programme = db.session.get_one(Activity, enrolments[0].programme_id)
    ids = requirements.of(enrolments[0]).activity_ids
    known = _with_history([one.person_id for one in enrolments], ids)
    fresh = [one for one in enrolments if one.person_id not in known]
    if fresh:
        rollups.write(_begin_together(fresh, requirements.of(fresh[0]), by))
    for enrolment in enrolments:
        if enrolment.person_id in known:
            services.record(
                enrolment.person_id,
                programme,
                ENROLLED,
                client_key=_key(enrolment),
                authority=by,
                enrolment=enrolment,
            )


def _key(enrolment: Enrolment) -> str:
    return f"enrolment:{enrolment.id}:enrolled"


def _with_history(person_ids: Sequence[int], activity_ids: Collection[int]) -> set[int]:
    """Those of the people who have a line for one of the activities."""
    return {
        person_id
        for some in batches(person_ids)
        for person_id in db.session.scalars(
            select(LedgerLine.person_id)
            .where(LedgerLine.person_id.in_(some), LedgerLine.activity_id.in_(activity_ids))
            .distinct()
        )
    }


def _begin_together(enrolments: Sequence[Enrolment], required: Requirements, by: Actor | None) -> list[rollups.Move]:
    """Lines and steps of people without history; returns what their lines move in the counters."""
    programme = required.programme
    places = _places_of(enrolments)
    now = clock.now()
    lines = [
        {
            "person_id": one.person_id,
            "activity_id": programme.id,
            "activity_version": programme.version,
            "outcome": ENROLLED.name,
            "measure": ENROLLED.measure,
            "sign": ENROLLED.sign,
            "occurred_at": now,
            "recorded_at": now,
            "authority_id": by.id if by else None,
            "client_key": _key(one),
            **services.frozen(places[one.person_id]),
        }
        for one in enrolments
    ]
    db.session.execute(insert(LedgerLine), lines)
    _write_first_steps(enrolments, required)
    month = clock.month(now)
    return [
        rollups.Move(rollups.key_at(programme.id, ENROLLED.measure, places[one.person_id], month), ENROLLED.sign)
        for one in enrolments
    ]


def _write_first_steps(enrolments: Sequence[Enrolment], required: Requirements) -> None:
    """The same for each of them: nothing is done, so nothing follows either."""
    state = states.state_of(enrolments[0], required, ())
    for some in batches([one.id for one in enrolments]):
        counted = update(Enrolment).where(Enrolment.id.in_(some)).values(hurdles_needed=len(state.needed))
        db.session.execute(counted, execution_options={"synchronize_session": False})
    for one in enrolments:
        set_committed_value(one, "hurdles_needed", len(state.needed))
    first = [{"activity_id": one.activity.id, **states.step_values(one, state, ())} for one in required.hurdles]
    rows = [{"enrolment_id": one.id, **step} for one in enrolments for step in first]
    if rows:
        db.session.execute(insert(EnrolmentStep), rows, execution_options={"render_nulls": True})


def _places_of(enrolments: Sequence[Enrolment]) -> Mapping[int, rollups.Place]:
    """By person where and as what they are now; the enrolments are of one cohort."""
    base = db.session.scalar(
        select(TrainingBase).join(Cohort, Cohort.base_id == TrainingBase.id).where(Cohort.id == enrolments[0].cohort_id)
    )
    rows = (
        row
        for some in batches([one.person_id for one in enrolments])
        for row in db.session.execute(
            select(Person, Institution)
            .outerjoin(Institution, Institution.id == Person.institution_id)
            .where(Person.id.in_(some))
        )
    )
    return {person.id: rollups.Place.of(person, institution, base) for person, institution in rows}


def withdrawn(enrolment: Enrolment, by: Actor | None) -> None:
    """A line that takes the enrolment back in the counters, unless another one in the same programme stands."""
    if queries.has_other_enrolment(enrolment):
        return
    programme = db.session.get_one(Activity, enrolment.programme_id)
    services.record(
        enrolment.person_id,
        programme,
        WITHDRAWN,
        client_key=f"enrolment:{enrolment.id}:withdrawn",
        authority=by,
        enrolment=enrolment,
    )


def moved(enrolment: Enrolment, by: Actor | None) -> None:
    """Bring an enrolment up to another version of its programme; lines follow if it is complete by that."""
    writer = services.writer_in(enrolment, by, clock.now())
    states.refresh(enrolment, writer.follow)
    rollups.write(writer.moved)


def register() -> None:
    """Follow the services of programmes."""
    programmes.when_enrolled(enrolled)
    programmes.when_moved(moved)
    programmes.when_withdrawn(withdrawn)
