"""What a trainee's home says of attempts that are being marked."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.marking import queries
from training.core import i18n
from training.core.access import Actor


def waiting(actor: Actor) -> dict[int, str]:
    """By the quiz's id that it is handed in and a person reads it; one query."""
    days = {row.quiz_id: i18n.show_date(row.handed_in_at) for row in queries.being_marked(actor.id)}
    return {
        quiz_id: str(_("Handed in on %(day)s; a person reads what you have written", day=day))
        for quiz_id, day in days.items()
    }
