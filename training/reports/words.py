"""A report in words: the names of dimensions and figures, and what each figure means."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts.models import Profession
from training.core import clock, i18n
from training.programmes.models import EnrolmentStatus
from training.reports.completion import SHARE
from training.reports.question import Question

DIMENSION_LABELS = {
    "city": _l("City"),
    "base": _l("Training base"),
    "institution": _l("Institution"),
    "profession": _l("Profession"),
    "programme": _l("Programme"),
    "month": _l("Month"),
}
SHOWN_LABELS = {
    "enrolled": _l("Enrolled"),
    "completed": _l("Completed"),
    SHARE: _l("Share completed"),
    "certified": _l("Certified"),
}
STATUS_LABELS = {
    EnrolmentStatus.OPEN: _l("learning"),
    EnrolmentStatus.COMPLETED: _l("programme completed"),
    EnrolmentStatus.WITHDRAWN: _l("withdrawn"),
}


def title(question: Question) -> str:
    """What the report is, in a line."""
    by = str(DIMENSION_LABELS[question.by])
    if not question.across:
        return _("Completion by %(dimension)s", dimension=_lower(by))
    across = str(DIMENSION_LABELS[question.across])
    return _("Completion by %(dimension)s and %(other)s", dimension=_lower(by), other=_lower(across))


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def name_of(label: Any) -> str:
    """The name of a row or a column in the present language."""
    return i18n.local(label, "name")


def profession(code: str) -> str:
    """The name of a profession as the ledger holds it."""
    return Profession(code).label if code in set(Profession) else code


def period(question: Question) -> str:
    """The months to which a report is cut, in words; empty for all."""
    if not (question.since or question.until):
        return ""
    if question.since == question.until:
        return question.since
    return _("%(first)s to %(last)s", first=question.since or "…", last=question.until or "…")


def filters(question: Question, names: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    """The filters that are set as (dimension, code, words)."""
    told = [
        (one, code, _("%(name)s: %(value)s", name=DIMENSION_LABELS[one], value=names[one].get(code, code)))
        for one, code in question.filters
    ]
    months = period(question)
    if months:
        told.append(("month", "", _("%(name)s: %(value)s", name=DIMENSION_LABELS["month"], value=months)))
    return told


def definitions(question: Question) -> list[tuple[str, str]]:
    """What every figure of the report means, beside its name."""
    told = [
        (
            _("Enrolled"),
            _(
                "People enrolled in a programme and not withdrawn. Whoever is in two cohorts of one programme counts "
                "once; whoever is in two programmes counts in each."
            ),
        ),
        (
            _("Completed"),
            _("People who have cleared every hurdle of the programme, once for each programme."),
        ),
        (_("Share completed"), _("Completed divided by enrolled, in the same row or cell.")),
        (
            _("Certified"),
            _("People holding a certificate of the programme that is not revoked; it may have expired meanwhile."),
        ),
        (_("City, institution, profession"), _("As they were when it happened: who moves later stays counted there.")),
        (_("Training base"), _("The base whose cohort the person was enrolled in.")),
        (_("Month"), _("The local month in which it happened: enrolling, completing, certifying each in its own.")),
    ]
    if question.by_months:
        told.append(
            (
                _("Share by month"),
                _(
                    "Who completed in a month and who enrolled in it are not the same people: the share compares "
                    "their numbers and may exceed 100%."
                ),
            )
        )
    return told


def as_of() -> str:
    """When the figures were read."""
    return _("As of %(moment)s, Beijing time", moment=i18n.show_datetime(clock.now()))
