"""Rotation and skills assessment as kinds of activity: what they add to the ledger, and what is missing, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from training.activities import kinds
from training.activities.kinds import Facts, Missing
from training.practice.rules import SETTINGS
from training.progress import outcomes

ROTATION = "practice:rotation"
SKILLS = "practice:skills"
HOURS_SIGNED = outcomes.register("practice:hours_signed", "hours", 0)
HOURS_REACHED = outcomes.register("practice:hours_reached", "completed", 1)
HOURS_WITHDRAWN = outcomes.register("practice:hours_withdrawn", "completed", -1)
SKILLS_PASSED = outcomes.register("practice:skills_passed", "passed", 1)
SKILLS_FAILED = outcomes.register("practice:skills_failed", "passed", 0)


def hours_left(facts: Facts) -> Missing:
    """How many half hours are signed, required, and missing in each setting."""
    return Missing("hours_left", dict(facts.figures), next_id=facts.activity_id)


def not_passed(facts: Facts) -> Missing:
    """Not assessed yet, or assessed and not passed so many times."""
    times = facts.outcomes.count(SKILLS_FAILED.name)
    return Missing("not_passed" if times else "not_assessed", {"times": times}, next_id=facts.activity_id)


def hours(halves: int) -> str:
    """Half hours as people write hours: 7.5 or 8."""
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)


def _hours_left_words(figures: Mapping[str, int]) -> str:
    said = [
        _(
            "%(signed)s of %(required)s hours signed",
            signed=hours(figures.get("signed", 0)),
            required=hours(figures.get("required", 0)),
        )
    ]
    names = {
        "ward": _("ward hours missing"),
        "outpatient": _("outpatient hours missing"),
        "home": _("home visit hours missing"),
    }
    for setting in SETTINGS:
        missing = figures.get(f"missing_{setting}", 0)
        if missing:
            said.append(_("%(what)s: %(hours)s", what=names[setting], hours=hours(missing)))
    return _("; ").join(said)


def _not_passed_words(figures: Mapping[str, int]) -> str:
    return str(_n("Not passed yet: %(num)s assessment.", "Not passed yet: %(num)s assessments.", figures["times"]))


def register() -> None:
    """Tell the registry of kinds."""
    from training.practice.queries import hours as hours_queries

    kinds.register(
        kinds.ActivityKind(
            name=ROTATION,
            label=_l("Practice rotation"),
            measure=HOURS_REACHED.measure,
            endpoint="practice.rotation",
            figures=hours_queries.figures_of,
            explain=hours_left,
            words={"hours_left": _hours_left_words},
        )
    )
    kinds.register(
        kinds.ActivityKind(
            name=SKILLS,
            label=_l("Skills assessment"),
            measure=SKILLS_PASSED.measure,
            endpoint="practice.skills",
            explain=not_passed,
            words={"not_assessed": lambda _figures: str(_("Not assessed yet")), "not_passed": _not_passed_words},
        )
    )
