"""Setting what a place needs, releasing a batch, and sending it back to its maker."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from certificates.batches import services as batches
from certificates.batches.models import Batch, BatchStatus
from certificates.batches.queries import BatchEntry
from certificates.permissions import Permission
from certificates.releasing import notices, queries
from certificates.releasing.models import Needs, ReleaseRule
from training.core import audit, clock, jobs, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotAllowed
from training.core.scopes import Scope

LONGEST_REASON = 500


def set_rule(scope: Scope, needs: Needs, *, set_by: Actor) -> None:
    """Say whom batches of a place need besides their maker; those handed in before keep theirs. No commit.

    Raises `NotAllowed`.
    """
    set_by.require(Permission.RELEASE_RULE, scope.path)
    scopes.lock(scope)
    known = db.session.scalar(select(ReleaseRule).where(ReleaseRule.scope_id == scope.id))
    rule = known or ReleaseRule(scope_id=scope.id)
    rule.needs, rule.set_by_id, rule.set_at = needs, set_by.id, clock.now()
    db.session.add(rule)
    db.session.flush()
    audit.record(set_by, "certificate_release_rule.set", rule, scope=scope.name_zh, needs=needs.value)


def release(entry: BatchEntry, *, released_by: Actor) -> None:
    """Let a batch run; sent twice it is one release. No commit. Raises `NotAllowed` or `Conflict`."""
    batch = batches.locked(entry.batch.id)
    if batch.decided_by_id == released_by.id and batch.status is not BatchStatus.RETURNED:
        return
    require_second(batch, entry, released_by)
    batch.status, batch.running_since = BatchStatus.RUNNING, clock.now()
    batch.decided_by_id, batch.decided_at = released_by.id, clock.now()
    db.session.flush()
    audit.record(released_by, "certificate_batch.release", batch)
    notices.released(batch, by=released_by)
    jobs.enqueue(batches.WORK, batch_id=batch.id)


def send_back(entry: BatchEntry, reason: str, *, sent_by: Actor) -> None:
    """End a batch before it ran, for a reason that its maker reads. No commit.

    Raises `NotAllowed`, `Conflict` or `Invalid` (no reason, or too long a one).
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Write why it is sent back, in at most %(max)d characters.", max=LONGEST_REASON))
    batch = batches.locked(entry.batch.id)
    require_second(batch, entry, sent_by)
    batch.status, batch.ended_at, batch.returned_reason = BatchStatus.RETURNED, clock.now(), reason
    batch.decided_by_id, batch.decided_at = sent_by.id, clock.now()
    db.session.flush()
    audit.record(sent_by, "certificate_batch.return", batch, reason=reason)
    notices.sent_back(batch, reason, by=sent_by)


def require_second(batch: Batch, entry: BatchEntry, actor: Actor) -> None:
    """Raise `Conflict` for a batch that does not wait, `NotAllowed` for its maker and for who is not enough."""
    if batch.status is not BatchStatus.AWAITING:
        raise Conflict(_("This batch does not wait for a release any more; look at its page again."))
    if batch.confirmed_by_id == actor.id:
        raise NotAllowed(_("You handed this batch in: somebody else releases it."))
    if not queries.may_release(actor, batch, entry.scope_path):
        raise NotAllowed(_("This batch needs an officer's release."))
