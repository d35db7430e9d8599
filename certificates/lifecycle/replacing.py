"""Certificates that take another one's place: with corrections, as a duplicate of a lost paper, or renewed.

All three are certificates of their own: a new number, a document of their own, printed with why and when the first one
was issued; the old one is superseded by them in the same transaction, so that of two papers never both are in force.
A duplicate says word for word what the lost paper said, and shows the photo that it showed. A renewed one shows the
photo of its own day; a corrected one does so where the photo is among what is corrected. Where the design in force
prints no photo none of them has one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from flask_babel import gettext as _

from certificates import drafts, rules, serials
from certificates import services as certificates
from certificates.batches import queries as batches
from certificates.designs import queries as designs
from certificates.fields import CertificateFields
from certificates.lifecycle import history, queries
from certificates.lifecycle.history import Ground, stands_otherwise
from certificates.lifecycle.models import EventKind
from certificates.models import HOLDING, Certificate, CertificateStatus, Replacement
from certificates.outcomes import REISSUED
from certificates.permissions import Permission
from certificates.photos import queries as photos
from certificates.queries import Candidate, Entry
from certificates.questions import queries as questions
from certificates.signing import desk
from training.accounts import services as accounts
from training.core import audit, clock, jobs
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.fonts import Typefaces
from training.progress import services as progress

FRESH = ("person_name", "sex", "id_number_masked", "profession", "institution", "photo")
"""What a renewed certificate takes from the records of its own day."""
CORRECTABLE = (*FRESH, "programme", "base", "cohort_name", "issuer")
"""What a correction may print otherwise; days, hours and result are as they were."""


def corrected(candidate: Candidate, certificate: Certificate) -> dict[str, CertificateFields]:
    """By field what the certificate would say if that one alone were printed as it stands in the records now."""
    old = CertificateFields.from_dict(certificate.fields)
    now = _now(candidate, number=old.number)
    differing = [name for name in CORRECTABLE if getattr(now, name) != getattr(old, name)]
    return {name: dataclasses.replace(old, **{name: getattr(now, name)}) for name in differing}


def _now(candidate: Candidate, *, number: str, site: str = "") -> CertificateFields:
    """The certificate as it would be issued from the records of this moment."""
    return drafts.draft(candidate, number=number, site=site, photo=photos.to_print(candidate))


def plan(
    candidate: Candidate,
    certificate: Certificate,
    kind: Replacement,
    *,
    number: str = "",
    site: str = "",
    chosen: Collection[str] = (),
) -> CertificateFields:
    """What the new certificate will say; of a correction `chosen` are the fields that are printed anew."""
    old = CertificateFields.from_dict(certificate.fields)
    now = _now(candidate, number=number, site=site)
    taken = {Replacement.RENEWAL: FRESH, Replacement.CORRECTION: [one for one in CORRECTABLE if one in chosen]}
    until = old.valid_until
    if kind is Replacement.RENEWAL:
        until = rules.renewed_until(until, today=clock.today(), months=candidate.programme.valid_months)
    fresh = {name: getattr(now, name) for name in taken.get(kind, ())}
    if old.photo and not designs.prints_photo(candidate.scope_path):
        fresh["photo"] = ""
    return dataclasses.replace(
        old,
        **fresh,
        number=number,
        verify_url=now.verify_url,
        issued_on=clock.today(),
        valid_until=until,
        replaced_as=kind.value,
        replaces=old.number,
        first_issued_on=old.first_issued_on or old.issued_on,
    )


def why_not(
    candidate: Candidate,
    certificate: Certificate,
    kind: Replacement,
    *,
    chosen: Collection[str] | None = None,
    released: bool = False,
) -> str | None:
    """Why no such certificate can take this one's place, in words; None when one can.

    `chosen` are the fields to correct, None before they are chosen; `released`: it has waited for its release itself.
    """
    taken = _taken(certificate, released=released)
    if taken is not None:
        return taken
    if candidate.person.erased_at is not None:
        return _("The holder was erased; nothing can be printed for them any more.")
    if certificate.status is CertificateStatus.SUSPENDED and kind is not Replacement.CORRECTION:
        return _("This certificate is suspended. Put it into force again, or revoke it, first.")
    if questions.is_open(certificate.id):
        return _("Its base is still to decide about this certificate. Decide first.")
    if kind is Replacement.DUPLICATE:
        return None
    if kind is Replacement.RENEWAL and certificate.valid_until is None:
        return _("This certificate is valid without end; there is nothing to renew.")
    if (
        kind is Replacement.CORRECTION
        and chosen is not None
        and not set(chosen) & set(corrected(candidate, certificate))
    ):
        return _("Nothing would be printed otherwise. Correct the records first, then choose what is wrong here.")
    return certificates.why_not(candidate)


def _taken(certificate: Certificate, *, released: bool) -> str | None:
    """Why its place is not to be had: it does not count any more, or something waits to take it already."""
    if certificate.status not in HOLDING:
        return stands_otherwise(certificate)
    waiting = None if released else batches.replacement_under_way(certificate.id)
    if waiting is not None:
        return _("A replacement of this certificate waits for its release in batch %(batch)s.", batch=waiting.batch_id)
    return None


def require_possible(
    candidate: Candidate, entry: Entry, kind: Replacement, chosen: Collection[str], *, by: Actor, released: bool = False
) -> None:
    """Look again, the holder being locked, and raise `NotAllowed`, `Conflict` or `Invalid` where it cannot be done."""
    old = entry.certificate
    for one in (old, candidate.enrolment, candidate.person):
        db.session.refresh(one)
    taken = _taken(old, released=released)
    if taken is not None:
        raise Conflict(taken)
    if old.status is CertificateStatus.SUSPENDED:
        by.require(Permission.REVOKE, entry.scope_path)  # it ends a suspension
    refused = why_not(candidate, old, kind, chosen=chosen, released=released)
    if refused is not None:
        raise Invalid(refused)


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
    released: bool = False,
) -> Certificate:
    """Issue the certificate that takes the place of this one, which is superseded; sent twice it is one. No commit.

    Raises `NotAllowed`, `Invalid` (nothing to correct, not possible now, or not printable), `SigningUnavailable` or
    `Conflict` (it stands otherwise already). A refusal has written nothing. `typefaces` None leaves the fonts unasked.
    `released` says that a second person, where the place needs one, has agreed to the batch, which prints it itself;
    without that `ReleaseNeeded` is raised there.
    """
    old = entry.certificate
    by.require(Permission.ISSUE, entry.scope_path)
    ground.require_sound()
    accounts.lock(old.person_id)
    if queries.by_key(ground.key) is not None:
        return queries.chain_of(old).newest
    if not released:
        certificates.require_no_release(entry.scope_path)
    require_possible(candidate, entry, kind, chosen, by=by, released=released)
    desk.require_ready(clock.now())
    number = serials.new_number(clock.today().year)
    fields = plan(candidate, old, kind, number=number, site=site, chosen=chosen)
    if typefaces is not None:
        certificates.require_printable(fields, typefaces)
    old.status = CertificateStatus.SUPERSEDED
    history.write(old, EventKind.SUPERSEDED, ground, by=by)
    new = certificates.enter(candidate, fields, by, replaces=old)
    _follow(candidate, old, new, ground, by)
    if not released:
        jobs.enqueue(certificates.RENDER, certificate_id=new.id)
    return new


def _follow(candidate: Candidate, old: Certificate, new: Certificate, ground: Ground, by: Actor) -> None:
    """Ledger, audit, and a message to the holder."""
    progress.record(
        new.person_id,
        candidate.activity,
        REISSUED,
        client_key=f"certificate:{new.number}:issued",
        authority=by,
        enrolment=candidate.enrolment,
    )
    audit.record(
        by,
        "certificate.replace",
        new,
        number=new.number,
        replaces=old.number,
        replaced_as=new.replaced_as,
        reason=ground.reason.strip(),
    )
    history.tell(
        new,
        f"certificate:{new.number}",
        lambda: str(
            _(
                "The certificate %(new)s has taken the place of %(old)s, which does not count any more. Its page has "
                "the PDF.",
                new=new.number,
                old=old.number,
            )
        ),
        by=by,
    )
