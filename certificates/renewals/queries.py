"""Reading requests to renew, what was learnt since a certificate was issued, and whose end comes near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, Subquery, cast, exists, func, literal, select
from sqlalchemy.orm import aliased

from certificates.batches import queries as batches
from certificates.batches.models import BatchReplacement
from certificates.models import Certificate, CertificateStatus
from certificates.permissions import Permission
from certificates.renewals.models import Renewal, RenewalState
from certificates.renewals.rules import Due
from training.accounts.models import Person
from training.activities import kinds
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.core.storage import StoredFile
from training.messages.models import Message
from training.programmes import queries as programmes
from training.programmes.kind import PROGRAMME
from training.programmes.models import Programme
from training.programmes.queries import Credit
from training.progress.models import LedgerLine


class Asked(NamedTuple):
    """A request with its certificate, the scope that decides, the holder's name and who decided.

    `batch_id` is the batch in which what grants it waits for its release.
    """

    renewal: Renewal
    certificate: Certificate
    scope: Scope
    name: str
    decided_by: str | None
    batch_id: int | None

    @property
    def is_released(self) -> bool:
        """Whether it was granted, and that waits for its release."""
        return self.batch_id is not None and self.renewal.state is RenewalState.WAITING


@dataclass(frozen=True)
class Learned:
    """What the ledger counts of a person since a moment: activities with class hours, and credits by class."""

    activities: Sequence[Activity]
    credits: Sequence[tuple[Credit, Decimal]]

    @property
    def hours(self) -> Decimal:
        """Class hours, each activity once; a course counts by its lessons."""
        return sum((one.class_hours for one in self.activities), Decimal(0))


def visible_renewals(actor: Actor) -> Select[Any]:
    """A select of the requests (`Renewal, Certificate, Scope`) that are the actor's to decide."""
    return (
        select(Renewal)
        .add_columns(Certificate, Scope)
        .join(Certificate, Certificate.id == Renewal.certificate_id)
        .join(Scope, Scope.id == Certificate.scope_id)
        .where(scopes.within(actor.paths(Permission.ISSUE)))
    )


def _named(statement: Select[Any]) -> Select[Any]:
    decider, released = aliased(Person), _released()
    return (
        statement.add_columns(Person.name, decider.name, released.c.batch_id)
        .join(Person, Person.id == Renewal.person_id)
        .outerjoin(decider, decider.id == Renewal.decided_by_id)
        .outerjoin(released, released.c.renewal_id == Renewal.id)
    )


def _released() -> Subquery:
    """The requests that wait for their release, each with its batch."""
    return batches.replacing_now().with_only_columns(BatchReplacement.renewal_id, BatchReplacement.batch_id).subquery()


def renewals_visible_to(actor: Actor, number: int, size: int) -> tuple[Sequence[Asked], int, int]:
    """A page of them, waiting ones first and the oldest of these; how many there are, and how many wait."""
    own = visible_renewals(actor)
    undecided = own.where(_is_undecided()).with_only_columns(func.count()).scalar_subquery()
    total, waits = db.session.execute(own.with_only_columns(func.count(), undecided)).one()
    statement = (
        _named(own)
        .order_by(
            ~_is_undecided(),
            Renewal.state != RenewalState.WAITING,
            Renewal.decided_at.desc(),
            Renewal.asked_at,
            Renewal.id,
        )
        .limit(size)
        .offset((number - 1) * size)
    )
    return [Asked(*row) for row in db.session.execute(statement)], total, waits


def renewal_visible_to(actor: Actor, renewal_id: int) -> Asked:
    """One of them; raises `NotFound` for a stranger's."""
    row = db.session.execute(_named(visible_renewals(actor)).where(Renewal.id == renewal_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such request to renew a certificate, or it is not yours to decide."))
    return Asked(*row)


def waiting_for(actor: Actor) -> Select[Any]:
    """A select of how many requests wait for the actor's decision."""
    waiting = visible_renewals(actor).where(_is_undecided())
    return waiting.with_only_columns(func.count(Renewal.id))


def _is_undecided() -> ColumnElement[bool]:
    released = batches.replacing_now().where(BatchReplacement.renewal_id == Renewal.id)
    return (Renewal.state == RenewalState.WAITING) & ~released.exists()


def of_certificate(certificate_id: int) -> Sequence[Renewal]:
    """What was asked for a certificate, newest first."""
    statement = select(Renewal).where(Renewal.certificate_id == certificate_id).order_by(Renewal.id.desc())
    return db.session.scalars(statement).all()


def waiting_of(certificate_id: int) -> Renewal | None:
    """The request that waits for a certificate, if one does."""
    statement = select(Renewal).where(Renewal.certificate_id == certificate_id, Renewal.state == RenewalState.WAITING)
    return db.session.scalar(statement)


def evidence_of(renewal: Renewal) -> StoredFile | None:
    """The file that came with a request."""
    return db.session.get(StoredFile, renewal.file_id) if renewal.file_id else None


def learned_since(certificate: Certificate) -> Learned:
    """What the holder has fulfilled since the certificate was issued, as it stands in the ledger now."""
    kept = func.sum(LedgerLine.sign)
    rows = db.session.execute(
        select(Activity, LedgerLine.measure, func.max(LedgerLine.occurred_at))
        .join(Activity, Activity.id == LedgerLine.activity_id)
        .where(LedgerLine.person_id == certificate.person_id, LedgerLine.occurred_at > certificate.issued_at)
        .group_by(Activity.id, LedgerLine.measure)
        .having(kept > 0)
        .order_by(func.max(LedgerLine.occurred_at), Activity.id)
    ).all()
    fulfilled = [
        (activity, moment)
        for activity, measure, moment in rows
        if activity.kind in kinds.names() and kinds.get(activity.kind).measure == measure
    ]
    counted = [
        one
        for one, _moment in fulfilled
        if one.class_hours > 0 and one.kind != PROGRAMME and kinds.get(one.kind).parts is None
    ]
    completed = [(one.id, clock.local(moment).date()) for one, moment in fulfilled if one.kind == PROGRAMME]
    return Learned(counted, _credits(completed))


def _credits(completed: Sequence[tuple[int, date]]) -> list[tuple[Credit, Decimal]]:
    """The credits of those programmes on those days, added up by class."""
    found: dict[str, tuple[Credit, Decimal]] = {}
    for programme_id, day in completed:
        for credit in programmes.credits_of(programme_id, day):
            before = found.get(credit.class_code, (credit, Decimal(0)))[1]
            found[credit.class_code] = (credit, before + credit.amount)
    return [found[code] for code in sorted(found)]


def to_remind(one: Due, limit: int) -> Sequence[Certificate]:
    """The valid certificates for which a reminder is due that was not sent; oldest end first.

    Nobody is reminded of an end that was nearer than that when the certificate was issued, or who has asked already.
    """
    sent = exists().where(Message.key == key_of(one.days, Certificate.number))
    asked = exists().where(Renewal.certificate_id == Certificate.id, Renewal.state == RenewalState.WAITING)
    statement = (
        select(Certificate)
        .join(Programme, Programme.activity_id == Certificate.programme_id)
        .where(
            Certificate.status == CertificateStatus.VALID,
            Certificate.valid_until.between(one.first, one.last),
            Programme.valid_months * 30 > one.days,
            ~sent,
            ~asked,
        )
        .order_by(Certificate.valid_until, Certificate.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def key_of(days: int, number: Any) -> Any:
    """The key of the message that reminds of an end so many days ahead, for a number or a column of numbers."""
    if isinstance(number, str):
        return f"certificate-end:{number}:{days}"
    return literal("certificate-end:", String) + cast(number, String) + literal(f":{days}", String)
