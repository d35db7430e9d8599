"""Reading what was answered, what is counted of it, and what is not counted yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, not_, select, tuple_

from question_bank.analysis.models import ItemFigures
from question_bank.marking import queries as marking
from question_bank.models import Attempt, AttemptItem, AttemptStatus, Item, ItemVersion
from training.core.db import db

AT_ONCE = 500


def answers_to(item_ids: Collection[int]) -> Sequence[Any]:
    """What was handed in to these items, in the order of time.

    Rows `item_id, version, type, draw, answer (list | None), share` (of the item's points; None for a text that was
    handed in before people marked them, and where it counts for nobody by a ruling), `rest, rest_points` (earned
    elsewhere in the attempt, and the points there were, without such items), `person_id, number, quiz_id,
    item_version_id`. An attempt that waits for a mark is not among them.
    """
    own = select(ItemVersion.id).where(ItemVersion.item_id.in_(item_ids))
    attempts = select(AttemptItem.attempt_id).where(AttemptItem.item_version_id.in_(own))
    totals = (
        select(
            AttemptItem.attempt_id,
            cast(func.sum(AttemptItem.earned), Float).label("earned"),
            cast(func.sum(AttemptItem.points), Float).label("points"),
        )
        .where(AttemptItem.attempt_id.in_(attempts), AttemptItem.earned.is_not(None), not_(_unmarked()))
        .group_by(AttemptItem.attempt_id)
        .subquery()
    )
    earned, points = cast(AttemptItem.earned, Float), cast(AttemptItem.points, Float)
    statement = (
        select(
            ItemVersion.item_id,
            ItemVersion.version,
            AttemptItem.type,
            AttemptItem.option_order.label("draw"),
            AttemptItem.graded_answer.label("answer"),
            case((_unmarked(), None), else_=earned / points).label("share"),
            (totals.c.earned - earned).label("rest"),
            (totals.c.points - points).label("rest_points"),
            Attempt.person_id,
            Attempt.number,
            Attempt.quiz_id,
            AttemptItem.item_version_id,
        )
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .outerjoin(totals, totals.c.attempt_id == AttemptItem.attempt_id)
        .where(AttemptItem.item_version_id.in_(own), Attempt.status == AttemptStatus.HANDED_IN)
        .order_by(Attempt.handed_in_at, Attempt.id)
    )
    return db.session.execute(statement).all()


def _unmarked() -> ColumnElement[bool]:
    """Whether something was written that a person marks, and nobody has: no mark ever comes once it is handed in."""
    written = AttemptItem.graded_answer.is_not(None)
    return and_(AttemptItem.type.in_(marking.BY_HAND), written, not_(marking.is_settled()))


def versions_of(item_ids: Collection[int]) -> Sequence[ItemVersion]:
    """All versions of these items, in order."""
    statement = select(ItemVersion).where(ItemVersion.item_id.in_(item_ids))
    return db.session.scalars(statement.order_by(ItemVersion.item_id, ItemVersion.version)).all()


def uncounted() -> Sequence[int]:
    """Attempts that were handed in and are not counted yet, the oldest first, so many at once."""
    statement = select(Attempt.id).where(Attempt.status == AttemptStatus.HANDED_IN, Attempt.counted.is_(False))
    return db.session.scalars(statement.order_by(Attempt.id).limit(AT_ONCE)).all()


def shown_in(attempt_ids: Collection[int]) -> list[int]:
    """The items that these attempts showed."""
    statement = (
        select(ItemVersion.item_id)
        .join(AttemptItem, AttemptItem.item_version_id == ItemVersion.id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
    )
    return sorted(set(db.session.scalars(statement)))


def revised() -> Sequence[int]:
    """Counted items that have a newer version than their figures know of, so many at once."""
    newest = select(ItemFigures.item_id, func.max(ItemFigures.version).label("version")).group_by(ItemFigures.item_id)
    known = newest.subquery()
    statement = select(Item.id).join(known, known.c.item_id == Item.id).where(known.c.version < Item.version)
    return db.session.scalars(statement.limit(AT_ONCE)).all()


def ever_shown() -> list[int]:
    """Every item that any attempt showed, and every one that has figures."""
    shown = select(ItemVersion.item_id).where(ItemVersion.id.in_(select(AttemptItem.item_version_id)))
    return sorted(set(db.session.scalars(shown.union(select(ItemFigures.item_id)))))


def counted(item_ids: Collection[int]) -> dict[tuple[int, int], ItemFigures]:
    """The figures of these items as they were last counted, by item and version."""
    statement = select(ItemFigures).where(ItemFigures.item_id.in_(item_ids))
    return {(one.item_id, one.version): one for one in db.session.scalars(statement)}


def figures_of(item_id: int, version: int) -> ItemFigures | None:
    """The figures of one version."""
    return db.session.get(ItemFigures, (item_id, version))


def newest_of(items: Collection[Item]) -> dict[int, ItemFigures]:
    """The figures of the newest version of each of these items, by item."""
    wanted = [(one.id, one.version) for one in items]
    statement = select(ItemFigures).where(tuple_(ItemFigures.item_id, ItemFigures.version).in_(wanted))
    return {one.item_id: one for one in db.session.scalars(statement)}


def told() -> Sequence[Any]:
    """The figures of every item's newest version, by code, as rows `code, ItemFigures`."""
    statement = (
        select(Item.code, ItemFigures)
        .join(ItemFigures, and_(ItemFigures.item_id == Item.id, ItemFigures.version == Item.version))
        .order_by(Item.code, Item.id)
    )
    return db.session.execute(statement).all()
