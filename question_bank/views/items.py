"""The bank: the list, and an item with its versions and a preview."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types, words
from question_bank.forms.items import ItemFilter, RetireForm
from question_bank.permissions import Permission
from question_bank.queries import items as queries
from question_bank.services import items as services
from question_bank.views import papers
from training.core.access import actor, requires

bp = Blueprint("items", __name__, url_prefix="/items", template_folder="../templates")


@bp.get("/")
@requires(Permission.ITEM_READ)
def list_items() -> ResponseReturnValue:
    """The bank behind one search box."""
    form = ItemFilter(request.args)
    sound = form.validate()
    search = form.q.data = (form.q.data or "") if sound else ""
    type_name = request.args.get("type", "")
    type_name = type_name if type_name in item_types.names() else ""
    page = queries.page_of_items(actor(), search, type_name, _number("page", 1))
    return render_template(
        "question_bank/items.html", page=page, form=form, q=search, type_name=type_name, labels=words.TYPE_LABELS
    ), 200 if sound else 422


@bp.get("/<int:item_id>")
@requires(Permission.ITEM_READ)
def item(item_id: int) -> ResponseReturnValue:
    """One item as a trainee sees it, with key and explanations, and its versions."""
    return _item_page(item_id, RetireForm())


def _item_page(item_id: int, retire_form: RetireForm) -> str:
    found, scope = queries.item_visible_to(actor(), item_id)
    version = queries.version_of(found, _number("version", found.version))
    return render_template(
        "question_bank/item.html",
        item=found,
        scope=scope,
        version=version,
        shown=papers.preview_of(found.type, version.body),
        versions=queries.versions_of(found),
        quizzes=queries.quizzes_using(found),
        labels=words.TYPE_LABELS,
        retire_form=retire_form,
    )


@bp.post("/<int:item_id>/retire")
@requires(Permission.ITEM_WRITE)
def retire(item_id: int) -> ResponseReturnValue:
    """Retire an item for a reason."""
    found, scope = queries.item_visible_to(actor(), item_id, lock=True)
    form = RetireForm()
    if not form.validate():
        return _item_page(item_id, form), 422
    services.retire_item(found, scope, form.reason.data, retired_by=actor())
    flash(_("Item %(code)s is retired.", code=found.code), "good")
    return redirect(url_for(".item", item_id=found.id))


def _number(name: str, default: int) -> int:
    """A number of the address, within what a database takes."""
    return max(1, min(request.args.get(name, default, int), 10**6))
