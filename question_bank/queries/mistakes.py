"""Reading what somebody answered wrongly: their wrong-answer book (错题本)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from question_bank.exams.models import ExamSession
from question_bank.models import Attempt, AttemptItem, AttemptStatus, ItemVersion
from question_bank.queries.attempts import visible_attempts
from training.activities.models import Activity
from training.core import paging
from training.core.db import db


def mistakes_of(person_id: int, now: datetime, number: int) -> tuple[Sequence[Any], int]:
    """A page of what a person got wrong when they last met an item, the newest first, and how many there are.

    Rows `AttemptItem, body, Attempt, Activity`. Items of an examination are left out until it may be explained.
    """
    told = or_(Attempt.session_id.is_(None), ExamSession.explained.is_(True) & (ExamSession.closes_at <= now))
    last = func.row_number().over(partition_by=ItemVersion.item_id, order_by=[Attempt.handed_in_at.desc(), Attempt.id])
    met = (
        visible_attempts(person_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .outerjoin(ExamSession, ExamSession.id == Attempt.session_id)
        .where(Attempt.status == AttemptStatus.HANDED_IN, told)
        .with_only_columns(
            AttemptItem.attempt_id,
            AttemptItem.position,
            (AttemptItem.earned < AttemptItem.points).label("wrong"),
            last.label("place"),
        )
        .subquery()
    )
    wrong = select(met.c.attempt_id, met.c.position).where(met.c.place == 1, met.c.wrong).subquery()
    total = db.session.scalar(select(func.count()).select_from(wrong))
    statement = (
        select(AttemptItem, ItemVersion.body, Attempt, Activity)
        .join(wrong, (wrong.c.attempt_id == AttemptItem.attempt_id) & (wrong.c.position == AttemptItem.position))
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Activity, Activity.id == Attempt.quiz_id)
        .order_by(Attempt.handed_in_at.desc(), Attempt.id, AttemptItem.position)
        .limit(paging.SIZE)
        .offset(paging.offset(number))
    )
    return db.session.execute(statement).all(), total or 0
