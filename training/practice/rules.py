"""When the hours of a rotation are reached, and how many a day may hold. Pure: plain values in and out.

Hours are counted in half hours, so that sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SETTINGS = ("ward", "outpatient", "home")
LONGEST_LINE = 24
LONGEST_POSTING_DAY = 24
LONGEST_DAY = 48


@dataclass(frozen=True)
class Tally:
    """Half hours signed against half hours required; `required` holds each setting and `all`."""

    required: Mapping[str, int]
    signed: Mapping[str, int] = field(default_factory=dict)

    @property
    def signed_in_all(self) -> int:
        """Every half hour that is signed."""
        return sum(self.signed.values())

    @property
    def missing(self) -> dict[str, int]:
        """What is still missing in each setting, and in all once the settings are full."""
        lacking = {one: max(0, self.required[one] - self.signed.get(one, 0)) for one in SETTINGS}
        return {**lacking, "all": max(0, self.required["all"] - self.signed_in_all)}

    @property
    def reached(self) -> bool:
        """Whether nothing is missing."""
        return not any(self.missing.values())


def tally(required_hours: Mapping[str, int], signed: Iterable[tuple[str, int]]) -> Tally:
    """The tally of signed lines, each a setting with its half hours; counter-lines are below nothing."""
    sums: dict[str, int] = {}
    for setting, halves in signed:
        sums[setting] = sums.get(setting, 0) + halves
    return Tally({name: 2 * hours for name, hours in required_hours.items()}, sums)


def too_long(halves: int, same_posting: int, same_day: int) -> str | None:
    """Which bound `halves` more would break: `line`, `posting` (12 hours a day of one), `day` (24 in all); or None."""
    if not 1 <= halves <= LONGEST_LINE:
        return "line"
    if same_posting + halves > LONGEST_POSTING_DAY:
        return "posting"
    return "day" if same_day + halves > LONGEST_DAY else None


def change(before: Tally, after: Tally) -> int:
    """+1 when the hours are reached now, −1 when they no longer are, 0 when that stays as it was."""
    return int(after.reached) - int(before.reached)
