"""Finding the items of the bank that say nearly what a body says.

Items that share a band are candidates; the few that share most are compared in full, so that nothing is told of that
is not alike, and the time is bounded however many items resemble one another.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from question_bank.likeness import shingles
from question_bank.likeness.models import ItemBand
from question_bank.likeness.shingles import ALIKE, Likeness
from question_bank.models import Item, ItemVersion
from question_bank.queries.items import visible_items
from training.core.access import Actor
from training.core.db import BigId, batches, db

MOST_SHARED = 2000
MOST_COMPARED = 10
MOST_TOLD = 3
MOST_OF_A_LINE = 2
PROBED_AT_ONCE = 1000


@dataclass(frozen=True)
class Alike:
    """An item that is like what was looked for."""

    item_id: int
    code: str
    is_retired: bool
    likeness: Likeness


def alike_to(actor: Actor, body: Mapping[str, Any], but: int | None = None) -> list[Alike]:
    """The items that are most like a body, of those that the actor may read; two queries. `but` is the item itself."""
    wanted = shingles.bands(body)
    if not wanted:
        return []
    readable = visible_items(actor).with_only_columns(Item.id)
    shared = select(ItemBand.item_id).where(ItemBand.band.in_(wanted), ItemBand.item_id.in_(readable))
    if but is not None:
        shared = shared.where(ItemBand.item_id != but)
    some = shared.limit(MOST_SHARED).subquery()
    most = select(some.c.item_id).group_by(some.c.item_id).order_by(func.count().desc(), some.c.item_id)
    ids = db.session.scalars(most.limit(MOST_COMPARED)).all()
    if not ids:
        return []
    said = shingles.said(body)
    found = [_compared(said, item, other) for item, other in bodies_of(ids).values()]
    alike = [one for one in found if one.likeness.share >= ALIKE]
    return sorted(alike, key=lambda one: (-one.likeness.share, one.is_retired, one.item_id))[:MOST_TOLD]


def nearest(scope_id: int, bodies: Mapping[int, Any], bands: Mapping[int, Sequence[int]]) -> dict[int, Alike]:
    """For each of many bodies, by number, the item of one bank that is most like it, where there is one.

    Of the items that share a band the oldest and the newest are candidates.
    """
    candidates = _sharing(scope_id, {band for number in bodies for band in bands[number]})
    chosen: dict[int, list[int]] = {}
    for number in bodies:
        counts = Counter(item_id for band in bands[number] for item_id in candidates.get(band, ()))
        if counts:
            chosen[number] = [item_id for item_id, _times in counts.most_common(MOST_OF_A_LINE)]
    items = bodies_of({item_id for ids in chosen.values() for item_id in ids})
    told = {item_id: shingles.said(body) for item_id, (_item, body) in items.items()}
    nearest: dict[int, Alike] = {}
    for number, ids in chosen.items():
        said = shingles.said(bodies[number])
        found = [
            Alike(one, items[one][0].code, items[one][0].retired_at is not None, shingles.likeness(said, told[one]))
            for one in ids
            if one in items
        ]
        best = max(found, key=lambda one: (one.likeness.share, not one.is_retired), default=None)
        if best is not None and best.likeness.share >= ALIKE:
            nearest[number] = best
    return nearest


def _sharing(scope_id: int, bands: Collection[int]) -> dict[int, set[int]]:
    """The oldest and the newest item of a bank that has each of these bands; two seeks a band, whoever shares it."""
    found: dict[int, set[int]] = {}
    for some in batches(sorted(bands), PROBED_AT_ONCE):
        wanted = listed(some, BigId)
        own = and_(ItemBand.band == wanted.c.value, ItemBand.scope_id == scope_id)
        oldest = select(func.min(ItemBand.item_id)).where(own).scalar_subquery()
        newest = select(func.max(ItemBand.item_id)).where(own).scalar_subquery()
        for band, first, last in db.session.execute(select(wanted.c.value, oldest, newest)):
            if first is not None:
                found[band] = {first, last}
    return found


def listed(values: Sequence[int] | Sequence[str], kind: Any) -> Any:
    """Values of one SQL type as a table of one column, `value`, handed over in a single parameter.

    What is asked for each of them goes by an index, however many there are: PostgreSQL would hold a list of parameters
    against every row of a table that was small when the statement was planned.
    """
    if db.engine.dialect.name == "sqlite":
        return func.json_each(json.dumps(values)).table_valued(column("value", kind), name="wanted")
    given = func.unnest(cast(values, ARRAY(kind))).table_valued(column("value", kind), name="wanted")
    return given.render_derived()


def bodies_of(item_ids: Collection[int]) -> dict[int, tuple[Any, Any]]:
    """Items with what their newest version says."""
    found: dict[int, tuple[Any, Any]] = {}
    for some in batches(sorted(item_ids)):
        statement = (
            select(Item.id, Item.code, Item.retired_at, ItemVersion.body)
            .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version))
            .where(Item.id.in_(some))
        )
        found |= {row.id: (row, row.body) for row in db.session.execute(statement)}
    return found


def _compared(said: Mapping[str, shingles.Said], item: Any, body: Any) -> Alike:
    return Alike(item.id, item.code, item.retired_at is not None, shingles.likeness(said, shingles.said(body)))


def without_bands(most: int) -> Sequence[Any]:
    """Items that were written before their bands were, as rows `id, scope_id, body`, at most so many."""
    statement = (
        select(Item.id, Item.scope_id, ItemVersion.body)
        .join(ItemVersion, and_(ItemVersion.item_id == Item.id, ItemVersion.version == Item.version))
        .outerjoin(ItemBand, and_(ItemBand.item_id == Item.id, ItemBand.place == 0))
        .where(ItemBand.item_id.is_(None))
        .order_by(Item.id)
        .limit(most)
    )
    return db.session.execute(statement).all()
