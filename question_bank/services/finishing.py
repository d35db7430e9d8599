"""Finishing an attempt: the one place where it gets its score, and the ledger its line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text

from question_bank import item_types, kind
from question_bank.blueprints import queries as blueprints
from question_bank.marking import queries as marking
from question_bank.models import Attempt, AttemptStatus
from question_bank.queries import attempts as queries
from question_bank.regrading import papers
from question_bank.regrading import queries as regrading
from question_bank.regrading.rules import Earned, Result, mark
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import audit
from training.core.audit import HasId
from training.core.db import connection, db
from training.progress import services as progress

# All positions in one parameter: a `CASE` would be put together anew for each attempt.
KEEP = {
    "postgresql": text(
        "UPDATE attempt_item SET earned = came.earned, critical_error = came.critical "
        "FROM jsonb_to_recordset(CAST(:came AS jsonb)) AS came(position bigint, earned numeric, critical boolean) "
        "WHERE attempt_item.attempt_id = :of_attempt AND attempt_item.position = came.position"
    ),
    "sqlite": text(
        "UPDATE attempt_item SET earned = json_extract(value, '$.earned'), "
        "critical_error = json_extract(value, '$.critical') FROM json_each(:came) "
        "WHERE attempt_id = :of_attempt AND position = json_extract(value, '$.position')"
    ),
}


def finish(attempt: Attempt, *, authority: HasId | None, decided_at: datetime, person: Person | None = None) -> None:
    """Score a locked attempt whose answers stand beside its items and whose written ones are all marked. No commit.

    `person` is who sat it, where they are locked already. `authority` is who gave the last mark, None where nobody had
    to. The ledger's line bears `decided_at`, so that reports of a month that is over stay as they are.
    """
    result, quiz = _result(attempt)
    _keep(attempt, result.items)
    attempt.status = AttemptStatus.HANDED_IN
    attempt.score_percent, attempt.passed = result.percent, result.passed
    audit.record(authority, "attempt.result", attempt, score=str(result.percent))
    progress.record(
        person or attempt.person_id,
        quiz,
        kind.PASSED if result.passed else kind.FAILED,
        client_key=f"attempt:{attempt.id}",
        authority=authority,
        version=attempt.quiz_version,
        score_percent=result.percent,
        occurred_at=decided_at,
    )


def _result(attempt: Attempt) -> tuple[Result, Activity]:
    """What an attempt comes to by its answers and marks, and its quiz."""
    rows = queries.paper_of(attempt)
    by_hand = any(item_types.get(item.type).by_hand for item, _body in rows)
    marks = marking.counting_marks([attempt.id]) if by_hand else {}
    with db.session.no_autoflush:  # so that the attempt is written once
        quiz, rules, rulings = regrading.rules_to_mark_by(attempt.quiz_id, attempt.quiz_version)
        sections = blueprints.sections_of(rules.quiz_id, rules.version)
    policies = {one.number: one.policy for one in sections.values()}
    result = mark(
        [
            papers.answered(item, body, marks.get((attempt.id, item.position)), policies.get(item.section, ""))
            for item, body in rows
        ],
        rulings.pass_percent(attempt.quiz_version, rules.pass_percent),
        rulings,
        rules.critical_limit,
    )
    return result, quiz


def _keep(attempt: Attempt, items: Mapping[int, Earned]) -> None:
    """Write what each position came to, in one statement."""
    came = [
        {"position": at, "earned": None if one.earned is None else float(one.earned), "critical": one.critical}
        for at, one in items.items()
    ]
    connection().execute(KEEP[db.engine.dialect.name], {"of_attempt": attempt.id, "came": json.dumps(came)})
