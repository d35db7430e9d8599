"""Reading designs: those of the actor's places, and the one that certificates of a scope are printed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from certificates.design import PHOTO, Design, house_design
from certificates.designs.models import CertificateDesign, DesignState, PrintedWith
from certificates.permissions import Permission
from training.accounts.models import Person
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope


@dataclass(frozen=True)
class DesignEntry:
    """A design with its scope and the names of who wrote and who approved it."""

    design: CertificateDesign
    scope: Scope
    written_by: str
    approved_by: str | None


def visible_designs(actor: Actor) -> Select[Any]:
    """A select of the designs of the actor's places."""
    return (
        select(CertificateDesign)
        .join(Scope, Scope.id == CertificateDesign.scope_id)
        .where(scopes.within(actor.paths(Permission.DESIGN)))
    )


def _entries(actor: Actor) -> Select[Any]:
    writer, approver = aliased(Person), aliased(Person)
    return (
        visible_designs(actor)
        .add_columns(Scope, writer.name, approver.name)
        .join(writer, writer.id == CertificateDesign.written_by_id)
        .outerjoin(approver, approver.id == CertificateDesign.approved_by_id)
    )


def designs_visible_to(actor: Actor) -> list[DesignEntry]:
    """The actor's designs, place by place from the top, the newest version first."""
    statement = _entries(actor).order_by(func.length(Scope.path), Scope.id, CertificateDesign.version.desc())
    return [DesignEntry(*row) for row in db.session.execute(statement)]


def design_visible_to(actor: Actor, design_id: int) -> DesignEntry:
    """One design; raises `NotFound` for a stranger's."""
    row = db.session.execute(_entries(actor).where(CertificateDesign.id == design_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such design in your area."))
    return DesignEntry(*row)


def in_force(path: str) -> CertificateDesign | None:
    """The approved design nearest to a scope, up the tree; None where the house's own is printed with."""
    found: CertificateDesign | None = db.session.scalar(_nearest(select(CertificateDesign), path))
    return found


def id_in_force(path: str) -> int | None:
    """The id of that design alone: its texts are long."""
    found: int | None = db.session.scalar(_nearest(select(CertificateDesign.id), path))
    return found


def prints_photo(path: str) -> bool:
    """Whether certificates of a scope have a place for the holder's photo."""
    return bool(db.session.scalar(select(showing_photo(path))))


def showing_photo(path: str) -> ColumnElement[bool]:
    """The same as a part of another query."""
    nearest = _nearest(select(CertificateDesign.page.contains(PHOTO)), path).scalar_subquery()
    return func.coalesce(nearest, house_design().prints_photo)


def _nearest(statement: Select[Any], path: str) -> Select[Any]:
    return (
        statement.join(Scope, Scope.id == CertificateDesign.scope_id)
        .where(scopes.upward([path]), CertificateDesign.state == DesignState.APPROVED)
        .order_by(func.length(Scope.path).desc())
        .limit(1)
    )


def of_scope(scope_id: int, state: DesignState) -> CertificateDesign | None:
    """The draft or the approved design of exactly that scope."""
    return db.session.scalar(
        select(CertificateDesign).where(CertificateDesign.scope_id == scope_id, CertificateDesign.state == state)
    )


def last_version(scope_id: int) -> int:
    """The highest version of a scope; 0 for none."""
    return db.session.scalar(select(func.max(CertificateDesign.version)).filter_by(scope_id=scope_id)) or 0


def printed_with(certificate_id: int) -> Design | None:
    """The design that a certificate was issued with; None for the house's own."""
    found = db.session.scalar(
        select(CertificateDesign)
        .join(PrintedWith, PrintedWith.design_id == CertificateDesign.id)
        .where(PrintedWith.certificate_id == certificate_id)
    )
    return found.look if found is not None else None
