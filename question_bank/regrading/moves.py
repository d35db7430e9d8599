"""What a ruling changes: attempt by attempt, and all together. Plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from question_bank.models import AttemptStatus
from question_bank.regrading.rules import Earned


@dataclass(frozen=True)
class Move:
    """An attempt that a ruling changes: score and pass before and after, and each position that changes."""

    attempt_id: int
    person_id: int
    name: str
    number: int
    score: tuple[Decimal, Decimal]
    passed: tuple[bool, bool]
    items: Mapping[int, tuple[Earned, Earned]]
    is_emptied: bool = False

    @property
    def is_felt(self) -> bool:
        """Whether score or pass change."""
        return self.score[0] != self.score[1] or self.passed[0] != self.passed[1]

    def as_json(self, side: int) -> dict[str, Any]:
        """What it was (0) or is (1), as `RegradeLine` keeps it."""
        return {
            "score": str(self.score[side]),
            "passed": self.passed[side],
            "items": {
                str(place): {
                    "earned": None if both[side].earned is None else str(both[side].earned),
                    "critical": both[side].critical,
                }
                for place, both in sorted(self.items.items())
            },
        }


@dataclass(frozen=True)
class Preview:
    """What a ruling would change: `lost` and `gained` are the people who would pass no more, or now.

    `about` counts the attempts with a result that it is about, `waiting` those without one by status.
    """

    about: int
    moves: Sequence[Move]
    lost: Collection[int]
    gained: Collection[int]
    waiting: Mapping[AttemptStatus, int] = field(default_factory=dict)

    @property
    def is_emptying(self) -> bool:
        """Whether some attempt would have no points left."""
        return any(one.is_emptied for one in self.moves)

    @property
    def seen(self) -> str:
        """What somebody who decides has seen: the confirmation is refused when it is not so any more."""
        points = sum((one.score[1] - one.score[0] for one in self.moves), Decimal(0))
        return f"{self.about}.{len(self.moves)}.{len(self.lost)}.{len(self.gained)}.{points}"
