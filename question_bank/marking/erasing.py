"""When a trainee is erased: the points of their written answers stay, what markers said about them goes."""

from __future__ import annotations

from sqlalchemy import select, update

from question_bank.marking.models import EssayMark
from question_bank.models import Attempt
from training.accounts.models import Person
from training.core.db import db
from training.privacy import erasure


def forget(person: Person, _token: str) -> None:
    """Empty the comments; the table's trigger lets that through for somebody who is erased."""
    own = select(Attempt.id).where(Attempt.person_id == person.id)
    emptied = update(EssayMark).where(EssayMark.attempt_id.in_(own)).values(comment="")
    db.session.execute(emptied, execution_options=erasure.AS_IT_IS)


def plug_in() -> None:
    """Tell the ground floor."""
    erasure.add(forget)
