"""When a holder is erased: the register keeps number, programme and days; name, masked ID number and photo go."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from certificates.batches.models import Batch, BatchLine, BatchReplacement
from certificates.models import HOLDING, Certificate, CertificateDocument
from certificates.photos import services as photos
from certificates.renewals.models import Renewal, RenewalState
from training.accounts.models import Person
from training.core import clock, storage
from training.core.db import db
from training.privacy import erasure, retention
from training.programmes.models import Enrolment


def forget(person: Person, token: str) -> None:
    """Put the token in the place of the name, and delete the printed documents; numbers stay for ever."""
    for certificate in db.session.scalars(select(Certificate).where(Certificate.person_id == person.id)):
        certificate.fields = {**certificate.fields, "person_name": token, "id_number_masked": "", "photo": ""}
        db.session.execute(delete(CertificateDocument).where(CertificateDocument.certificate_id == certificate.id))
    photos.forget(person)
    _forget_refusals(person, token)
    _forget_replacements(person, token)
    _forget_renewals(person)
    db.session.flush()


def _forget_renewals(person: Person) -> None:
    """What they wrote and sent to have a certificate renewed, and why that was refused; that they asked stays."""
    own = Renewal.person_id == person.id
    files = db.session.scalars(select(Renewal.file_id).where(own, Renewal.file_id.is_not(None))).all()
    emptied = {"statement": "", "file_id": None, "file_name": None}
    db.session.execute(update(Renewal).where(own).values(emptied), execution_options={"synchronize_session": "fetch"})
    refused = update(Renewal).where(own, Renewal.reason.is_not(None)).values(reason="")
    db.session.execute(refused, execution_options={"synchronize_session": "fetch"})
    waiting = update(Renewal).where(own, Renewal.state == RenewalState.WAITING)
    settled = waiting.values(state=RenewalState.TAKEN_BACK, decided_at=clock.now())
    db.session.execute(settled, execution_options={"synchronize_session": "fetch"})
    storage.forget_unused([one for one in files if one is not None])


def _forget_refusals(person: Person, token: str) -> None:
    """Why a batch left somebody out is told with the name, and so is who confirmed it; it may be sent back for one."""
    own = select(Enrolment.id).where(Enrolment.person_id == person.id)
    confirmed = select(Batch.id).where(Batch.confirmed_by_id == person.id)
    theirs = or_(BatchLine.enrolment_id.in_(own), BatchLine.batch_id.in_(confirmed))
    for line in db.session.scalars(select(BatchLine).where(theirs, BatchLine.reason_zh.is_not(None))):
        line.reason_zh = (line.reason_zh or "").replace(person.name, token)
        line.reason_en = (line.reason_en or "").replace(person.name, token)
    sent_back = select(BatchLine.batch_id).where(BatchLine.enrolment_id.in_(own))
    for batch in db.session.scalars(select(Batch).where(Batch.id.in_(sent_back), Batch.returned_reason.is_not(None))):
        batch.returned_reason = (batch.returned_reason or "").replace(person.name, token)


def _forget_replacements(person: Person, token: str) -> None:
    """Why a certificate of theirs was to be replaced may name them."""
    held = select(Certificate.id).where(Certificate.person_id == person.id)
    for asked in db.session.scalars(select(BatchReplacement).where(BatchReplacement.replaces_id.in_(held))):
        asked.reason = asked.reason.replace(person.name, token)


def in_force() -> ColumnElement[bool]:
    """Whoever holds a certificate in force is kept: it must stay theirs to show."""
    return exists(
        select(Certificate.id).where(
            Certificate.person_id == Person.id,
            Certificate.status.in_(HOLDING),
            or_(Certificate.valid_until.is_(None), Certificate.valid_until >= clock.today()),
        )
    )


def plug_in() -> None:
    """Tell the ground floor."""
    erasure.add(forget)
    retention.keep_while(in_force)
