"""Reading postings, hours and their signatures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from training.accounts.models import Person, RoleGrant
from training.activities.models import Activity
from training.core import access, clock, paging, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.practice import rules
from training.practice.models import HoursLine, LineState, Posting, RotationVersion, SignedHours
from training.practice.permissions import Permission
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus

Supervisor = aliased(Person)


def required_hours(version: RotationVersion) -> dict[str, int]:
    """The whole hours that a version requires, by setting and in all."""
    return {
        "all": version.hours_all,
        "ward": version.hours_ward,
        "outpatient": version.hours_outpatient,
        "home": version.hours_home,
    }


def tally_of(person_id: int, rotation_id: int, version: int) -> rules.Tally:
    """What of a rotation's hours is signed for a person, against what the version requires."""
    signed = db.session.execute(
        select(SignedHours.setting, func.sum(SignedHours.halves))
        .where(SignedHours.person_id == person_id, SignedHours.rotation_id == rotation_id)
        .group_by(SignedHours.setting)
    )
    plan = db.session.get_one(RotationVersion, (rotation_id, version))
    return rules.tally(required_hours(plan), [(setting.value, int(halves)) for setting, halves in signed])


def tallies_of(
    person_ids: Collection[int], pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int, int], rules.Tally]:
    """The tally of each person for each pair of rotation and version, by (person, rotation, version); two queries."""
    signed: dict[tuple[int, int], list[tuple[str, int]]] = {}
    rows = db.session.execute(
        select(SignedHours.person_id, SignedHours.rotation_id, SignedHours.setting, func.sum(SignedHours.halves))
        .where(SignedHours.person_id.in_(person_ids), SignedHours.rotation_id.in_({one for one, _version in pairs}))
        .group_by(SignedHours.person_id, SignedHours.rotation_id, SignedHours.setting)
    )
    for person_id, rotation_id, setting, halves in rows:
        signed.setdefault((person_id, rotation_id), []).append((setting.value, int(halves)))
    plans = db.session.scalars(
        select(RotationVersion).where(tuple_(RotationVersion.activity_id, RotationVersion.version).in_(list(pairs)))
    ).all()
    return {
        (person_id, plan.activity_id, plan.version): rules.tally(
            required_hours(plan), signed.get((person_id, plan.activity_id), [])
        )
        for person_id in person_ids
        for plan in plans
    }


def figures_of(person_id: int, pairs: Sequence[tuple[int, int]]) -> Mapping[tuple[int, int], Mapping[str, int]]:
    """For the kind: half hours signed, required and missing, by (rotation, version)."""
    return {
        (rotation_id, version): {
            "signed": tally.signed_in_all,
            "required": tally.required["all"],
            **{f"missing_{setting}": halves for setting, halves in tally.missing.items() if setting != "all"},
        }
        for (_person, rotation_id, version), tally in tallies_of([person_id], pairs).items()
    }


def postings_of(person_id: int) -> Sequence[Any]:
    """A trainee's postings, newest first, as rows `Posting, rotation Activity, supervisor Person`."""
    return db.session.execute(
        select(Posting, Activity, Supervisor)
        .join(Activity, Activity.id == Posting.rotation_id)
        .join(Supervisor, Supervisor.id == Posting.supervisor_id)
        .join(Enrolment, Enrolment.id == Posting.enrolment_id)
        .where(Posting.person_id == person_id, Enrolment.status != EnrolmentStatus.WITHDRAWN)
        .order_by(Posting.starts_on.desc(), Posting.id.desc())
    ).all()


def posting_of(person_id: int, posting_id: int) -> Posting:
    """One posting of the trainee's own; raises `NotFound`."""
    posting = db.session.get(Posting, posting_id)
    if posting is None or posting.person_id != person_id:
        raise NotFound(_("There is no such rotation of yours."))
    return posting


def lines_of(person_id: int, rotation_id: int) -> Sequence[Any]:
    """A trainee's lines of a rotation, newest day first, as rows `HoursLine, Posting, SignedHours | None, Counter`."""
    counter = aliased(SignedHours)
    return db.session.execute(
        select(HoursLine, Posting, SignedHours, counter)
        .join(Posting, Posting.id == HoursLine.posting_id)
        .outerjoin(SignedHours, SignedHours.line_id == HoursLine.id)
        .outerjoin(counter, counter.counters_id == SignedHours.id)
        .where(HoursLine.person_id == person_id, Posting.rotation_id == rotation_id)
        .order_by(HoursLine.worked_on.desc(), HoursLine.id.desc())
    ).all()


def own_line(person_id: int, line_id: int) -> HoursLine:
    """One line of the trainee's own; raises `NotFound`."""
    line = db.session.get(HoursLine, line_id)
    if line is None or line.person_id != person_id:
        raise NotFound(_("There is no such line of hours of yours."))
    return line


def halves_on(person_id: int, day: date, posting_id: int, *, without: int | None = None) -> tuple[int, int]:
    """Half hours that the person has on that day at the posting, and in all; what was taken back does not count."""
    counter = aliased(SignedHours)
    rows = db.session.execute(
        select(HoursLine.posting_id, HoursLine.halves)
        .outerjoin(SignedHours, SignedHours.line_id == HoursLine.id)
        .outerjoin(counter, counter.counters_id == SignedHours.id)
        .where(
            HoursLine.person_id == person_id,
            HoursLine.worked_on == day,
            counter.id.is_(None),
            HoursLine.id != (without or 0),
        )
    ).all()
    return sum(halves for one, halves in rows if one == posting_id), sum(halves for _one, halves in rows)


def visible_lines(actor: Actor) -> Select[Any]:
    """A select of the lines sent (or signed) at the bases where the actor signs; signing one's own is refused."""
    return (
        select(HoursLine)
        .join(Posting, Posting.id == HoursLine.posting_id)
        .join(Cohort, Cohort.id == Posting.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(
            scopes.within(actor.paths(Permission.HOURS_SIGN)),
            HoursLine.state.in_([LineState.SENT, LineState.SIGNED]),
        )
    )


def line_visible_to(actor: Actor, line_id: int) -> Any:
    """One line as a row `HoursLine, Posting, Person, Activity`; raises `NotFound` for a stranger's."""
    row = db.session.execute(_in_full(visible_lines(actor)).where(HoursLine.id == line_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such line of hours at your base; it may have gone back to the trainee."))
    return row


def _in_full(statement: Select[Any]) -> Select[Any]:
    return (
        statement.add_columns(Posting, Person, Activity)
        .join(Person, Person.id == HoursLine.person_id)
        .join(Activity, Activity.id == Posting.rotation_id)
    )


def lines_waiting(actor: Actor, ids: Collection[int] | None = None, *, at_most: int = 200) -> Sequence[Any]:
    """Lines waiting for a signature at the actor's bases, by trainee and day, as rows like `line_visible_to`'s."""
    statement = _in_full(visible_lines(actor)).where(HoursLine.state == LineState.SENT)
    if ids is not None:
        statement = statement.where(HoursLine.id.in_(ids))
    order = (Person.name, Person.id, HoursLine.worked_on, HoursLine.id)
    return db.session.execute(statement.order_by(*order).limit(at_most)).all()


def signed_visible_to(actor: Actor, signed_id: int) -> Any:
    """A signature at the actor's bases, as a row `SignedHours, Person, counter | None`; raises `NotFound`."""
    counter = aliased(SignedHours)
    row = db.session.execute(
        select(SignedHours, Person, counter)
        .join(Posting, Posting.id == SignedHours.posting_id)
        .join(Cohort, Cohort.id == Posting.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .join(Person, Person.id == SignedHours.person_id)
        .outerjoin(counter, counter.counters_id == SignedHours.id)
        .where(
            scopes.within(actor.paths(Permission.HOURS_SIGN)),
            SignedHours.id == signed_id,
            SignedHours.counters_id.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(_("There are no such signed hours at your base."))
    return row


def signed_of(person_id: int, cohort_id: int) -> Sequence[Any]:
    """What is signed for a person in a cohort, newest first, as rows `SignedHours, Activity, counter | None`."""
    counter = aliased(SignedHours)
    return db.session.execute(
        select(SignedHours, Activity, counter)
        .join(Posting, Posting.id == SignedHours.posting_id)
        .join(Activity, Activity.id == SignedHours.rotation_id)
        .outerjoin(counter, counter.counters_id == SignedHours.id)
        .where(SignedHours.person_id == person_id, Posting.cohort_id == cohort_id, SignedHours.counters_id.is_(None))
        .order_by(SignedHours.worked_on.desc(), SignedHours.id.desc())
    ).all()


def on_rotation(actor: Actor, day: date) -> Sequence[Any]:
    """Who practises on that day at the actor's bases: rows `Posting, Person, Activity`; one's own trainees first."""
    return db.session.execute(
        select(Posting, Person, Activity)
        .join(Cohort, Cohort.id == Posting.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .join(Person, Person.id == Posting.person_id)
        .join(Activity, Activity.id == Posting.rotation_id)
        .join(Enrolment, Enrolment.id == Posting.enrolment_id)
        .where(
            scopes.within(actor.paths(Permission.HOURS_SIGN)),
            Posting.starts_on <= day,
            Posting.ends_on >= day,
            Enrolment.status != EnrolmentStatus.WITHDRAWN,
        )
        .order_by((Posting.supervisor_id == actor.id).desc(), Person.name, Posting.id)
        .limit(200)
    ).all()


def postings_in(cohort: Cohort, number: int) -> paging.Page:
    """A page of a cohort's postings by trainee, plan and day.

    Rows `Posting, Person, Activity, Supervisor, lines, waiting`; two queries.
    """
    waiting = func.count(HoursLine.id).filter(HoursLine.state == LineState.SENT)
    statement = (
        select(Posting, Person, Activity, Supervisor, func.count(HoursLine.id), waiting)
        .join(Person, Person.id == Posting.person_id)
        .join(Activity, Activity.id == Posting.rotation_id)
        .join(Supervisor, Supervisor.id == Posting.supervisor_id)
        .outerjoin(HoursLine, HoursLine.posting_id == Posting.id)
        .where(Posting.cohort_id == cohort.id)
        .group_by(Posting.id, Person.id, Activity.id, Supervisor.id)
        .order_by(Person.name, Person.id, Posting.rotation_id, Posting.version, Posting.starts_on, Posting.id)
    )
    total = db.session.scalar(select(func.count(Posting.id)).where(Posting.cohort_id == cohort.id)) or 0
    rows = db.session.execute(statement.limit(paging.SIZE).offset(paging.offset(number))).all()
    return paging.Page(rows, number, total)


def posting_in(cohort: Cohort, posting_id: int) -> Posting:
    """One posting of the cohort; raises `NotFound`."""
    posting = db.session.get(Posting, posting_id)
    if posting is None or posting.cohort_id != cohort.id:
        raise NotFound(_("There is no such rotation in this cohort."))
    return posting


def supervisors_at(path: str) -> Sequence[Person]:
    """Who may sign hours today at the place of `path`, by name."""
    today = clock.today()
    return db.session.scalars(
        select(Person)
        .where(
            Person.active,
            Person.id.in_(
                select(RoleGrant.person_id)
                .join(Scope, Scope.id == RoleGrant.scope_id)
                .where(
                    RoleGrant.role.in_(access.holders(Permission.HOURS_SIGN)),
                    scopes.upward([path]),
                    RoleGrant.starts_on <= today,
                    or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on > today),
                )
            ),
        )
        .order_by(Person.name, Person.id)
    ).all()


def waiting_since(actor: Actor, before: datetime) -> Select[Any]:
    """A select of the lines at the coordinator's bases that have waited for a signature since before that moment."""
    return (
        select(HoursLine)
        .join(Posting, Posting.id == HoursLine.posting_id)
        .join(Cohort, Cohort.id == Posting.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .where(
            and_(HoursLine.state == LineState.SENT, HoursLine.sent_at < before),
            scopes.within(actor.paths(Permission.POSTING_WRITE)),
        )
    )


def count_waiting(actor: Actor, before: datetime) -> int:
    """How many lines have waited for a signature since before that moment."""
    lines = waiting_since(actor, before).with_only_columns(HoursLine.id).subquery()
    return db.session.scalar(select(func.count()).select_from(lines)) or 0


def list_waiting(actor: Actor, before: datetime, number: int) -> paging.Page:
    """A page of those lines, longest wait first, as rows `HoursLine, Posting, Person, Supervisor, Cohort`."""
    statement = (
        waiting_since(actor, before)
        .add_columns(Posting, Person, Supervisor, Cohort)
        .join(Person, Person.id == HoursLine.person_id)
        .join(Supervisor, Supervisor.id == Posting.supervisor_id)
        .order_by(HoursLine.sent_at, HoursLine.id)
    )
    rows = db.session.execute(statement.limit(paging.SIZE).offset(paging.offset(number))).all()
    return paging.Page(rows, number, count_waiting(actor, before))
