"""Laying out a paper: which items, in which order, each with the draw that it shows; all of it from one seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert

from question_bank import item_types
from question_bank.blueprints import pools, queries
from question_bank.blueprints.drawing import CannotBeMet
from question_bank.blueprints.pools import Pool
from question_bank.models import Attempt, AttemptItem, QuizVersion
from training.core.db import db
from training.core.errors import Conflict


@dataclass(frozen=True)
class Laid:
    """An item as a paper has it: its section, its version as approved now, what the seed drew for it."""

    section: int
    type: str
    version_id: int
    body: dict[str, Any]
    option_order: list[str]
    points: int


def lay_out(attempt: Attempt, rules: QuizVersion) -> None:
    """Pin the items of an attempt that its seed draws, with the order of items and options; raises `Conflict`.

    Two statements, and those of a pool that nobody has read within a minute.
    """
    rows = [
        {
            "attempt_id": attempt.id,
            "position": position,
            "item_version_id": laid.version_id,
            "type": laid.type,
            "option_order": laid.option_order,
            "points": laid.points,
            "section": laid.section,
            "critical_error": False,
        }
        for position, laid in enumerate(paper_of(rules, attempt.seed), start=1)
    ]
    db.session.connection().execute(insert(AttemptItem), rows)


def paper_of(rules: QuizVersion, seed: int) -> list[Laid]:
    """The paper that a seed makes of a version of a quiz, the same as long as its bank stays the same.

    Raises `Conflict` where the bank no longer has what the draws ask for.
    """
    pool = pools.pool_of(rules.quiz_id, rules.version)
    try:
        laid = _laid(pool, rules, seed)
    except CannotBeMet:
        laid = None
    if laid is not None:
        return laid
    pool = pools.pool_of(rules.quiz_id, rules.version, fresh=True)
    try:
        return _laid(pool, rules, seed) or []
    except CannotBeMet as short:
        raise Conflict(
            _(
                "This quiz cannot be started at the moment: too few items are left for its draws. Nothing is lost and "
                "no attempt is counted; tell your instructor, who can mend it."
            )
        ) from short


def _laid(pool: Pool, rules: QuizVersion, seed: int) -> list[Laid] | None:
    """The paper drawn from a pool; None where an item of it was taken out of use since the pool was read."""
    chance = Random(seed)  # noqa: S311 - an order, not a secret
    drawn = pool.plan.draw(chance) if pool.draws else {}
    taken = {item for items in drawn.values() for item in items}
    found = queries.as_approved(taken | {one.item_id for one in pool.fixed})
    if any(item not in found or found[item].retired_at for item in taken):
        return None
    laid = []
    for section in pool.sections:
        rows = [(found[one.item_id], one.points) for one in pool.fixed if one.section == section.number]
        for draw in pool.draws:
            if draw.section == section.number:
                rows += [(found[item], draw.points) for item in drawn[draw.number]]
        if rules.shuffle_items:
            chance.shuffle(rows)
        laid += [(section.number, row, points) for row, points in rows]
    return [
        Laid(
            number,
            row.type,
            row.version_id,
            row.body,
            item_types.get(row.type).draw(row.body, chance, rules.shuffle_options),
            points,
        )
        for number, row, points in laid
    ]
