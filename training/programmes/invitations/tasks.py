"""The sweep that forgets the names of people who were declined."""

from __future__ import annotations

from training.core import jobs
from training.core.db import reading, transaction
from training.programmes.invitations import queries, services


@jobs.sweep("applications")
def forget_declined() -> int:
    """Empty what declined applications say of people, a month later; writes only when there is one."""
    with reading():
        if not queries.has_declined(before=services.declined_before()):
            return 0
    with transaction():
        return services.forget_declined()
