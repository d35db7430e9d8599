"""Hours: the trainee writes and sends them, a supervisor signs, returns or takes them back.

Only signatures count. Every one comes with a line in the ledger, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from training.accounts import queries as account_queries
from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotAllowed
from training.core.scopes import Scope
from training.practice import rules
from training.practice.kinds import HOURS_REACHED, HOURS_SIGNED, HOURS_WITHDRAWN
from training.practice.models import HoursLine, LineState, Posting, SignedHours
from training.practice.permissions import Permission
from training.practice.queries import hours as queries
from training.practice.services.postings import version_that_counts
from training.programmes.models import Cohort, Enrolment
from training.progress import services as progress

OPEN_STATES = (LineState.DRAFT, LineState.RETURNED)


@dataclass(frozen=True)
class LineData:
    """What the trainee writes."""

    worked_on: date
    halves: int
    what: str


@dataclass(frozen=True)
class Signed:
    """What was signed now, and how many of the lines had been signed or returned before."""

    lines: int
    halves: int
    already: int


def write_line(posting: Posting, data: LineData, *, client_key: str, written_by: Actor) -> HoursLine:
    """Write a draft on one's own posting; the same key again returns the first line. Does not commit.

    Raises `NotAllowed` or `Invalid`.
    """
    _require_own(posting.person_id, written_by)
    accounts.lock(posting.person_id)
    known = db.session.scalar(select(HoursLine).where(HoursLine.client_key == client_key))
    if known is not None:
        _require_own(known.person_id, written_by)
        return known
    _require_possible(posting, data)
    line = HoursLine(
        posting_id=posting.id,
        person_id=posting.person_id,
        worked_on=data.worked_on,
        halves=data.halves,
        what=data.what,
        state=LineState.DRAFT,
        client_key=client_key,
        written_at=clock.now(),
    )
    db.session.add(line)
    db.session.flush()
    return line


def change_line(line: HoursLine, data: LineData, *, changed_by: Actor) -> None:
    """Change a draft or a returned line, which is a draft again; raises `Conflict` or `Invalid`; does not commit."""
    _hold_open(line, changed_by)
    _require_possible(db.session.get_one(Posting, line.posting_id), data, line)
    line.worked_on, line.halves, line.what = data.worked_on, data.halves, data.what
    line.state, line.returned_reason, line.returned_by_id = LineState.DRAFT, None, None
    db.session.flush()


def remove_line(line: HoursLine, *, removed_by: Actor) -> None:
    """Throw a draft or returned line away; raises `Conflict` once it was sent; does not commit."""
    _hold_open(line, removed_by)
    db.session.delete(line)
    db.session.flush()


def send_lines(person_id: int, line_ids: Collection[int], *, sent_by: Actor) -> int:
    """Send one's own drafts for signature; returns how many; what is not a draft stays. Does not commit."""
    _require_own(person_id, sent_by)
    accounts.lock(person_id)
    lines = db.session.scalars(
        select(HoursLine)
        .where(HoursLine.id.in_(line_ids), HoursLine.person_id == person_id, HoursLine.state == LineState.DRAFT)
        .execution_options(populate_existing=True)
    ).all()
    for line in lines:
        line.state, line.sent_at = LineState.SENT, clock.now()
    db.session.flush()
    audit.record_all(sent_by, "hours.send", ((line, {}) for line in lines))
    return len(lines)


def sign_lines(lines: Sequence[HoursLine], *, signed_by: Actor) -> Signed:
    """Sign lines that were sent; what was signed or returned meanwhile is left as it is. Does not commit.

    Raises `NotAllowed`: one's own hours, or the role is not in force at that base at this moment.
    """
    accounts.lock_all({line.person_id for line in lines})
    by_posting = {line.posting_id: db.session.get_one(Posting, line.posting_id) for line in lines}
    for posting in by_posting.values():
        require_may_sign(posting, signed_by)
    waiting = []
    for line in lines:
        db.session.refresh(line)
        if line.state is LineState.SENT:
            waiting.append(line)
    pairs = {(by_posting[line.posting_id].person_id, by_posting[line.posting_id].rotation_id) for line in waiting}
    for person_id, rotation_id in sorted(pairs):
        some = [
            line
            for line in waiting
            if line.person_id == person_id and by_posting[line.posting_id].rotation_id == rotation_id
        ]
        _count(by_posting[some[0].posting_id], [_sign(line, by_posting[line.posting_id], signed_by) for line in some])
    return Signed(len(waiting), sum(line.halves for line in waiting), len(lines) - len(waiting))


def _sign(line: HoursLine, posting: Posting, by: Actor) -> SignedHours:
    line.state = LineState.SIGNED
    audit.record(by, "hours.sign", line, halves=line.halves)
    return SignedHours(
        line_id=line.id,
        person_id=line.person_id,
        posting_id=posting.id,
        rotation_id=posting.rotation_id,
        setting=posting.setting,
        worked_on=line.worked_on,
        halves=line.halves,
        what=line.what,
        signer_id=by.id,
        signer_name=by.name,
        signed_at=clock.now(),
    )


def return_line(line: HoursLine, reason: str, *, returned_by: Actor) -> None:
    """Give a sent line back with a reason; raises `NotAllowed`, `Invalid` or `Conflict`; does not commit."""
    accounts.lock(line.person_id)
    require_may_sign(db.session.get_one(Posting, line.posting_id), returned_by)
    db.session.refresh(line)
    if line.state is not LineState.SENT:
        raise Conflict(_("This line does not wait for a signature any more; reload the page to see where it stands."))
    if not reason.strip():
        raise Invalid(_("Write what the trainee should correct."))
    line.state, line.sent_at = LineState.RETURNED, None
    line.returned_reason, line.returned_by_id = reason.strip(), returned_by.id
    db.session.flush()
    audit.record(returned_by, "hours.return", line, reason=reason.strip())


def counter(signed: SignedHours, reason: str, *, countered_by: Actor) -> SignedHours:
    """Take signed hours back by a line of as many minus hours; once taken back, that line is returned again.

    Raises `NotAllowed` or `Invalid`; does not commit.
    """
    accounts.lock(signed.person_id)
    posting = db.session.get_one(Posting, signed.posting_id)
    require_may_sign(posting, countered_by)
    known = db.session.scalar(select(SignedHours).where(SignedHours.counters_id == signed.id))
    if known is not None:
        return known
    if signed.counters_id is not None:
        raise Invalid(_("A line that takes hours back cannot be taken back; sign a new line instead."))
    if not reason.strip():
        raise Invalid(_("Write why these hours are taken back."))
    line = SignedHours(
        counters_id=signed.id,
        person_id=signed.person_id,
        posting_id=posting.id,
        rotation_id=signed.rotation_id,
        setting=signed.setting,
        worked_on=signed.worked_on,
        halves=-signed.halves,
        what=signed.what,
        reason=reason.strip(),
        signer_id=countered_by.id,
        signer_name=countered_by.name,
        signed_at=clock.now(),
    )
    _count(posting, [line])
    audit.record(countered_by, "hours.counter", line, reason=reason.strip())
    return line


def _count(posting: Posting, lines: Sequence[SignedHours]) -> None:
    """Write signatures of one person in one rotation, and the ledger line that follows from them."""
    rotation = db.session.get_one(Activity, posting.rotation_id)
    version = version_that_counts(posting.enrolment_id, posting.person_id, rotation)
    before = queries.tally_of(posting.person_id, rotation.id, version)
    db.session.add_all(lines)
    db.session.flush()
    change = rules.change(before, queries.tally_of(posting.person_id, rotation.id, version))
    outcome = {1: HOURS_REACHED, -1: HOURS_WITHDRAWN, 0: HOURS_SIGNED}[change]
    last = lines[-1]
    progress.record(
        posting.person_id,
        rotation,
        outcome,
        client_key=f"practice:hours:{last.id}",
        authority=account_queries.person(last.signer_id),
        version=version,
        enrolment=db.session.get_one(Enrolment, posting.enrolment_id),
    )


def require_may_sign(posting: Posting, actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor is a supervisor at the base at this moment, and not the trainee.

    The grants are read again: those in the actor are as old as the actor.
    """
    if posting.person_id == actor.id:
        raise NotAllowed(_("These are your own hours; another supervisor of the base signs them."))
    path = db.session.scalars(
        select(Scope.path).join(Cohort, Cohort.scope_id == Scope.id).where(Cohort.id == posting.cohort_id)
    ).one()
    present = account_queries.load_actor(actor.get_id())
    if present is None or not present.may(Permission.HOURS_SIGN, path):
        raise NotAllowed(
            _(
                "You are not a practice supervisor at this base today: the role has ended or was given for another "
                "base. Nothing was signed; ask the coordinator of the base."
            )
        )


def _require_own(person_id: int, actor: Actor) -> None:
    if person_id != actor.id:
        raise NotAllowed(_("Only the trainee writes these hours."))


def _hold_open(line: HoursLine, by: Actor) -> None:
    """Wait for whoever signs this person's lines; then see whether the line may still be changed."""
    _require_own(line.person_id, by)
    accounts.lock(line.person_id)
    db.session.refresh(line)
    if line.state not in OPEN_STATES:
        raise Conflict(_("This line was sent for signature already; ask your supervisor to return it."))


def _require_possible(posting: Posting, data: LineData, line: HoursLine | None = None) -> None:
    if not posting.starts_on <= data.worked_on <= posting.ends_on:
        raise Invalid(_("That day is outside this rotation; choose a day within it, or ask the coordinator."))
    if data.worked_on > clock.today():
        raise Invalid(_("That day is still to come; write hours once they are worked."))
    same_posting, same_day = queries.halves_on(
        posting.person_id, data.worked_on, posting.id, without=line.id if line else None
    )
    broken = rules.too_long(data.halves, same_posting, same_day)
    if broken == "line":
        raise Invalid(_("Write from half an hour to 12 hours, by half hours."))
    if broken == "posting":
        raise Invalid(_("With these you would have more than 12 hours on that day in this rotation; correct a line."))
    if broken == "day":
        raise Invalid(_("With these you would have more than 24 hours on that day; correct a line."))
