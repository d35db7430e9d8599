"""The sweep of pictures that were sent and never saved with an item."""

from __future__ import annotations

from question_bank.pictures import queries, services
from training.core import clock, jobs
from training.core.db import reading, transaction


@jobs.sweep("question_bank:sent-pictures")
def forget_what_was_abandoned() -> int:
    """Forget what was sent long ago; returns how many files nobody uses."""
    before = clock.now() - services.FORGOTTEN_AFTER
    with reading():
        old = queries.sent_before(before)
    if not old:
        return 0
    with transaction():
        return services.forget(queries.sent_before(before))
