"""Where a person stands with a quiz: may they start, go on, resit (补考), or must they wait. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """What the person can do now."""

    FIRST = "first"
    OPEN = "open"
    OVER = "over"
    RESIT = "resit"
    WAIT = "wait"
    MARKING = "marking"
    PASSED = "passed"
    NONE_LEFT = "none_left"


@dataclass(frozen=True)
class Sitting:
    """An attempt as this rule sees it; `handed_in_at` is None while it is open, `passed` until it is marked.

    A void one counts for nothing but its number.
    """

    number: int
    deadline: datetime
    handed_in_at: datetime | None
    passed: bool | None
    void: bool = False


@dataclass(frozen=True)
class Standing:
    """The state, the number of a next attempt, how many are left, and the earliest moment to begin one."""

    state: State
    next_number: int
    left: int
    not_before: datetime | None = None

    @property
    def may_start(self) -> bool:
        """Whether a new attempt may begin now."""
        return self.state in {State.FIRST, State.RESIT}


def standing(sittings: Sequence[Sitting], allowed: int, wait_hours: int, now: datetime) -> Standing:
    """Where somebody with these attempts (in any order) stands at `now` under the rules of the quiz."""
    number = max((one.number for one in sittings), default=0) + 1
    sittings = [one for one in sittings if not one.void]
    left = max(0, allowed - len(sittings))
    for one in sittings:
        if one.handed_in_at is None:
            return Standing(State.OPEN if now < one.deadline else State.OVER, number, left)
    if any(one.passed for one in sittings):
        return Standing(State.PASSED, number, left)
    if any(one.passed is None for one in sittings):
        return Standing(State.MARKING, number, left)
    if not sittings:
        return Standing(State.FIRST, number, left)
    if not left:
        return Standing(State.NONE_LEFT, number, left)
    latest = max(one.handed_in_at for one in sittings if one.handed_in_at is not None)
    not_before = latest + timedelta(hours=wait_hours)
    return Standing(State.WAIT if now < not_before else State.RESIT, number, left, not_before)
