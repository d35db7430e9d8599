"""What waits for one's review, many items on a page, and the decisions about all of them with one button."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import words
from question_bank.forms.review import RowDecision, decision_forms, decisions_sent
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.queries import reviews as queries
from question_bank.services import reviewing
from question_bank.services.reviewing import Decided, Decision
from question_bank.views import papers
from training.core import paging
from training.core.access import actor, requires

bp = Blueprint("reviews", __name__, url_prefix="/items/reviews", template_folder="../templates")


@bp.get("/")
@requires(Permission.ITEM_REVIEW)
def waiting() -> ResponseReturnValue:
    """Twenty items that wait for the actor, each with its key, what its author asks, and room for a decision."""
    return _page({})


@bp.post("/")
@requires(Permission.ITEM_REVIEW)
def decide() -> ResponseReturnValue:
    """Decide about those for which something was chosen; the others wait, or are approved where that is asked."""
    sent = decisions_sent()[: queries.AT_ONCE]
    forms = decision_forms(sent)
    faulty = [one for one, form in forms.items() if not form.validate()]
    if faulty:
        return _page(forms, _("Nothing was saved yet: look at the items with a note in red.")), 422
    if request.form.get("rest") == "approve":
        for form in forms.values():
            form.decision.data = form.decision.data or "approve"
    chosen = [one for one, form in forms.items() if form.decision.data]
    if not chosen:
        return _page(forms, _("Choose “approve” or “return” for at least one item.")), 422
    _tell(reviewing.decide([_decision(*one, forms[one]) for one in chosen], decided_by=actor()))
    return redirect(url_for(".waiting"))


def _decision(item_id: int, version: int, form: RowDecision) -> Decision:
    return Decision(item_id, version, form.decision.data == "approve", (form.advice.data or "").strip())


def _page(sent: dict[tuple[int, int], RowDecision], fault: str = "") -> str:
    """The page; forms that were sent and refused come back as they were, as long as their items have that version."""
    page = queries.page_of_waiting(actor(), paging.number_asked())
    fresh = decision_forms((item.id, item.version) for item, _body in page.rows)
    forms = {item_id: sent.get((item_id, version), form) for (item_id, version), form in fresh.items()}
    previews = papers.previews_of([(item.type, body) for item, body in page.rows])
    return render_template(
        "question_bank/reviews.html",
        page=page,
        shown=[(item, paper, body) for (item, body), paper in zip(page.rows, previews, strict=True)],
        asked=queries.asked([item.id for item, _body in page.rows]),
        forms=forms,
        fault=fault,
        labels=words.TYPE_LABELS,
    )


def _tell(decided: Decided) -> None:
    """Say what was done, and name what was left out."""
    if decided.approved:
        flash(_("Approved: %(count)s. Quizzes use these versions from now on.", count=len(decided.approved)), "good")
    if decided.returned:
        flash(_("Returned to their authors: %(count)s.", count=len(decided.returned)), "good")
    if decided.left_out:
        flash(
            _("Left out, because they changed since you opened the page: %(codes)s.", codes=_codes(decided.left_out)),
            "warn",
        )


def _codes(items: list[Item]) -> str:
    return " · ".join(one.code for one in items)
