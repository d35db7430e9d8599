"""When somebody may begin in an exam session, and until when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Gate(StrEnum):
    """Whether a session lets people in now."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Window:
    """The times of a session as this rule sees them; `late_minutes` after opening nobody is let in any more."""

    opens_at: datetime
    closes_at: datetime
    late_minutes: int
    cancelled: bool = False

    @property
    def last_entry(self) -> datetime:
        """The moment after which nobody begins."""
        return min(self.opens_at + timedelta(minutes=self.late_minutes), self.closes_at)


def gate(window: Window, now: datetime, extra_minutes: int = 0) -> Gate:
    """Whether somebody with that much extra time may begin at `now`."""
    if window.cancelled:
        return Gate.CANCELLED
    if now < window.opens_at:
        return Gate.EARLY
    if now >= window.closes_at + timedelta(minutes=extra_minutes):
        return Gate.OVER
    return Gate.OPEN if now < window.last_entry else Gate.LATE


def deadline(window: Window, started_at: datetime, limit_minutes: int, extra_minutes: int) -> datetime:
    """The end of somebody's time: their minutes, at most until the session closes, and their extra time on both."""
    own_end = started_at + timedelta(minutes=limit_minutes)
    return min(own_end, window.closes_at) + timedelta(minutes=extra_minutes)


def may_explain(explained: bool, window: Window, most_extra_minutes: int, now: datetime) -> bool:
    """Whether items may be shown with their key: if that is wanted, once nobody can sit the session any more."""
    return explained and now >= window.closes_at + timedelta(minutes=most_extra_minutes)


def is_released(held: bool, release_at: datetime | None, now: datetime) -> bool:
    """Whether results may be told."""
    return not held or (release_at is not None and release_at <= now)
