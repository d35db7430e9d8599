"""When an activity is fulfilled, and what a ledger line moves in the counters. Pure: plain values in and out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from training.activities.kinds import Facts


@dataclass(frozen=True)
class Entry:
    """A ledger line as the rules see it; `corrects` is the line that it stands for instead."""

    id: int
    activity_id: int
    outcome: str
    measure: str
    sign: int
    score: float | None
    at: datetime
    corrects: int | None = None


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


def facts(
    entries: Sequence[Entry],
    activity_id: int,
    version: int,
    parts: Mapping[int, str],
    figures: Mapping[str, int] | None = None,
) -> Facts:
    """What a kind needs to say why an activity is not fulfilled; `parts`: the measure that fulfils each part id.

    A line that was corrected is not told, the one that corrects it is.
    """
    corrected = {entry.corrects for entry in entries}
    own = [entry for entry in entries if entry.activity_id == activity_id and entry.id not in corrected]
    return Facts(
        activity_id=activity_id,
        version=version,
        parts=tuple(parts),
        done=frozenset(part for part, measure in parts.items() if reached(entries, part, measure)),
        outcomes=tuple(entry.outcome for entry in own),
        scores=tuple(entry.score for entry in own),
        figures=figures or {},
    )


def begun(entries: Iterable[Entry], activity_id: int, parts: Container[int]) -> bool:
    """Whether there is a line for the activity or for a part of it."""
    return any(entry.activity_id == activity_id or entry.activity_id in parts for entry in entries)


@dataclass(frozen=True)
class Group:
    """Hurdles that stand together: all members are needed, or `at_least` so many. A member is an id or a group."""

    members: tuple[Group | int, ...]
    at_least: int | None = None


def fulfilled(tree: Group | int, held: Container[int]) -> bool:
    """Whether the hurdles of the tree are cleared, each for itself, by the activities that are held."""
    if isinstance(tree, int):
        return tree in held
    cleared = sum(fulfilled(member, held) for member in tree.members)
    return cleared >= (len(tree.members) if tree.at_least is None else tree.at_least)


def hurdles(tree: Group | int) -> tuple[int, ...]:
    """Every activity in the tree, in order."""
    return (tree,) if isinstance(tree, int) else tuple(one for member in tree.members for one in hurdles(member))


def needed(tree: Group | int, held: Container[int], begun: Container[int] = ()) -> tuple[int, ...]:
    """The hurdles that count towards the tree, in order: of a choice those members that are nearest to be cleared.

    Where two are as near as each other, the one that was begun counts.
    """
    if isinstance(tree, int):
        return (tree,)
    several = [needed(member, held, begun) for member in tree.members]
    if tree.at_least is not None:
        left = [(sum(one not in held for one in path), not any(one in begun for one in path)) for path in several]
        nearest = sorted(range(len(several)), key=lambda index: (left[index], index))[: tree.at_least]
        several = [several[index] for index in sorted(nearest)]
    return tuple(one for path in several for one in path)


def spared(tree: Group | int, held: Container[int]) -> dict[int, tuple[int, ...]]:
    """The hurdles that are not needed any more, each with those that were chosen instead of it."""
    if isinstance(tree, int):
        return {}
    kept = tree.members
    found: dict[int, tuple[int, ...]] = {}
    if tree.at_least is not None and fulfilled(tree, held):
        kept = tuple(member for member in tree.members if fulfilled(member, held))
        instead = tuple(one for member in kept for one in hurdles(member) if one in held)
        left = (member for member in tree.members if member not in kept)
        found = {one: instead for member in left for one in hurdles(member) if one not in held}
    for member in kept:
        found |= spared(member, held)
    return found


def movement(before: Reach | None, sign: int) -> int:
    """What one more line moves in the counter of its measure: +1 when newly reached, −1 when taken back, else 0."""
    if sign > 0:
        return 0 if before else 1
    return -1 if sign < 0 and before else 0
