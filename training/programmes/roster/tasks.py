"""The sweep over rosters that were left."""

from __future__ import annotations

from training.core import jobs
from training.core.db import reading, transaction
from training.programmes.roster import queries, services


@jobs.sweep("rosters")
def forget_old_drafts() -> int:
    """Delete drafts after two weeks; writes only when there is one."""
    with reading():
        if not queries.has_drafts(before=services.kept_since()):
            return 0
    with transaction():
        return services.forget_old_drafts()
