"""The sweep that looks whether quizzes which draw can still be started: items are retired, and approved."""

from __future__ import annotations

from question_bank.blueprints import queries, services
from training.core import jobs
from training.core.db import reading, transaction


@jobs.sweep("question_bank.blueprints")
def look_at_quizzes() -> int:
    """Note on each quiz whether its newest version can be drawn; returns at how many that has changed."""
    with reading():
        changed = [
            (row.id, short)
            for row in queries.drawing_quizzes()
            if (short := services.is_short(row.id, row.version)) is not row.cannot_draw
        ]
    for quiz_id, short in changed:
        with transaction():
            services.note(quiz_id, cannot_draw=short)
    return len(changed)
