"""The bank: the list, and an item with its history and a preview."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from question_bank.forms.lists import ItemFilter, SaveSearchForm
from question_bank.permissions import Permission
from question_bank.views import item_page, lists
from training.core.access import requires

bp = Blueprint("items", __name__, url_prefix="/items", template_folder="../templates")


@bp.get("/")
@requires(Permission.ITEM_READ)
def list_items() -> ResponseReturnValue:
    """The bank behind one search box, with filters, and what waits today on top."""
    form = ItemFilter(request.args)
    sound = form.validate()
    return lists.render(form, SaveSearchForm(formdata=None), sound=sound), 200 if sound else 422


@bp.get("/<int:item_id>")
@requires(Permission.ITEM_READ)
def item(item_id: int) -> ResponseReturnValue:
    """One item as a trainee sees it, with key and explanations, and its history."""
    return item_page.render(item_id)
