"""Where a learner goes next in an outline. Pure: plain values in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class OutlineLine:
    """A lesson as an outline shows it to a learner: without its text. `heading` is where they were reading.

    `home_id` is the lesson's own course, which a course that has taken it over is not.
    """

    lesson_id: int
    version: int
    position: int
    title_zh: str
    title_en: str
    minutes: int
    class_hours: Decimal
    done: bool
    heading: str | None = None
    read_at: datetime | None = None
    home_id: int = 0
    sample: bool = False


def resume_at(lines: Sequence[OutlineLine]) -> OutlineLine | None:
    """The unfinished lesson read last, else the first unfinished one; None when all are done."""
    left = [line for line in lines if not line.done]
    begun = [(line.read_at, -line.position, line) for line in left if line.read_at is not None]
    if begun:
        return max(begun, key=lambda one: one[:2])[2]
    return left[0] if left else None


def next_after(lines: Sequence[OutlineLine], lesson_id: int) -> OutlineLine | None:
    """The next unfinished lesson after this one, else the first unfinished one; None when all are done."""
    left = [line for line in lines if not line.done]
    place = next((line.position for line in lines if line.lesson_id == lesson_id), 0)
    return next((line for line in left if line.position > place), left[0] if left else None)


def beside(lines: Sequence[OutlineLine], lesson_id: int) -> tuple[OutlineLine | None, OutlineLine | None]:
    """The lessons before and after this one in the outline."""
    place = next((index for index, line in enumerate(lines) if line.lesson_id == lesson_id), None)
    if place is None:
        return None, None
    return (lines[place - 1] if place else None), (lines[place + 1] if place + 1 < len(lines) else None)
