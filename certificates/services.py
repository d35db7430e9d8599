"""Issuing and revoking certificates, and storing their documents."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import update

from certificates import drafts, queries, serials
from certificates.designs import queries as designs
from certificates.designs.models import PrintedWith
from certificates.fields import CertificateFields, CharactersMissing
from certificates.fields import require_printable as require_glyphs
from certificates.lifecycle import history
from certificates.lifecycle import queries as lifecycle
from certificates.lifecycle.history import LONGEST_REASON as LONGEST_REASON
from certificates.lifecycle.history import Ground
from certificates.lifecycle.models import CertificateEvent, EventKind
from certificates.models import HOLDING, Certificate, CertificateDocument, CertificateStatus, Replacement
from certificates.numbering import services as numbering
from certificates.outcomes import ISSUED, REVOKED, REVOKED_OF_SEVERAL
from certificates.permissions import Permission
from certificates.photos import queries as photos
from certificates.photos import services as photo_services
from certificates.queries import Candidate, Entry
from certificates.questions.models import CertificateQuestion, QuestionState
from certificates.releasing import queries as releasing
from certificates.releasing.models import Needs
from certificates.signing import desk
from certificates.signing import services as signing
from certificates.signing.services import SignedBy
from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock, i18n, jobs
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Conflict, Invalid
from training.core.fonts import Typefaces, describe
from training.messages import services as messages
from training.programmes.models import Enrolment, EnrolmentStatus
from training.progress import queries as progress_queries
from training.progress import services as progress
from training.progress import words
from training.progress.words import Steps

RENDER = "certificates:render"


class ReleaseNeeded(Conflict):
    """A second person has to release the certificate."""


def why_not(candidate: Candidate, steps: Steps | None = None) -> str | None:
    """Why no certificate can be issued for an enrolment, in words; None when it can. `steps` saves asking for them."""
    name = candidate.person.name
    if candidate.enrolment.status is EnrolmentStatus.WITHDRAWN:
        return _("%(name)s was withdrawn from the cohort; no certificate can be issued.", name=name)
    if candidate.enrolment.status is EnrolmentStatus.OPEN:
        return _(
            "%(name)s has not completed the programme yet. Still open: %(steps)s.",
            name=name,
            steps=open_steps(steps if steps is not None else _steps_of(candidate.enrolment)),
        )
    return None


def _steps_of(enrolment: Enrolment) -> Steps:
    return progress_queries.steps_of([enrolment.id])[enrolment.id]


def open_steps(steps: Steps) -> str:
    """What is still open, in words; a dash for nothing."""
    pieces = [
        _("%(title)s (%(state)s)", title=i18n.local(activity), state=words.sentence(step, activity))
        for step, activity in steps
        if step.is_open
    ]
    return _("; ").join(pieces) or "–"


def issue(
    candidate: Candidate,
    *,
    issued_by: Actor,
    typefaces: Typefaces | None,
    site: str,
    wake_press: bool = True,
    released: bool = False,
) -> Certificate:
    """Issue the certificate of a completed enrolment; a second call returns the first one's. Does not commit.

    Raises `NotAllowed`, `SigningUnavailable` where the signing key is not valid on this day, or `Invalid` for an
    enrolment not completed or a text that no font prints. `typefaces` None leaves the fonts unasked (the sample, whose
    names are known). A refusal has written nothing. `wake_press` False is for whoever prints it themself; `released`
    says that a second person, where the place needs one, has agreed, and without that `ReleaseNeeded` is raised there.
    """
    issued_by.require(Permission.ISSUE, candidate.scope_path)
    if not released:
        require_no_release(candidate.scope_path)
    accounts.lock(candidate.person.id)
    db.session.refresh(candidate.enrolment)
    if (known := queries.in_force(candidate.enrolment.id)) is not None:
        return known
    refused = why_not(candidate)
    if refused is not None:
        raise Invalid(refused)
    desk.require_ready(clock.now())
    photo = photos.to_print(candidate)
    fields = drafts.draft(candidate, number=serials.new_number(clock.today().year), site=site, photo=photo)
    if typefaces is not None:
        require_printable(fields, typefaces)
    reserved = numbering.reserve(candidate.scope_path)  # last: whatever refuses has refused, and no number is lost
    if reserved is not None:
        fields = replace(fields, local_number=numbering.number_of(reserved))
    certificate = enter(candidate, fields, issued_by)
    if reserved is not None:
        numbering.keep(reserved, certificate.id, drawn_by=issued_by)
    progress.record(
        candidate.person.id,
        candidate.activity,
        ISSUED,
        client_key=f"certificate:{certificate.number}:issued",
        authority=issued_by,
        enrolment=candidate.enrolment,
    )
    audit.record(issued_by, "certificate.issue", certificate, number=certificate.number)
    _tell(certificate, fields, issued_by)
    if wake_press:
        jobs.enqueue(RENDER, certificate_id=certificate.id)
    return certificate


def require_no_release(path: str) -> None:
    """Raise `ReleaseNeeded` where a second person releases certificates."""
    if releasing.needs(path) is not Needs.NOBODY:
        raise ReleaseNeeded(_("A second person releases certificates here. Hand it in as a batch."))


def _tell(certificate: Certificate, fields: CertificateFields, issued_by: Actor) -> None:
    """A message to whoever the certificate is for."""
    title = drafts.in_both(lambda: _("Your certificate is issued"))
    body = drafts.in_both(
        lambda: _(
            "You have completed %(programme)s. The certificate %(number)s is yours; its page has the PDF.",
            programme=i18n.local(fields.programme._asdict()),
            number=certificate.number,
        )
    )
    messages.send(
        [certificate.person_id],
        title_zh=title.zh,
        title_en=title.en,
        body_zh=body.zh,
        body_en=body.en,
        key=f"certificate:{certificate.number}",
        url=f"/certificates/{certificate.id}",
        sender=issued_by,
    )


def require_printable(fields: CertificateFields, typefaces: Typefaces) -> None:
    """Raise `Invalid`, naming the person and the characters, where no font has a character of the certificate."""
    try:
        require_glyphs(fields, typefaces)
    except CharactersMissing as missing:
        raise Invalid(
            _(
                "The certificate of %(name)s cannot be printed: no font has %(characters)s. "
                "Correct the name or the title in which it stands; nothing was issued.",
                name=missing.person_name,
                characters=_(", ").join(describe(character) for character in missing.characters),
            )
        ) from missing


def enter(
    candidate: Candidate, fields: CertificateFields, issued_by: Actor, *, replaces: Certificate | None = None
) -> Certificate:
    """Write a certificate into the register, in the place of another one where that is so. Does not commit."""
    certificate = Certificate(
        number=fields.number,
        enrolment_id=candidate.enrolment.id,
        person_id=candidate.person.id,
        programme_id=candidate.programme.activity_id,
        base_id=candidate.base.id,
        scope_id=candidate.cohort.scope_id,
        status=CertificateStatus.VALID,
        fields=fields.as_dict(),
        issued_at=clock.now(),
        issued_by_id=issued_by.id,
        valid_until=fields.valid_until,
        replaces_id=replaces.id if replaces else None,
        replaced_as=Replacement(fields.replaced_as) if fields.replaced_as else None,
    )
    db.session.add(certificate)
    db.session.flush()
    design_id = designs.id_in_force(candidate.scope_path)
    if design_id is not None:
        db.session.add(PrintedWith(certificate_id=certificate.id, design_id=design_id))
    if fields.photo:
        photo_services.pin(certificate, fields.photo)
    return certificate


def revoke(entry: Entry, reason: str, *, revoked_by: Actor, authority: str = "", key: str | None = None) -> None:
    """Withdraw a certificate for a reason that the public reads; its number stays in the register for ever.

    `authority` is on whose (empty: the issuer's); sent twice with one `key` it is done once. Raises `NotAllowed`,
    `Invalid` (no reason, or too long a text) or `Conflict` (revoked or superseded before). Does not commit.
    """
    certificate, ground = entry.certificate, Ground(reason.strip(), authority, key)
    revoked_by.require(Permission.REVOKE, entry.scope_path)
    ground.require_sound()
    accounts.lock(certificate.person_id)
    db.session.refresh(certificate)
    if lifecycle.by_key(key) is not None:
        return
    if certificate.status not in HOLDING:
        raise Conflict(history.stands_otherwise(certificate))
    certificate.status, certificate.revoked_at = CertificateStatus.REVOKED, clock.now()
    certificate.revoked_by_id, certificate.revoked_reason = revoked_by.id, ground.reason
    event = history.write(certificate, EventKind.REVOKED, ground, by=revoked_by)
    _record_revocation(certificate, event, revoked_by)


def _record_revocation(certificate: Certificate, event: CertificateEvent, revoked_by: Actor) -> None:
    """What follows from it: the question is answered, the ledger and the audit trail have it, the holder is told."""
    close_question(certificate, QuestionState.REVOKED, decided_by=revoked_by)
    progress.record(
        certificate.person_id,
        db.session.get_one(Activity, certificate.programme_id),
        REVOKED_OF_SEVERAL if queries.has_another(certificate) else REVOKED,
        client_key=f"certificate:{certificate.number}:revoked",
        authority=revoked_by,
        enrolment=db.session.get_one(Enrolment, certificate.enrolment_id),
    )
    audit.record(
        revoked_by,
        "certificate.revoke",
        certificate,
        number=certificate.number,
        reason=event.reason,
        authority=event.authority,
    )
    history.tell(
        certificate,
        f"certificate-event:{event.id}",
        lambda: _(
            "Your certificate %(number)s was revoked. Reason: %(reason)s Speak to your base coordinator if you have "
            "questions.",
            number=certificate.number,
            reason=event.reason,
        ),
        by=revoked_by,
    )


def close_question(certificate: Certificate, state: QuestionState, *, decided_by: Actor | None) -> None:
    """Close what its base was to decide about a certificate, if there is something. Does not commit."""
    asked = (CertificateQuestion.certificate_id == certificate.id, CertificateQuestion.state == QuestionState.OPEN)
    values = {"state": state, "decided_at": clock.now(), "decided_by_id": decided_by.id if decided_by else None}
    db.session.execute(update(CertificateQuestion).where(*asked).values(values))


def store_document(certificate_id: int, printed: bytes, *, signed_by: SignedBy | None = None) -> None:
    """Keep the printed bytes, and who signed them, unless a document is kept already: the first one stays.

    Does not commit.
    """
    row = {
        "certificate_id": certificate_id,
        "pdf": printed,
        "sha256": hashlib.sha256(printed).hexdigest(),
        "rendered_at": clock.now(),
    }
    kept = upsert(CertificateDocument, [row], keys=("certificate_id",)).returning(CertificateDocument.certificate_id)
    if db.session.scalar(kept) is not None and signed_by is not None:
        signing.record_signature(certificate_id, str(row["sha256"]), signed_by)
