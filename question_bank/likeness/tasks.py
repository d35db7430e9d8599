"""The sweep that writes the bands of items that are older than the search for like ones."""

from __future__ import annotations

from question_bank.likeness import queries, services
from training.core import jobs
from training.core.db import reading, transaction


@jobs.sweep("question_bank.likeness")
def write_what_is_missing() -> int:
    """Write the bands that are missing, in pieces, until there are none; returns of how many items."""
    done = 0
    with reading():
        is_missing = bool(queries.without_bands(1))
    while is_missing:
        with transaction():
            written = services.write_missing()
        done += written
        is_missing = written == services.AT_ONCE
    return done
