"""The job that carries a change out, or undoes it, piece by piece; the sweep that goes on where a worker was lost."""

from __future__ import annotations

from question_bank.changes import queries, services
from question_bank.changes.models import ItemChange
from training.core import clock, jobs
from training.core.db import db, reading, transaction


@jobs.job(services.WORK)
def work(change_id: int) -> None:
    """Do what is left of a change, each piece in a transaction of its own; harmless when run twice."""
    with reading():
        change = db.session.get(ItemChange, change_id)
        start = change.done if change is not None else None
    while start is not None:
        with transaction():
            start = services.do_piece(change_id, start)


@jobs.sweep("changes of many items")
def go_on_with_what_is_left() -> int:
    """Take up what is confirmed and not finished; returns how many."""
    with reading():
        left = queries.left_behind()
    return jobs.take_up(left, work, of="a change of many items")


@jobs.sweep("changes never confirmed")
def forget_what_was_only_looked_at() -> int:
    """Delete what was looked at a day ago and not confirmed; returns how many."""
    before = clock.now() - services.FORGET_AFTER
    with reading():
        if not queries.never_confirmed(before):
            return 0
    with transaction():
        ids = queries.never_confirmed(before)
        services.forget(ids)
    return len(ids)
