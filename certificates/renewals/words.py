"""What became of a request to renew, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.renewals.models import RenewalState
from certificates.renewals.queries import Asked

RELEASED = (_l("being released"), "info")
STATES = {
    RenewalState.WAITING: (_l("waits for a decision"), "warn"),
    RenewalState.GRANTED: (_l("granted"), "good"),
    RenewalState.REFUSED: (_l("not granted"), "neutral"),
    RenewalState.TAKEN_BACK: (_l("withdrawn by the holder"), "neutral"),
}


def state(asked: Asked) -> tuple[object, str]:
    """Where a request stands, for staff, with its tone."""
    return RELEASED if asked.is_released else STATES[asked.renewal.state]
