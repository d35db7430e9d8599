"""Finishing an attempt: the one place where it gets its score, and the ledger its line."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from question_bank import grading, item_types, kind
from question_bank.blueprints import queries as blueprints
from question_bank.marking import queries as marking
from question_bank.marking import rules as rubrics
from question_bank.marking.models import EssayMark
from question_bank.models import Attempt, AttemptItem, AttemptStatus
from question_bank.queries import attempts as queries
from question_bank.queries import quizzes
from training.activities.models import Activity
from training.core import audit
from training.core.audit import HasId
from training.core.db import db
from training.progress import services as progress


def finish(attempt: Attempt, *, authority: HasId | None, decided_at: datetime) -> None:
    """Score a locked attempt whose answers stand beside its items and whose written ones are all marked. No commit.

    `authority` is who gave the last mark, None where nobody had to. The ledger's line bears `decided_at`, so that
    reports of a month that is over stay as they are.
    """
    rows = queries.paper_of(attempt)
    by_hand = any(item_types.get(item.type).by_hand for item, _body in rows)
    marks = marking.marks_of(attempt.id) if by_hand else {}
    rules = quizzes.rules_of(attempt.quiz_id, attempt.quiz_version)
    policies = {one.number: one.policy for one in blueprints.sections_of(rules.quiz_id, rules.version).values()}
    results = [
        (item.points, _share(item, body, marks.get(item.position), policies.get(item.section, "")))
        for item, body in rows
    ]
    score = grading.score(
        results,
        rules.pass_percent,
        critical_errors=sum(item.critical_error for item, _body in rows),
        critical_limit=rules.critical_limit,
    )
    for (item, _body), earned in zip(rows, score.earned, strict=True):
        item.earned = earned
    attempt.status = AttemptStatus.HANDED_IN
    attempt.score_percent, attempt.passed = score.percent, score.passed
    db.session.flush()
    audit.record(authority, "attempt.result", attempt, score=str(score.percent))
    progress.record(
        attempt.person_id,
        db.session.get_one(Activity, attempt.quiz_id),
        kind.PASSED if score.passed else kind.FAILED,
        client_key=f"attempt:{attempt.id}",
        authority=authority,
        version=attempt.quiz_version,
        score_percent=score.percent,
        occurred_at=decided_at,
    )


def _share(item: AttemptItem, body: dict[str, Any], given: EssayMark | None, policy: str) -> Fraction:
    """The fraction of its points an item earned by its section's policy; notes a safety-critical error beside it."""
    if given is not None:
        item.critical_error = given.critical
        return rubrics.fraction(body["rubric"], given.points)
    kind_of_item = item_types.get(item.type)
    mark = kind_of_item.mark(body, item.option_order, item.graded_answer or [])
    item.critical_error = mark.critical
    return grading.fraction(kind_of_item, mark, policy)
