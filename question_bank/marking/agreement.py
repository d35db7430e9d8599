"""How far two who mark the same answers agree. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

ENOUGH = 30


class Pair(NamedTuple):
    """Two marks of an answer as shares of its rubric's points, and whether they were within what the quiz tolerates."""

    first: Fraction
    second: Fraction
    agreed: bool


@dataclass(frozen=True)
class Agreement:
    """Of so many answers `within` agreed; `difference` is the mean one, as a share of the rubric's points.

    `kappa` is None for fewer than 30 answers, and where all marks are the same.
    """

    compared: int
    within: int
    difference: Fraction
    kappa: float | None


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    """What the pairs, one at least, say together."""
    apart = [abs(one.first - one.second) for one in pairs]
    return Agreement(
        compared=len(pairs),
        within=sum(one.agreed for one in pairs),
        difference=_mean(apart),
        kappa=weighted_kappa(pairs) if len(pairs) >= ENOUGH else None,
    )


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa with quadratic weights: 1 for marks that are the same, 0 for no more agreement than by chance.

    One minus the mean squared difference over the one that the same marks would have, were they paired by chance
    (Cohen 1968, Psychological Bulletin 70(4), 213-220, doi 10.1037/h0026256). None where all marks are the same.
    """
    firsts, seconds = [one.first for one in pairs], [one.second for one in pairs]
    found = _mean([(one.first - one.second) ** 2 for one in pairs])
    squares = _mean([one**2 for one in firsts]) + _mean([one**2 for one in seconds])
    by_chance = squares - 2 * _mean(firsts) * _mean(seconds)
    return float(1 - found / by_chance) if by_chance else None


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
