"""The pages of marking: what waits, and one answer with its rubric. Nobody's name is shown with an answer."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.marking import queries, rules, services
from question_bank.marking.agreement import ENOUGH, agreement_of
from question_bank.marking.forms import MarkForm, form_for
from question_bank.marking.models import EssayMark
from question_bank.marking.queries import Answer
from question_bank.marking.rules import MarkKind, Part, Turn
from question_bank.marking.words import MARKS
from question_bank.models import AttemptStatus
from question_bank.permissions import Permission
from question_bank.views import papers
from training.core.access import actor, requires
from training.core.errors import Conflict, Invalid

bp = Blueprint("marking", __name__, url_prefix="/marking", template_folder="../templates")
MOST_SHOWN = 20


@bp.get("/")
@requires(Permission.ATTEMPT_MARK)
def waiting() -> ResponseReturnValue:
    """How many answers wait for the actor, item by item, what became of their own marks, and which can still change."""
    own = queries.undecided_by(actor())
    kinds = [one.marks[-1].kind for one in own]
    return render_template(
        "question_bank/marking.html",
        rows=queries.waiting_by_item(actor()),
        changeable=[one for one in own if one.is_changeable_by(actor())],
        most_shown=MOST_SHOWN,
        halved=kinds.count(MarkKind.FIRST),
        differing=kinds.count(MarkKind.DIFFERING),
        alone=len(queries.without_a_marker(own)),
    )


@bp.get("/agreement")
@requires(Permission.ATTEMPT_MARK)
def agreement() -> ResponseReturnValue:
    """How far the two who marked answers agreed, item by item, once the results are decided."""
    found = {about: agreement_of(pairs) for about, pairs in queries.marked_by_two(actor()).items()}
    return render_template("question_bank/agreement.html", rows=list(found.items()), enough=ENOUGH)


@bp.get("/answers/<int:attempt_id>/<int:position>")
@requires(Permission.ATTEMPT_MARK)
def answer(attempt_id: int, position: int) -> ResponseReturnValue:
    """One answer with the form of its mark; without the form where nothing is left to the actor."""
    found = queries.answer_visible_to(actor(), attempt_id, position)
    marks = queries.marks_at(attempt_id, position)
    turn = _turn(found, marks)
    return _page(found, form_for(found.rubric, turn.before, turn.seen), marks)


@bp.post("/answers/<int:attempt_id>/<int:position>")
@requires(Permission.ATTEMPT_MARK)
def mark(attempt_id: int, position: int) -> ResponseReturnValue:
    """Mark it and go on to the next; a refusal shows the page again, with what was typed."""
    found = queries.answer_visible_to(actor(), attempt_id, position, lock=True)
    form = form_for(found.rubric, None, 0)
    if not form.validate():
        return _page(found, form, queries.marks_at(attempt_id, position), refused=True), 422
    try:
        services.mark(found, form.given(), seen=form.seen.number, marked_by=actor())
    except (Invalid, Conflict) as error:
        form.form_errors.append(error.message)
        marks = queries.marks_at(attempt_id, position)
        form.seen.data = str(_turn(found, marks).seen)  # saving again, having looked, is a decision
        return _page(found, form, marks, refused=True), error.status
    following = services.take(found, passing=True, taken_by=actor())
    if following is None:
        flash(_("The mark is saved. No other answer to this item waits for you now."), "good")
    else:
        flash(_("The mark is saved; here is the next answer."), "good")
    return _lead(following)


@bp.post("/answers/<int:attempt_id>/<int:position>/take")
@requires(Permission.ATTEMPT_MARK)
def take(attempt_id: int, position: int) -> ResponseReturnValue:
    """Go to this answer, or to the next like it that nobody else is at."""
    return _go(attempt_id, position, passing=False)


@bp.post("/answers/<int:attempt_id>/<int:position>/pass")
@requires(Permission.ATTEMPT_MARK)
def pass_by(attempt_id: int, position: int) -> ResponseReturnValue:
    """Leave this answer to others for now and go to the next."""
    return _go(attempt_id, position, passing=True)


def _go(attempt_id: int, position: int, *, passing: bool) -> ResponseReturnValue:
    found = queries.answer_visible_to(actor(), attempt_id, position)
    place = services.take(found, passing=passing, taken_by=actor())
    if place is None:
        flash(_("No other answer to this item waits for you now: the rest is marked, or somebody else is at it."))
    return _lead(place)


def _lead(place: tuple[int, int] | None) -> ResponseReturnValue:
    if place is None:
        return redirect(url_for(".waiting"))
    return redirect(url_for(".answer", attempt_id=place[0], position=place[1]))


def _turn(found: Answer, marks: Sequence[tuple[EssayMark, str]]) -> Turn:
    return rules.turn_of(actor().id, [one for one, _name in marks], found.rules.markers)


def _page(found: Answer, form: MarkForm, named: Sequence[tuple[EssayMark, str]], *, refused: bool = False) -> str:
    marks, turn = [one for one, _name in named], _turn(found, named)
    is_decided = found.attempt.status is not AttemptStatus.MARKING
    shown = rules.shown_to(turn, marks, is_decided=is_decided)
    if refused and turn.part is Part.SOLE:
        shown = rules.told_apart(marks)
    names = {one.number: name for one, name in named} if is_decided or turn.part is Part.SOLE else {}
    opened = not is_decided and turn.part is not None
    return render_template(
        "question_bank/mark.html",
        answer=found,
        paper=papers.preview_of(found.item.type, found.version.body),
        form=form,
        part=turn.part,
        opened=opened,
        is_decided=is_decided,
        refused=refused,
        marks=[(MARKS[one.kind], one, names.get(one.number)) for one in shown],
        counting=rules.counted(marks) if shown else None,
        waits=bool(marks) and marks[-1].kind is MarkKind.DIFFERING,
        decides=opened and set(queries.unsettled(found.attempt.id)) <= {found.item.position},
        more=opened and queries.next_free(actor(), found, passing=True) is not None,
    )
