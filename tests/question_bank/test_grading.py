"""Scores, and who may resit when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from question_bank import grading
from question_bank.resits import Sitting, State, standing

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_points_weigh_the_items() -> None:
    score = grading.score([(3, Fraction(1)), (1, Fraction(0)), (2, Fraction(1, 2))], 60)
    assert (score.percent, score.passed) == (Decimal("66.67"), True)
    assert score.earned == (Decimal("3.00"), Decimal("0.00"), Decimal("1.00"))


def test_a_rounded_percentage_does_not_pass() -> None:
    score = grading.score([(100, Fraction(59996, 100000))], 60)
    assert (score.percent, score.passed) == (Decimal("60.00"), False)


def test_an_attempt_without_points_does_not_pass() -> None:
    assert grading.score([], 1) == grading.Score((), Decimal("0.00"), False)


@given(st.lists(st.tuples(st.integers(1, 100), st.fractions(0, 1)), min_size=1), st.integers(1, 100))
def test_percent_is_within_bounds(results: list[tuple[int, Fraction]], mark: int) -> None:
    assert 0 <= grading.score(results, mark).percent <= 100


def sat(number: int, hours_ago: float, *, passed: bool = False) -> Sitting:
    moment = NOW - timedelta(hours=hours_ago)
    return Sitting(number, moment, moment, passed)


def test_who_may_sit_follows_the_attempts() -> None:
    open_one = Sitting(1, NOW + timedelta(minutes=1), None, None)
    due_one = Sitting(1, NOW, None, None)
    assert standing([], 2, 0, NOW).state is State.FIRST
    assert standing([open_one], 2, 0, NOW).state is State.OPEN
    assert standing([due_one], 2, 0, NOW).state is State.OVER
    assert standing([sat(1, 5)], 2, 0, NOW).state is State.RESIT
    assert standing([sat(1, 5, passed=True)], 2, 0, NOW).state is State.PASSED
    assert standing([sat(1, 9), sat(2, 5)], 2, 0, NOW).state is State.NONE_LEFT
    waiting = standing([sat(1, 5)], 2, 24, NOW)
    assert (waiting.state, waiting.not_before, waiting.left) == (State.WAIT, NOW + timedelta(hours=19), 1)
    assert standing([sat(1, 24)], 2, 24, NOW).may_start
