"""Where training takes place and where people work."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import Base, BigId, Id
from training.core.scopes import Scope


class Region(Base):
    """A province or city by its six-digit code of GB/T 2260; each owns a scope."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey(Scope.id), unique=True)

    __table_args__ = (CheckConstraint("kind IN ('province', 'city')", name="kind"),)


class Institution(Base):
    """A hospital, centre or home-care team in a city, with its palliative beds (0 for a home-care team)."""

    __tablename__ = "institution"
    __table_args__ = (CheckConstraint("beds >= 0", name="beds_not_negative"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    city_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    beds: Mapped[int]


class TrainingBase(Base):
    """A training base (培训基地): an institution that enrols cohorts and issues certificates; owns a scope."""

    __tablename__ = "training_base"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    institution_id: Mapped[int] = mapped_column(BigId, ForeignKey("institution.id"), index=True)
    city_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey(Scope.id), unique=True)
