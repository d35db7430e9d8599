"""The sweeps: attempts that were left open when time was over, items that search does not know yet."""

from __future__ import annotations

from question_bank.queries import attempts as queries
from question_bank.services import indexing, sitting
from training.core import clock, jobs
from training.core.db import reading, transaction
from training.core.logs import log


@jobs.sweep("question_bank:due-attempts")
def hand_in_due() -> int:
    """Hand in every attempt whose deadline has passed, each in a transaction of its own; returns how many."""
    with reading():
        ids = queries.due(clock.now())
    done = 0
    for attempt_id in ids:
        try:
            with transaction():
                sitting.hand_in(queries.lock(attempt_id), by=None)
            done += 1
        except Exception:  # noqa: BLE001 - one that cannot be graded must not keep the others waiting
            log.exception("attempt not handed in", attempt=attempt_id)
    return done


@jobs.sweep("question_bank.terms")
def index_what_is_missing() -> int:
    """Write the search terms of items that are older than the search; returns how many."""
    with reading():
        if not indexing.missing():
            return 0
    with transaction():
        rows = indexing.missing()
        for item, body in rows:
            indexing.write(item, body)
    return len(rows)
