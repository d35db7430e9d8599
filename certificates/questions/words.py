"""What became of a question about a certificate, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.questions.models import QuestionState

OUTCOMES = {
    QuestionState.OPEN: (_l("to be decided"), "warn"),
    QuestionState.KEPT: (_l("kept in force"), "good"),
    QuestionState.SUSPENDED: (_l("suspended"), "warn"),
    QuestionState.REVOKED: (_l("revoked"), "bad"),
    QuestionState.REGAINED: (_l("settled: the programme is complete again"), "neutral"),
}
