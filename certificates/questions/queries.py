"""Reading what is to be decided about certificates, and what was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from certificates.models import HOLDING, Certificate
from certificates.permissions import Permission
from certificates.questions.models import CertificateQuestion, QuestionState
from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.programmes.models import Enrolment, EnrolmentStatus


class Asked(NamedTuple):
    """A question with its certificate, the scope that decides, and the name of who decided."""

    question: CertificateQuestion
    certificate: Certificate
    scope: Scope
    decided_by: str | None


def visible_questions(actor: Actor) -> Select[Any]:
    """A select of the questions (`CertificateQuestion, Certificate, Scope`) that are the actor's to decide."""
    return (
        select(CertificateQuestion)
        .add_columns(Certificate, Scope)
        .join(Certificate, Certificate.id == CertificateQuestion.certificate_id)
        .join(Scope, Scope.id == Certificate.scope_id)
        .where(scopes.within(actor.paths(Permission.REVOKE)))
    )


def questions_visible_to(actor: Actor, number: int, size: int) -> tuple[Sequence[Asked], int]:
    """A page of them, open ones first and the oldest of these, then the last decided; and how many there are."""
    own = visible_questions(actor)
    total = db.session.scalar(own.with_only_columns(func.count())) or 0
    statement = (
        _with_decider(own)
        .order_by(
            CertificateQuestion.state != QuestionState.OPEN,
            CertificateQuestion.decided_at.desc(),
            CertificateQuestion.asked_at,
            CertificateQuestion.id,
        )
        .limit(size)
        .offset((number - 1) * size)
    )
    return [Asked(*row) for row in db.session.execute(statement)], total


def _with_decider(statement: Select[Any]) -> Select[Any]:
    return statement.add_columns(Person.name).outerjoin(Person, Person.id == CertificateQuestion.decided_by_id)


def question_visible_to(actor: Actor, question_id: int) -> Asked:
    """One of them; raises `NotFound` for a stranger's."""
    statement = _with_decider(visible_questions(actor)).where(CertificateQuestion.id == question_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such certificate for you to decide about."))
    return Asked(*row)


def about(certificate_id: int) -> Sequence[Any]:
    """What was asked about a certificate, in order, as rows `CertificateQuestion, name of who decided`."""
    statement = (
        select(CertificateQuestion, Person.name)
        .outerjoin(Person, Person.id == CertificateQuestion.decided_by_id)
        .where(CertificateQuestion.certificate_id == certificate_id)
        .order_by(CertificateQuestion.id)
    )
    return db.session.execute(statement).all()


def is_open(certificate_id: int) -> bool:
    """Whether the base is still to decide about a certificate."""
    waiting = select(CertificateQuestion.id).where(
        CertificateQuestion.certificate_id == certificate_id, CertificateQuestion.state == QuestionState.OPEN
    )
    return db.session.scalar(waiting.limit(1)) is not None


def open_ones(actor: Actor) -> Select[Any]:
    """A select of how many wait for the actor's decision."""
    waiting = visible_questions(actor).where(CertificateQuestion.state == QuestionState.OPEN)
    return waiting.with_only_columns(func.count(CertificateQuestion.id))


def in_force_of(person_ids: Collection[int]) -> Sequence[Any]:
    """The certificates that those people have whose programme is fulfilled, as rows `Certificate, Enrolment`."""
    return [
        row
        for some in batches(sorted(set(person_ids)))
        for row in db.session.execute(
            select(Certificate, Enrolment)
            .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
            .where(
                Certificate.person_id.in_(some),
                Certificate.status.in_(HOLDING),
                Enrolment.status == EnrolmentStatus.COMPLETED,
            )
            .order_by(Certificate.id)
        )
    ]
