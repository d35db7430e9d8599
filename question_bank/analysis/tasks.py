"""The sweep that counts what was handed in since the last time, and versions that were written since."""

from __future__ import annotations

from question_bank.analysis import queries, services
from training.core import jobs
from training.core.db import reading, transaction


@jobs.sweep("question_bank.figures")
def count_what_is_new() -> int:
    """Count the items anew that were handed in or revised since they were last counted; returns how many."""
    with reading():
        if not queries.uncounted() and not queries.revised():
            return 0
    with transaction():
        attempts = queries.uncounted()
        items = sorted({*queries.shown_in(attempts), *queries.revised()})
        services.recount(items)
        services.mark_counted(attempts)
    return len(items)
