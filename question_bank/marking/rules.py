"""What marks along a rubric come to: points, whose turn it is, and which mark counts. Pure.

A rubric is described in `docs/item-bodies.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

Rubric = Sequence[Mapping[str, Any]]


class MarkKind(StrEnum):
    """What a mark is among those of its answer; the kind of the last one says what the answer waits for.

    `SOLE`: one person marks, and the last mark counts. `FIRST`: two mark, and the other has not. `AGREED`, `DIFFERING`:
    the second, within what the quiz tolerates or not. `ADJUDICATED`: a third person's, which counts.
    """

    SOLE = "sole"
    FIRST = "first"
    AGREED = "agreed"
    DIFFERING = "differing"
    ADJUDICATED = "adjudicated"


SETTLING = (MarkKind.SOLE, MarkKind.AGREED, MarkKind.ADJUDICATED)
"""After one of these an answer waits for nobody."""


class Part(StrEnum):
    """What somebody's mark of an answer would be now."""

    SOLE = "sole"
    FIRST = "first"
    SECOND = "second"
    ADJUDICATION = "adjudication"


class Judged(Protocol):
    """Whole points by the id of the criterion, and whether the answer holds a safety-critical error."""

    @property
    def points(self) -> Mapping[str, int]:
        """By the id of the criterion."""

    @property
    def critical(self) -> bool:
        """Whether acting on the answer could harm."""


class Marked(Judged, Protocol):
    """A mark as it is kept; marks of an answer come in the order of their numbers."""

    @property
    def number(self) -> int:
        """From 1 on, at each answer."""

    @property
    def marker_id(self) -> int:
        """Who gave it."""

    @property
    def kind(self) -> MarkKind:
        """What it is among the others."""

    @property
    def comment(self) -> str:
        """Words for the trainee."""


@dataclass(frozen=True)
class Counted:
    """The mark that counts: one, or the exact mean of two, each criterion's points and all comments."""

    points: Mapping[str, Fraction]
    critical: bool
    comments: Sequence[str]
    is_mean: bool


@dataclass(frozen=True)
class Turn:
    """What somebody may do with an answer now.

    `part` is None where nothing is left to them. `before` is the mark that theirs replaces, `seen` the number of the
    newest mark they must know.
    """

    part: Part | None
    before: Any
    seen: int


def most_of(rubric: Rubric) -> int:
    """The points of all criteria together."""
    return sum(int(one["points"]) for one in rubric)


def faulty(rubric: Rubric, points: Mapping[str, object]) -> list[str]:
    """The ids of criteria whose points are missing, no whole number or out of bounds, then ids that are no criterion.

    Empty for a mark that counts.
    """
    known = [str(one["id"]) for one in rubric]
    wrong = [
        name for name, one in zip(known, rubric, strict=True) if not _fits(points.get(name), most=int(one["points"]))
    ]
    return wrong + [name for name in points if name not in known]


def _fits(value: object, *, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def fraction(rubric: Rubric, points: Mapping[str, object]) -> Fraction:
    """The share of the rubric's points that was given: 0 to 1, whatever the points are."""
    most = most_of(rubric)
    given = sum((_bounded(points.get(str(one["id"])), most=int(one["points"])) for one in rubric), Fraction(0))
    return given / most if most else Fraction(0)


def _bounded(value: object, *, most: int) -> Fraction:
    return Fraction(min(max(value, 0), most)) if type(value) is int or isinstance(value, Fraction) else Fraction(0)


def apart(one: Judged, other: Judged) -> int:
    """By how many points two marks differ in all."""
    return abs(sum(one.points.values()) - sum(other.points.values()))


def kind_of(part: Part, rubric: Rubric, tolerance: int, given: Judged, marks: Sequence[Marked]) -> MarkKind:
    """What a mark given as that part is; the second differs by more than `tolerance` percent of the rubric's points.

    Two who do not agree on a safety-critical error differ, whatever the points.
    """
    if part is not Part.SECOND:
        return {Part.SOLE: MarkKind.SOLE, Part.FIRST: MarkKind.FIRST}.get(part, MarkKind.ADJUDICATED)
    first = marks[-1]
    differ = first.critical != given.critical or apart(first, given) * 100 > tolerance * most_of(rubric)
    return MarkKind.DIFFERING if differ else MarkKind.AGREED


def turn_of(person_id: int, marks: Sequence[Marked], markers: int) -> Turn:
    """What that person may do with an answer that has those marks, where `markers` people mark each.

    Nobody's turn depends on a mark of somebody else before both of two are there.
    """
    if markers == 1:
        last = marks[-1] if marks else None
        return Turn(Part.SOLE, last, last.number if last else 0)
    own = next((one for one in reversed(marks) if one.marker_id == person_id), None)
    part = _part(person_id, own, marks)
    if part is Part.ADJUDICATION:
        return Turn(part, own, marks[-1].number)
    return Turn(part, own, own.number if own else 0)


def _part(person_id: int, own: Marked | None, marks: Sequence[Marked]) -> Part | None:
    if not marks:
        return Part.FIRST
    last = marks[-1]
    if last.kind is MarkKind.FIRST:
        return Part.FIRST if own else Part.SECOND
    if last.kind is MarkKind.DIFFERING and own is None:
        return Part.ADJUDICATION
    if last.kind is MarkKind.ADJUDICATED and last.marker_id == person_id:
        return Part.ADJUDICATION
    return None


def told_apart(marks: Sequence[Marked]) -> list[Any]:
    """The marks that stand, in order: the last one of each of those who gave one, or the only one that counts."""
    if marks and marks[-1].kind is MarkKind.SOLE:
        return [marks[-1]]
    return list({one.marker_id: one for one in marks}.values())


def shown_to(turn: Turn, marks: Sequence[Marked], *, is_decided: bool) -> list[Any]:
    """The marks that somebody with that turn may read: of two who mark none, before both are there."""
    if is_decided or (turn.part is None and marks[-1].kind in SETTLING):
        return told_apart(marks)
    return told_apart(marks)[:2] if turn.part is Part.ADJUDICATION else []


def counted(marks: Sequence[Marked]) -> Counted | None:
    """The mark that counts of all marks of an answer; None while it waits for one."""
    if not marks or marks[-1].kind not in SETTLING:
        return None
    is_mean = marks[-1].kind is MarkKind.AGREED
    counting = told_apart(marks)[-2 if is_mean else -1 :]
    return Counted(
        points={name: Fraction(sum(one.points[name] for one in counting), len(counting)) for name in marks[-1].points},
        critical=marks[-1].critical,
        comments=[one.comment for one in counting if one.comment],
        is_mean=is_mean,
    )
