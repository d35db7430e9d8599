"""Keeping the blueprint of a version of a quiz, and knowing whether it can be met; none of this commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import update

from question_bank.blueprints import pools, queries, rules, words
from question_bank.blueprints.models import QuizDraw, QuizSection
from question_bank.blueprints.rules import Blueprint
from question_bank.models import Quiz
from training.activities.models import Activity
from training.core.db import db
from training.core.errors import Invalid


def require_sound(scope_id: int, blueprint: Blueprint, fixed: Sequence[int]) -> None:
    """Raise `Invalid` for a blueprint that is faulty, or cannot be met from that bank beside those fixed items."""
    faults = rules.faults(blueprint)
    if faults:
        raise Invalid(" ".join(words.fault(code, figures) for code, figures in faults))
    short = pools.plan_for(scope_id, blueprint.draws, fixed).shortages
    if short:
        named = queries.names_of_categories(blueprint.draws)
        raise Invalid(" ".join(words.shortage(one, blueprint.draws, named) for one in short))


def fitting(scope_id: int, blueprint: Blueprint, fixed: Sequence[int]) -> dict[int, int]:
    """How many items each draw of a blueprint could have if it were alone, by its number; empty where it is faulty."""
    if rules.faults(blueprint):
        return {}
    return dict(pools.plan_for(scope_id, blueprint.draws, fixed).fitting)


def state_of(quiz_id: int, version: int) -> dict[str, Any]:
    """What a page says of the plan of a version now: `pool`, what is `asked` by draw, `shortages`, `policies`."""
    pool = pools.pool_of(quiz_id, version, fresh=True)
    named = queries.names_of_categories(pool.draws)
    return {
        "pool": pool,
        "asked": {one.number: words.asked(one.criteria, named) for one in pool.draws},
        "shortages": [words.shortage(one, pool.draws, named) for one in pool.plan.shortages],
        "policies": words.POLICY_LABELS,
    }


def write(activity: Activity, blueprint: Blueprint) -> None:
    """Write sections and draws of the newest version, which can be met."""
    own = {"quiz_id": activity.id, "version": activity.version}
    db.session.add_all(QuizSection(**own, **asdict(one)) for one in blueprint.sections)
    db.session.flush()
    db.session.add_all(
        QuizDraw(
            **own,
            number=one.number,
            section=one.section,
            count=one.count,
            points=one.points,
            **asdict(one.criteria),
        )
        for one in blueprint.draws
    )
    db.session.flush()
    note(activity.id, cannot_draw=False)


def is_short(quiz_id: int, version: int) -> bool:
    """Whether people cannot start a version now, because its draws find too few items."""
    return bool(pools.pool_of(quiz_id, version, fresh=True).plan.shortages)


def note(quiz_id: int, *, cannot_draw: bool) -> None:
    """Note on a quiz whether people cannot start it."""
    db.session.execute(update(Quiz).where(Quiz.activity_id == quiz_id).values(cannot_draw=cannot_draw))
