"""Reading places."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from training.core import scopes
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import Institution, Region, TrainingBase


def cities() -> Sequence[Region]:
    """Every city, by code."""
    return db.session.scalars(select(Region).where(Region.kind == "city").order_by(Region.code)).all()


def institutions() -> Sequence[Institution]:
    """Every institution, by city and name."""
    return db.session.scalars(select(Institution).order_by(Institution.city_code, Institution.name_zh)).all()


def bases_within(paths: tuple[str, ...]) -> Sequence[TrainingBase]:
    """The training bases whose scope lies at or below one of `paths`, by name."""
    statement = select(TrainingBase).join(Scope, Scope.id == TrainingBase.scope_id).where(scopes.within(paths))
    return db.session.scalars(statement.order_by(TrainingBase.name_zh)).all()


def base_of(cohort_path: str) -> TrainingBase | None:
    """The base on whose scope, or below it, the path lies."""
    return db.session.scalar(
        select(TrainingBase).where(TrainingBase.scope_id.in_([int(part) for part in cohort_path.split("/") if part]))
    )
