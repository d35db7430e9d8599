"""Later last days for people who need them, and the switch of a cohort's reminders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from training.accounts import services as accounts
from training.core import audit, clock, i18n
from training.core.access import Actor
from training.core.db import batches, connection, db
from training.core.errors import Invalid
from training.core.scopes import Scope
from training.messages import services as messages
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Extension
from training.programmes.permissions import Permission

LONGEST = timedelta(days=3 * 365)


def extend(
    cohort: Cohort, enrolment_ids: Collection[int], until: date, reason: str, *, extended_by: Actor
) -> list[int]:
    """Give enrolments of the cohort a later last day, for a reason; each person is told. Does not commit.

    Returns the ids of those that got it now: only open ones do, and none that has that day already (a double click).
    Raises `NotAllowed`, or `Invalid` (no reason, a day that has passed, is not later than the cohort's, or is too far).
    """
    _require_may(cohort, Permission.ENROLMENT_EXTEND, extended_by)
    _require_sound(cohort, until, reason)
    given: list[Enrolment] = []
    for some in batches(sorted(set(enrolment_ids))):
        known = select(Enrolment.person_id).where(Enrolment.id.in_(some), Enrolment.cohort_id == cohort.id)
        accounts.lock_all(db.session.scalars(known).all())
        given += _extend(cohort, some, until, reason.strip(), extended_by)
    audit.record_all(
        extended_by,
        "enrolment.extend",
        ((one, {"person_id": one.person_id, "until": until.isoformat(), "reason": reason.strip()}) for one in given),
    )
    _tell(cohort, given, until, extended_by)
    return [one.id for one in given]


def _require_may(cohort: Cohort, permission: Permission, actor: Actor) -> None:
    actor.require(permission, db.session.get_one(Scope, cohort.scope_id).path)


def _require_sound(cohort: Cohort, until: date, reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Write why the last day is moved."))
    if until <= clock.today():
        raise Invalid(_("Choose a day after today."))
    if until <= cohort.ends_on:
        last = i18n.show_date(cohort.ends_on)
        raise Invalid(_("The cohort's own last day is %(day)s; choose a later one.", day=last))
    if until > clock.today() + LONGEST:
        raise Invalid(_("That is more than three years away; choose an earlier day."))


def _extend(cohort: Cohort, ids: Collection[int], until: date, reason: str, by: Actor) -> list[Enrolment]:
    open_ones = (
        select(Enrolment)
        .where(
            Enrolment.id.in_(ids),
            Enrolment.cohort_id == cohort.id,
            Enrolment.status == EnrolmentStatus.OPEN,
            Enrolment.extended_until.is_distinct_from(until),
        )
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    )
    found = list(db.session.scalars(open_ones))
    if found:
        values = {"until": until, "reason": reason, "at": clock.now(), "by_id": by.id}
        db.session.execute(insert(Extension), [{"enrolment_id": one.id, **values} for one in found])
        for one in found:
            one.extended_until = until
        db.session.flush()
    return found


def _tell(cohort: Cohort, enrolments: Collection[Enrolment], until: date, by: Actor) -> None:
    """One message for all, unless there is nobody to tell; a day given again later is told again."""
    if not enrolments:
        return
    title_zh, title_en = i18n.in_both(lambda: _("You have more time: until %(day)s", day=i18n.show_date(until)))
    body_zh, body_en = i18n.in_both(
        lambda: _(
            "Your last day in the cohort %(name)s is now %(day)s. What you have done so far stays as it is.",
            name=cohort.name,
            day=i18n.show_date(until),
        )
    )
    newest = db.session.scalar(select(Extension.id).order_by(Extension.id.desc()).limit(1))
    messages.send(
        [one.person_id for one in enrolments],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        url="/learning/",
        key=f"extension:{cohort.id}:{newest}",
        sender=by,
    )


def switch_reminders(cohort: Cohort, *, wanted: bool, switched_by: Actor) -> None:
    """Switch the reminders of a cohort on or off; raises `NotAllowed`; does not commit."""
    _require_may(cohort, Permission.COHORT_REMIND, switched_by)
    if wanted == (cohort.reminders_off_at is None):
        return
    off_at = None if wanted else clock.now()
    connection().execute(update(Cohort).where(Cohort.id == cohort.id).values(reminders_off_at=off_at))
    cohort.reminders_off_at = off_at
    audit.record(switched_by, "cohort.reminders", cohort, wanted=wanted)
