"""The pages of marking: what waits, and one answer with its rubric. Nobody's name is shown with an answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.marking import queries, services
from question_bank.marking.forms import MarkForm, form_for
from question_bank.marking.queries import Answer
from question_bank.models import AttemptStatus
from question_bank.permissions import Permission
from question_bank.views import papers
from training.core.access import actor, requires
from training.core.errors import Conflict, Invalid

bp = Blueprint("marking", __name__, url_prefix="/marking", template_folder="../templates")


@bp.get("/")
@requires(Permission.ATTEMPT_MARK)
def waiting() -> ResponseReturnValue:
    """How many answers wait for a mark, item by item, and one's own marks that can still change."""
    return render_template(
        "question_bank/marking.html",
        rows=queries.waiting_by_item(actor()),
        changeable=queries.changeable_by(actor()),
    )


@bp.get("/answers/<int:attempt_id>/<int:position>")
@requires(Permission.ATTEMPT_MARK)
def answer(attempt_id: int, position: int) -> ResponseReturnValue:
    """One answer with the form of its mark; without the form once the result is decided."""
    found = queries.answer_visible_to(actor(), attempt_id, position)
    newest = queries.newest_mark(attempt_id, position)
    return _page(found, form_for(found.rubric, newest[0] if newest else None), newest)


@bp.post("/answers/<int:attempt_id>/<int:position>")
@requires(Permission.ATTEMPT_MARK)
def mark(attempt_id: int, position: int) -> ResponseReturnValue:
    """Mark it and go on to the next; a refusal shows the page again, with what was typed."""
    found = queries.answer_visible_to(actor(), attempt_id, position, lock=True)
    form = form_for(found.rubric, None)
    if not form.validate():
        return _page(found, form, queries.newest_mark(attempt_id, position), refused=True), 422
    try:
        services.mark(found, form.given(), seen=form.seen.number, marked_by=actor())
    except (Invalid, Conflict) as error:
        form.form_errors.append(error.message)
        newest = queries.newest_mark(attempt_id, position)
        form.seen.data = str(newest[0].number if newest else 0)  # saving again, having looked, is a decision
        return _page(found, form, newest, refused=True), error.status
    following = queries.next_waiting(actor(), found)
    if following is None:
        flash(_("The mark is saved. No other answer to this item waits."), "good")
        return redirect(url_for(".waiting"))
    flash(_("The mark is saved; here is the next answer."), "good")
    return redirect(url_for(".answer", attempt_id=following[0], position=following[1]))


def _page(found: Answer, form: MarkForm, newest: tuple[object, str] | None, *, refused: bool = False) -> str:
    opened = found.attempt.status is AttemptStatus.MARKING
    return render_template(
        "question_bank/mark.html",
        answer=found,
        shown=papers.preview_of(found.item.type, found.version.body),
        form=form,
        newest=newest,
        opened=opened,
        refused=refused,
        decides=opened and set(queries.without_mark(found.attempt.id)) <= {found.item.position},
        following=queries.next_waiting(actor(), found) if opened else None,
    )
