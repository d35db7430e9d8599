"""Laying out a paper: which items, in which order, each with the draw that it shows; all of it from one seed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import text

from question_bank import item_types
from question_bank.blueprints import pools, queries
from question_bank.blueprints.drawing import CannotBeMet
from question_bank.blueprints.pools import Pool
from question_bank.models import Attempt, QuizVersion
from question_bank.queries import bodies
from training.core.db import db
from training.core.errors import Conflict

# The whole paper in one parameter: on PostgreSQL a third of the work of a row at a time.
INSERT = {
    "postgresql": text(
        "INSERT INTO attempt_item (attempt_id, position, item_version_id, type, option_order, points, section) "
        "SELECT :attempt, position, version, type, draw, points, section FROM jsonb_to_recordset(CAST(:rows AS jsonb)) "
        "AS laid(position bigint, version bigint, type text, draw jsonb, points bigint, section bigint)"
    ),
    "sqlite": text(
        "INSERT INTO attempt_item (attempt_id, position, item_version_id, type, option_order, points, section) "
        "SELECT :attempt, json_extract(value, '$.position'), json_extract(value, '$.version'), "
        "json_extract(value, '$.type'), json_extract(value, '$.draw'), json_extract(value, '$.points'), "
        "json_extract(value, '$.section') FROM json_each(:rows)"
    ),
}


@dataclass(frozen=True)
class Laid:
    """An item as a paper has it: its section, its version as approved now, what the seed drew for it."""

    section: int
    code: str
    type: str
    version_id: int
    body: Mapping[str, Any]
    option_order: list[str]
    points: int


def lay_out(attempt: Attempt, rules: QuizVersion) -> None:
    """Pin the items of an attempt that its seed draws, with the order of items and options; raises `Conflict`.

    Two statements; more only for what nobody has read within a minute (`pools`).
    """
    rows = [
        {
            "position": position,
            "version": laid.version_id,
            "type": laid.type,
            "draw": laid.option_order,
            "points": laid.points,
            "section": laid.section,
        }
        for position, laid in enumerate(paper_of(rules, attempt.seed), start=1)
    ]
    statement = INSERT[db.engine.dialect.name]
    db.session.connection().execute(statement, {"attempt": attempt.id, "rows": json.dumps(rows, ensure_ascii=False)})


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
    said = bodies.of([row.version_id for row in found.values()])
    laid = []
    for section in pool.sections:
        fixed = [one for one in pool.fixed if one.section == section.number and one.item_id in found]
        rows = [(found[one.item_id], one.points) for one in fixed]
        for draw in pool.draws:
            if draw.section == section.number:
                rows += [(found[item], draw.points) for item in drawn[draw.number]]
        if rules.shuffle_items:
            chance.shuffle(rows)
        laid += [(section.number, row, points) for row, points in rows]
    return [
        Laid(
            number,
            row.code,
            row.type,
            row.version_id,
            said[row.version_id],
            item_types.get(row.type).draw(said[row.version_id], chance, rules.shuffle_options),
            points,
        )
        for number, row, points in laid
    ]
