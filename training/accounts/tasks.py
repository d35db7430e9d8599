"""The sweeps that forget who tried to sign in, and codes of long ago."""

from __future__ import annotations

from training.accounts import codes, queries, services
from training.core import clock, jobs
from training.core.db import reading, transaction


@jobs.sweep("accounts:tries")
def forget_stale_tries() -> int:
    """Forget the sign-ins tried longer ago than they count; returns how many counts were forgotten."""
    with reading():
        if not queries.has_tries(before=services.stale_before()):
            return 0
    with transaction():
        return services.forget_stale_tries()


@jobs.sweep("accounts:codes")
def forget_old_codes() -> int:
    """Delete the codes that have been out of date for long; writes only when there is one."""
    with reading():
        if not queries.has_codes(before=clock.now() - codes.ON_PAPER):
            return 0
    with transaction():
        return codes.forget_old()
