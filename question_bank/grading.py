"""The score of an attempt from the fractions earned. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Score:
    """What an attempt came to: points for each item, percent of all points (two places), and whether it passes."""

    earned: tuple[Decimal, ...]
    percent: Decimal
    passed: bool


def score(results: Sequence[tuple[int, Fraction]], pass_percent: int) -> Score:
    """Score an attempt from (points, fraction earned 0–1) of each item.

    Passing is decided on the exact share, before the percentage is rounded to two places: 59.996 % does not pass at 60.
    An attempt without any points does not pass.
    """
    total = sum(points for points, _fraction in results)
    exact = [points * fraction for points, fraction in results]
    share = sum(exact, Fraction(0)) / total if total else Fraction(0)
    return Score(
        earned=tuple(_decimal(one) for one in exact),
        percent=_decimal(share * 100),
        passed=total > 0 and share * 100 >= pass_percent,
    )


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
