"""Opening a batch, steering it, and doing one line of it.

Every certificate of a batch is issued in a transaction of its own together with its line: whatever dies in between, a
line is either done with its certificate or still waits. Who works on a batch holds a lease that each line renews;
whoever has lost it finds that out before writing.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from certificates import drafts
from certificates import queries as register
from certificates import services as certificates
from certificates.batches import queries, replacements
from certificates.batches.models import UNDER_WAY, Batch, BatchLine, BatchStatus, LineStatus
from certificates.fields import Bilingual
from certificates.models import Certificate
from certificates.permissions import Permission
from certificates.queries import Candidate
from certificates.releasing import notices
from certificates.releasing import queries as releasing
from certificates.releasing.models import Needs
from training.accounts import queries as account_queries
from training.accounts import services as accounts
from training.core import audit, clock, i18n, jobs
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, DomainError, Invalid
from training.core.fonts import Typefaces
from training.core.scopes import Scope
from training.programmes.models import Cohort, Enrolment
from training.progress import queries as progress_queries
from training.progress.words import Steps

WORK = "certificates:batch"
MOST = 5000
LEASE = timedelta(seconds=60)
"""How long a worker may be silent before another goes on: far more than the slowest line with its document takes."""
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Choice:
    """Somebody of a cohort: eligible, or with the reason why not. `number` is the certificate in force.

    `revoked` is the number of one that was revoked: whoever had one gets another only by choice.
    """

    candidate: Candidate
    reason: str | None = None
    number: str | None = None
    revoked: str | None = None

    @property
    def eligible(self) -> bool:
        """Whether a certificate can be issued now."""
        return self.reason is None


def choices(candidates: Sequence[Candidate], *, within: Batch | None = None) -> list[Choice]:
    """Everybody of one cohort with why no certificate can be issued for them, if so; three queries.

    That somebody waits `within` that batch is no reason.
    """
    if not candidates:
        return []
    cohort_id = candidates[0].cohort.id
    (numbers, revoked), waiting = queries.numbers_of(cohort_id), queries.under_way(cohort_id)
    if within is not None:
        waiting = {enrolment: batch for enrolment, batch in waiting.items() if batch != within.id}
    steps = progress_queries.steps_of([one.enrolment.id for one in candidates])
    found = [
        _choice(one, numbers.get(one.enrolment.id), waiting.get(one.enrolment.id), steps[one.enrolment.id])
        for one in candidates
    ]
    return [replace(one, revoked=revoked.get(one.candidate.enrolment.id)) for one in found]


def standing_of(batch: Batch) -> list[Choice]:
    """Everybody of a batch by name, with why no certificate can be issued for them now, if so."""
    candidates = register.candidates_among(queries.enrolments_of(batch.id))
    asked = queries.replacement_of(batch.id)
    if asked is not None:
        return [Choice(one, replacements.why_not(one, asked)) for one in candidates]
    return choices(candidates, within=batch)


def _choice(candidate: Candidate, number: str | None, batch_id: int | None, steps: Steps) -> Choice:
    if number is not None:
        return Choice(candidate, _("Certificate %(number)s is in force.", number=number), number)
    if batch_id is not None:
        return Choice(candidate, _("Waits in batch %(batch)s already.", batch=batch_id))
    return Choice(candidate, certificates.why_not(candidate, steps))


def unprintable(candidate: Candidate, typefaces: Typefaces) -> str | None:
    """Why the certificate could not be printed, in words; None when every character has a glyph."""
    try:
        certificates.require_printable(drafts.draft(candidate, number="", site=""), typefaces)
    except Invalid as error:
        return str(error.message)
    return None


def open_batch(
    cohort: Cohort,
    enrolment_ids: Collection[int],
    *,
    key: str,
    confirmed_by: Actor,
    worker: str | None = None,
) -> Batch:
    """Open a batch for those of a cohort and wake a worker, or let `worker` begin; does not commit.

    Where the place needs a second person it waits for a release instead, and those who may give it are told.
    The same key again returns the first one's batch. Raises `NotAllowed`, `Invalid` (nobody, too many, not of this
    cohort) or `Conflict` (a key that somebody else has used).
    """
    path = db.session.get_one(Scope, cohort.scope_id).path
    confirmed_by.require(Permission.ISSUE, path)
    accounts.lock(confirmed_by.id)
    known = queries.by_key(key)
    if known is not None:
        if (known.cohort_id, known.confirmed_by_id) != (cohort.id, confirmed_by.id):
            raise Conflict(_("This form was used for another batch. Begin again on the cohort's page."))
        return known
    _require_of_cohort(cohort, enrolment_ids)
    return add_batch(
        cohort, enrolment_ids, key=key, needs=releasing.needs(path), confirmed_by=confirmed_by, worker=worker
    )


def add_batch(
    cohort: Cohort,
    enrolment_ids: Collection[int],
    *,
    key: str,
    needs: Needs,
    confirmed_by: Actor,
    worker: str | None = None,
) -> Batch:
    """Write a batch with its lines, after all that could refuse it; does not commit."""
    batch = _added(cohort, key, confirmed_by, worker if needs is Needs.NOBODY else None, needs)
    db.session.add_all(
        BatchLine(batch_id=batch.id, enrolment_id=one, status=LineStatus.WAITING)
        for one in dict.fromkeys(enrolment_ids)
    )
    audit.record(confirmed_by, "certificate_batch.open", batch, lines=len(set(enrolment_ids)))
    if batch.status is BatchStatus.AWAITING:
        path = db.session.get_one(Scope, cohort.scope_id).path
        notices.asked(batch, cohort.name, releasing.releasers(batch, path), by=confirmed_by)
    elif worker is None:
        jobs.enqueue(WORK, batch_id=batch.id)
    return batch


def open_for_one(candidate: Candidate, *, confirmed_by: Actor) -> Batch:
    """The batch in which somebody waits already, or a new one for them alone; does not commit.

    Raises as `open_batch`.
    """
    accounts.lock(confirmed_by.id)
    waiting = queries.under_way(candidate.cohort.id).get(candidate.enrolment.id)
    if waiting is not None:
        return db.session.get_one(Batch, waiting)
    key = secrets.token_hex(16)
    return open_batch(candidate.cohort, [candidate.enrolment.id], key=key, confirmed_by=confirmed_by)


def _require_of_cohort(cohort: Cohort, enrolment_ids: Collection[int]) -> None:
    if not enrolment_ids:
        raise Invalid(_("Nobody is chosen. Choose at least one person."))
    if len(enrolment_ids) > MOST:
        raise Invalid(_("At most %(most)s people fit in one batch; choose fewer.", most=MOST))
    own = set(db.session.scalars(select(Enrolment.id).where(Enrolment.cohort_id == cohort.id)))
    if not own.issuperset(enrolment_ids):
        raise Invalid(_("Somebody who was chosen is not in this cohort. Begin again on the cohort's page."))


def _added(cohort: Cohort, key: str, confirmed_by: Actor, worker: str | None, needs: Needs) -> Batch:
    batch = Batch(
        key=key,
        cohort_id=cohort.id,
        scope_id=cohort.scope_id,
        status=BatchStatus.RUNNING if needs is Needs.NOBODY else BatchStatus.AWAITING,
        needs=needs,
        confirmed_by_id=confirmed_by.id,
        confirmed_at=clock.now(),
        running_since=clock.now(),
        worker=worker,
        lease_until=clock.now() + LEASE if worker else None,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def pause(entry: queries.BatchEntry, *, by: Actor) -> None:
    """Let a batch rest after the line that is being done; does not commit. Raises `NotAllowed` or `Conflict`."""
    _steer(entry, by, "certificate_batch.pause", [BatchStatus.RUNNING], BatchStatus.PAUSED)


def resume(entry: queries.BatchEntry, *, by: Actor) -> None:
    """Go on with a batch that rests; does not commit. Raises `NotAllowed` or `Conflict`."""
    if _steer(entry, by, "certificate_batch.resume", [BatchStatus.PAUSED], BatchStatus.RUNNING):
        entry.batch.running_since = clock.now()
        jobs.enqueue(WORK, batch_id=entry.batch.id)


def stop(entry: queries.BatchEntry, *, by: Actor) -> None:
    """End a batch: what is issued stays, the rest stays so. Does not commit; raises `NotAllowed` or `Conflict`."""
    if _steer(entry, by, "certificate_batch.stop", UNDER_WAY, BatchStatus.STOPPED):
        entry.batch.ended_at = clock.now()


def _steer(entry: queries.BatchEntry, by: Actor, verb: str, before: Sequence[BatchStatus], after: BatchStatus) -> bool:
    """Change the status; False when it is so already, `Conflict` when it has ended."""
    by.require(Permission.ISSUE, entry.scope_path)
    batch = locked(entry.batch.id)
    if batch.status is after:
        return False
    if batch.status not in before:
        raise Conflict(_("This cannot be done with the batch as it stands; look at its page again."))
    batch.status = after
    audit.record(by, verb, batch)
    return True


def locked(batch_id: int) -> Batch:
    """A batch as it stands, for this transaction alone to change."""
    statement = select(Batch).where(Batch.id == batch_id).with_for_update(key_share=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one()


def claim(batch_id: int, worker: str) -> bool:
    """Take the lease of a running batch on which nobody works; False when it is not to be had. Does not commit."""
    now = clock.now()
    free = or_(Batch.worker.is_(None), Batch.worker == worker, Batch.lease_until < now)
    taken = db.session.execute(
        update(Batch)
        .where(Batch.id == batch_id, Batch.status == BatchStatus.RUNNING, free)
        .values(worker=worker, lease_until=now + LEASE)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def release(batch_id: int, worker: str) -> BatchStatus:
    """Give the lease back, if it is still held; returns where the batch stands. Does not commit."""
    batch = locked(batch_id)
    if batch.worker == worker:
        batch.worker = batch.lease_until = None
    return batch.status


def do_line(line_id: int, worker: str, *, typefaces: Typefaces | None, site: str) -> BatchLine | None:
    """Issue or refuse one line; None when this worker has no more to do here. Does not commit."""
    line = db.session.get_one(BatchLine, line_id)
    batch = locked(line.batch_id)
    if batch.worker != worker or batch.status is not BatchStatus.RUNNING:
        return None
    db.session.refresh(line)
    if line.status is not LineStatus.WAITING:
        return line
    batch.lease_until = clock.now() + LEASE
    confirmer = _confirmer(batch)
    if confirmer is None:
        _refuse(line, drafts.in_both(lambda: _no_longer_allowed(batch)))
    else:
        _issue(line, register.candidate_for(confirmer, line.enrolment_id), confirmer, typefaces, site)
    return line


def _confirmer(batch: Batch) -> Actor | None:
    """Whoever confirmed the batch, with the roles of this moment; None when they may no longer issue here."""
    person = queries.person_of_confirmer(batch)
    actor = account_queries.load_actor(f"{person.id}:{person.stamp}")
    path = db.session.get_one(Scope, batch.scope_id).path
    return actor if actor is not None and actor.may(Permission.ISSUE, path) else None


def _no_longer_allowed(batch: Batch) -> str:
    return _(
        "%(name)s, who confirmed this batch, may no longer issue certificates here. "
        "Somebody who may opens a new batch.",
        name=queries.person_of_confirmer(batch).name,
    )


def _issue(line: BatchLine, candidate: Candidate, confirmer: Actor, typefaces: Typefaces | None, site: str) -> None:
    accounts.lock(candidate.person.id)
    asked = queries.replacement_of(line.batch_id)
    known = register.in_force(line.enrolment_id) if asked is None else None
    if known is not None:
        _refuse(line, drafts.in_both(lambda: _issued_already(known)))
        return

    def issued() -> Certificate:
        if asked is not None:
            return replacements.carry_out(candidate, asked, by=confirmer, typefaces=typefaces, site=site)
        return certificates.issue(
            candidate, issued_by=confirmer, typefaces=typefaces, site=site, wake_press=False, released=True
        )

    try:
        certificate = issued()
    except DomainError:  # which has written nothing; asked again, it says so in each language
        _refuse(line, drafts.in_both(lambda: _refusal(issued)))
        return
    line.status, line.certificate_id, line.done_at = LineStatus.ISSUED, certificate.id, clock.now()
    db.session.flush()


def _refusal(issued: object) -> str:
    try:
        issued()  # type: ignore[operator]
    except DomainError as error:
        return str(error.message)
    raise RuntimeError("what was refused a moment ago, under the same lock, is not")


def _issued_already(known: Certificate) -> str:
    batch, day = queries.batch_of(known.id), i18n.show_date(known.issued_at)
    if batch is None:
        return _("Certificate %(number)s was issued already on %(day)s.", number=known.number, day=day)
    return _(
        "Certificate %(number)s was issued already in batch %(batch)s on %(day)s.",
        number=known.number,
        batch=batch.id,
        day=day,
    )


def refuse_unexpected(line_id: int, worker: str) -> None:
    """Take a line out of the way on which the worker stumbled, so that the others go on; does not commit."""
    line = db.session.get_one(BatchLine, line_id)
    batch = locked(line.batch_id)
    if batch.worker == worker and line.status is LineStatus.WAITING:
        _refuse(line, drafts.in_both(_stumbled))


def _stumbled() -> str:
    return _("Something went wrong here and was written to the server's log. Issue this certificate by itself.")


def _refuse(line: BatchLine, reason: Bilingual) -> None:
    line.status, line.done_at = LineStatus.REFUSED, clock.now()
    line.reason_zh, line.reason_en = reason.zh[:LONGEST_REASON], reason.en[:LONGEST_REASON]
    db.session.flush()


def finish(batch_id: int, worker: str) -> None:
    """End a batch of which no line waits; does not commit."""
    batch = locked(batch_id)
    if batch.worker != worker or batch.status is not BatchStatus.RUNNING or queries.first_waiting(batch_id):
        return
    batch.status, batch.ended_at = BatchStatus.FINISHED, clock.now()
    counts = queries.counts_of([batch])[batch.id]
    audit.record(None, "certificate_batch.finish", batch, issued=counts.issued, refused=counts.refused)
