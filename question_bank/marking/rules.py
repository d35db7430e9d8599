"""What the points given along a rubric come to. Pure; a rubric is described in `docs/item-bodies.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

Rubric = Sequence[Mapping[str, Any]]


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
    given = sum(_counted(points.get(str(one["id"])), most=int(one["points"])) for one in rubric)
    return Fraction(given, most) if most else Fraction(0)


def _counted(value: object, *, most: int) -> int:
    return min(max(value, 0), most) if type(value) is int else 0
