"""Replacing a certificate: at once, or handed in where the place needs a second person, who releases a batch of one.

Until the release the old certificate stays as it is; what can refuse is asked again then.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from flask_babel import gettext as _

from certificates import queries as register
from certificates import services as certificates
from certificates.batches import queries as batches
from certificates.batches.models import Batch, BatchReplacement
from certificates.batches.services import add_batch
from certificates.lifecycle import replacing
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, Replacement
from certificates.permissions import Permission
from certificates.queries import Candidate, Entry
from certificates.releasing import queries as releasing
from certificates.releasing.models import Needs
from certificates.renewals import services as renewals
from certificates.renewals.models import Renewal
from certificates.renewals.queries import Asked
from training.accounts import services as accounts
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict
from training.core.fonts import Typefaces


def replace(
    candidate: Candidate,
    entry: Entry,
    kind: Replacement,
    ground: Ground,
    *,
    by: Actor,
    typefaces: Typefaces | None,
    site: str,
    chosen: Collection[str] = (),
) -> Certificate | Batch:
    """The corrected certificate or the duplicate, or the batch in which it waits; sent twice it is one. No commit.

    Raises as `replacing.replace`, and `Conflict` where another replacement waits already.
    """
    if _is_at_once(entry.scope_path, ground):
        return replacing.replace(candidate, entry, kind, ground, by=by, typefaces=typefaces, site=site, chosen=chosen)
    return _hand_in(candidate, entry, kind, ground, by=by, typefaces=typefaces, chosen=chosen)


def grant(
    asked: Asked, ground: Ground, *, typefaces: Typefaces | None, site: str, granted_by: Actor
) -> Certificate | Batch:
    """The renewed certificate, or the batch in which it waits; its request stays open until then. No commit.

    Raises as `renewals.grant`, and `Conflict` where another replacement waits already.
    """
    if _is_at_once(asked.scope.path, ground):
        return renewals.grant(asked, ground, typefaces=typefaces, site=site, granted_by=granted_by)
    candidate = register.candidate_for(granted_by, asked.certificate.enrolment_id)
    entry = register.entry_visible_to(granted_by, asked.certificate.id)
    return _hand_in(
        candidate, entry, Replacement.RENEWAL, ground, by=granted_by, typefaces=typefaces, renewal=asked.renewal
    )


def _is_at_once(path: str, ground: Ground) -> bool:
    """Whether nobody releases it; what was handed in before by the same form stays so."""
    handed_in = ground.key is not None and batches.by_key(ground.key) is not None
    return not handed_in and releasing.needs(path) is Needs.NOBODY


def _hand_in(
    candidate: Candidate,
    entry: Entry,
    kind: Replacement,
    ground: Ground,
    *,
    by: Actor,
    typefaces: Typefaces | None,
    chosen: Collection[str] = (),
    renewal: Renewal | None = None,
) -> Batch:
    old = entry.certificate
    by.require(Permission.ISSUE, entry.scope_path)
    ground.require_sound()
    accounts.lock(old.person_id)
    key = ground.key or secrets.token_hex(16)
    known = batches.by_key(key)
    if known is not None:
        _require_same(known, old, by)
        return known
    if renewal is not None:
        db.session.refresh(renewal)
        renewals.require_waiting(renewal)
    replacing.require_possible(candidate, entry, kind, chosen, by=by)
    if typefaces is not None:
        certificates.require_printable(replacing.plan(candidate, old, kind, chosen=chosen), typefaces)
    needs = releasing.needs(entry.scope_path)
    batch = add_batch(candidate.cohort, [candidate.enrolment.id], key=key, needs=needs, confirmed_by=by)
    asked = BatchReplacement(
        batch_id=batch.id,
        replaces_id=old.id,
        replaced_as=kind,
        stood=old.status,
        chosen=list(chosen),
        renewal_id=renewal.id if renewal else None,
        reason=ground.reason.strip(),
        authority=ground.authority.strip(),
    )
    db.session.add(asked)
    db.session.flush()
    return batch


def _require_same(known: Batch, old: Certificate, by: Actor) -> None:
    asked = batches.replacement_of(known.id)
    if asked is None or (asked.replaces_id, known.confirmed_by_id) != (old.id, by.id):
        raise Conflict(_("This form was used for another batch. Begin again on the cohort's page."))
