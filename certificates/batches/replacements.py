"""Issuing, from a batch that was released, the certificate that takes another one's place."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates import queries as register
from certificates import words
from certificates.batches.models import BatchReplacement
from certificates.lifecycle import replacing
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, Replacement
from certificates.queries import Candidate
from certificates.renewals import queries as renewals
from certificates.renewals import services as granting
from certificates.renewals.models import Renewal, RenewalState
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict
from training.core.fonts import Typefaces


def why_not(candidate: Candidate, asked: BatchReplacement) -> str | None:
    """Why what was handed in cannot be issued any more, in words; None when it can."""
    old = db.session.get_one(Certificate, asked.replaces_id, populate_existing=True)
    if old.status is not asked.stood:
        return _(
            "The certificate %(number)s stands otherwise than when this was handed in: %(standing)s. Its page tells "
            "the reason.",
            number=old.number,
            standing=words.mark(old).label,
        )
    if asked.renewal_id is not None and db.session.get_one(Renewal, asked.renewal_id).state is not RenewalState.WAITING:
        return _("The holder has taken the request for renewal back.")
    return replacing.why_not(candidate, old, asked.replaced_as, chosen=asked.chosen, released=True)


def carry_out(
    candidate: Candidate, asked: BatchReplacement, *, by: Actor, typefaces: Typefaces | None, site: str
) -> Certificate:
    """Issue it, the holder being locked; the old one is superseded, a request for renewal granted. Does not commit.

    Raises `Conflict` where it does not stand as it did, and as `replacing.replace`. A refusal has written nothing.
    """
    refused = why_not(candidate, asked)
    if refused is not None:
        raise Conflict(refused)
    ground = Ground(asked.reason, asked.authority)
    if asked.renewal_id is not None:
        request = renewals.renewal_visible_to(by, asked.renewal_id)
        return granting.grant(request, ground, typefaces=typefaces, site=site, granted_by=by, released=True)
    entry = register.entry_visible_to(by, asked.replaces_id)
    return replacing.replace(
        candidate,
        entry,
        Replacement(asked.replaced_as),
        ground,
        by=by,
        typefaces=typefaces,
        site=site,
        chosen=asked.chosen,
        released=True,
    )
