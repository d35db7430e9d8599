"""The message to whoever asked for a check: whether the mark stays, or before and after; it names nobody."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _

from question_bank.rechecks.models import Recheck
from question_bank.rechecks.rules import Outcome
from question_bank.regrading import letters
from training.activities.models import Activity
from training.core import i18n
from training.messages import services as messages


def answered(person_id: int, quiz: Activity, recheck: Recheck) -> None:
    """Send it. Does not commit."""
    title_zh, title_en = i18n.in_both(lambda: str(_("Your mark was checked")))
    body_zh, body_en = i18n.in_both(lambda: _body(i18n.local(quiz), recheck))
    messages.send(
        [person_id],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=f"recheck:{recheck.attempt_id}",
        url=f"/quiz/attempts/{recheck.attempt_id}/result",
    )


def _body(title: str, recheck: Recheck) -> str:
    before, after = format_decimal(recheck.score_before), format_decimal(recheck.score_after)
    if recheck.outcome is Outcome.UPHELD:
        first = _(
            "Your mark in “%(title)s” was checked and stays as it is: %(score)s points.", title=title, score=after
        )
    else:
        first = _(
            "Your mark in “%(title)s” was checked and corrected: you had %(before)s points, you have %(after)s now.",
            title=title,
            before=before,
            after=after,
        )
    turned = letters.turn((recheck.passed_before, bool(recheck.passed_after)))
    said = _("The examination office writes: %(words)s", words=recheck.answer)
    return "\n\n".join(str(one) for one in (first, said, turned) if one)
