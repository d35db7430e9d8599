"""The roll-up counters that reports read: upserted last and in key order, so that writers cannot deadlock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, text

from training.accounts.models import Person
from training.core import clock
from training.core.db import batches, db, upsert
from training.places.models import Institution, TrainingBase
from training.progress.models import LedgerLine, Rollup

Key = tuple[int, str, str, int, int, str, str]
COLUMNS = ("activity_id", "measure", "city_code", "base_id", "institution_id", "profession", "month")


@dataclass(frozen=True)
class Place:
    """The frozen where and as what of a line; 0 and the empty text stand for unknown."""

    city_code: str
    base_id: int
    institution_id: int
    profession: str

    @classmethod
    def of(cls, person: Person, institution: Institution | None, base: TrainingBase | None) -> Place:
        """Where and as what a person is at this moment: in the institution's city, else in the base's."""
        city = institution.city_code if institution else (base.city_code if base else "")
        return cls(city, base.id if base else 0, institution.id if institution else 0, person.profession.value)


@dataclass(frozen=True)
class Move:
    """One step up or down of one counter."""

    key: Key
    change: int

    @classmethod
    def of(cls, line: LedgerLine, change: int) -> Move:
        """The counter in which a line counts: its own measure, place and local month."""
        return cls(key_of(line), change)


def key_of(line: LedgerLine) -> Key:
    """The key of the counter in which a line counts."""
    return (
        line.activity_id,
        line.measure,
        line.city_code or "",
        line.base_id or 0,
        line.institution_id or 0,
        line.profession,
        clock.month(line.occurred_at),
    )


def key_at(activity_id: int, measure: str, place: Place, month: str) -> Key:
    """The key of the counter of a measure at a place in a local month."""
    return (activity_id, measure, place.city_code, place.base_id, place.institution_id, place.profession, month)


def write(moves: Sequence[Move]) -> None:
    """Apply the moves to the counters in key order; does not commit."""
    totals: dict[Key, int] = defaultdict(int)
    for move in moves:
        totals[move.key] += move.change
    rows = [
        {**dict(zip(COLUMNS, key, strict=True)), "people": change} for key, change in sorted(totals.items()) if change
    ]
    for some in batches(rows):
        db.session.execute(upsert(Rollup, some, keys=COLUMNS, add=("people",)))


def keep_writers_out() -> None:
    """Have every writer of the ledger wait until this transaction ends: what is recounted must not grow meanwhile.

    On SQLite the write transaction is that lock already.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"LOCK TABLE {LedgerLine.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def recount() -> dict[Key, int]:
    """Count every counter anew from the ledger alone, line by line in order."""
    held: dict[tuple[int, int, str], Key] = {}
    statement = select(LedgerLine).where(LedgerLine.sign != 0).order_by(LedgerLine.id).execution_options(yield_per=1000)
    for line in db.session.scalars(statement):
        owner = (line.person_id, line.activity_id, line.measure)
        if line.sign > 0:
            held.setdefault(owner, key_of(line))
        else:
            held.pop(owner, None)
    counted: dict[Key, int] = defaultdict(int)
    for key in held.values():
        counted[key] += 1
    return dict(counted)


def rebuild() -> int:
    """Replace the counters by a recount; returns how many differed. Call `keep_writers_out` first; does not commit."""
    kept = {tuple(getattr(row, name) for name in COLUMNS): row.people for row in db.session.scalars(select(Rollup))}
    counted = recount()
    differing = [key for key in kept.keys() | counted.keys() if kept.get(key, 0) != counted.get(key, 0)]
    if differing:
        db.session.execute(delete(Rollup))
        write([Move(key, people) for key, people in counted.items()])
    return len(differing)
