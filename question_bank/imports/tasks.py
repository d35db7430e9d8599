"""The job that writes an import piece by piece, and the sweep that goes on where a worker was lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from question_bank.exchange.parsed import Parsed
from question_bank.imports import queries, services, writing
from question_bank.imports.models import ImportStatus, ItemImport
from question_bank.models import Item, ItemTerms
from training.core import jobs
from training.core.db import db, look_again, reading, transaction

MANY = 1000
"""From so many items on a bank is another one for the database."""


@jobs.job(services.WORK)
def work(import_id: int) -> None:
    """Write what is left of a confirmed import; harmless when run twice."""
    with reading():
        opened = db.session.get(ItemImport, import_id)
        if opened is None or opened.status is not ImportStatus.RUNNING or opened.data is None:
            return
    write(opened, services.read_again(opened))


@jobs.sweep("imports of items")
def go_on_with_what_is_left() -> int:
    """Take up the imports that are confirmed and not finished; returns how many."""
    with reading():
        left = queries.left_behind()
    return jobs.take_up(left, work, of="an import of items")


def write(opened: ItemImport, items: Sequence[Parsed], told: Callable[[int], None] = lambda _done: None) -> None:
    """Write the pieces that are left, each in a transaction of its own; `told` hears how many lines are done."""
    codes = writing.codes_of(items, services.prefix_of(opened))
    start: int | None = opened.done
    while start is not None:
        kept = services.keep_pictures(items[start : start + services.A_PIECE])
        with transaction():
            start = services.write_piece(opened.id, items, codes, start, kept)
        told(start if start is not None else opened.total)
    if opened.total >= MANY:
        look_again(Item, ItemTerms)
