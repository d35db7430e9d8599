"""The dialogue as a kind of activity: what it adds to the ledger, and why it is not passed yet, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from courses.dialogues.models import DIALOGUE
from training.activities import kinds
from training.activities.kinds import Facts, Missing
from training.progress import outcomes

PASSED = outcomes.register("courses:dialogue_passed", "passed", 1)
FAILED = outcomes.register("courses:dialogue_failed", "passed", 0)


def explain(facts: Facts) -> Missing:
    """Not tried yet, or tried without passing, with the best score so far (percent, cut to a whole number)."""
    scores = [score or 0 for outcome, score in zip(facts.outcomes, facts.scores, strict=True) if outcome == FAILED.name]
    if not scores:
        return Missing("not_tried", next_id=facts.activity_id)
    return Missing("not_passed", {"times": len(scores), "best": int(max(scores))}, next_id=facts.activity_id)


def _not_passed(figures: Mapping[str, int]) -> str:
    times, best = figures["times"], figures["best"]
    return str(
        _n(
            "Not passed yet: %(num)s conversation, best score %(best)s.",
            "Not passed yet: %(num)s conversations, best score %(best)s.",
            times,
            best=best,
        )
    )


def register() -> None:
    """Tell the registry of kinds."""
    kinds.register(
        kinds.ActivityKind(
            name=DIALOGUE,
            label=_l("Dialogue"),
            measure=PASSED.measure,
            endpoint="dialogues.landing",
            explain=explain,
            words={"not_tried": lambda _figures: str(_("Not held yet")), "not_passed": _not_passed},
        )
    )
