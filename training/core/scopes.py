"""The small tree on which roles are granted: everywhere, regions, bases, cohorts.

A scope's `path` is `/1/5/9/`: the ids from the root down to itself. One scope covers another when its path begins the
other's path.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, Enum, ForeignKey, String, false, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import BY_MIGRATION, Base, BigId, Id, db


class ScopeKind(StrEnum):
    """What a scope stands for."""

    EVERYWHERE = "everywhere"
    REGION = "region"
    BASE = "base"
    COHORT = "cohort"


def enum_of(kind: type[StrEnum]) -> Enum:
    """A column type that stores the values of `kind` as text with a check, the same on both databases."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [m.value for m in members],
        length=40,
    )


class Scope(Base):
    """A node of the tree."""

    __tablename__ = "scope"
    __table_args__ = (
        CheckConstraint("(parent_id IS NULL) = (kind = 'everywhere')", name="only_root_has_no_parent"),
        BY_MIGRATION,
    )

    id: Mapped[Id]
    kind: Mapped[ScopeKind] = mapped_column(enum_of(ScopeKind))
    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("scope.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))


def add_scope(kind: ScopeKind, parent: Scope | None, name_zh: str, name_en: str) -> Scope:
    """Add a scope below `parent` (None only for the root) and return it with its path; does not commit."""
    scope = Scope(kind=kind, parent_id=parent.id if parent else None, path="", name_zh=name_zh, name_en=name_en)
    db.session.add(scope)
    db.session.flush()
    scope.path = f"{parent.path if parent else '/'}{scope.id}/"
    db.session.flush()
    return scope


def move(scope: Scope, parent: Scope) -> None:
    """Put a scope, with everything below it, below another parent; does not commit."""
    before, after = scope.path, f"{parent.path}{scope.id}/"
    if before == after:
        return
    scope.parent_id = parent.id
    db.session.flush()
    below = update(Scope).where(Scope.path.startswith(before, autoescape=True))
    db.session.execute(below.values(path=after + func.substr(Scope.path, len(before) + 1)))


def lock(scope: Scope) -> None:
    """Have others who add to this scope wait until the transaction ends, so that what is sent twice is found."""
    db.session.execute(select(Scope.id).where(Scope.id == scope.id).with_for_update(key_share=True))


def root() -> Scope:
    """The scope of everywhere, created on first use; does not commit."""
    scope = db.session.scalar(select(Scope).where(Scope.kind == ScopeKind.EVERYWHERE))
    return scope or add_scope(ScopeKind.EVERYWHERE, None, "全部", "Everywhere")


def covers(path: str, other: str) -> bool:
    """Whether the scope of `path` is the scope of `other` or stands above it."""
    return other.startswith(path)


def within(paths: Iterable[str]) -> ColumnElement[bool]:
    """The condition that `Scope.path` lies at or below one of `paths`; false for none."""
    return or_(false(), *(Scope.path.startswith(path, autoescape=True) for path in paths))


def upward(paths: Iterable[str]) -> ColumnElement[bool]:
    """The condition that the scope lies at or above one of `paths`: what is offered from above may be used below."""
    ids = {int(part) for path in paths for part in path.split("/") if part}
    return Scope.id.in_(sorted(ids))
