"""Programmes, cohorts and enrolments. What must happen further up (the ledger) follows by `when_enrolled`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from training.accounts import services as accounts
from training.accounts.models import Person
from training.activities import services as activities
from training.activities.models import Activity
from training.core import audit, clock, scopes
from training.core.access import Actor, Role
from training.core.db import batches, db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope, ScopeKind
from training.places.models import TrainingBase
from training.programmes import queries, trees
from training.programmes.kind import PROGRAMME
from training.programmes.models import (
    Cohort,
    Enrolment,
    EnrolmentPin,
    EnrolmentStatus,
    Programme,
    ProgrammeCredit,
    Requirement,
)
from training.programmes.permissions import Permission
from training.programmes.trees import Group, Tree

Follower = Callable[[Enrolment, Actor | None], None]
FollowerOfMany = Callable[[Sequence[Enrolment], Actor | None], None]
_when_enrolled: list[FollowerOfMany] = []
_when_moved: list[Follower] = []
_when_withdrawn: list[Follower] = []


def when_enrolled(follower: FollowerOfMany) -> None:
    """Have `follower` called, in the same transaction, with the new enrolments of one cohort, people locked."""
    if follower not in _when_enrolled:
        _when_enrolled.append(follower)


def when_moved(follower: Follower) -> None:
    """Have `follower` called, in the same transaction, after an enrolment was moved to another version."""
    if follower not in _when_moved:
        _when_moved.append(follower)


def when_withdrawn(follower: Follower) -> None:
    """Have `follower` called, in the same transaction, after each withdrawal."""
    if follower not in _when_withdrawn:
        _when_withdrawn.append(follower)


def add_programme(
    *,
    code: str,
    title_zh: str,
    title_en: str,
    scope_id: int,
    requires: Sequence[Activity | Group],
    valid_months: int,
    added_by: Actor | None = None,
) -> Programme:
    """Add a programme that requires those activities and groups in that order.

    Its class hours are what everybody does at least. Raises `NotAllowed`, `Invalid` (requirements) or `Conflict` (code
    taken); does not commit.
    """
    if added_by is not None:
        added_by.require(Permission.PROGRAMME_WRITE, db.session.get_one(Scope, scope_id).path)
    _require_free_code(code)
    tree: Tree = tuple(one if isinstance(one, Group) else one.id for one in requires)
    found = trees.require_sound(tree) if tree or added_by else {}
    if added_by is not None:
        _require_usable(tree, scope_id)
    activity = activities.add_activity(
        PROGRAMME,
        scope_id=scope_id,
        title_zh=title_zh,
        title_en=title_en,
        class_hours=trees.least_hours(tree, {one.id: one.class_hours for one in found.values()}),
    )
    programme = Programme(activity_id=activity.id, code=code, valid_months=valid_months)
    db.session.add(programme)
    db.session.flush()
    trees.write(activity.id, activity.version, tree)
    audit.record(added_by, "programme.add", programme, code=code)
    return programme


def _require_usable(tree: Tree, scope_id: int, before: Collection[int] = ()) -> None:
    """Raise `Invalid` for an activity that another place owns, unless the programme asked for it before."""
    path = db.session.get_one(Scope, scope_id).path
    usable = {one.id for one in queries.activities_usable_at([path], before)}
    if not usable.issuperset(trees.hurdles(tree)):
        raise Invalid(_("One of the activities cannot be used in this programme; reload the page and choose again."))


@dataclass(frozen=True)
class NewCredit:
    """Credits of one class to be given from a day on, until a last day or without end."""

    class_code: str
    amount: Decimal
    valid_from: date
    valid_until: date | None


def set_credits(programme: Programme, several: Sequence[NewCredit], *, set_by: Actor) -> None:
    """Have a programme give these credits and no others; the audit line keeps what it gave before.

    Raises `NotAllowed` or `Invalid` (unknown class, amount, days); does not commit.
    """
    path = select(Scope.path).join(Activity, Activity.scope_id == Scope.id)
    path = path.where(Activity.id == programme.activity_id)
    set_by.require(Permission.PROGRAMME_WRITE, db.session.scalars(path).one())
    _require_sound_credits(several)
    kept = [
        NewCredit(one.class_code, one.amount, one.valid_from, one.valid_until)
        for one in queries.all_credits_of(programme.activity_id)
    ]
    if sorted(map(repr, kept)) == sorted(map(repr, several)):
        return
    db.session.execute(delete(ProgrammeCredit).where(ProgrammeCredit.programme_id == programme.activity_id))
    db.session.add_all(ProgrammeCredit(programme_id=programme.activity_id, **vars(one)) for one in several)
    db.session.flush()
    told = {"before": [_told(one) for one in kept], "after": [_told(one) for one in several]}
    audit.record(set_by, "programme.credits", programme, **told)


def _told(one: NewCredit) -> str:
    return f"{one.class_code} {one.amount} {one.valid_from}–{one.valid_until or ''}"


def _require_sound_credits(several: Sequence[NewCredit]) -> None:
    known = {one.code for one in queries.credit_classes()}
    seen = set()
    for one in several:
        if one.class_code not in known:
            raise Invalid(_("There is no class of credits “%(code)s”.", code=one.class_code))
        whole = one.amount.is_finite() and one.amount == round(one.amount, 1)
        if not (whole and 0 < one.amount < 10_000):
            raise Invalid(_("Credits are more than 0 and below 10,000, with one decimal at most."))
        if one.valid_until is not None and one.valid_until < one.valid_from:
            raise Invalid(_("Credits end before they begin; correct one of the two days."))
        if (one.class_code, one.valid_from) in seen:
            raise Invalid(_("Two rows give credits of the same class from the same day; remove one of them."))
        seen.add((one.class_code, one.valid_from))


def _require_free_code(code: str, programme_id: int | None = None) -> None:
    if db.session.scalar(select(Programme.activity_id).where(Programme.code == code)) not in (None, programme_id):
        raise Conflict(_("There is a programme with the code %(code)s already; choose another code.", code=code))


def open_cohort(
    base: TrainingBase,
    programme: Programme,
    *,
    code: str,
    name: str,
    starts_on: date,
    ends_on: date,
    opened_by: Actor | None,
) -> Cohort:
    """Open a cohort at a base; raises `NotAllowed`, `Invalid` or `Conflict` (code taken); does not commit."""
    base_scope = db.session.get_one(Scope, base.scope_id)
    if opened_by is not None:
        opened_by.require(Permission.COHORT_OPEN, base_scope.path)
    if not _may_use(base_scope, programme):
        raise Invalid(_("This programme does not belong to this training base; choose another base or programme."))
    if ends_on < starts_on:
        raise Invalid(_("The cohort ends before it starts; correct one of the two days."))
    if db.session.scalar(select(Cohort.id).where(Cohort.base_id == base.id, Cohort.code == code)):
        raise Conflict(_("Your base already has a cohort with the code %(code)s; choose another.", code=code))
    scope = scopes.add_scope(ScopeKind.COHORT, base_scope, name, name)
    cohort = Cohort(
        code=code,
        name=name,
        programme_id=programme.activity_id,
        base_id=base.id,
        scope_id=scope.id,
        starts_on=starts_on,
        ends_on=ends_on,
        opened_at=clock.now(),
    )
    db.session.add(cohort)
    db.session.flush()
    audit.record(opened_by, "cohort.open", cohort, code=code)
    return cohort


def _may_use(base_scope: Scope, programme: Programme) -> bool:
    """Whether the programme is owned by the base, or by a place above it."""
    owner = select(Scope.path).join(Activity, Activity.scope_id == Scope.id)
    path = db.session.scalars(owner.where(Activity.id == programme.activity_id)).one()
    return scopes.covers(path, base_scope.path)


@dataclass(frozen=True)
class Enrolled:
    """How many people were enrolled now, and how many were in the cohort before."""

    new: int
    already: int


def enrol(cohort: Cohort, person: Person, *, enrolled_by: Actor | None) -> Enrolment:
    """Enrol a person: pins the versions of what is required, grants the trainee's role on the cohort.

    Raises `NotAllowed` or `Conflict` (already enrolled); does not commit.
    """
    enrolled = _enrol_new(cohort, [person.id], enrolled_by)
    if not enrolled:
        raise Conflict(_("%(name)s is in this cohort already.", name=person.name))
    return enrolled[0]


def enrol_all(cohort: Cohort, people: Iterable[Person | int], *, enrolled_by: Actor | None) -> Enrolled:
    """Enrol many people (or ids of people) as `enrol` does each, in statements whose number does not grow with them.

    Who is in the cohort already, withdrawn or not, stays as they are. Raises `NotAllowed` or `NotFound` (no such
    person); does not commit.
    """
    ids = {one if isinstance(one, int) else one.id for one in people}
    new = len(_enrol_new(cohort, ids, enrolled_by))
    return Enrolled(new=new, already=len(ids) - new)


def _enrol_new(cohort: Cohort, person_ids: Collection[int], by: Actor | None) -> list[Enrolment]:
    """Enrol those who are not in the cohort yet, in the order of their ids."""
    scope = db.session.get_one(Scope, cohort.scope_id)
    if by is not None:
        by.require(Permission.ENROLMENT_ADD, scope.path)
    locked = accounts.lock_all(person_ids)
    taken = set(db.session.scalars(select(Enrolment.person_id).where(Enrolment.cohort_id == cohort.id)))
    new = [person.id for person in locked if person.id not in taken]
    return _begin(cohort, scope, new, by) if new else []


def _begin(cohort: Cohort, scope: Scope, person_ids: Sequence[int], by: Actor | None) -> list[Enrolment]:
    enrolments = _add_enrolments(cohort, person_ids)
    _pin_versions(enrolments)
    accounts.add_grants(person_ids, Role.TRAINEE, scope, granted_by=by)
    audit.record_all(by, "enrolment.add", ((one, {"person_id": one.person_id}) for one in enrolments))
    for follower in _when_enrolled:
        follower(enrolments, by)
    return enrolments


def _add_enrolments(cohort: Cohort, person_ids: Sequence[int]) -> list[Enrolment]:
    """The rows are written together and read back: SQLite would give their ids one by one."""
    version = queries.present_version(cohort.programme_id)
    same = {
        "cohort_id": cohort.id,
        "programme_id": cohort.programme_id,
        "programme_version": version,
        "status": EnrolmentStatus.OPEN,
        "enrolled_at": clock.now(),
    }
    db.session.execute(insert(Enrolment), [{"person_id": one, **same} for one in person_ids])
    of_the_cohort = select(Enrolment).where(Enrolment.cohort_id == cohort.id).order_by(Enrolment.id)
    return [
        enrolment
        for some in batches(person_ids)
        for enrolment in db.session.scalars(of_the_cohort.where(Enrolment.person_id.in_(some)))
    ]


def _pin_versions(enrolments: Sequence[Enrolment]) -> None:
    programme_id, version = enrolments[0].programme_id, enrolments[0].programme_version
    rows = db.session.execute(
        select(Activity.id, Activity.version)
        .join(Requirement, Requirement.activity_id == Activity.id)
        .where(Requirement.programme_id == programme_id, Requirement.version == version)
    ).all()
    pins = [{"enrolment_id": one.id, "activity_id": i, "version": v} for one in enrolments for i, v in rows]
    if pins:
        db.session.execute(insert(EnrolmentPin), pins)


def _lock(enrolment: Enrolment) -> None:
    """Wait for whoever writes this person's history, as the ledger does; then see the enrolment as it is now."""
    accounts.lock(enrolment.person_id)
    db.session.refresh(enrolment)


def withdraw(cohort: Cohort, enrolment: Enrolment, reason: str, *, withdrawn_by: Actor) -> None:
    """Withdraw an enrolment for a reason; its lines stay; does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `Conflict` (not open).
    """
    scope = db.session.get_one(Scope, cohort.scope_id)
    withdrawn_by.require(Permission.ENROLMENT_WITHDRAW, scope.path)
    _lock(enrolment)
    if enrolment.status is not EnrolmentStatus.OPEN:
        raise Conflict(_("This enrolment is not open any more; reload the page to see where it stands."))
    if not reason.strip():
        raise Invalid(_("Write why the enrolment is withdrawn."))
    enrolment.status, enrolment.withdrawn_reason = EnrolmentStatus.WITHDRAWN, reason.strip()
    db.session.flush()
    accounts.end_grants(enrolment.person_id, scope)
    audit.record(withdrawn_by, "enrolment.withdraw", enrolment, reason=reason.strip())
    for follower in _when_withdrawn:
        follower(enrolment, withdrawn_by)


def move_to_present(cohort: Cohort, enrolment: Enrolment, reason: str, *, moved_by: Actor) -> None:
    """Have an open enrolment ask for what the present version of its programme asks; does not commit.

    Activities that both versions require keep the version that was pinned. Raises `NotAllowed`, `Invalid` (no reason)
    or `Conflict` (not open, or present already).
    """
    scope = db.session.get_one(Scope, cohort.scope_id)
    moved_by.require(Permission.ENROLMENT_MOVE, scope.path)
    _lock(enrolment)
    if enrolment.status is not EnrolmentStatus.OPEN:
        raise Conflict(_("This enrolment is not open any more; reload the page to see where it stands."))
    before, present = enrolment.programme_version, queries.present_version(enrolment.programme_id)
    if before == present:
        raise Conflict(_("This enrolment has the present version already."))
    if not reason.strip():
        raise Invalid(_("Write why the enrolment is moved."))
    enrolment.programme_version = present
    db.session.flush()
    _pin_anew(enrolment)
    audit.record(moved_by, "enrolment.move", enrolment, reason=reason.strip(), before=before, after=present)
    for follower in _when_moved:
        follower(enrolment, moved_by)


def _pin_anew(enrolment: Enrolment) -> None:
    statement = select(EnrolmentPin).where(EnrolmentPin.enrolment_id == enrolment.id)
    kept = {pin.activity_id: pin for pin in db.session.scalars(statement)}
    for one in queries.required_by(enrolment):
        if kept.pop(one.activity.id, None) is None:
            db.session.add(
                EnrolmentPin(enrolment_id=enrolment.id, activity_id=one.activity.id, version=one.activity.version)
            )
    for pin in kept.values():
        db.session.delete(pin)
    db.session.flush()


def publish_programme(
    programme: Programme,
    *,
    code: str,
    title_zh: str,
    title_en: str,
    valid_months: int,
    tree: Tree,
    based_on: int,
    published_by: Actor,
) -> int:
    """Change a programme; another tree is its next version, for those who enrol from now on. Returns the version.

    Raises `NotAllowed`, `Invalid` (requirements) or `Conflict` (code taken, or changed meanwhile); does not commit.
    """
    statement = select(Activity).where(Activity.id == programme.activity_id).with_for_update(key_share=True)
    activity = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    published_by.require(Permission.PROGRAMME_WRITE, db.session.get_one(Scope, activity.scope_id).path)
    if activity.version != based_on:
        raise Conflict(_("Somebody changed this programme meanwhile. Reload the page and change it again."))
    _require_free_code(code, programme.activity_id)
    hours = {one.id: one.class_hours for one in trees.require_sound(tree).values()}
    before = trees.read(activity.id, activity.version)
    _require_usable(tree, activity.scope_id, trees.hurdles(before))
    programme.code, programme.valid_months = code, valid_months
    activity.title_zh, activity.title_en = title_zh, title_en
    if tree != before:
        activities.raise_version(
            activity, title_zh=title_zh, title_en=title_en, class_hours=trees.least_hours(tree, hours)
        )
        trees.write(activity.id, activity.version, tree)
    db.session.flush()
    audit.record(published_by, "programme.publish", programme, version=activity.version, code=code)
    return activity.version
