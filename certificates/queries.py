"""Reading the register and what a certificate would say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from certificates import serials
from certificates.batches.models import BatchReplacement
from certificates.lifecycle.models import CertificateEvent
from certificates.models import HOLDING, Certificate, CertificateDocument, CertificateStatus
from certificates.permissions import Permission
from certificates.policies import registered_certificates, visible_certificates
from certificates.questions.models import CertificateQuestion
from certificates.rules import Standing
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.places.models import Institution, TrainingBase
from training.programmes.models import Cohort, Enrolment, Programme

PAGE = 50


@dataclass(frozen=True)
class Candidate:
    """An enrolment with all that its certificate would be made from."""

    enrolment: Enrolment
    person: Person
    cohort: Cohort
    base: TrainingBase
    programme: Programme
    activity: Activity
    institution: Institution | None
    scope_path: str


@dataclass(frozen=True)
class Entry:
    """A certificate of the register with the names behind it.

    `was_asked`: its base was to decide about it; `has_history`: its status has changed;
    `was_handed_in`: a replacement of it was, for release.
    """

    certificate: Certificate
    issued_by: str
    revoked_by: str | None
    scope_path: str
    cohort_id: int
    has_document: bool
    was_asked: bool
    has_history: bool
    was_handed_in: bool

    @property
    def in_chain(self) -> bool:
        """Whether it took another one's place, or another one its."""
        return self.certificate.replaces_id is not None or self.certificate.status is CertificateStatus.SUPERSEDED


@dataclass(frozen=True)
class RegisterPage:
    """One page of the register."""

    certificates: Sequence[Certificate]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def candidate_for(actor: Actor, enrolment_id: int) -> Candidate:
    """The enrolment for which the actor may issue; raises `NotFound` for a stranger's."""
    row = db.session.execute(_candidates(actor).where(Enrolment.id == enrolment_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such person in a cohort of your base."))
    return Candidate(*row)


def candidates_of(actor: Actor, cohort_id: int) -> list[Candidate]:
    """Everybody of a cohort for which the actor may issue, by name; one query."""
    statement = _candidates(actor).where(Enrolment.cohort_id == cohort_id).order_by(Person.name, Person.id)
    return [Candidate(*row) for row in db.session.execute(statement)]


def candidates_among(enrolments: Select[Any]) -> list[Candidate]:
    """Those whose ids `enrolments` selects, by name, whoever asks; one query."""
    statement = _everybody().where(Enrolment.id.in_(enrolments)).order_by(Person.name, Person.id)
    return [Candidate(*row) for row in db.session.execute(statement)]


def _candidates(actor: Actor) -> Select[Any]:
    return _everybody().where(scopes.within(actor.paths(Permission.ISSUE)))


def _everybody() -> Select[Any]:
    statement = (
        select(Enrolment, Person, Cohort, TrainingBase, Programme, Activity, Institution, Scope.path)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Scope, Scope.id == Cohort.scope_id)
        .join(TrainingBase, TrainingBase.id == Cohort.base_id)
        .join(Programme, Programme.activity_id == Enrolment.programme_id)
        .join(Activity, Activity.id == Programme.activity_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )
    return cast("Select[Any]", statement)


def in_force(enrolment_id: int) -> Certificate | None:
    """The certificate that an enrolment has, valid or suspended, if there is one."""
    return db.session.scalar(
        select(Certificate).where(Certificate.enrolment_id == enrolment_id, Certificate.status.in_(HOLDING))
    )


def has_another(certificate: Certificate) -> bool:
    """Whether the person holds another certificate of the same programme that stands (another cohort's)."""
    statement = select(Certificate.id).where(
        Certificate.person_id == certificate.person_id,
        Certificate.programme_id == certificate.programme_id,
        Certificate.id != certificate.id,
        Certificate.status.in_(HOLDING),
    )
    return db.session.scalar(statement.limit(1)) is not None


def entry_visible_to(actor: Actor, certificate_id: int) -> Entry:
    """One certificate; raises `NotFound` for a stranger's."""
    row = db.session.execute(_entries(actor).where(Certificate.id == certificate_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such certificate, or it is not one of yours to see."))
    return Entry(*row)


def entries_numbered(actor: Actor, numbers: Collection[str]) -> list[Entry]:
    """Those of the canonical numbers that are in the actor's register, by number; one query."""
    within = scopes.within(actor.paths(Permission.READ))
    statement = _entries(actor).where(within, Certificate.number.in_(numbers)).order_by(Certificate.number)
    return [Entry(*row) for row in db.session.execute(statement)]


def _entries(actor: Actor) -> Select[Any]:
    issuer, revoker = aliased(Person), aliased(Person)
    statement = (
        visible_certificates(actor)
        .add_columns(
            issuer.name,
            revoker.name,
            Scope.path,
            Enrolment.cohort_id,
            CertificateDocument.certificate_id.is_not(None),
            exists().where(CertificateQuestion.certificate_id == Certificate.id),
            exists().where(CertificateEvent.certificate_id == Certificate.id),
            exists().where(BatchReplacement.replaces_id == Certificate.id),
        )
        .join(issuer, issuer.id == Certificate.issued_by_id)
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .outerjoin(revoker, revoker.id == Certificate.revoked_by_id)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
    )
    return cast("Select[Any]", statement)


def register_page(actor: Actor, *, sought: str, standing: Standing | None, number: int) -> RegisterPage:
    """The actor's register, newest first: by a part of the name or number, and by standing."""
    statement = registered_certificates(actor)
    if sought:
        statement = statement.where(_sought(sought))
    if standing is not None:
        statement = statement.where(_stands(standing, clock.today()))
    total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(number, max(1, -(-total // PAGE)))
    statement = statement.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    found = db.session.scalars(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return RegisterPage(found, number, total)


def _sought(text: str) -> ColumnElement[bool]:
    name = Certificate.fields["person_name"].as_string()
    return or_(
        Certificate.number == serials.normalise(text),
        Certificate.number.contains(text.upper(), autoescape=True),
        name.contains(text, autoescape=True),
        Certificate.fields["local_number"].as_string().contains(text, autoescape=True),
    )


def _stands(standing: Standing, today: date) -> ColumnElement[bool]:
    if standing not in {Standing.VALID, Standing.EXPIRED}:
        return Certificate.status == CertificateStatus(standing)
    ended = Certificate.valid_until.is_not(None) & (Certificate.valid_until < today)
    return (Certificate.status == CertificateStatus.VALID) & (ended if standing is Standing.EXPIRED else ~ended)


def own(actor: Actor) -> Sequence[Certificate]:
    """The certificates of the actor themself, newest first."""
    statement = visible_certificates(actor).where(Certificate.person_id == actor.id)
    return db.session.scalars(statement.order_by(Certificate.id.desc())).all()


def newest_of(enrolment_ids: Collection[int]) -> Mapping[int, Certificate]:
    """For each enrolment that has one its newest certificate, in one query."""
    statement = select(Certificate).where(Certificate.enrolment_id.in_(enrolment_ids)).order_by(Certificate.id)
    return {one.enrolment_id: one for one in db.session.scalars(statement)}


def by_number(number: str) -> Certificate | None:
    """The certificate of a canonical number."""
    return db.session.scalar(select(Certificate).where(Certificate.number == number))


def any_certificate() -> Certificate | None:
    """The newest certificate that is neither suspended, revoked nor superseded, for proofs from outside."""
    statement = select(Certificate).where(Certificate.status == CertificateStatus.VALID)
    return db.session.scalar(statement.order_by(Certificate.id.desc()).limit(1))


def document_of(certificate_id: int) -> CertificateDocument | None:
    """The stored document, once it has been made."""
    return db.session.get(CertificateDocument, certificate_id)


def fields_to_print(certificate_id: int) -> dict[str, Any] | None:
    """The frozen fields of a certificate that has no document yet; None when there is nothing to print."""
    found: dict[str, Any] | None = db.session.scalar(
        _unprinted(Certificate.fields).where(Certificate.id == certificate_id)
    )
    return found


def without_document(limit: int) -> Sequence[int]:
    """The ids of certificates that have no document yet, oldest first."""
    return db.session.scalars(_unprinted(Certificate.id).order_by(Certificate.id).limit(limit)).all()


def _unprinted(column: Any) -> Any:
    return (
        select(column)
        .outerjoin(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
        .where(CertificateDocument.certificate_id.is_(None))
    )
