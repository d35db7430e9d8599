"""What a version of a quiz is made of and may draw from, kept in this process for a minute.

Thousands begin in the same moment, and all of them draw from one pool: it is read once. A newly approved item may come
up to a minute later; an item that was retired meanwhile is noticed when it is laid out, and the pool read anew.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from flask import current_app

from question_bank.blueprints import queries
from question_bank.blueprints.drawing import Cell, Plan
from question_bank.blueprints.rules import Draw, Section
from question_bank.likeness import grouping

SECONDS = 60.0
MOST = 200

_kept: OrderedDict[tuple[str, int, int], tuple[float, Pool]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Fixed:
    """An item that every paper has, at its place."""

    item_id: int
    section: int
    points: int


@dataclass(frozen=True)
class Pool:
    """Sections in order (one without a title where a version has none), fixed items in order, draws with their plan."""

    sections: tuple[Section, ...]
    fixed: tuple[Fixed, ...]
    draws: tuple[Draw, ...]
    plan: Plan


def pool_of(quiz_id: int, version: int, *, fresh: bool = False) -> Pool:
    """The pool of a version, at most a minute old, or read now: at most five queries, three without draws."""
    key = (str(current_app.config["SQLALCHEMY_DATABASE_URI"]), quiz_id, version)
    with _lock:  # one reads, the others wait for what it finds
        until, pool = _kept.get(key, (0.0, None))
        if pool is None or fresh or time.monotonic() >= until:
            pool = _read(quiz_id, version)
            _kept[key] = (time.monotonic() + SECONDS, pool)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        return pool


def _read(quiz_id: int, version: int) -> Pool:
    blueprint = queries.blueprint_of(quiz_id, version)
    fixed = tuple(Fixed(*row) for row in queries.placed_in(quiz_id, version))
    scope_id = queries.scope_of(quiz_id) if blueprint.draws else 0
    plan = plan_for(scope_id, blueprint.draws, [one.item_id for one in fixed])
    return Pool(blueprint.sections or (Section(1),), fixed, blueprint.draws, plan)


def plan_for(scope_id: int, draws: Sequence[Draw], fixed: Sequence[int]) -> Plan:
    """The plan of those draws from the bank of a scope, beside those fixed items; three queries, none without draws."""
    if not draws:
        return Plan([])
    fitting = queries.fitting(scope_id, draws)
    cells = [Cell(one.number, one.count, frozenset(fitting[one.number])) for one in draws]
    return Plan(cells, fixed, grouping.groups_among(scope_id, fixed))
