"""Writing the history of a certificate: each change of its status with its reason and authority, told to its holder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from certificates.lifecycle.models import CertificateEvent, EventKind
from certificates.models import Certificate, CertificateStatus
from training.core import clock, i18n
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid
from training.messages import services as messages

LONGEST_REASON = 500
LONGEST_AUTHORITY = 200


@dataclass(frozen=True)
class Ground:
    """Why something is done to a certificate, on whose authority (empty: its issuer's), and the form's key."""

    reason: str
    authority: str = ""
    key: str | None = None

    def require_sound(self) -> None:
        """Raise `Invalid` without a reason, or where a text is too long."""
        if not self.reason.strip() or len(self.reason.strip()) > LONGEST_REASON:
            raise Invalid(_("Write the reason, in at most %(max)d characters.", max=LONGEST_REASON))
        if len(self.authority.strip()) > LONGEST_AUTHORITY:
            raise Invalid(_("Name the authority in at most %(max)d characters.", max=LONGEST_AUTHORITY))


def write(
    certificate: Certificate, kind: EventKind, ground: Ground, *, by: Actor, until: date | None = None
) -> CertificateEvent:
    """Append one line. Does not commit."""
    event = CertificateEvent(
        certificate_id=certificate.id,
        kind=kind,
        at=clock.now(),
        by_id=by.id,
        authority=ground.authority.strip() or certificate.fields["issuer"]["zh"],
        reason=ground.reason.strip(),
        until=until,
        key=ground.key,
    )
    db.session.add(event)
    db.session.flush()
    return event


def tell(certificate: Certificate, key: str, say: Callable[[], str], *, by: Actor | None = None) -> None:
    """A message to the holder that leads to the certificate's page; `say` is asked in each language."""
    title_zh, title_en = i18n.in_both(lambda: str(_("About your certificate")))
    body_zh, body_en = i18n.in_both(say)
    messages.send(
        [certificate.person_id],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=key,
        url=f"/certificates/{certificate.id}",
        sender=by,
    )


def stands_otherwise(certificate: Certificate) -> str:
    """Why an act upon a certificate is not possible any more, in words."""
    told = {
        CertificateStatus.VALID: _("This certificate is not suspended; its page says where it stands."),
        CertificateStatus.SUSPENDED: _("This certificate is suspended already; its page says by whom and why."),
        CertificateStatus.REVOKED: _("This certificate has already been revoked; its page says by whom and why."),
        CertificateStatus.SUPERSEDED: _("Another certificate has taken the place of this one; its page names it."),
    }
    return str(told[certificate.status])
