"""The audit trail: who did what to which thing, written in the transaction of the act itself; append-only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from training.core import clock
from training.core.db import Base, BigId, Id, db


class AuditLine(Base):
    """One act. `actor_id` is None for the system itself (a sweep, a command)."""

    __tablename__ = "audit_line"
    __table_args__ = (Index("ix_audit_line_object", "object_type", "object_id"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"), index=True)
    verb: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any]]


_words: dict[str, Any] = {}


def describe(words: Mapping[str, Any]) -> None:
    """Say in (lazily translated) words what each verb of a package means; called once by each package."""
    _words.update(words)


def words() -> dict[str, Any]:
    """Every verb with its words."""
    return dict(_words)


_names: dict[str, Any] = {}


def name(words: Mapping[str, Any]) -> None:
    """Say in (lazily translated) words what a package calls its objects (by table) and the details of its lines."""
    _names.update(words)


def names() -> dict[str, Any]:
    """Every object and detail with its words."""
    return dict(_names)


class HasId(Protocol):
    """Whoever acts."""

    @property
    def id(self) -> int:
        """The id of the person."""
        ...


def record(actor: HasId | None, verb: str, subject: Any, **details: Any) -> None:
    """Add one line: `verb` is dotted (`certificate.revoke`), `subject` a model with an `id` or `activity_id`."""
    db.session.add(AuditLine(**_values(actor, verb, subject, details)))


def record_all(actor: HasId | None, verb: str, acts: Iterable[tuple[Any, dict[str, Any]]]) -> None:
    """Add a line for each (subject, details) of one act upon many, in one statement."""
    lines = [_values(actor, verb, subject, details) for subject, details in acts]
    if lines:
        db.session.execute(insert(AuditLine), lines)


def _values(actor: HasId | None, verb: str, subject: Any, details: dict[str, Any]) -> dict[str, Any]:
    number = getattr(subject, "id", None) or getattr(subject, "activity_id", "")
    return {
        "at": clock.now(),
        "actor_id": actor.id if actor else None,
        "verb": verb,
        "object_type": getattr(subject, "__tablename__", type(subject).__name__.lower()),
        "object_id": str(number),
        "details": details,
    }
