"""Sample data: each package contributes a step; all steps are one transaction. Fictional, and marked as such."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from training.core.audit import AuditLine
from training.core.db import db, transaction
from training.core.scopes import Scope, ScopeKind

LONG_AGO = timedelta(days=550)
"""How long before today teaching was written and programmes were made: before the first cohort."""

Step = Callable[[dict[str, Any]], None]
_steps: dict[str, tuple[int, Step]] = {}


def step(name: str, order: int) -> Callable[[Step], Step]:
    """Register a step, lower orders first.

    10 places, 20 people, 30 courses, 35 plans, 40 items, 50 programmes, 60 progress, 70 certificates, 90 marks.
    A step receives one dictionary, in which earlier steps leave what later ones need.
    """

    def decorate(function: Step) -> Step:
        _steps[name] = (order, function)
        return function

    return decorate


def is_empty() -> bool:
    """Whether nobody has entered or done anything yet (regions come by themselves); needs an open transaction."""
    entered = select(Scope.id).where(Scope.kind.not_in([ScopeKind.EVERYWHERE, ScopeKind.REGION]))
    return all(db.session.scalar(one.limit(1)) is None for one in (entered, select(AuditLine.id)))


def steps() -> int:
    """How many steps there are."""
    return len(_steps)


def load(*, small: bool = False, done: Callable[[], object] = lambda: None) -> bool:
    """Load the sample into an empty database; returns False, changing nothing, when there is something already.

    The whole is a province's eighteen months; a `small` one has the same courses and the few people who have a story.
    `done` is called after each step.
    """
    with transaction():
        if not is_empty():
            return False
        shared: dict[str, Any] = {"small": small}
        for _order, function in sorted(_steps.values(), key=lambda pair: pair[0]):
            function(shared)
            done()
    return True
