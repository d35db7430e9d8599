"""When a certificate can be renewed, and which reminder of its end is due: pure calculations over days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

OPENS = timedelta(days=90)
"""So long before the last day renewal can be asked for: as early as the first reminder."""
CLOSES = timedelta(days=180)
"""So long after the last day it still can: half a year, for illness and parental leave; after that, train again."""
REMINDERS = (90, 60, 30, 7)
"""Days before the last one on which a holder is reminded."""


class Window(NamedTuple):
    """The first and the last day on which renewal can be asked for."""

    first: date
    last: date


def window(valid_until: date) -> Window:
    """When the renewal of a certificate with that last day can be asked for."""
    return Window(valid_until - OPENS, valid_until + CLOSES)


class Due(NamedTuple):
    """A reminder, and the last days of validity, first to last, of the certificates for which it is due today."""

    days: int
    first: date
    last: date


def due(today: date) -> list[Due]:
    """For each reminder whom it is due for: whoever is between it and the next one, however late it is looked at.

    So a run that comes late sends the reminder that is due now, and none of those that were missed.
    """
    ends = [*REMINDERS[1:], -1]
    return [
        Due(days, today + timedelta(days=after + 1), today + timedelta(days=days))
        for days, after in zip(REMINDERS, ends, strict=True)
    ]
