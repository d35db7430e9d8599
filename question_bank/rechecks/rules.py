"""Until when somebody may ask for a check of their mark, by when they are answered, and what came of it. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

TO_ASK = timedelta(days=7)
TO_ANSWER = timedelta(days=10)


class Outcome(StrEnum):
    """What a check came to: the mark stays (维持原分), or it was corrected (更正)."""

    UPHELD = "upheld"
    CHANGED = "changed"


def last_day_to_ask(told_on: date) -> date:
    """The last day on which a check may be asked for of a result told, or corrected, on that day."""
    return told_on + TO_ASK


def due_on(asked_on: date) -> date:
    """The day by which a request of that day is answered."""
    return asked_on + TO_ANSWER


def outcome(*, marked: bool, moved: bool) -> Outcome:
    """What to call it, by whether a written answer was marked anew and whether the result is another than before."""
    return Outcome.CHANGED if marked or moved else Outcome.UPHELD
