"""The pages of a check: asking for it beside one's result, the requests that wait, and one with its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types
from question_bank.exams import admission
from question_bank.marking.forms import MarkForm, form_for
from question_bank.marking.services import Given
from question_bank.models import Attempt
from question_bank.permissions import Permission
from question_bank.queries import attempts
from question_bank.rechecks import policies, queries, rules, services, words
from question_bank.rechecks.forms import AnswerForm, AskForm
from question_bank.rechecks.queries import Found
from question_bank.rechecks.services import Look, Reply
from question_bank.regrading import views as regrading
from question_bank.services.items import Stale
from question_bank.views import papers
from training.core import clock, i18n, paging
from training.core.access import actor, requires
from training.core.errors import DomainError

bp = Blueprint("rechecks", __name__, template_folder="templates")
LONGEST_NAME = 60


@bp.get("/quiz/attempts/<int:attempt_id>/recheck")
@requires(Permission.ATTEMPT_SIT)
def ask(attempt_id: int) -> ResponseReturnValue:
    """The form of a request; where none can be made, the result says why."""
    attempt, activity, _rules, _ruled = attempts.attempt_of(actor().id, attempt_id)
    if attempt.session_id is None or not queries.own_of(attempt).is_open:
        return redirect(url_for("quiz.result", attempt_id=attempt_id))
    return _ask_page(attempt, activity, _asking(attempt))


@bp.post("/quiz/attempts/<int:attempt_id>/recheck")
@requires(Permission.ATTEMPT_SIT)
def ask_post(attempt_id: int) -> ResponseReturnValue:
    """Ask; a second click leads to the request of the first."""
    attempt = attempts.lock(attempt_id, actor().id)
    _attempt, activity, _rules, _ruled = attempts.attempt_of(actor().id, attempt_id)
    form = _asking(attempt)
    if not form.validate():
        return _ask_page(attempt, activity, form), 422
    try:
        services.ask(attempt, form.wish(), asked_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _ask_page(attempt, activity, form), error.status
    flash(_("Your request is sent. A message tells you when it is answered."), "good")
    return redirect(url_for("quiz.result", attempt_id=attempt_id))


def _asking(attempt: Attempt) -> AskForm:
    """The form with the items of the attempt; by number alone while they are not shown."""
    rows = [(item, version.body) for item, version in queries.items_of(attempt.id)]
    shown = papers.looked_at(rows) if admission.may_explain(attempt, clock.now()) else []
    names = {one.number: f"{one.number}. {one.plain(i18n.local(one.stem))}"[:LONGEST_NAME] for one in shown}
    form = AskForm()
    form.offer([(item.position, names.get(item.position) or str(item.position)) for item, _body in rows])
    return form


def _ask_page(attempt: Attempt, activity: Any, form: AskForm) -> str:
    days = rules.TO_ANSWER.days
    return render_template("rechecks/ask.html", attempt=attempt, activity=activity, form=form, days=days)


@bp.get("/marking/rechecks/")
@requires(Permission.ATTEMPT_MARK)
def requests() -> ResponseReturnValue:
    """What waits, the oldest first, or what was answered."""
    answered = request.args.get("answered") == "1"
    number = paging.number_asked()
    rows, total = queries.rechecks_visible_to(actor(), number, answered=answered)
    shown = [(one, words.about(one.recheck), words.state(one.recheck), queries.due_on(one.recheck)) for one in rows]
    page = paging.Page(shown, number, total)
    return render_template("rechecks/requests.html", page=page, answered=answered, today=clock.today())


@bp.get("/marking/rechecks/<int:attempt_id>")
@requires(Permission.ATTEMPT_MARK)
def recheck(attempt_id: int) -> ResponseReturnValue:
    """One request with all that was answered, its keys and marks, and the form of the answer."""
    found = queries.recheck_visible_to(actor(), attempt_id)
    return _page(found, _filled(found))


@bp.post("/marking/rechecks/<int:attempt_id>")
@requires(Permission.ATTEMPT_MARK)
def answer(attempt_id: int) -> ResponseReturnValue:
    """Show what the answer comes to; once that was seen, send it."""
    found = queries.recheck_visible_to(actor(), attempt_id, lock=True)
    typed = _filled(found)
    if not typed.validate():
        return _page(found, typed), 422
    seen = typed.form.seen.data or ""
    try:
        if not seen or "look" in request.form:
            return _page(found, typed, services.look(found, typed.reply(), looked_at_by=actor()))
        services.answer(found, typed.reply(), seen=seen, answered_by=actor())
    except DomainError as error:
        typed.form.form_errors.append(error.message)
        typed.form.seen.data = ""
        look = services.look(found, typed.reply(), looked_at_by=actor()) if isinstance(error, Stale) else None
        return _page(found, typed, look), error.status
    flash(_("The request is answered, and whoever asked has a message."), "good")
    return redirect(url_for(".recheck", attempt_id=attempt_id))


@dataclass(frozen=True)
class Typed:
    """The form of an answer with one for each written answer that was marked, by position."""

    form: AnswerForm
    marks: Mapping[int, MarkForm]

    def validate(self) -> bool:
        """Whether all of them hold."""
        return all([self.form.validate(), *(one.validate() for one in self.marks.values())])

    def reply(self) -> Reply:
        """What was typed."""
        return Reply(self.form.words.data or "", {place: one.given() for place, one in self.marks.items()})


def _filled(found: Found) -> Typed:
    bodies = {item.position: version.body for item, version in queries.items_of(found.attempt.id)}
    marks = {
        place: form_for(bodies[place]["rubric"], Given.like(one), 0, prefix=f"i{place}-")
        for place, one in services.counting(found).items()
    }
    return Typed(AnswerForm(), marks)


def _page(found: Found, typed: Typed, look: Look | None = None) -> str:
    if look is not None:
        typed.form.seen.data = look.seen
    rows = queries.items_of(found.attempt.id)
    history = regrading.history_in(found.attempt)
    items = papers.looked_at(
        [(item, history.keys.get(item.position, version.body)) for item, version in rows], papers.picture_address
    )
    return render_template(
        "rechecks/recheck.html",
        found=found,
        about=words.about(found.recheck),
        state=words.state(found.recheck),
        due_on=queries.due_on(found.recheck),
        answered_by=queries.name_of(found.recheck.answered_by_id),
        rows=list(zip(rows, items, strict=True)),
        counting=services.counting(found),
        by_hand=[name for name in item_types.names() if item_types.get(name).by_hand],
        history=history,
        typed=typed,
        look=look,
        outcome=words.OUTCOMES[look.outcome] if look else None,
        touched=regrading.touched(found.quiz.id, look.preview) if look else [],
        may_answer=found.recheck.outcome is None and policies.may_answer(actor(), found),
        may_rule=actor().may(Permission.QUIZ_WRITE, found.scope.path),
    )
