"""When an activity is fulfilled, and what a ledger line moves in the counters. Pure: plain values in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from training.activities.kinds import Facts


@dataclass(frozen=True)
class Entry:
    """A ledger line as the rules see it."""

    id: int
    activity_id: int
    outcome: str
    measure: str
    sign: int
    score: float | None
    at: datetime


@dataclass(frozen=True)
class Reach:
    """The line by which a measure was reached and still holds."""

    line_id: int
    at: datetime


def reached(entries: Iterable[Entry], activity_id: int, measure: str) -> Reach | None:
    """The first +1 line of (activity, measure) after the last −1 line, oldest first; None when it is not held."""
    held: Reach | None = None
    for entry in entries:
        if entry.activity_id == activity_id and entry.measure == measure:
            if entry.sign < 0:
                held = None
            elif entry.sign > 0 and held is None:
                held = Reach(entry.id, entry.at)
    return held


def taken_back(entries: Iterable[Entry], whole: Reach, parts: Mapping[int, str]) -> bool:
    """Whether a part (id to the measure that fulfils it) was taken back after the whole had been reached by it.

    A part that was never reached takes nothing back: the whole may have been reached in another version.
    """
    lines = list(entries)
    return any(
        reached(lines, part, measure) is None
        and any(
            one.activity_id == part and one.measure == measure and one.sign < 0 and one.id > whole.line_id
            for one in lines
        )
        for part, measure in parts.items()
    )


def facts(entries: Sequence[Entry], activity_id: int, version: int, parts: Mapping[int, str]) -> Facts:
    """What a kind needs to say why an activity is not fulfilled; `parts`: the measure that fulfils each part id."""
    own = [entry for entry in entries if entry.activity_id == activity_id]
    return Facts(
        activity_id=activity_id,
        version=version,
        parts=tuple(parts),
        done=frozenset(part for part, measure in parts.items() if reached(entries, part, measure)),
        outcomes=tuple(entry.outcome for entry in own),
        scores=tuple(entry.score for entry in own),
    )


def movement(before: Reach | None, sign: int) -> int:
    """What one more line moves in the counter of its measure: +1 when newly reached, −1 when taken back, else 0."""
    if sign > 0:
        return 0 if before else 1
    return -1 if sign < 0 and before else 0
