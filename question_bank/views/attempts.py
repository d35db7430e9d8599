"""A trainee's pages: the quiz with its rules, the paper, saving an answer, handing in, the result."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types
from question_bank.blueprints import queries as blueprints
from question_bank.exams import admission, noting
from question_bank.exams.admission import NO_ENTRY, Entry
from question_bank.exams.forms import EntryForm
from question_bank.exams.models import EventKind
from question_bank.exams.rules import Gate
from question_bank.marking import queries as marking
from question_bank.models import AttemptStatus
from question_bank.permissions import Permission
from question_bank.queries import attempts as queries
from question_bank.rechecks import queries as rechecks
from question_bank.rechecks import words as recheck_words
from question_bank.regrading import views as regrading
from question_bank.resits import State
from question_bank.services import answers, sitting
from question_bank.services.answers import Refusal
from question_bank.views import papers
from training.core import clock, forgery, refusals
from training.core.access import actor, requires
from training.core.errors import Conflict, Invalid
from training.core.logs import log

bp = Blueprint("quiz", __name__, url_prefix="/quiz", template_folder="../templates")


@bp.get("/<int:activity_id>")
@requires(Permission.ATTEMPT_SIT)
def landing(activity_id: int) -> ResponseReturnValue:
    """The rules of the quiz, past attempts, and the one thing to do now."""
    return _landing(activity_id, EntryForm(formdata=None))


@bp.post("/<int:activity_id>/start")
@requires(Permission.ATTEMPT_SIT)
def start(activity_id: int) -> ResponseReturnValue:
    """Begin; a second click leads to the attempt that the first one began. A refusal shows the page again."""
    form = EntryForm()
    entry = Entry(form.code.data or "", form.honour.data) if form.validate() else NO_ENTRY
    try:
        attempt = sitting.start(activity_id, actor(), entry=entry, device=forgery.device())
    except (Conflict, Invalid) as error:
        form.form_errors.append(error.message)
        return _landing(activity_id, form), error.status
    return redirect(url_for(".paper", attempt_id=attempt.id))


def _landing(activity_id: int, form: EntryForm) -> str:
    activity, rules, items = queries.quiz_for(actor().id, activity_id)
    stands, attempts = sitting.standing(actor().id, rules)
    now = clock.now()
    place = admission.place_of(activity_id, actor().id, attempts, now) if rules.supervised else None
    return render_template(
        "question_bank/landing.html",
        activity=activity,
        rules=rules,
        items=items,
        stands=stands,
        State=State,
        attempts=attempts,
        place=place,
        gate=place.gate(now) if place else None,
        Gate=Gate,
        form=form,
    )


@bp.get("/attempts/<int:attempt_id>")
@requires(Permission.ATTEMPT_SIT)
def paper(attempt_id: int) -> ResponseReturnValue:
    """All items in one form, with what was answered; in a pause and after the deadline only a word on what comes."""
    attempt, activity, rules, _ruled = queries.attempt_of(actor().id, attempt_id)
    if attempt.status is not AttemptStatus.OPEN:
        return redirect(url_for(".result", attempt_id=attempt.id))
    now = clock.now()
    if attempt.paused_at is not None:
        return render_template("question_bank/paused.html", attempt=attempt, activity=activity)
    if now >= attempt.deadline:
        return render_template("question_bank/over.html", attempt=attempt, activity=activity)
    return render_template(
        "question_bank/paper.html",
        attempt=attempt,
        activity=activity,
        rules=rules,
        items=papers.paper_of(attempt),
        sections=blueprints.sections_of(attempt.quiz_id, attempt.quiz_version),
        now=now,
    )


@bp.post("/attempts/<int:attempt_id>/answers")
@requires(Permission.ATTEMPT_SIT)
def answer(attempt_id: int) -> ResponseReturnValue:
    """Save the answers that were sent; what is returned here leaves only after the commit."""
    given = papers.answers_in(request.form)
    if not given:
        queries.attempt_of(actor().id, attempt_id)
        raise Invalid(_("No answer was sent. Go back to the paper and answer an item."))
    told = answers.save(attempt_id, given, person_id=actor().id, device=forgery.device())
    refused = {place: one for place, one in told.answers.items() if isinstance(one, Refusal)}
    _log_refused(attempt_id, refused)
    worst = next(iter(refused.values())).error if len(refused) == len(told.answers) else None
    if refusals.wants_json():
        return papers.told_to_script(told), worst.status if worst else 200
    if worst is not None:
        raise worst
    _tell_refused(refused)
    return redirect(url_for(".paper", attempt_id=attempt_id, _anchor=_anchor()))


def _anchor() -> str | None:
    """The item that the page goes back to."""
    at = request.form.get("at", "")
    return f"item-{at}" if at.isdecimal() and len(at) < 4 else None


def _tell_refused(refused: Mapping[int, Refusal]) -> None:
    for place, one in refused.items():
        flash(_("Item %(number)s: %(reason)s", number=place, reason=str(one.error.message)), "bad")


def _log_refused(attempt_id: int, refused: Mapping[int, Refusal]) -> None:
    for place, one in refused.items():
        log.warning("answer refused", attempt=attempt_id, position=place, reason=type(one.error).__name__)


@bp.post("/attempts/<int:attempt_id>/events")
@requires(Permission.ATTEMPT_SIT)
def event(attempt_id: int) -> ResponseReturnValue:
    """Note that the page was left or come back to; says until when the time goes."""
    attempt = queries.lock(attempt_id, actor().id)
    kind = {"left": EventKind.LEFT, "returned": EventKind.RETURNED}.get(request.form.get("kind", ""))
    if kind is None:
        raise Invalid(_("This is not something that can happen to a paper."))
    if attempt.status is AttemptStatus.OPEN and attempt.session_id is not None:
        noting.note_once([attempt.id], kind)
    return papers.time_told(attempt.deadline, paused=attempt.paused_at is not None)


@bp.post("/attempts/<int:attempt_id>/hand-in")
@requires(Permission.ATTEMPT_SIT)
def hand_in(attempt_id: int) -> ResponseReturnValue:
    """Save what the form still holds, hand in and grade; a second click leads to the result."""
    attempt = queries.lock(attempt_id, actor().id)
    given = papers.answers_in(request.form)
    takes_answers = attempt.paused_at is not None or clock.now() < attempt.deadline
    if given and attempt.status is AttemptStatus.OPEN and takes_answers:
        told = answers.save(attempt_id, given, person_id=actor().id, device=forgery.device())
        refused = {place: one for place, one in told.answers.items() if isinstance(one, Refusal)}
        if refused:
            _log_refused(attempt_id, refused)
            _tell_refused(refused)
            flash(_("Nothing was handed in. Look at these answers first."), "bad")
            return redirect(url_for(".paper", attempt_id=attempt_id))
    sitting.hand_in(attempt, by=actor())
    return redirect(url_for(".result", attempt_id=attempt.id))


@bp.get("/attempts/<int:attempt_id>/result")
@requires(Permission.ATTEMPT_SIT)
def result(attempt_id: int) -> ResponseReturnValue:
    """The score, what to study, when a resit is possible, and every item with its explanations.

    While a person marks: what was handed in, and nothing of the key.
    """
    attempt, activity, rules, ruled = queries.attempt_of(actor().id, attempt_id)
    if attempt.status is AttemptStatus.OPEN:
        return redirect(url_for(".paper", attempt_id=attempt.id))
    history = regrading.history_in(attempt) if ruled else regrading.NOTHING_RULED
    items = papers.paper_of(attempt, history.keys)
    if attempt.status in {AttemptStatus.MARKING, AttemptStatus.VOID}:
        return render_template(
            "question_bank/being_marked.html", attempt=attempt, activity=activity, rules=rules, items=items
        )
    stands, _attempts = sitting.standing(actor().id, rules)
    explained = admission.may_explain(attempt, clock.now())
    by_hand = any(item_types.get(one.type).by_hand for one in items)
    return render_template(
        "question_bank/result.html",
        attempt=attempt,
        activity=activity,
        rules=rules,
        items=items,
        topics=papers.topics_of(items),
        explained=explained,
        marks=marking.marks_with_rubrics(attempt.id) if by_hand else {},
        stands=stands,
        State=State,
        history=history,
        pass_percent=history.pass_percent(attempt.quiz_version, rules.pass_percent),
        own=rechecks.own_of(attempt) if attempt.session_id is not None else None,
        checked=recheck_words.state,
        about=recheck_words.about,
    )
