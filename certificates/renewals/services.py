"""Asking for the renewal of a certificate, taking that back, and deciding about it."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates import queries as register
from certificates.batches import queries as batches
from certificates.lifecycle import history, replacing
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, CertificateStatus, Replacement
from certificates.permissions import Permission
from certificates.renewals import queries, rules
from certificates.renewals.models import Renewal, RenewalState
from certificates.renewals.queries import Asked
from training.accounts import services as accounts
from training.core import audit, clock, i18n, storage
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotAllowed
from training.core.fonts import Typefaces
from training.core.storage import Kept

LONGEST_STATEMENT = 2000
LONGEST_REASON = 500


def why_not(certificate: Certificate) -> str | None:
    """Why renewal cannot be asked for today, in words; None when it can."""
    if certificate.status is CertificateStatus.SUSPENDED:
        return _("The certificate is suspended. Speak to your base coordinator.")
    if certificate.status is not CertificateStatus.VALID:
        return _("This certificate does not count any more; only one that does can be renewed.")
    if certificate.valid_until is None:
        return _("This certificate is valid without end; there is nothing to renew.")
    window = rules.window(certificate.valid_until)
    if clock.today() < window.first:
        return _(
            "It is valid until %(day)s. Renewal can be asked for from %(first)s on.",
            day=i18n.show_date(certificate.valid_until),
            first=i18n.show_date(window.first),
        )
    if clock.today() > window.last:
        return _(
            "Renewal could be asked for until %(last)s. Speak to your base coordinator about training again.",
            last=i18n.show_date(window.last),
        )
    return None


def ask(certificate: Certificate, statement: str, kept: Kept | None, *, asked_by: Actor) -> Renewal:
    """Ask for the renewal of one's own certificate; while one request waits it is that one. Does not commit.

    Raises `NotAllowed` (somebody else's) or `Invalid` (not possible today, or nothing that speaks for it).
    """
    if certificate.person_id != asked_by.id:
        raise NotAllowed(_("Only its holder can ask for the renewal of a certificate."))
    accounts.lock(certificate.person_id)
    db.session.refresh(certificate)
    known = queries.waiting_of(certificate.id)
    if known is not None:
        return known
    refused = why_not(certificate)
    if refused is not None:
        raise Invalid(refused)
    statement, hours = statement.strip(), queries.learned_since(certificate).hours
    if len(statement) > LONGEST_STATEMENT:
        raise Invalid(_("Write at most %(max)d characters.", max=LONGEST_STATEMENT))
    if not (hours or statement or kept):
        raise Invalid(_("Nothing speaks for the renewal yet: write what you did, or add a file that shows it."))
    renewal = Renewal(
        certificate_id=certificate.id,
        person_id=asked_by.id,
        asked_at=clock.now(),
        hours=hours,
        statement=statement,
        file_id=storage.record(kept).id if kept else None,
        file_name=kept.name if kept else None,
        state=RenewalState.WAITING,
    )
    db.session.add(renewal)
    db.session.flush()
    audit.record(asked_by, "certificate_renewal.ask", renewal, number=certificate.number)
    return renewal


def take_back(renewal: Renewal, *, by: Actor) -> None:
    """Take one's own waiting request back; a second time changes nothing. Does not commit."""
    if renewal.person_id != by.id:
        raise NotAllowed(_("Only its holder can ask for the renewal of a certificate."))
    accounts.lock(renewal.person_id)
    db.session.refresh(renewal)
    if renewal.state is RenewalState.TAKEN_BACK:
        return
    require_waiting(renewal)
    renewal.state, renewal.decided_at = RenewalState.TAKEN_BACK, clock.now()
    audit.record(by, "certificate_renewal.take_back", renewal)


def grant(
    asked: Asked,
    ground: Ground,
    *,
    typefaces: Typefaces | None,
    site: str,
    granted_by: Actor,
    released: bool = False,
) -> Certificate:
    """Renew the certificate; sent twice it is renewed once. Does not commit.

    Raises `NotAllowed`, `Invalid` (not possible as it stands) or `Conflict` (decided before); `released` as for
    `replacing.replace`.
    """
    renewal = asked.renewal
    granted_by.require(Permission.ISSUE, asked.scope.path)
    accounts.lock(renewal.person_id)
    db.session.refresh(renewal)
    if renewal.state is not RenewalState.GRANTED:  # else only the form that granted it comes through
        require_waiting(renewal)
    entry = register.entry_visible_to(granted_by, asked.certificate.id)
    candidate = register.candidate_for(granted_by, asked.certificate.enrolment_id)
    new = replacing.replace(
        candidate,
        entry,
        Replacement.RENEWAL,
        ground,
        by=granted_by,
        typefaces=typefaces,
        site=site,
        released=released,
    )
    if renewal.state is RenewalState.WAITING:
        _decide(renewal, RenewalState.GRANTED, granted_by)
        audit.record(granted_by, "certificate_renewal.grant", renewal, number=new.number)
    return new


def refuse(asked: Asked, reason: str, *, refused_by: Actor) -> None:
    """Refuse a request for a reason that the holder reads; they may ask again. Does not commit.

    Raises `NotAllowed`, `Invalid` (no reason, or too long a one) or `Conflict` (decided before, or being released).
    """
    renewal, reason = asked.renewal, reason.strip()
    refused_by.require(Permission.ISSUE, asked.scope.path)
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_("Write the reason, in at most %(max)d characters.", max=LONGEST_REASON))
    accounts.lock(renewal.person_id)
    db.session.refresh(renewal)
    require_waiting(renewal)
    waiting = batches.replacement_under_way(renewal.certificate_id)
    if waiting is not None:
        raise Conflict(
            _("Its renewal waits for release in batch %(batch)s. Withdraw that first.", batch=waiting.batch_id)
        )
    renewal.reason = reason
    _decide(renewal, RenewalState.REFUSED, refused_by)
    audit.record(refused_by, "certificate_renewal.refuse", renewal, number=asked.certificate.number, reason=reason)
    number = asked.certificate.number
    history.tell(
        asked.certificate,
        f"certificate-renewal:{renewal.id}",
        lambda: str(
            _(
                "Your certificate %(number)s is not renewed for now. Reason: %(reason)s You can ask again on its page.",
                number=number,
                reason=reason,
            )
        ),
        by=refused_by,
    )


def _decide(renewal: Renewal, state: RenewalState, by: Actor) -> None:
    renewal.state, renewal.decided_at, renewal.decided_by_id = state, clock.now(), by.id
    db.session.flush()


def require_waiting(renewal: Renewal) -> None:
    """Raise `Conflict` where it was decided before, or taken back."""
    if renewal.state is not RenewalState.WAITING:
        raise Conflict(_("This request is settled already; its page says how."))


def remind(certificate: Certificate, days: int) -> None:
    """Tell the holder that the end comes near, each reminder once. Does not commit."""
    end = certificate.valid_until
    if end is None:
        return
    programme = certificate.fields["programme"]

    def said() -> str:
        return str(
            _(
                "Your certificate %(number)s (%(programme)s) is valid until %(day)s. You can ask for its renewal on "
                "its page, until %(last)s at the latest.",
                number=certificate.number,
                programme=i18n.local(programme),
                day=i18n.show_date(end),
                last=i18n.show_date(rules.window(end).last),
            )
        )

    history.tell(certificate, queries.key_of(days, certificate.number), said)
