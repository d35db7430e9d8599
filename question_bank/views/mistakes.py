"""The wrong-answer book (错题本): what a trainee got wrong when they last met it, to learn from."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from question_bank.permissions import Permission
from question_bank.queries import mistakes as queries
from question_bank.views import papers
from question_bank.views.attempts import bp
from training.core import clock, paging
from training.core.access import actor, requires

__all__ = ["bp"]


@bp.get("/mistakes")
@requires(Permission.ATTEMPT_SIT)
def mistakes() -> ResponseReturnValue:
    """Each item once, the newest first; an item that was right the last time has left the book."""
    number = paging.number_asked()
    rows, total = queries.mistakes_of(actor().id, clock.now(), number)
    items = papers.looked_at([(row.AttemptItem, row.body) for row in rows])
    shown = [(item, row.Attempt, row.Activity) for item, row in zip(items, rows, strict=True)]
    return render_template("question_bank/mistakes.html", page=paging.Page(shown, number, total))
