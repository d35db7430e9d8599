"""Who besides its maker has to release a batch, by place."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import enum_of


class Needs(StrEnum):
    """Whom a batch needs besides its maker: nobody, somebody else who issues there, or an officer of the area."""

    NOBODY = "nobody"
    COLLEAGUE = "colleague"
    OFFICER = "officer"


class ReleaseRule(Base):
    """What holds at a place and below it, unless something nearer does. Its changes are in the audit trail."""

    __tablename__ = "certificate_release_rule"

    id: Mapped[Id]
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey("scope.id"), unique=True)
    needs: Mapped[Needs] = mapped_column(enum_of(Needs))
    set_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    set_at: Mapped[datetime]
