"""The regions of the province, by GB/T 2260; every installation has them."""

from __future__ import annotations

import csv
from importlib.resources import files

from sqlalchemy import select

from training.core import groundwork, scopes
from training.core.db import db
from training.core.scopes import ScopeKind
from training.places import queries
from training.places.models import Region


@groundwork.lay("regions")
def load_regions() -> int:
    """Add the packaged regions that are missing (`regions.csv`, GB/T 2260); returns how many were added."""
    known = {one.code: one for one in db.session.scalars(select(Region))}
    added = 0
    with files("training.places").joinpath("regions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["code"] not in known:
                known[row["code"]] = _add_region(row, known.get(row["parent_code"]))
                added += 1
    return added


def _add_region(row: dict[str, str], parent: Region | None) -> Region:
    """Add one region; the scope of a county names its city too, because two cities have a county of one name."""
    above = queries.scope_of_region(parent.code) if parent else scopes.root()
    zh, en = row["name_zh"], row["name_en"]
    if parent and row["kind"] == "county":
        zh, en = f"{parent.name_zh}{zh}", f"{en}, {parent.name_en}"
    scope = scopes.add_scope(ScopeKind.REGION, above, zh, en)
    region = Region(
        code=row["code"],
        parent_code=row["parent_code"] or None,
        kind=row["kind"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        scope_id=scope.id,
    )
    db.session.add(region)
    db.session.flush()
    return region
