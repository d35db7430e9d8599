"""Reading activities."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from training.activities.models import Activity
from training.core import scopes
from training.core.db import db
from training.core.scopes import Scope


def by_ids(ids: Collection[int]) -> Mapping[int, Activity]:
    """Activities by id, in one query."""
    return {one.id: one for one in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))}


def usable_within(paths: tuple[str, ...], kinds: Collection[str]) -> Sequence[Activity]:
    """Activities of those kinds owned at, above or below one of the scope paths: what a programme there may require."""
    statement = select(Activity).join(Scope, Scope.id == Activity.scope_id)
    statement = statement.where(Activity.kind.in_(kinds), scopes.within(paths) | scopes.upward(paths))
    return db.session.scalars(statement.order_by(Activity.kind, Activity.id)).all()
