"""What outcomes and states of imports are called, each with the tone of its tag."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from question_bank.imports.models import ImportStatus, Outcome

OUTCOMES = {
    Outcome.WHOLE: (_l("comes in"), "good"),
    Outcome.WITH_LOSSES: (_l("comes in, something to look at"), "warn"),
    Outcome.THERE: (_l("is in the bank already"), "neutral"),
    Outcome.REFUSED: (_l("stays out"), "bad"),
}
STATUSES = {
    ImportStatus.LOOKED_AT: (_l("waits for your word"), "warn"),
    ImportStatus.RUNNING: (_l("is being written"), "info"),
    ImportStatus.FINISHED: (_l("is in the bank"), "good"),
    ImportStatus.DROPPED: (_l("dropped"), "neutral"),
}
