"""The message to somebody whose result a ruling changed: before, after, why, in plain words."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _

from question_bank.regrading.models import Ruling
from question_bank.regrading.moves import Move
from training.activities.models import Activity
from training.core import i18n
from training.messages import services as messages


def tell(ruling: Ruling, quiz: Activity, move: Move) -> None:
    """Send it; once, whatever is done again."""
    title_zh, title_en = i18n.in_both(lambda: str(_("Your result was corrected")))
    body_zh, body_en = i18n.in_both(lambda: _body(i18n.local(quiz), ruling.reason, move))
    messages.send(
        [move.person_id],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=f"ruling:{ruling.id}:{move.attempt_id}",
        url=f"/quiz/attempts/{move.attempt_id}/result",
    )


def _body(title: str, reason: str, move: Move) -> str:
    before, after = (format_decimal(one) for one in move.score)
    sentences = [
        _(
            "“%(title)s” was marked anew for everybody: you had %(before)s points, you have %(after)s now.",
            title=title,
            before=before,
            after=after,
        ),
        _("Reason: %(reason)s", reason=reason),
        turn(move.passed),
    ]
    return "\n\n".join(str(one) for one in sentences if one)


def turn(passed: tuple[bool, bool]) -> str:
    """What it means that somebody passed before or not, and does now or not; nothing where it is the same."""
    if passed == (False, True):
        return str(_("With that you have passed."))
    if passed == (True, False):
        return str(
            _(
                "With that this attempt does not reach the pass mark any more. It is not your fault; the result shows "
                "each item, and your base coordinator tells you what comes next."
            )
        )
    return ""
