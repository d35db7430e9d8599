"""What the answers to a quiz say about its items. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class ItemFigures:
    """How often an item version was shown in handed-in attempts, fully right, left open, and each option chosen."""

    shown: int = 0
    right: int = 0
    unanswered: int = 0
    chosen: Counter[str] = field(default_factory=Counter)

    @property
    def facility(self) -> int:
        """The share of right answers in percent, rounded (难度 P × 100); 0 where it was never shown."""
        return round(100 * self.right / self.shown) if self.shown else 0


def figures(rows: Iterable[tuple[int, Sequence[str] | None, int, int]]) -> dict[int, ItemFigures]:
    """Figures of each item version from rows (item version id, answer or None, times, times fully right)."""
    found: dict[int, ItemFigures] = {}
    for version_id, answer, times, right in rows:
        item = found.setdefault(version_id, ItemFigures())
        item.shown += times
        item.right += right
        if not answer:
            item.unanswered += times
        for option in answer or ():
            item.chosen[option] += times
    return found
