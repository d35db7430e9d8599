"""The standings in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.reports import words
from training.reports.question import Question

STANDING_LABELS = {
    "issued": _l("Issued"),
    "valid": _l("In force"),
    "expiring": _l("Ending within 90 days"),
    "expired": _l("Expired"),
    "suspended": _l("Suspended"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced"),
}
DIMENSION_LABELS = {**words.DIMENSION_LABELS, "month": _l("Month of expiry")}


def title(question: Question) -> str:
    """What the table is, in a line."""
    label = str(DIMENSION_LABELS[question.by])
    return _("Certificates by %(dimension)s", dimension=label[:1].lower() + label[1:])


def definitions() -> list[tuple[str, str]]:
    """What every figure means, beside its name."""
    return [
        (
            _("Issued"),
            _(
                "Every certificate ever issued by a cohort of your area: in force, expired, suspended, revoked and "
                "replaced together."
            ),
        ),
        (_("In force"), _("Valid, and today is not after the last day of validity; or valid without end.")),
        (
            _("Ending within 90 days"),
            _("Those of the certificates in force whose last day is today or in the next 90 days."),
        ),
        (_("Expired"), _("Valid, but the last day of validity has passed.")),
        (_("Suspended"), _("Not counting until their base has decided, whether or not they would have expired since.")),
        (_("Revoked"), _("Withdrawn for a reason, whether or not it would have expired since.")),
        (_("Replaced"), _("Another certificate has taken their place: corrected, a duplicate, or renewed.")),
        (_("What is counted"), _("Certificates, not people: whoever was certified again has two.")),
        (_("City, institution, profession"), _("As they were when the certificate was issued.")),
        (_("Month of expiry"), _("The month of the last day of validity.")),
    ]
