"""Who falls behind and who is reminded, in plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.progress import pace
from training.progress.pace import Pace, Position, Reminder

FIRST = date(2026, 3, 1)


def at(day: int, *, done: int = 0, needed: int = 10, started: bool = True, days: int = 100) -> Pace | None:
    position = Position(done, needed, started, FIRST, FIRST + timedelta(days=days - 1))
    return pace.pace(position, FIRST + timedelta(days=day))


@pytest.mark.parametrize(
    ("day", "done", "started", "expected"),
    [
        (-1, 0, False, None),
        (6, 0, False, None),
        (7, 0, False, Pace.NOT_STARTED),
        (15, 0, True, None),
        (16, 0, True, Pace.BEHIND),
        (50, 3, True, Pace.BEHIND),
        (50, 4, True, None),
        (85, 9, True, Pace.DEADLINE),
        (84, 7, True, None),
        (99, 9, True, Pace.DEADLINE),
        (100, 9, True, Pace.OVERDUE),
    ],
)
def test_the_first_reason_that_applies(day: int, done: int, started: bool, expected: Pace | None) -> None:
    assert at(day, done=done, started=started) is expected


def test_a_short_cohort_is_not_near_its_end_on_its_first_days() -> None:
    assert at(0, days=10) is None
    assert at(4, days=10, done=4) is None
    assert at(5, days=10, done=5) is Pace.DEADLINE


def test_nobody_falls_behind_of_whom_nothing_is_asked() -> None:
    assert all(at(day, needed=0) is None for day in range(-5, 200))


@pytest.mark.parametrize("day", [7, 60, 90, 99, 130])
def test_what_waits_for_somebody_else_counts_as_cleared(day: int) -> None:
    today, due = FIRST + timedelta(days=day), FIRST + timedelta(days=99)
    everything = Position(3, 5, True, FIRST, due, waiting=2)
    assert pace.pace(everything, today) is None
    assert pace.reminder(everything, today) is None
    some, as_done = Position(2, 5, True, FIRST, due, waiting=1), Position(3, 5, True, FIRST, due)
    assert pace.pace(some, today) is pace.pace(as_done, today)


def test_somebody_enrolled_after_the_last_day_is_overdue_and_nothing_breaks() -> None:
    position = Position(0, 3, False, FIRST, FIRST - timedelta(days=5))
    assert pace.pace(position, FIRST) is Pace.OVERDUE
    assert pace.reminder(position, FIRST) is None


def test_who_can_still_be_helped_comes_before_whose_last_day_has_passed() -> None:
    due = {days: Position(0, 3, True, FIRST, FIRST + timedelta(days=days)) for days in (-300, -2, 0, 9, 40)}
    ordered = sorted(due, key=lambda days: pace.urgency(due[days], FIRST))
    assert ordered == [0, 9, 40, -2, -300]


@given(
    done=st.integers(0, 20),
    more=st.integers(0, 20),
    days=st.integers(1, 800),
    day=st.integers(-50, 900),
    started=st.booleans(),
    later=st.integers(1, 400),
)
def test_doing_more_and_having_more_time_never_make_it_worse(
    done: int, more: int, days: int, day: int, started: bool, later: int
) -> None:
    needed = done + more
    today = FIRST + timedelta(days=day)

    def late(done: int, days: int) -> bool:
        position = Position(done, needed, started, FIRST, FIRST + timedelta(days=days - 1))
        assert 0 <= pace.time_gone(position, today) <= 1
        assert 0 <= pace.expected(position, today) <= needed
        return pace.pace(position, today) is not None

    before = late(done, days)
    assert late(done, days + later) <= before
    if more:
        assert late(done + 1, days) <= before


@pytest.mark.parametrize(
    ("day", "done", "started", "expected"),
    [
        (3, 0, False, None),
        (7, 0, False, Reminder.NOT_STARTED),
        (40, 1, True, Reminder.BEHIND),
        (84, 9, True, None),
        (85, 9, True, Reminder.NEAR),
        (95, 9, True, Reminder.NEAR),
        (96, 9, True, Reminder.VERY_NEAR),
        (99, 9, True, Reminder.VERY_NEAR),
        (100, 9, True, None),
    ],
)
def test_who_is_reminded_of_what(day: int, done: int, started: bool, expected: Reminder | None) -> None:
    position = Position(done, 10, started, FIRST, FIRST + timedelta(days=99))
    assert pace.reminder(position, FIRST + timedelta(days=day)) is expected
