"""The quiz as a kind of activity: what it adds to the ledger, and why it is not passed yet, in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _n

from training.activities import kinds
from training.activities.kinds import Facts, Missing
from training.progress import outcomes

QUIZ = "question_bank:quiz"
PASSED = outcomes.register("question_bank:passed", "passed", 1)
FAILED = outcomes.register("question_bank:failed", "passed", 0)
TAKEN_BACK = outcomes.register("question_bank:taken-back", "passed", -1)


def explain(facts: Facts) -> Missing:
    """Not tried yet, or tried and failed with the best score so far (percent, rounded down)."""
    scores = [score or 0 for outcome, score in zip(facts.outcomes, facts.scores, strict=True) if outcome == FAILED.name]
    if not scores:
        return Missing("not_tried", next_id=facts.activity_id)
    return Missing("not_passed", {"times": len(scores), "best": int(max(scores))}, next_id=facts.activity_id)


def _not_passed(figures: Mapping[str, int]) -> str:
    times, best = figures["times"], figures["best"]
    return str(
        _n(
            "Not passed yet: %(num)s attempt, best score %(best)s.",
            "Not passed yet: %(num)s attempts, best score %(best)s.",
            times,
            best=best,
        )
    )


def register() -> None:
    """Tell the registry of kinds."""
    kinds.register(
        kinds.ActivityKind(
            name=QUIZ,
            label=_l("Quiz"),
            measure=PASSED.measure,
            endpoint="quiz.landing",
            explain=explain,
            words={"not_tried": lambda _figures: str(_("Not sat yet")), "not_passed": _not_passed},
        )
    )
