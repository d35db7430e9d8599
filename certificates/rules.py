"""Dates, standing and masking: pure calculations over plain values."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum

FIRST_EAST_ASIAN = "\u2e80"
"""Where Chinese, Japanese and Korean characters begin; before it stand the alphabets."""


class Standing(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


def standing(status: str, *, valid_until: date | None, today: date) -> Standing:
    """What was decided wins over the calendar; the last day of validity is still a valid one."""
    if status != Standing.VALID:
        return Standing(status)
    return Standing.EXPIRED if valid_until is not None and valid_until < today else Standing.VALID


def last_valid_day(issued_on: date, months: int) -> date | None:
    """The last day of `months` whole months of validity; None when it has no end (0 months)."""
    if months <= 0:
        return None
    years, month = divmod(issued_on.month - 1 + months, 12)
    year, month = issued_on.year + years, month + 1
    day = min(issued_on.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


def renewed_until(end: date | None, *, today: date, months: int) -> date | None:
    """The last day of a renewed certificate: asked in time it goes on from the old end, so that no day is lost."""
    begins = max(today, end + timedelta(days=1)) if end is not None else today
    return last_valid_day(begins, months)


def first_day(*, enrolled_on: date, cohort_starts_on: date, completed_on: date) -> date:
    """When the training began: with the cohort for whoever was enrolled before, never after it was completed."""
    return min(max(enrolled_on, cohort_starts_on), completed_on)


def masked(name: str) -> str:
    """A name by which its owner is known and nobody else told: 李*, 阿**, M* O*.

    The first character stays, one star stands for a second, two for more; of a Latin name each word's first letter.
    """
    if max(name, default="") < FIRST_EAST_ASIAN:
        return " ".join(f"{word[0]}*" for word in name.split())
    return name[:1] + "*" * min(max(len(name) - 1, 1), 2)
