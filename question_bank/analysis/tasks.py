"""The sweep that counts what was handed in since the last time, and versions that were written since."""

from __future__ import annotations

from question_bank.analysis import queries, services
from training.core import jobs
from training.core.db import batches, reading, transaction


@jobs.sweep("question_bank.figures")
def count_what_is_new() -> int:
    """Count the items anew that were handed in or revised since they were last counted; returns how many."""
    with reading():
        attempts = queries.uncounted()
        items = sorted({*queries.shown_in(attempts), *queries.revised()})
        rows = [row for some in batches(items, services.ITEMS_AT_ONCE) for row in services.differing(some)]
    if attempts or rows:
        with transaction():
            services.keep(rows)
            services.mark_counted(attempts)
    return len(items)
