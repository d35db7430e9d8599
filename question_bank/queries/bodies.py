"""What versions of items say. A version is for ever, so a process keeps those that papers have: all have the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, select

from question_bank.models import ItemVersion
from training.core.db import batches, db, once_committed

MOST = 2000
"""So many are kept: some twenty megabytes; as long as the connections to their database."""
_kept: WeakKeyDictionary[Pool, dict[int, Mapping[str, Any]]] = WeakKeyDictionary()


def of(version_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """What those versions say, by id, for reading alone; a query for those that nobody asked for before."""
    kept = _kept.setdefault(db.engine.pool, {})
    found = {one: body for one in version_ids if (body := kept.get(one)) is not None}
    read = {
        row.id: row.body
        for some in batches(sorted(set(version_ids) - found.keys()))
        for row in db.session.execute(select(ItemVersion.id, ItemVersion.body).where(ItemVersion.id.in_(some)))
    }
    if read:
        once_committed(lambda: _keep(read))
    return found | read


def _keep(read: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what was read for whoever asks next; a version that is taken back with its transaction never was one."""
    kept = _kept.setdefault(db.engine.pool, {})
    if len(kept) + len(read) > MOST:
        kept = _kept[db.engine.pool] = {}
    kept.update(read)
