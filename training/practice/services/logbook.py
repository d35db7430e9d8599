"""Writing the logbook; what could tell who a patient is does not get in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import services as accounts
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid, NotAllowed
from training.practice import screening
from training.practice.models import LogbookComment, LogbookEntry, Setting, Situation
from training.practice.permissions import Permission
from training.practice.screening import Finding
from training.programmes.models import Enrolment, EnrolmentStatus


@dataclass(frozen=True)
class EntryData:
    """What a trainee writes; `month` is `2026-11`."""

    month: str
    setting: Setting
    situation: Situation
    did: str
    learnt: str


class NamesSomebody(Invalid):
    """The text could tell who a patient is; `found` says in which field what stands."""

    def __init__(self, found: list[tuple[str, Finding]]) -> None:
        """Take the findings by field."""
        super().__init__(_("The entry could tell who a patient is. Nothing was saved; look at what is named below."))
        self.found = found

    @property
    def certain(self) -> bool:
        """Whether something must go, rather than be confirmed."""
        return any(one.certain for _field, one in self.found)


def write_entry(
    enrolment: Enrolment, data: EntryData, *, client_key: str, confirmed: bool, written_by: Actor
) -> LogbookEntry:
    """Add an entry to one's own logbook; the same key again returns the first. Does not commit.

    Raises `NotAllowed`, `Invalid` or `NamesSomebody`; `confirmed` says that what is doubtful tells nobody.
    """
    if enrolment.person_id != written_by.id or enrolment.status is EnrolmentStatus.WITHDRAWN:
        raise NotAllowed(_("Only the trainee writes in this logbook."))
    _require_fit(data, confirmed=confirmed)
    accounts.lock(enrolment.person_id)
    known = db.session.scalar(select(LogbookEntry).where(LogbookEntry.client_key == client_key))
    if known is not None and known.person_id == written_by.id:
        return known
    entry = LogbookEntry(
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        person_id=enrolment.person_id,
        written_at=clock.now(),
        client_key=client_key,
        **vars(data),
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def change_entry(entry: LogbookEntry, data: EntryData, *, confirmed: bool, changed_by: Actor) -> None:
    """Change one's own entry; raises as `write_entry` does; does not commit."""
    if entry.person_id != changed_by.id:
        raise NotAllowed(_("Only the trainee writes in this logbook."))
    _require_fit(data, confirmed=confirmed)
    for name, value in vars(data).items():
        setattr(entry, name, value)
    entry.changed_at = clock.now()
    db.session.flush()


def _require_fit(data: EntryData, *, confirmed: bool) -> None:
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", data.month) or data.month > clock.month(clock.now()):
        raise Invalid(_("Choose the month in which it was, this month at the latest."))
    found = [(field, one) for field in ("did", "learnt") for one in screening.findings(getattr(data, field))]
    if any(one.certain for _field, one in found) or (found and not confirmed):
        raise NamesSomebody(found)


def comment(entry: LogbookEntry, path: str, text: str, *, client_key: str, written_by: Actor) -> LogbookComment:
    """Write to an entry of a trainee at one's own base (the cohort's `path`); the same key again writes nothing.

    Raises `NotAllowed`, `Invalid` or `NamesSomebody`; does not commit.
    """
    written_by.require(Permission.LOGBOOK_COMMENT, path)
    accounts.lock(entry.person_id)
    known = db.session.scalar(select(LogbookComment).where(LogbookComment.client_key == client_key))
    if known is not None:
        return known
    certain = [("text", one) for one in screening.findings(text) if one.certain]
    if certain:
        raise NamesSomebody(certain)
    line = LogbookComment(
        entry_id=entry.id, author_id=written_by.id, text=text, written_at=clock.now(), client_key=client_key
    )
    db.session.add(line)
    db.session.flush()
    audit.record(written_by, "logbook.comment", entry)
    return line
