"""The one source of the time. Stored UTC; shown in the configured zone (Asia/Shanghai by default)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_zone = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in the zone people live in."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment in the zone people live in."""
    return moment.astimezone(_zone)


def at(typed: datetime) -> datetime:
    """The moment that a clock on the wall, without a zone, shows where people live; in UTC."""
    return typed.replace(tzinfo=_zone).astimezone(UTC)


NIGHT = (21, 8)


def is_night(moment: datetime) -> bool:
    """Whether people sleep then: from 21:00 to 08:00 where they live."""
    begins, ends = NIGHT
    return not ends <= local(moment).hour < begins


def month(moment: datetime) -> str:
    """The local month of a moment as `2026-11`, the key under which roll-ups count."""
    return local(moment).strftime("%Y-%m")


def first_moment(month: str, *, later: int = 0) -> datetime:
    """The moment at which a local month such as `2026-11` begins, or the one that many months later; in UTC."""
    year, place = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + later, 12)
    return datetime(year, place + 1, 1, tzinfo=_zone).astimezone(UTC)


def use_zone(name: str) -> None:
    """Set the zone in which times are shown and months are cut."""
    global _zone  # noqa: PLW0603 - one zone a process, set once at the start
    _zone = ZoneInfo(name)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` within the block: sample data and tests live in their own time."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
