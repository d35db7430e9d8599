"""The checklist of a skills assessment and its result. Pure: plain values in and out, no database.

A critical item that is not done (or has no point) fails the assessment whatever the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

SCALES = {"points": 2, "done": 1}  # the highest mark of each way to mark
MOST_ITEMS = 60


@dataclass(frozen=True)
class CheckItem:
    """One line of a checklist; `scale` is `points` (0, 1, 2) or `done` (0, 1)."""

    key: str
    text_zh: str
    text_en: str
    scale: str = "done"
    critical: bool = False
    group_zh: str = ""
    group_en: str = ""

    @property
    def highest(self) -> int:
        """The highest mark."""
        return SCALES[self.scale]


@dataclass(frozen=True)
class Result:
    """What the marks say; `failed_critical` and `weak` are keys of items in the order of the list."""

    points: int
    highest: int
    percent: Decimal
    passed: bool
    failed_critical: tuple[str, ...]
    weak: tuple[str, ...]


def read(body: Mapping[str, Any]) -> list[CheckItem]:
    """The items of a stored checklist."""
    return [CheckItem(**one) for one in body["items"]]


def score(items: Sequence[CheckItem], marks: Mapping[str, int], pass_percent: int) -> Result:
    """The result of `marks` by item key; raises `ValueError` for a missing or impossible mark.

    The percentage is rounded down to hundredths: whoever is a hair below the mark has not reached it.
    """
    wrong = [one.key for one in items if not 0 <= marks.get(one.key, -1) <= one.highest]
    if wrong or not items or set(marks) != {one.key for one in items}:
        raise ValueError(f"no possible mark for {wrong or sorted(marks)}")
    points, highest = sum(marks.values()), sum(one.highest for one in items)
    percent = (Decimal(100 * points) / highest).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    failed = tuple(one.key for one in items if one.critical and marks[one.key] == 0)
    weak = tuple(one.key for one in items if marks[one.key] < one.highest)
    passed = not failed and 100 * points >= pass_percent * highest
    return Result(points, highest, percent, passed, failed, weak)


def faults(items: Sequence[CheckItem]) -> list[tuple[int, str]]:
    """What is wrong with a checklist, as (place from 1, word): `text`, `scale`; or (0, `none`) or (0, `many`)."""
    if not items:
        return [(0, "none")]
    found = [(0, "many")] if len(items) > MOST_ITEMS else []
    for place, one in enumerate(items, start=1):
        if not (one.text_zh and one.text_en):
            found.append((place, "text"))
        if one.scale not in SCALES:
            found.append((place, "scale"))
    return found
