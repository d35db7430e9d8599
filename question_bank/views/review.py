"""The steps of an item's review, its comments, its retirement, and the difference between two versions."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import differences, review_words
from question_bank.forms.review import CommentForm, DecisionForm, RestoreForm, RetireForm, StepForm
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.pictures import showing
from question_bank.queries import items as queries
from question_bank.services import notes, retiring, review
from question_bank.views import item_page, papers
from training.core.access import actor, requires
from training.core.errors import Conflict, Invalid
from training.core.forms import Form
from training.core.scopes import Scope

bp = Blueprint("review", __name__, url_prefix="/items", template_folder="../templates")


def _do(item_id: int, form: Form, act: Callable[[Item, Scope], str]) -> ResponseReturnValue:
    """Do something to a locked item and say so; a refusal shows the item's page again, with what was typed."""
    found, scope = queries.item_visible_to(actor(), item_id, lock=True)
    if not form.validate():
        return item_page.render(item_id, form), 422
    try:
        flash(act(found, scope), "good")
    except (Invalid, Conflict) as error:
        form.form_errors.append(error.message)
        return item_page.render(item_id, form), error.status
    return redirect(url_for("items.item", item_id=item_id))


@bp.post("/<int:item_id>/submit")
@requires(Permission.ITEM_WRITE)
def submit(item_id: int) -> ResponseReturnValue:
    """Hand a sound draft to the reviewers."""
    form = StepForm()

    def act(found: Item, scope: Scope) -> str:
        review.submit(found, scope, form.message.data or "", submitted_by=actor())
        return str(_("Item %(code)s waits for a review.", code=found.code))

    return _do(item_id, form, act)


@bp.post("/<int:item_id>/withdraw")
@requires(Permission.ITEM_WRITE)
def withdraw(item_id: int) -> ResponseReturnValue:
    """Take it back."""
    form = StepForm()

    def act(found: Item, scope: Scope) -> str:
        review.withdraw(found, scope, form.message.data or "", withdrawn_by=actor())
        return str(_("Item %(code)s is a draft again.", code=found.code))

    return _do(item_id, form, act)


@bp.post("/<int:item_id>/decide")
@requires(Permission.ITEM_REVIEW)
def decide(item_id: int) -> ResponseReturnValue:
    """Approve a submitted version, or return it with a comment."""
    form = DecisionForm()

    def act(found: Item, scope: Scope) -> str:
        said, seen = form.advice.data or "", form.version.number
        if request.form.get("do") == "approve":
            review.approve(found, scope, said, seen_version=seen, approved_by=actor())
            return str(_("Item %(code)s is approved; quizzes use this version from now on.", code=found.code))
        review.return_to_author(found, scope, said, seen_version=seen, returned_by=actor())
        return str(_("Item %(code)s is returned to its author.", code=found.code))

    return _do(item_id, form, act)


@bp.post("/<int:item_id>/comment")
@requires(Permission.ITEM_READ)
def comment(item_id: int) -> ResponseReturnValue:
    """Say something about an item."""
    form = CommentForm()

    def act(found: Item, scope: Scope) -> str:
        notes.comment(found, scope, form.comment.data, said_by=actor())
        return str(_("Your comment stands in the history of the item."))

    return _do(item_id, form, act)


@bp.post("/<int:item_id>/retire")
@requires(Permission.ITEM_WRITE)
def retire(item_id: int) -> ResponseReturnValue:
    """Retire an item for a reason, with or without a successor."""
    form = RetireForm()

    def act(found: Item, scope: Scope) -> str:
        code = form.successor.data
        successor = queries.item_of_code(actor(), scope, code) if code else None
        if code and successor is None:
            raise Invalid(_("Your bank has no item with the code %(code)s; look at the list for it.", code=code))
        retiring.retire(found, scope, form.reason.data, successor=successor, retired_by=actor())
        return str(_("Item %(code)s is retired.", code=found.code))

    return _do(item_id, form, act)


@bp.post("/<int:item_id>/restore")
@requires(Permission.ITEM_WRITE)
def restore(item_id: int) -> ResponseReturnValue:
    """Put a retired item back."""
    form = RestoreForm()

    def act(found: Item, scope: Scope) -> str:
        retiring.restore(found, scope, form.reason.data, restored_by=actor())
        return str(_("Item %(code)s is in use again.", code=found.code))

    return _do(item_id, form, act)


@bp.get("/<int:item_id>/difference")
@requires(Permission.ITEM_READ)
def difference(item_id: int) -> ResponseReturnValue:
    """What changed from one version to another; by default from the one before."""
    found, _scope = queries.item_visible_to(actor(), item_id)
    to = queries.version_of(found, item_page.number("to", found.version))
    old = queries.version_of(found, item_page.number("from", max(1, to.version - 1)))
    before, after = showing.shown([old.body, to.body], papers.picture_address)
    return render_template(
        "question_bank/difference.html",
        item=found,
        old=old,
        new=to,
        changes=[(review_words.place(one.place), one) for one in differences.between(old.body, to.body)],
        seen={picture.url: picture for picture in (*before.values(), *after.values())},
    )
