"""How an answer that arrives stands to what is saved: newer, the same, or given by somebody who saw less. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum


class Stand(Enum):
    """What to do with an answer."""

    NEW = "new"
    SAME = "same"
    OLDER = "older"


def of_answer(
    answer: Sequence[str], after: int | None, *, saved: tuple[int, Sequence[str]] | None, seen: Sequence[str]
) -> Stand:
    """How `answer` stands, given by somebody who saw the receipt `after` (0: none; None: whatever is saved).

    `saved` is the newest receipt with its answer, `seen` the answer that had the receipt `after`. No clock is asked: a
    device that comes back, an old window and a request sent twice are all told apart by what they had seen.
    """
    number, newest = saved or (0, ())
    if list(answer) == list(newest):
        return Stand.SAME
    if after is None or after == number:
        return Stand.NEW
    if after < number and list(answer) == list(seen):
        return Stand.SAME  # untouched in a window that was opened before
    return Stand.OLDER
