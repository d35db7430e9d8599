"""Reading activities."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from training.activities.models import Activity
from training.core.db import db


def by_ids(ids: Collection[int]) -> Mapping[int, Activity]:
    """Activities by id, in one query."""
    return {one.id: one for one in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))}
