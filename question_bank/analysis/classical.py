"""Classical item analysis: difficulty, item-rest discrimination, upper and lower groups, options. Pure.

Sources: Crocker & Algina, *Introduction to Classical and Modern Test Theory* (1986), chapter 14; Ebel & Frisbie,
*Essentials of Educational Measurement* (5th ed. 1991); the groups of 27 % are Kelley's (1939).
A figure that has no value (nobody was observed, all are alike) is None.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

ENOUGH = 30
"""So many first answers before a figure is told; below it chance says more than the item does."""
GROUP = 0.27


@dataclass
class Tally:
    """How often an item was shown, left open, each option chosen; `earned` sums up the shares of its points."""

    shown: int = 0
    earned: float = 0.0
    unanswered: int = 0
    chosen: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Sequence[str] | None, earned: float, times: int = 1) -> None:
        """Count an answer that was given so many times and earned so many shares of the points in all."""
        self.shown += times
        self.earned += earned
        if not answer:
            self.unanswered += times
        for option in answer or ():
            self.chosen[option] += times

    @property
    def difficulty(self) -> float | None:
        """The mean share of the points (难度 P), 1 where everybody earns all of them; left open counts as nothing.

        For an item that is right or wrong it is the proportion that answers rightly (Crocker & Algina).
        """
        return self.earned / self.shown if self.shown else None

    @property
    def percent(self) -> int:
        """The difficulty in percent, rounded; 0 where it was never shown."""
        return round(100 * (self.difficulty or 0))


@dataclass(frozen=True)
class Observation:
    """One person's first answer: its share of the points, that of the rest of the paper, what was chosen.

    `rest` is None where the paper has no other item; `parts` are the shares of the parts of a set.
    """

    share: float
    rest: float | None
    chosen: Sequence[str] = ()
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class OptionFigures:
    """The share that chose an option: of all, and of those whose rest of the paper is best and worst."""

    share: float
    upper: float | None = None
    lower: float | None = None


@dataclass(frozen=True)
class PartFigures:
    """Difficulty and discrimination of one part of a set, against the rest of the paper without the set."""

    difficulty: float | None
    discrimination: float | None


@dataclass(frozen=True)
class Figures:
    """What the observations of an item come to; `difference` is upper minus lower group (D)."""

    observed: int = 0
    difficulty: float | None = None
    discrimination: float | None = None
    difference: float | None = None
    options: Mapping[str, OptionFigures] = field(default_factory=dict)
    parts: Mapping[str, PartFigures] = field(default_factory=dict)


def discrimination(shares: Sequence[float], rests: Sequence[float]) -> float | None:
    """The correlation of the item with the rest of the paper; for right or wrong the corrected point-biserial r.

    The item itself is left out of what it is held against, or it would agree with itself (Crocker & Algina).
    None below two observations, and where all shares or all rests are alike.
    """
    if len(shares) < 2 or min(shares) == max(shares) or min(rests) == max(rests):
        return None
    ours, theirs = _centred(shares), _centred(rests)
    spread = math.sqrt(math.fsum(x * x for x in ours)) * math.sqrt(math.fsum(y * y for y in theirs))
    if not spread:
        return None
    together = math.fsum(x * y for x, y in zip(ours, theirs, strict=True))
    return max(-1.0, min(1.0, together / spread))


def _centred(values: Sequence[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    return [one - mean for one in values]


def upper_and_lower(values: Sequence[float], rests: Sequence[float]) -> tuple[float, float] | None:
    """The means of `values` in the 27 % with the best and with the worst rest of the paper (Ebel & Frisbie).

    Those who stand level at the edge of a group share its last places, so that no order of the rows matters.
    None below two observations, and where all rests are alike.
    """
    if len(values) < 2 or min(rests) == max(rests):
        return None
    size = max(1, round(GROUP * len(values)))
    pairs = sorted(zip(rests, values, strict=True))
    return _mean_of_first(pairs[::-1], size), _mean_of_first(pairs, size)


def _mean_of_first(pairs: Sequence[tuple[float, float]], size: int) -> float:
    total, left = 0.0, size
    for _rest, level in groupby(pairs, key=lambda pair: pair[0]):
        values = [value for _same, value in level]
        taken = min(left, len(values))
        total += math.fsum(values) * taken / len(values)
        left -= taken
        if not left:
            break
    return total / size


def analyse(observations: Sequence[Observation], most_options: int = 150) -> Figures:
    """The figures of an item; a set is one unit, and each of its parts is told beside it.

    Of different answers `most_options` are told of, the most frequent.
    """
    tally = Tally()
    for one in observations:
        tally.add(one.chosen, one.share)
    compared = [(one, one.rest) for one in observations if one.rest is not None]
    rests = [rest for _one, rest in compared]
    shares = [one.share for one, _rest in compared]
    groups = upper_and_lower(shares, rests)
    return Figures(
        observed=tally.shown,
        difficulty=tally.difficulty,
        discrimination=discrimination(shares, rests),
        difference=groups[0] - groups[1] if groups else None,
        options={
            option: _option(option, times / tally.shown, compared)
            for option, times in tally.chosen.most_common(most_options)
        },
        parts={
            name: _part(name, observations) for name in sorted({part for one in observations for part in one.parts})
        },
    )


def _option(option: str, share: float, compared: Sequence[tuple[Observation, float]]) -> OptionFigures:
    chose = [float(option in one.chosen) for one, _rest in compared]
    groups = upper_and_lower(chose, [rest for _one, rest in compared])
    return OptionFigures(share, *groups) if groups else OptionFigures(share)


def _part(name: str, observations: Sequence[Observation]) -> PartFigures:
    known = [(one.parts[name], one.rest) for one in observations if name in one.parts]
    compared = [(share, rest) for share, rest in known if rest is not None]
    return PartFigures(
        difficulty=math.fsum(share for share, _rest in known) / len(known),
        discrimination=discrimination([share for share, _rest in compared], [rest for _share, rest in compared]),
    )


def level_of(difficulty: float) -> int:
    """The level from 1 (easy) to 5 that a share of points stands for: fifths."""
    return 5 - max(0, min(4, int(difficulty * 5)))
