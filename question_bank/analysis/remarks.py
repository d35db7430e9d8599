"""What figures say to an author. Pure.

The bounds of discrimination are Ebel's (Ebel & Frisbie 1991): .30 and up good, .20–.29 marginal, below poor; an
option that fewer than one in twenty chooses does not work as a distractor (Haladyna & Downing 1993).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from question_bank.analysis.classical import ENOUGH, Figures, level_of

GOOD, MARGINAL = 0.30, 0.20
TOO_EASY, TOO_HARD = 0.95, 0.20
IDLE = 0.05
LEVELS_OFF = 2
LOOK = frozenset({"key_first", "tells_little", "harder", "too_hard", "rival"})
"""What makes an item worth a look."""


@dataclass(frozen=True)
class Remark:
    """Something that the figures say; `option` is the value of the option that it is about."""

    code: str
    option: str = ""


def remarks(figures: Figures, intended: int | None, key: Collection[str], options: Collection[str]) -> list[Remark]:
    """What there is to say of an item once enough people have answered; nothing before.

    `intended` is the difficulty its author meant (1–5); `options` are the values of all that can be chosen, none
    where something is written.
    """
    if figures.observed < ENOUGH or figures.difficulty is None:
        return []
    return [
        *_on_difficulty(figures.difficulty, intended),
        *_on_discrimination(figures.discrimination, figures.difficulty),
        *_on_options(figures, key, options),
    ]


def is_worth_a_look(found: Collection[Remark]) -> bool:
    """Whether an author should look at the item."""
    return any(one.code in LOOK for one in found)


def _on_difficulty(difficulty: float, intended: int | None) -> Iterator[Remark]:
    off = level_of(difficulty) - intended if intended else 0
    if off >= LEVELS_OFF:
        yield Remark("harder")
    elif off <= -LEVELS_OFF:
        yield Remark("easier")
    elif difficulty >= TOO_EASY:
        yield Remark("too_easy")
    elif difficulty < TOO_HARD and intended != 5:
        yield Remark("too_hard")


def _on_discrimination(discrimination: float | None, difficulty: float) -> Iterator[Remark]:
    if discrimination is None:
        yield Remark("all_alike")
    elif discrimination <= 0:
        yield Remark("key_first")
    elif discrimination >= GOOD:
        yield Remark("tells_well")
    elif discrimination >= MARGINAL:
        yield Remark("tells_some")
    elif difficulty < TOO_EASY:  # where nearly all are right it cannot tell much
        yield Remark("tells_little")


def _on_options(figures: Figures, key: Collection[str], options: Collection[str]) -> Iterator[Remark]:
    single = [one for one in key if one in options]
    if len(single) != 1:
        return
    right = figures.options.get(single[0])
    best = (right.upper if right else 0) or 0
    for option in options:
        if option in key:
            continue
        found = figures.options.get(option)
        if found and found.upper is not None and found.upper > best:
            yield Remark("rival", option)
        if found is None or found.share < IDLE:
            yield Remark("idle", option)
