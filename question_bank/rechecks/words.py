"""What becomes of a request, in words with the tone of its mark."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.rechecks.models import Recheck
from question_bank.rechecks.rules import Outcome

OUTCOMES = {Outcome.UPHELD: (_l("mark upheld"), "neutral"), Outcome.CHANGED: (_l("mark corrected"), "good")}


def state(recheck: Recheck) -> tuple[str, str]:
    """Where it stands."""
    if recheck.outcome is None:
        return str(_("being checked")), "info"
    label, tone = OUTCOMES[recheck.outcome]
    return str(label), tone


def about(recheck: Recheck) -> str:
    """Which items it is about."""
    if not recheck.positions:
        return str(_("the whole paper"))
    return str(_("items %(numbers)s", numbers=", ".join(map(str, recheck.positions))))
