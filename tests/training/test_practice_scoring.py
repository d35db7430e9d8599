"""The result of a checklist: a critical item that is not done fails it whatever the total."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.practice.scoring import CheckItem, faults, score

ITEMS = (
    CheckItem("a", "甲", "A", critical=True),
    CheckItem("b", "乙", "B", scale="points"),
    CheckItem("c", "丙", "C", scale="points"),
)


def test_a_critical_item_fails_the_assessment_whatever_the_total() -> None:
    result = score(ITEMS, {"a": 0, "b": 2, "c": 2}, 60)
    assert (result.percent, result.passed, result.failed_critical) == (Decimal("80.00"), False, ("a",))


def test_the_pass_mark_itself_passes_and_a_hair_below_does_not() -> None:
    assert score(ITEMS, {"a": 1, "b": 2, "c": 0}, 60).passed
    assert not score(ITEMS, {"a": 1, "b": 2, "c": 0}, 61).passed
    thirds = tuple(CheckItem(key, "x", "x") for key in "abc")
    result = score(thirds, {"a": 1, "b": 1, "c": 0}, 67)
    assert (result.percent, result.passed, result.weak) == (Decimal("66.66"), False, ("c",))


@pytest.mark.parametrize("marks", [{}, {"a": 1, "b": 1}, {"a": 2, "b": 1, "c": 1}, {"a": 1, "b": 1, "c": 1, "d": 1}])
def test_marks_that_do_not_fit_are_no_result(marks: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="mark"):
        score(ITEMS, marks, 60)


@given(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2)), st.integers(1, 100))
def test_a_better_mark_never_turns_a_pass_into_a_fail(values: tuple[int, int, int], pass_percent: int) -> None:
    marks = dict(zip("abc", values, strict=True))
    before = score(ITEMS, marks, pass_percent)
    for item in ITEMS:
        if marks[item.key] < item.highest:
            after = score(ITEMS, {**marks, item.key: marks[item.key] + 1}, pass_percent)
            assert after.percent > before.percent
            assert after.passed >= before.passed


def test_a_checklist_says_what_is_wrong_with_it() -> None:
    assert faults([]) == [(0, "none")]
    assert faults([CheckItem("a", "甲", ""), CheckItem("b", "乙", "B", scale="stars")]) == [(1, "text"), (2, "scale")]
