"""Where training takes place and where people work."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from training.core.db import BY_MIGRATION, Base, BigId, Id
from training.core.scopes import Scope


class Region(Base):
    """A province, city or county by its six-digit code of GB/T 2260; each owns a scope."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    scope_id: Mapped[int] = mapped_column(BigId, ForeignKey(Scope.id), unique=True)

    __table_args__ = (CheckConstraint("kind IN ('province', 'city', 'county')", name="kind"), BY_MIGRATION)


class Institution(Base):
    """A hospital, centre or home-care team in a city, with its palliative beds (0 for a home-care team).

    It may name the county that it lies in. One that ceases keeps its history: `ended_on` is the first day on which it
    is no longer offered, `successor_id` the institution that carries it on.
    """

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint("beds >= 0", name="beds_not_negative"),
        CheckConstraint("successor_id IS NULL OR ended_on IS NOT NULL", name="successor_after_end"),
        CheckConstraint("successor_id <> id", name="successor_is_another"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    city_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    beds: Mapped[int]
    ended_on: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("institution.id"), index=True)


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


class Alliance(Base):
    """An alliance (医联体): institutions that work together under the one that leads it, which is a member too."""

    __tablename__ = "alliance"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    lead_id: Mapped[int] = mapped_column(BigId, ForeignKey("institution.id"), index=True)


class AllianceMember(Base):
    """One institution in one alliance; it may be in several."""

    __tablename__ = "alliance_member"

    alliance_id: Mapped[int] = mapped_column(BigId, ForeignKey("alliance.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(BigId, ForeignKey("institution.id"), primary_key=True, index=True)
