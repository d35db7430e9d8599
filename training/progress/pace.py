"""Who falls behind, and who is reminded. Pure: plain values in and out.

An open enrolment has a first day (the cohort's, or the day of enrolling where that was later) and a last day (the
cohort's, unless it was extended). It **falls behind** for the first of these reasons that applies:

1. *overdue*: the last day has passed;
2. *deadline*: at most 14 days are left, and at least half of the time has gone;
3. *not started*: 7 days have gone and nothing at all is recorded;
4. *behind*: the share of hurdles cleared is more than 15 hundredths below the share of time gone, and a whole hurdle
   or more is missing to an even pace.

A hurdle that the person has done their part of, and that waits for somebody else, counts as cleared here. Before its
first day nobody falls behind, nor does anyone who has nothing left to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

NEAR = 14
VERY_NEAR = 3
IDLE = 7
MARGIN = Fraction(15, 100)
HALF = Fraction(1, 2)


class Pace(StrEnum):
    """Why an enrolment falls behind."""

    OVERDUE = "overdue"
    DEADLINE = "deadline"
    NOT_STARTED = "not_started"
    BEHIND = "behind"


class Reminder(StrEnum):
    """Why somebody is reminded; each once for one last day."""

    NOT_STARTED = "not-started"
    BEHIND = "behind"
    NEAR = "deadline-14"
    VERY_NEAR = "deadline-3"


@dataclass(frozen=True, slots=True)
class Position:
    """Where an open enrolment stands: hurdles done of those needed, anything recorded or not, first and last day.

    `waiting` are hurdles that are not done and wait for somebody else, not for the person.
    """

    done: int
    needed: int
    started: bool
    begins: date
    due: date
    waiting: int = 0


def time_gone(position: Position, today: date) -> Fraction:
    """The share of the time that has gone by the beginning of that day, from 0 to 1."""
    whole = (position.due - position.begins).days + 1
    gone = (today - position.begins).days
    return min(max(Fraction(gone, whole), Fraction(0)), Fraction(1)) if whole > 0 else Fraction(1)


def expected(position: Position, today: date) -> int:
    """How many hurdles would be cleared by now at an even pace, rounded down."""
    return int(time_gone(position, today) * position.needed)


def days_left(position: Position, today: date) -> int:
    """Days from today to the last day; below 0 when it has passed."""
    return (position.due - today).days


def urgency(position: Position, today: date) -> tuple[bool, int]:
    """What sorts who can still be helped first, the nearest last day on top; of days that passed, the latest."""
    left = days_left(position, today)
    return left < 0, abs(left)


def pace(position: Position, today: date) -> Pace | None:
    """Why the open enrolment falls behind on that day; None when it does not."""
    cleared = position.done + position.waiting
    if cleared >= position.needed or today < position.begins:
        return None
    gone = time_gone(position, today)
    if days_left(position, today) < 0:
        return Pace.OVERDUE
    if days_left(position, today) <= NEAR and gone >= HALF:
        return Pace.DEADLINE
    if not position.started:
        return Pace.NOT_STARTED if (today - position.begins).days >= IDLE else None
    slow = Fraction(cleared, position.needed) < gone - MARGIN
    return Pace.BEHIND if slow and cleared < expected(position, today) else None


def reminder(position: Position, today: date) -> Reminder | None:
    """What the person of an open enrolment is reminded of on that day; nobody is after the last day."""
    reason = pace(position, today)
    if reason is Pace.DEADLINE:
        return Reminder.VERY_NEAR if days_left(position, today) <= VERY_NEAR else Reminder.NEAR
    return {Pace.NOT_STARTED: Reminder.NOT_STARTED, Pace.BEHIND: Reminder.BEHIND}.get(reason) if reason else None
