"""Reading attempts as marking sees them: each item with its answer, its draw, its section's policy and its mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from question_bank import item_types
from question_bank.blueprints.models import QuizSection
from question_bank.marking import queries as marking
from question_bank.marking.rules import Counted
from question_bank.models import Attempt, AttemptItem
from question_bank.queries import bodies
from question_bank.regrading.rules import Answered
from training.core.db import batches, db

ANSWERED = (
    select(
        AttemptItem.attempt_id,
        AttemptItem.position,
        AttemptItem.type,
        AttemptItem.item_version_id,
        AttemptItem.points,
        AttemptItem.option_order,
        AttemptItem.graded_answer,
        AttemptItem.earned,
        AttemptItem.critical_error,
        func.coalesce(QuizSection.policy, "").label("policy"),
    )
    .join(Attempt, Attempt.id == AttemptItem.attempt_id)
    .outerjoin(
        QuizSection,
        (QuizSection.quiz_id == Attempt.quiz_id)
        & (QuizSection.version == Attempt.quiz_version)
        & (QuizSection.number == AttemptItem.section),
    )
    .order_by(AttemptItem.attempt_id, AttemptItem.position)
)


def papers_of(attempt_ids: Sequence[int]) -> dict[int, list[tuple[Answered, Any]]]:
    """By attempt its items as marking sees them, in order, each with its row, which has `earned, critical_error`."""
    rows = [
        row
        for some in batches(attempt_ids)
        for row in db.session.execute(ANSWERED.where(AttemptItem.attempt_id.in_(some)))
    ]
    said = bodies.of({row.item_version_id for row in rows})
    by_hand = {row.attempt_id for row in rows if item_types.get(row.type).by_hand}
    marks = marking.counting_marks(sorted(by_hand))
    papers: dict[int, list[tuple[Answered, Any]]] = defaultdict(list)
    for row in rows:
        given = marks.get((row.attempt_id, row.position))
        papers[row.attempt_id].append((answered(row, said[row.item_version_id], given, row.policy), row))
    return papers


def answered(item: Any, body: Mapping[str, Any], given: Counted | None, policy: str) -> Answered:
    """An item of an attempt (a row of its paper, or of `ANSWERED`) as marking sees it; `policy` is its section's."""
    return Answered(
        position=item.position,
        type=item.type,
        item_version_id=item.item_version_id,
        points=item.points,
        draw=item.option_order,
        answer=item.graded_answer or [],
        body=body,
        given=given.points if given else None,
        critical=given.critical if given else False,
        policy=policy,
    )
