"""Settings, situations, states and findings in words."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from training.practice import rules
from training.practice.kinds import hours
from training.practice.models import LineState, Setting, Situation
from training.practice.screening import Finding

SETTINGS = {Setting.WARD: _l("Ward"), Setting.OUTPATIENT: _l("Outpatient clinic"), Setting.HOME: _l("Home visits")}
SITUATIONS = {
    Situation.PAIN: _l("Pain"),
    Situation.DYSPNOEA: _l("Breathlessness"),
    Situation.DELIRIUM: _l("Delirium"),
    Situation.OTHER_SYMPTOM: _l("Another symptom"),
    Situation.COMFORT_CARE: _l("Comfort care"),
    Situation.FAMILY_MEETING: _l("Family meeting"),
    Situation.LAST_DAYS: _l("Last days of life"),
    Situation.BEREAVEMENT: _l("Bereavement"),
    Situation.HOME_VISIT: _l("Home visit"),
    Situation.TEAM: _l("Work in the team"),
    Situation.OTHER: _l("Something else"),
}
STATES = {
    LineState.DRAFT: (_l("draft"), "neutral"),
    LineState.SENT: (_l("waiting for signature"), "info"),
    LineState.RETURNED: (_l("returned"), "warn"),
    LineState.SIGNED: (_l("signed"), "good"),
}
FINDINGS = {
    "identity": _l("an identity number"),
    "mobile": _l("a mobile number"),
    "bed": _l("a bed number"),
    "record": _l("a hospital record number"),
    "date": _l("an exact date; the month is enough"),
    "name": _l("a name"),
    "surname": _l("perhaps somebody's name"),
    "number": _l("a long number, perhaps of a record"),
    "day": _l("perhaps a date"),
}


def typed(text: str) -> Markup:
    """What somebody typed, marked as content, for the breadcrumbs."""
    return Markup('<span translate="no">{}</span>').format(text)


def told_hours(halves: int) -> str:
    """Half hours with their unit."""
    return str(_("%(hours)s hours", hours=hours(halves)))


def finding(field_label: str, one: Finding) -> str:
    """What stands where, and what to do about it."""
    told = {"field": field_label, "place": one.start + 1, "text": one.text.strip(), "what": FINDINGS[one.word]}
    if one.certain:
        return str(_("%(field)s, character %(place)s: “%(text)s” is %(what)s. Take it out.", **told))
    return str(_("%(field)s, character %(place)s: “%(text)s” is %(what)s. Take it out, or confirm below.", **told))


def meters(tally: rules.Tally) -> list[tuple[str, int, int, str]]:
    """For each setting that asks for hours, and in all: label, signed, required (half hours), and the text."""
    rows: Sequence[tuple[str, str]] = [
        ("all", _("All hours")),
        *((one.value, str(SETTINGS[one])) for one in Setting if tally.required[one.value]),
    ]
    made = []
    for name, label in rows:
        signed = tally.signed_in_all if name == "all" else tally.signed.get(name, 0)
        text = _("%(signed)s of %(required)s", signed=hours(signed), required=told_hours(tally.required[name]))
        made.append((label, max(0, signed), tally.required[name], text))
    return made
