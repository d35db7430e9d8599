"""Suspending a certificate for a time, and putting it into force again.

Revoking is `certificates.services.revoke`; a certificate that takes another's place, `replacing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from certificates import services as certificates
from certificates.lifecycle import history, queries
from certificates.lifecycle.history import Ground
from certificates.lifecycle.models import EventKind
from certificates.models import Certificate, CertificateStatus
from certificates.permissions import Permission
from certificates.queries import Entry
from certificates.questions.models import QuestionState
from training.accounts import services as accounts
from training.core import audit, clock, i18n
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid


def suspend(entry: Entry, ground: Ground, *, until: date | None, suspended_by: Actor) -> None:
    """Let a valid certificate not count until it is decided about; `until` is when that is expected. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason, or a day that has passed) or `Conflict` (it is not valid any more). What
    its base was to decide about it is decided by that.
    """
    certificate = entry.certificate
    suspended_by.require(Permission.REVOKE, entry.scope_path)
    ground.require_sound()
    if until is not None and until < clock.today():
        raise Invalid(_("The day by which it is expected to end has passed already."))
    if not _begun(certificate, ground, CertificateStatus.VALID):
        return
    certificate.status = CertificateStatus.SUSPENDED
    event = history.write(certificate, EventKind.SUSPENDED, ground, by=suspended_by, until=until)
    certificates.close_question(certificate, QuestionState.SUSPENDED, decided_by=suspended_by)
    audit.record(
        suspended_by,
        "certificate.suspend",
        certificate,
        number=certificate.number,
        reason=event.reason,
        authority=event.authority,
        until=until.isoformat() if until else None,
    )
    history.tell(
        certificate,
        f"certificate-event:{event.id}",
        lambda: _suspended(certificate, event.reason, until),
        by=suspended_by,
    )


def _suspended(certificate: Certificate, reason: str, until: date | None) -> str:
    told = _(
        "Your certificate %(number)s is suspended; until that ends it does not count. Reason: %(reason)s",
        number=certificate.number,
        reason=reason,
    )
    expected = _("A decision is expected by %(day)s.", day=i18n.show_date(until)) if until else ""
    return f"{told}\n{expected}".strip()


def revoke_all(entries: Sequence[Entry], ground: Ground, *, revoked_by: Actor) -> None:
    """Revoke several certificates for one reason, all or none; sent twice it is done once. Does not commit.

    Raises as `certificates.services.revoke`, the number being named.
    """
    accounts.lock_all([one.certificate.person_id for one in entries])
    for one in entries:
        key = f"{ground.key}-{one.certificate.id}" if ground.key else None
        try:
            certificates.revoke(one, ground.reason, revoked_by=revoked_by, authority=ground.authority, key=key)
        except Conflict as refused:
            raise Conflict(f"{one.certificate.number}: {refused.message}") from refused


def reinstate(entry: Entry, ground: Ground, *, reinstated_by: Actor) -> None:
    """Put a suspended certificate into force again; its last day stays as printed. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason) or `Conflict` (it is not suspended).
    """
    certificate = entry.certificate
    reinstated_by.require(Permission.REVOKE, entry.scope_path)
    ground.require_sound()
    if not _begun(certificate, ground, CertificateStatus.SUSPENDED):
        return
    certificate.status = CertificateStatus.VALID
    event = history.write(certificate, EventKind.REINSTATED, ground, by=reinstated_by)
    audit.record(
        reinstated_by,
        "certificate.reinstate",
        certificate,
        number=certificate.number,
        reason=event.reason,
        authority=event.authority,
    )
    history.tell(
        certificate,
        f"certificate-event:{event.id}",
        lambda: str(
            _(
                "Your certificate %(number)s counts again. Reason: %(reason)s",
                number=certificate.number,
                reason=event.reason,
            )
        ),
        by=reinstated_by,
    )


def _begun(certificate: Certificate, ground: Ground, present: CertificateStatus) -> bool:
    """Lock and look again; False when this form was sent before, `Conflict` when the certificate stands otherwise."""
    accounts.lock(certificate.person_id)
    db.session.refresh(certificate)
    if queries.by_key(ground.key) is not None:
        return False
    if certificate.status is not present:
        raise Conflict(history.stands_otherwise(certificate))
    return True
