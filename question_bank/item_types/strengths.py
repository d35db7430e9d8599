"""Which doses whole units of marketed strengths (上市规格) make. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from question_bank.item_types import numbers
from question_bank.item_types.numbers import Number

MOST_STRENGTHS = 20
LARGEST_SMALLEST = 10_000  # of the strengths in their common measure; bounds the table below
FINEST = 1000  # three decimal places


def strengths_of(value: object) -> tuple[Fraction, ...] | None:
    """Strengths as a body lists them; None where they are malformed, or too many or too fine to be reckoned with."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_STRENGTHS:
        return None
    found = [numbers.plain_number(one) for one in value]
    sound = [one for one in found if one is not None and one > 0 and (one * FINEST).denominator == 1]
    if len(sound) < len(found) or min(_measured(tuple(sound))[1]) > LARGEST_SMALLEST:
        return None
    return tuple(sound)


def can_make(dose: Number, strengths: Iterable[Fraction]) -> bool:
    """Whether one or more whole units, of one strength or of several, make a dose exactly; no unit is split.

    Half a tablet is marketed only where the author lists it as a strength.
    """
    measure, sizes = _measured(tuple(strengths))
    count = Fraction(dose) / measure
    if count <= 0 or count.denominator != 1:
        return False
    least = _least(sizes)
    return least[int(count) % len(least)] <= count


@lru_cache(maxsize=64)
def _measured(strengths: tuple[Fraction, ...]) -> tuple[Fraction, tuple[int, ...]]:
    """The greatest common measure, and the strengths counted in it, the smallest first."""
    whole = sorted(int(one * FINEST) for one in strengths)
    measure = math.gcd(*whole)
    return Fraction(measure, FINEST), tuple(one // measure for one in whole)


@lru_cache(maxsize=64)
def _least(sizes: tuple[int, ...]) -> list[float]:
    """For each rest modulo the smallest size, the least sum of sizes that leaves it.

    The round-robin algorithm of Böcker and Lipták, "A fast and simple algorithm for the money changing problem" (2007).
    """
    first = sizes[0]
    least: list[float] = [0] + [math.inf] * (first - 1)
    for size in sizes[1:]:
        circles = math.gcd(first, size)
        for rest in range(circles):
            total = min(least[rest::circles])
            if total == math.inf:
                continue
            for _step in range(first // circles - 1):
                total += size
                place = int(total) % first
                total = least[place] = min(total, least[place])
    return least
