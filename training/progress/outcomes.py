"""The outcomes that a ledger line may carry; each package registers its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """A word such as `question_bank:passed`, its measure, and its sign: +1 reaches, −1 takes back, 0 neither."""

    name: str
    measure: str
    sign: int


_outcomes: dict[str, Outcome] = {}


def register(name: str, measure: str, sign: int) -> Outcome:
    """Make an outcome known and return it."""
    outcome = Outcome(name, measure, sign)
    _outcomes[name] = outcome
    return outcome


ENROLLED = register("training:enrolled", "enrolled", 1)
WITHDRAWN = register("training:withdrawn", "enrolled", -1)
COMPLETED = register("training:completed", "completed", 1)
REOPENED = register("training:reopened", "completed", -1)
WAIVED = register("training:waived", "waived", 1)
WAIVER_ENDED = register("training:waiver-ended", "waived", -1)
WAIVER_ENDED_OF_SEVERAL = register("training:waiver-ended-of-several", "waived", 0)
