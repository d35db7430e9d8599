"""Erasing whoever asked for it and has thought it over, and whoever has not come for years."""

from __future__ import annotations

from flask import current_app

from training.core import clock, jobs
from training.core.db import reading, transaction
from training.core.errors import Conflict
from training.privacy import erasure, queries, retention

A_SWEEP = 50


@jobs.sweep("erasures")
def erase_who_is_due() -> int:
    """Erase a bounded number of people whose time has come, each in a transaction of its own; returns how many."""
    years = int(current_app.config["RETENTION_YEARS"])
    with reading():
        due = list(queries.due_erasures(clock.now(), A_SWEEP))
        if years and len(due) < A_SWEEP:
            due += [person.id for person in retention.forgettable(years, A_SWEEP - len(due))]
    erased = 0
    for person_id in dict.fromkeys(due):
        with transaction():
            try:
                erasure.erase(person_id, by=None)
            except Conflict:  # another worker was faster
                continue
            erased += 1
    return erased
