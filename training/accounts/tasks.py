"""The sweep that forgets who tried to sign in."""

from __future__ import annotations

from training.accounts import queries, services
from training.core import jobs
from training.core.db import reading, transaction


@jobs.sweep("accounts:tries")
def forget_stale_tries() -> int:
    """Forget the sign-ins tried longer ago than they count; returns how many counts were forgotten."""
    with reading():
        if not queries.has_tries(before=services.stale_before()):
            return 0
    with transaction():
        return services.forget_stale_tries()
