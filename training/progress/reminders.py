"""Reminders: once a day, and never at night, each cohort's people are looked at; each is reminded once for one reason.

The rule of whom stands in `pace.py`. A reminder's key holds reason and last day, so that it comes again only when the
last day was moved. Withdrawn and completed enrolments are not looked at; people who were erased, are not active or have
not activated their account are left out. A cohort's coordinator may switch its reminders off.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, update

from training.activities.models import Activity
from training.core import clock, i18n, jobs
from training.core.db import connection, db, reading, transaction
from training.core.logs import log
from training.messages import services as messages
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.progress import pace, roll
from training.progress.pace import Reminder

A_SWEEP = 20
"""How many cohorts one sweep looks at: a province has some hundred, done within the first minutes after 08:00."""


@jobs.sweep("reminders")
def remind() -> int:
    """Remind whoever is to be reminded today in the next cohorts; returns how many reminders were sent."""
    if clock.is_night(clock.now()):
        return 0
    with reading():
        waiting = list(connection().execute(select(Cohort.id).where(*_waiting()).limit(A_SWEEP)).scalars())
    sent = 0
    for cohort_id in waiting:
        try:
            with transaction():
                sent += _remind(cohort_id)
        except Exception:  # noqa: BLE001 - one cohort stops no other; the next sweep tries it again
            log.exception("cohort not reminded", cohort=cohort_id)
    return sent


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """Conditions of the cohorts that have begun, are reminded, have open enrolments and were not looked at today."""
    today = clock.today()
    learning = select(Enrolment.id).where(
        Enrolment.cohort_id == Cohort.id, Enrolment.status == EnrolmentStatus.OPEN, roll.due_on() >= today
    )
    not_today = or_(Cohort.reminded_on.is_(None), Cohort.reminded_on < today)
    return Cohort.reminders_off_at.is_(None), Cohort.starts_on <= today, not_today, learning.exists()


def _remind(cohort_id: int) -> int:
    """Look at one cohort, unless another worker does so now."""
    today = clock.today()
    mine = update(Cohort).where(Cohort.id == cohort_id, *_waiting()).values(reminded_on=today)
    if connection().execute(mine.returning(Cohort.id)).scalar() is None:
        return 0
    cohort, programme = db.session.execute(
        select(Cohort, Activity).join(Activity, Activity.id == Cohort.programme_id).where(Cohort.id == cohort_id)
    ).one()
    people: dict[tuple[Reminder, date], list[int]] = defaultdict(list)
    for line in roll.lines(Enrolment.cohort_id == cohort_id, Enrolment.status == EnrolmentStatus.OPEN):
        reason = pace.reminder(line.position, today)
        if reason is not None and line.activated:
            people[reason, line.position.due].append(line.person_id)
    return sum(_send(cohort, programme, reason, due, several) for (reason, due), several in people.items())


def _send(cohort: Cohort, programme: Activity, reason: Reminder, due: date, person_ids: list[int]) -> int:
    title_zh, title_en = i18n.in_both(lambda: _title(reason, due))
    body_zh, body_en = i18n.in_both(lambda: _body(cohort, programme, reason, due))
    return messages.send(
        person_ids,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        url="/learning/",
        key=f"reminder:{cohort.id}:{reason.value}:{due.isoformat()}",
        quiet=True,
    )


def _title(reason: Reminder, due: date) -> str:
    if reason in {Reminder.NEAR, Reminder.VERY_NEAR}:
        return str(_("Your training ends on %(day)s", day=i18n.show_date(due)))
    return str(_("Your training is waiting for you"))


def _body(cohort: Cohort, programme: Activity, reason: Reminder, due: date) -> str:
    names = {"programme": i18n.local(programme), "cohort": cohort.name, "day": i18n.show_date(due)}
    texts = {
        Reminder.NOT_STARTED: _("Nothing is recorded yet. A first lesson takes a few minutes; start when you can."),
        Reminder.BEHIND: _("You are a little behind an even pace. A lesson now and then is enough to catch up."),
        Reminder.NEAR: _("Two weeks or less are left. If you cannot finish in time, tell your coordinator soon."),
        Reminder.VERY_NEAR: _("Only a few days are left. If you cannot finish in time, tell your coordinator today."),
    }
    where = _("%(programme)s, %(cohort)s: your last day is %(day)s.", **names)
    return f"{where}\n\n{texts[reason]}"
