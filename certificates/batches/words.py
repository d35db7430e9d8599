"""A batch in words: where it stands, and how long it will still take."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.batches.models import Batch, BatchStatus
from certificates.batches.queries import Counts

STATUSES = {
    BatchStatus.AWAITING: _l("awaiting release"),
    BatchStatus.RETURNED: _l("sent back"),
    BatchStatus.RUNNING: _l("being issued"),
    BatchStatus.PAUSED: _l("paused"),
    BatchStatus.STOPPED: _l("stopped"),
    BatchStatus.FINISHED: _l("finished"),
}
TONES = {
    BatchStatus.AWAITING: "warn",
    BatchStatus.RETURNED: "bad",
    BatchStatus.RUNNING: "info",
    BatchStatus.PAUSED: "warn",
    BatchStatus.STOPPED: "neutral",
    BatchStatus.FINISHED: "good",
}
ENOUGH_TO_TELL = 3


def minutes_left(batch: Batch, counts: Counts) -> int | None:
    """The minutes that the rest takes at the speed since the batch was begun or resumed, rounded up.

    None when nothing is being done, or too little has been done to tell.
    """
    if batch.status is not BatchStatus.RUNNING or counts.since < ENOUGH_TO_TELL or counts.last_at is None:
        return None
    seconds = (counts.last_at - batch.running_since).total_seconds() / counts.since * counts.waiting
    return max(1, -(-round(seconds) // 60))
