"""Counting certificates by where they stand today, and listing those behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, true

from certificates.models import Certificate, CertificateStatus
from certificates.policies import registered_certificates
from certificates.queries import PAGE, RegisterPage
from training.core import clock
from training.core.access import Actor
from training.core.db import db
from training.progress.models import LedgerLine
from training.reports.catalogue import Catalogue, month_label
from training.reports.completion import Label
from training.reports.queries import filtered
from training.reports.question import NOT_RECORDED, Question

SOON = timedelta(days=90)
STANDINGS = ("issued", "valid", "expiring", "expired", "suspended", "revoked", "superseded")
WITHOUT_END = Label(code=NOT_RECORDED, name_zh="长期有效", name_en="Without end")
month_of_expiry = func.substr(cast(Certificate.valid_until, String), 1, 7)
# City, institution and profession stand frozen in the ledger's line of the issue; base and programme in the register.
COLUMNS: dict[str, Any] = {
    "city": LedgerLine.city_code,
    "base": Certificate.base_id,
    "institution": LedgerLine.institution_id,
    "profession": LedgerLine.profession,
    "programme": Certificate.programme_id,
    "month": month_of_expiry,
}


@dataclass(frozen=True)
class Counts:
    """Certificates by standing: each one issued is valid, expired, suspended, revoked or superseded.

    Those expiring are valid ones.
    """

    issued: int = 0
    valid: int = 0
    expiring: int = 0
    expired: int = 0
    suspended: int = 0
    revoked: int = 0
    superseded: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class StandingsTable:
    """The rows in their natural order, and their sum."""

    rows: tuple[tuple[Label, Counts], ...]

    @property
    def total(self) -> Counts:
        """The sum of the rows."""
        return sum((counts for _label, counts in self.rows), Counts())


def standings(actor: Actor, question: Question, catalogue: Catalogue) -> StandingsTable:
    """Certificates of the actor's register by the question's dimension; one query."""
    key = COLUMNS[question.by]
    numbers = [func.count().filter(_stands(one)) for one in STANDINGS]
    rows = db.session.execute(_certificates(actor, question, catalogue, key, *numbers).group_by(key))
    if question.by == "month":
        counted = {month or NOT_RECORDED: Counts(*several) for month, *several in rows}
        ordered = [*(month_label(one) for one in sorted(set(counted) - {NOT_RECORDED})), WITHOUT_END]
        return StandingsTable(tuple((one, counted[one.code]) for one in ordered if one.code in counted))
    codes = catalogue.names[question.by].codes()
    counted = {codes.get(value, NOT_RECORDED): Counts(*several) for value, *several in rows}
    labels = catalogue.names[question.by].labels(counted.keys() | set(question.codes(question.by)))
    return StandingsTable(tuple((one, counted.get(one.code, Counts())) for one in labels))


def months_of_expiry(actor: Actor) -> tuple[str, str] | None:
    """The first and the last month in which a certificate of the actor's register ends; one query."""
    visible = registered_certificates(actor).with_only_columns(Certificate.id)
    first, last = db.session.execute(
        select(func.min(month_of_expiry), func.max(month_of_expiry)).where(Certificate.id.in_(visible))
    ).one()
    return (first, last) if first else None


def certificates_counted(actor: Actor, question: Question, catalogue: Catalogue, standing: str) -> RegisterPage:
    """A page of the certificates that a figure counts, those that end first coming first; two queries."""
    ids = _certificates(actor, question, catalogue, Certificate.id).where(_stands(standing))
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    number = min(question.page, max(1, -(-total // PAGE)))
    statement = select(Certificate).where(Certificate.id.in_(ids))
    statement = statement.order_by(Certificate.valid_until.is_(None), Certificate.valid_until, Certificate.id)
    found: Sequence[Certificate] = db.session.scalars(statement.limit(PAGE).offset((number - 1) * PAGE)).all()
    return RegisterPage(found, number, total)


def _certificates(actor: Actor, question: Question, catalogue: Catalogue, *columns: Any) -> Select[Any]:
    """Columns of the certificates that the actor keeps the register of and the question is about."""
    visible = registered_certificates(actor).with_only_columns(Certificate.id)
    issued = literal("certificate:") + Certificate.number + literal(":issued")
    return (
        select(*columns)
        .select_from(Certificate)
        .outerjoin(LedgerLine, LedgerLine.client_key == issued)
        .where(Certificate.id.in_(visible), *_filters(question, catalogue))
    )


def _filters(question: Question, catalogue: Catalogue) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for dimension, keys in filtered(question, catalogue).items():
        column = COLUMNS[dimension]
        known = column.in_([key for key in keys if key is not None])
        conditions.append(or_(known, column.is_(None)) if None in keys else known)
    conditions += [month_of_expiry >= question.since] if question.since else []
    conditions += [month_of_expiry <= question.until] if question.until else []
    return conditions


def _stands(standing: str) -> ColumnElement[bool]:
    """The same rule as `certificates.rules.standing`: what was decided wins; the last day still counts."""
    today: date = clock.today()
    in_force = Certificate.status == CertificateStatus.VALID
    ended = Certificate.valid_until < today
    valid = and_(in_force, or_(Certificate.valid_until.is_(None), Certificate.valid_until >= today))
    return {
        "issued": true(),
        "valid": valid,
        "expiring": and_(valid, Certificate.valid_until <= today + SOON),
        "expired": and_(in_force, ended),
        "suspended": Certificate.status == CertificateStatus.SUSPENDED,
        "revoked": Certificate.status == CertificateStatus.REVOKED,
        "superseded": Certificate.status == CertificateStatus.SUPERSEDED,
    }[standing]
