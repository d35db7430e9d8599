"""Reading local numbers: the schemes of one's places, the void numbers, and what somebody typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from certificates.models import Certificate, CertificateStatus
from certificates.numbering import rules
from certificates.numbering.models import DrawnNumber, NumberCounter, NumberScheme
from certificates.permissions import Permission
from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope

LISTED = 500


@dataclass(frozen=True)
class Void:
    """A number that is worth nothing, and why; with the certificate if one was issued with it."""

    number: str
    reason: str
    at: datetime
    by: str
    certificate_id: int | None


@dataclass(frozen=True)
class Found:
    """What somebody typed, as a local number: mistyped, void, never drawn, or a certificate's."""

    is_right: bool
    number: str
    drawn: DrawnNumber | None = None


def visible_schemes(actor: Actor) -> Select[Any]:
    """A select of the schemes of the actor's places."""
    return (
        select(NumberScheme)
        .join(Scope, Scope.id == NumberScheme.scope_id)
        .where(scopes.within(actor.paths(Permission.NUMBERING)))
    )


def schemes_visible_to(actor: Actor) -> Sequence[Any]:
    """Those in use first, as rows `NumberScheme, Scope, how many were drawn`."""
    drawn = select(func.coalesce(func.sum(NumberCounter.last), 0)).where(NumberCounter.scheme_id == NumberScheme.id)
    statement = visible_schemes(actor).add_columns(Scope, drawn.scalar_subquery())
    statement = statement.order_by(NumberScheme.ended_at.is_not(None), func.length(Scope.path), NumberScheme.id.desc())
    return db.session.execute(statement).all()


def scheme_visible_to(actor: Actor, scheme_id: int) -> Any:
    """The row `NumberScheme, Scope` of one scheme; raises `NotFound` for a stranger's."""
    statement = visible_schemes(actor).add_columns(Scope).where(NumberScheme.id == scheme_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such numbering in your area."))
    return row


def in_use(path: str) -> NumberScheme | None:
    """The scheme by which certificates of a scope are numbered: the nearest up the tree; None for none."""
    return db.session.scalar(
        select(NumberScheme)
        .join(Scope, Scope.id == NumberScheme.scope_id)
        .where(scopes.upward([path]), NumberScheme.ended_at.is_(None))
        .order_by(func.length(Scope.path).desc())
        .limit(1)
    )


def of_scope(scope_id: int) -> NumberScheme | None:
    """The scheme in use of exactly that scope."""
    return db.session.scalar(
        select(NumberScheme).where(NumberScheme.scope_id == scope_id, NumberScheme.ended_at.is_(None))
    )


def is_taken(pattern: str) -> bool:
    """Whether some scheme, of any place and time, might give the same number twice."""
    return rules.bare(pattern) in {rules.bare(one) for one in db.session.scalars(select(NumberScheme.pattern))}


def counts_of(scheme_id: int) -> Sequence[NumberCounter]:
    """How far a scheme came, year by year, the newest first."""
    statement = select(NumberCounter).where(NumberCounter.scheme_id == scheme_id).order_by(NumberCounter.year.desc())
    return db.session.scalars(statement).all()


def voids_of(scheme_id: int) -> list[Void]:
    """The newest void numbers of a scheme: drawn for nothing, or of a certificate that was revoked."""
    revoked = Certificate.status == CertificateStatus.REVOKED
    by = func.coalesce(Certificate.revoked_by_id, DrawnNumber.drawn_by_id)
    rows = db.session.execute(
        select(
            DrawnNumber.number,
            func.coalesce(DrawnNumber.void_reason, Certificate.revoked_reason),
            func.coalesce(Certificate.revoked_at, DrawnNumber.drawn_at, type_=DrawnNumber.drawn_at.type),
            Person.name,
            DrawnNumber.certificate_id,
        )
        .outerjoin(Certificate, Certificate.id == DrawnNumber.certificate_id)
        .join(Person, Person.id == by)
        .where(DrawnNumber.scheme_id == scheme_id, or_(DrawnNumber.void_reason.is_not(None), revoked))
        .order_by(DrawnNumber.id.desc())
        .limit(LISTED)
    )
    return [Void(*row) for row in rows]


def look_up(actor: Actor, text: str) -> Found | None:
    """What a text says as a local number of a scheme that the actor's certificates bear; None when it is none."""
    paths = actor.paths(Permission.READ)
    statement = select(NumberScheme).join(Scope, Scope.id == NumberScheme.scope_id)
    near = db.session.scalars(statement.where(or_(scopes.within(paths), scopes.upward(paths)))).all()
    for scheme in near:
        said = rules.read(scheme.pattern, text)
        if said is None:
            continue
        number = rules.written(scheme.pattern, said.year, said.serial)
        drawn = db.session.scalar(select(DrawnNumber).where(DrawnNumber.number == number)) if said.is_right else None
        return Found(said.is_right, number, drawn)
    return None
