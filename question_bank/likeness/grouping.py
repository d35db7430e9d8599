"""Which items of a bank say nearly the same as one another: the groups of which a paper has one item at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, or_, select

from question_bank.likeness import queries, shingles
from question_bank.likeness.models import ItemBand
from question_bank.likeness.services import NOBODYS
from question_bank.likeness.shingles import ALIKE, Said
from question_bank.models import Item
from training.core.db import db

MOST_COMPARED = 10
"""With so many of those before it in a band an item is compared: time stays bounded where thousands share one."""


def groups_among(scope_id: int, others: Collection[int] = ()) -> list[set[int]]:
    """Groups of alike items among those in use of one bank and `others`: two queries, whatever is there.

    Alike are items from `shingles.ALIKE` on, in their newest versions; who is alike to somebody of a group belongs to
    it. An item that is alike to none is in no group.
    """
    shared: dict[int, list[int]] = defaultdict(list)
    for band, item_id in db.session.execute(_shared_bands(scope_id, others)):
        shared[band].append(item_id)
    buckets = {tuple(one) for one in shared.values() if len(one) > 1}
    bodies = queries.bodies_of({item for bucket in buckets for item in bucket})
    return _joined(sorted(buckets), {item: shingles.said(body) for item, (_row, body) in bodies.items()})


def _shared_bands(scope_id: int, others: Collection[int]) -> Any:
    """Rows of band and item of bands that two items in use have, in the order of both."""
    usable = (Item.scope_id == scope_id) & Item.retired_at.is_(None) & Item.approved_version.is_not(None)
    wanted = or_(usable, Item.id.in_(sorted(others))) if others else usable
    times = func.count().over(partition_by=ItemBand.band).label("times")
    had = select(ItemBand.band, ItemBand.item_id, times).join(Item, Item.id == ItemBand.item_id)
    counted = had.where(wanted, ItemBand.band != NOBODYS).subquery()
    return (
        select(counted.c.band, counted.c.item_id).where(counted.c.times > 1).order_by(counted.c.band, counted.c.item_id)
    )


def _joined(buckets: Iterable[tuple[int, ...]], said: dict[int, dict[str, Said]]) -> list[set[int]]:
    """The groups that alike pairs of the same bucket make."""
    group_of: dict[int, set[int]] = {}
    compared: set[tuple[int, int]] = set()
    for bucket in buckets:
        for place, item in enumerate(bucket):
            for other in bucket[max(0, place - MOST_COMPARED) : place]:
                together = item in group_of and other in group_of[item]
                if together or (other, item) in compared or not {item, other} <= said.keys():
                    continue
                compared.add((other, item))
                if shingles.likeness(said[item], said[other]).share >= ALIKE:
                    merged = group_of.get(item, {item}) | group_of.get(other, {other})
                    group_of |= dict.fromkeys(merged, merged)
    return list({id(one): one for one in group_of.values()}.values())
