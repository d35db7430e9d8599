"""A trainee's pages: the quiz with its rules, the paper, saving an answer, handing in, the result."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from question_bank import item_types
from question_bank.marking import queries as marking
from question_bank.models import AttemptStatus
from question_bank.permissions import Permission
from question_bank.queries import attempts as queries
from question_bank.resits import State
from question_bank.services import answers, sitting
from question_bank.views import papers
from training.core import clock, refusals
from training.core.access import actor, requires

bp = Blueprint("quiz", __name__, url_prefix="/quiz", template_folder="../templates")


@bp.get("/<int:activity_id>")
@requires(Permission.ATTEMPT_SIT)
def landing(activity_id: int) -> ResponseReturnValue:
    """The rules of the quiz, past attempts, and the one thing to do now."""
    activity, rules, items = queries.quiz_for(actor().id, activity_id)
    stands, attempts = sitting.standing(actor().id, rules)
    return render_template(
        "question_bank/landing.html",
        activity=activity,
        rules=rules,
        items=items,
        stands=stands,
        State=State,
        attempts=attempts,
    )


@bp.post("/<int:activity_id>/start")
@requires(Permission.ATTEMPT_SIT)
def start(activity_id: int) -> ResponseReturnValue:
    """Begin; a second click leads to the attempt that the first one began."""
    attempt = sitting.start(activity_id, actor())
    return redirect(url_for(".paper", attempt_id=attempt.id))


@bp.get("/attempts/<int:attempt_id>")
@requires(Permission.ATTEMPT_SIT)
def paper(attempt_id: int) -> ResponseReturnValue:
    """All items on one page, with what was answered; after the deadline only a word on what happens now."""
    attempt, activity, rules = queries.attempt_of(actor().id, attempt_id)
    if attempt.status is not AttemptStatus.OPEN:
        return redirect(url_for(".result", attempt_id=attempt.id))
    now = clock.now()
    if now >= attempt.deadline:
        return render_template("question_bank/over.html", attempt=attempt, activity=activity)
    return render_template(
        "question_bank/paper.html",
        attempt=attempt,
        activity=activity,
        rules=rules,
        items=papers.paper_of(attempt),
        now=now,
    )


@bp.post("/attempts/<int:attempt_id>/answers/<int:position>")
@requires(Permission.ATTEMPT_SIT)
def answer(attempt_id: int, position: int) -> ResponseReturnValue:
    """Save one answer; what is returned here leaves only after the commit."""
    receipt = answers.save(attempt_id, position, papers.answer_in(request.form), person_id=actor().id)
    if refusals.wants_json():
        return {"receipt": receipt.number, "saved_at": papers.clock_time(receipt)}
    return redirect(url_for(".paper", attempt_id=attempt_id, _anchor=f"item-{position}"))


@bp.post("/attempts/<int:attempt_id>/hand-in")
@requires(Permission.ATTEMPT_SIT)
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Hand in and grade; a second click leads to the result."""
    attempt = sitting.hand_in(queries.lock(attempt_id, actor().id), by=actor())
    return redirect(url_for(".result", attempt_id=attempt.id))


@bp.get("/attempts/<int:attempt_id>/result")
@requires(Permission.ATTEMPT_SIT)
def result(attempt_id: int) -> ResponseReturnValue:
    """The score, what to study, when a resit is possible, and every item with its explanations.

    While a person marks: what was handed in, and nothing of the key.
    """
    attempt, activity, rules = queries.attempt_of(actor().id, attempt_id)
    if attempt.status is AttemptStatus.OPEN:
        return redirect(url_for(".paper", attempt_id=attempt.id))
    items = papers.paper_of(attempt)
    if attempt.status is AttemptStatus.MARKING:
        return render_template("question_bank/being_marked.html", attempt=attempt, activity=activity, items=items)
    stands, _attempts = sitting.standing(actor().id, rules)
    by_hand = any(item_types.get(one.type).by_hand for one in items)
    return render_template(
        "question_bank/result.html",
        attempt=attempt,
        activity=activity,
        rules=rules,
        items=items,
        marks=marking.marks_with_rubrics(attempt.id) if by_hand else {},
        stands=stands,
        State=State,
    )
