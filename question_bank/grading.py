"""The score of an attempt: a policy makes a fraction of each mark, points make a percentage of the fractions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from question_bank.item_types import ItemType, Mark

HUNDREDTH = Decimal("0.01")


def all_or_nothing(mark: Mark) -> Fraction:
    """1 for everything that is right and nothing else, else 0."""
    return Fraction(1 if mark.right else 0)


def each(mark: Mark) -> Fraction:
    """The share of what is right that was given; 0 once anything wrong is (漏选给部分分，错选不给分)."""
    return Fraction(0) if mark.wrong else Fraction(mark.hits, mark.of)


def plus_minus(mark: Mark) -> Fraction:
    """+1 for each right, −1 for each wrong, over what is right; never below 0 (case analysis)."""
    return max(Fraction(0), Fraction(mark.hits - mark.wrong, mark.of))


def as_written(mark: Mark) -> Fraction:
    """The share that the author wrote for this answer (−1 to 1), all or nothing where none is written."""
    return all_or_nothing(mark) if mark.written is None else mark.written


Policy = Callable[[Mark], Fraction]
POLICIES: dict[str, Policy] = {one.__name__: one for one in (all_or_nothing, each, plus_minus, as_written)}


def fraction(item_type: ItemType, mark: Mark, policy: str = "") -> Fraction:
    """The fraction earned: the mean over the parts of an item that has parts.

    `policy` is the section's, by default the type's own; what an author wrote for an answer goes before both.
    """
    if mark.parts:
        return sum((fraction(item_type, one, policy) for one in mark.parts), Fraction(0)) / len(mark.parts)
    return as_written(mark) if mark.written is not None else POLICIES[policy or item_type.policy](mark)


@dataclass(frozen=True)
class Score:
    """What an attempt came to: points for each item, percent of all points (two places), and whether it passes."""

    earned: tuple[Decimal, ...]
    percent: Decimal
    passed: bool


def score(
    results: Sequence[tuple[int, Fraction]],
    pass_percent: int,
    *,
    critical_errors: int = 0,
    critical_limit: int | None = None,
) -> Score:
    """Score an attempt from (points, fraction earned, −1 to 1) of each item; never below 0 in all.

    Passing is decided on the exact share, before the percentage is rounded to two places: 59.996 % does not pass at 60.
    An attempt without any points does not pass, nor one with `critical_limit` safety-critical errors or more.
    """
    total = sum(points for points, _fraction in results)
    exact = [points * fraction for points, fraction in results]
    share = max(Fraction(0), sum(exact, Fraction(0)) / total) if total else Fraction(0)
    is_safe = critical_limit is None or critical_errors < critical_limit
    return Score(
        earned=tuple(_decimal(one) for one in exact),
        percent=_decimal(share * 100),
        passed=total > 0 and share * 100 >= pass_percent and is_safe,
    )


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
