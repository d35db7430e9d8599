"""Reading places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

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


def institution(institution_id: int) -> Institution | None:
    """The institution of that id, if there is one."""
    return db.session.get(Institution, institution_id)


def institutions_named(part: str, at_most: int) -> Sequence[Any]:
    """Institutions whose name in either language contains `part`, by name, as rows `Institution, Region`."""
    sought = part.lower()
    return db.session.execute(
        select(Institution, Region)
        .join(Region, Region.code == Institution.city_code)
        .where(
            Institution.name_zh.contains(part, autoescape=True)
            | func.lower(Institution.name_en).contains(sought, autoescape=True)
        )
        .order_by(Institution.name_zh, Institution.id)
        .limit(at_most)
    ).all()


def institution_called(name: str) -> Institution | None:
    """The one institution of exactly that name in either language; None for none or several."""
    statement = select(Institution).where(
        (Institution.name_zh == name) | (func.lower(Institution.name_en) == name.lower())
    )
    found = db.session.scalars(statement.limit(2)).all()
    return found[0] if len(found) == 1 else None


def bases_within(paths: tuple[str, ...]) -> Sequence[TrainingBase]:
    """The training bases whose scope lies at or below one of `paths`, by name."""
    statement = select(TrainingBase).join(Scope, Scope.id == TrainingBase.scope_id).where(scopes.within(paths))
    return db.session.scalars(statement.order_by(TrainingBase.name_zh)).all()


def base_of(cohort_path: str) -> TrainingBase | None:
    """The base on whose scope, or below it, the path lies."""
    return db.session.scalar(
        select(TrainingBase).where(TrainingBase.scope_id.in_([int(part) for part in cohort_path.split("/") if part]))
    )
