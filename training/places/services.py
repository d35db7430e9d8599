"""Adding places; each place that roles can be granted on gets its scope."""

from __future__ import annotations

import csv
from importlib.resources import files

from sqlalchemy import select

from training.core import scopes
from training.core.db import db
from training.core.scopes import Scope, ScopeKind
from training.places.models import Institution, Region, TrainingBase


def load_regions() -> int:
    """Add the packaged regions that are missing (`regions.csv`, GB/T 2260); returns how many were added."""
    known = set(db.session.scalars(select(Region.code)))
    added = 0
    with files("training.places").joinpath("regions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["code"] not in known:
                _add_region(row)
                added += 1
    return added


def _add_region(row: dict[str, str]) -> None:
    parent = _scope_of_region(row["parent_code"]) if row["parent_code"] else scopes.root()
    scope = scopes.add_scope(ScopeKind.REGION, parent, row["name_zh"], row["name_en"])
    db.session.add(
        Region(
            code=row["code"],
            parent_code=row["parent_code"] or None,
            kind=row["kind"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            scope_id=scope.id,
        )
    )
    db.session.flush()


def _scope_of_region(code: str) -> Scope:
    return db.session.scalars(select(Scope).join(Region, Region.scope_id == Scope.id).where(Region.code == code)).one()


def add_institution(*, code: str, name_zh: str, name_en: str, city_code: str, kind: str, beds: int) -> Institution:
    """Add an institution; does not commit."""
    institution = Institution(code=code, name_zh=name_zh, name_en=name_en, city_code=city_code, kind=kind, beds=beds)
    db.session.add(institution)
    db.session.flush()
    return institution


def add_base(institution: Institution, *, code: str, name_zh: str, name_en: str) -> TrainingBase:
    """Make an institution a training base with a scope below its city's; does not commit."""
    scope = scopes.add_scope(ScopeKind.BASE, _scope_of_region(institution.city_code), name_zh, name_en)
    base = TrainingBase(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        institution_id=institution.id,
        city_code=institution.city_code,
        scope_id=scope.id,
    )
    db.session.add(base)
    db.session.flush()
    return base
