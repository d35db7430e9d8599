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
RESCORED = outcomes.register("question_bank:rescored", "passed", 0)  # passed before and after, by another score


def explain(facts: Facts) -> Missing:
    """Not tried yet, or tried and failed with the best score so far (percent, rounded down).

    An attempt that a ruling took the pass from counts among those that failed; one that was made void has no score.
    """
    lines = list(zip(facts.outcomes, facts.scores, strict=True))
    scores = [score for outcome, score in lines if outcome in _BELOW and score is not None]
    if not scores:
        return Missing("not_tried", next_id=facts.activity_id)
    figures = {"times": len(scores), "best": int(max(scores))}
    is_regraded = lines[-1][0] == TAKEN_BACK.name and lines[-1][1] is not None
    return Missing("regraded" if is_regraded else "not_passed", figures, next_id=facts.activity_id)


_BELOW = {FAILED.name, TAKEN_BACK.name}


def _regraded(figures: Mapping[str, int]) -> str:
    return str(_("Passed at first; not any more after it was marked anew: %(best)s points.", best=figures["best"]))


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
            words={
                "not_tried": lambda _figures: str(_("Not sat yet")),
                "not_passed": _not_passed,
                "regraded": _regraded,
            },
        )
    )
