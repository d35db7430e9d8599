"""When somebody is erased: their request and its answer lose their words; what was decided stays."""

from __future__ import annotations

from sqlalchemy import case, select, update

from question_bank.models import Attempt
from question_bank.rechecks.models import Recheck
from training.accounts.models import Person
from training.core.db import db
from training.privacy import erasure


def forget(person: Person, _token: str) -> None:
    """Empty both texts; the trigger lets that through for somebody who is erased."""
    own = Recheck.attempt_id.in_(select(Attempt.id).where(Attempt.person_id == person.id))
    emptied = {"reason": "", "answer": case((Recheck.answer.is_(None), None), else_="")}
    db.session.execute(update(Recheck).where(own).values(emptied), execution_options=erasure.AS_IT_IS)


def plug_in() -> None:
    """Tell the ground floor."""
    erasure.add(forget)
