"""When a trainee is erased: points stay; what they wrote, and what markers said about it, goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, tuple_, update

from question_bank.marking.models import EssayMark
from question_bank.marking.queries import BY_HAND
from question_bank.models import AnswerEvent, Attempt, AttemptItem
from training.accounts.models import Person
from training.core.db import db
from training.privacy import erasure

NOTHING = [""]  # an answer there was, without its words; what else people answered names nobody


def forget(person: Person, _token: str) -> None:
    """Empty texts and comments; the triggers of both tables let that through for somebody who is erased."""
    own = select(Attempt.id).where(Attempt.person_id == person.id)
    written = select(AttemptItem.attempt_id, AttemptItem.position).where(
        AttemptItem.attempt_id.in_(own), AttemptItem.type.in_(BY_HAND)
    )
    places: list[Any] = [tuple(row) for row in db.session.execute(written)]
    events = tuple_(AnswerEvent.attempt_id, AnswerEvent.position).in_(places)
    items = tuple_(AttemptItem.attempt_id, AttemptItem.position).in_(places)
    for emptied in (
        update(EssayMark).where(EssayMark.attempt_id.in_(own)).values(comment=""),
        update(AnswerEvent).where(events).values(answer=NOTHING),
        update(AttemptItem).where(items, AttemptItem.graded_answer.is_not(None)).values(graded_answer=NOTHING),
    ):
        db.session.execute(emptied, execution_options=erasure.AS_IT_IS)


def plug_in() -> None:
    """Tell the ground floor."""
    erasure.add(forget)
