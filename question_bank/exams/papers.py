"""Papers that are drawn before a session opens, so that opening it costs next to nothing."""

from __future__ import annotations

from datetime import timedelta

from question_bank.exams.models import ExamSession
from question_bank.exams.queries import sessions as queries
from question_bank.queries import attempts
from question_bank.services import sitting
from training.core import clock
from training.core.db import db
from training.core.errors import DomainError

AHEAD = timedelta(hours=2)
A_PIECE = 50


def draw_some(session_id: int, after: int) -> tuple[int, int | None]:
    """Draw papers for some of those who have none, by person from the one after `after` on. Does not commit.

    Returns how many were drawn, and the last person looked at, None at the end: whoever cannot have one blocks nobody.
    """
    session = db.session.get_one(ExamSession, session_id)
    if session.cancelled_at is not None or clock.now() >= session.closes_at:
        return 0, None
    drawn, people = 0, queries.without_paper(session_id, after, A_PIECE)
    for person_id in people:
        try:
            rules = attempts.rules_for(person_id, session.quiz_id)
        except DomainError:
            continue  # they left the programme meanwhile: at the start they are told
        stands, _attempts = sitting.standing(person_id, rules)
        if stands.may_start and sitting.draw_ahead(rules, person_id, stands.next_number, session) is not None:
            drawn += 1
    return drawn, people[-1] if people else None
