"""The bank: the list, an item with its versions and a preview, and the form that saves a new version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types, words
from question_bank.forms.items import ItemForm, form_for
from question_bank.forms.lists import ItemFilter, SaveSearchForm
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.queries import items as queries
from question_bank.services import items as services
from question_bank.views import item_page, lists, papers
from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import DomainError, NotFound
from training.core.scopes import Scope

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


@bp.get("/new")
@requires(Permission.ITEM_WRITE)
def new() -> ResponseReturnValue:
    """The empty form of a type."""
    return _form_page(_new_form(), _type_name(), None)


@bp.post("/new")
@requires(Permission.ITEM_WRITE)
def new_post() -> ResponseReturnValue:
    """Add an item, or show it first."""
    type_name, form = _type_name(), _new_form()
    refused = _shown_again(form, type_name, None)
    if refused:
        return refused
    try:
        scope = next(one for one in _own_scopes() if one.id == form.scope_id.data)
        added = services.add_item(scope, code=form.code.data, type_name=type_name, body=form.body(), added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(form, type_name, None), error.status
    flash(_("Item %(code)s is in the bank, as a draft.", code=added.code), "good")
    return redirect(url_for(".item", item_id=added.id))


@bp.get("/<int:item_id>/edit")
@requires(Permission.ITEM_WRITE)
def edit(item_id: int) -> ResponseReturnValue:
    """The form with the newest version."""
    found, _scope = queries.item_visible_to(actor(), item_id)
    version = queries.version_of(found, found.version)
    return _form_page(_edit_form(found, version.body), found.type, found)


@bp.post("/<int:item_id>/edit")
@requires(Permission.ITEM_WRITE)
def edit_post(item_id: int) -> ResponseReturnValue:
    """Save the next version, or show it first; a stale form keeps what was typed."""
    found, scope = queries.item_visible_to(actor(), item_id, lock=True)
    form = _edit_form(found)
    refused = _shown_again(form, found.type, found)
    if refused:
        return refused
    try:
        services.revise_item(found, scope, form.body(), seen_version=form.version.number, revised_by=actor())
    except services.Stale as error:
        form.version.data = str(found.version)  # saving again, having looked, is a decision
        return _form_page(form, found.type, found, stale=str(error.message)), error.status
    flash(_("Item %(code)s is saved as version %(version)s, a draft.", code=found.code, version=found.version), "good")
    return redirect(url_for(".item", item_id=found.id))


def _type_name() -> str:
    name = request.args.get("type", item_types.names()[0])
    if name not in item_types.names():
        raise NotFound(_("There is no such type of item."))
    return name


def _own_scopes() -> list[Scope]:
    return list(queries.scopes_to_write(actor(), Permission.ITEM_WRITE))


def _new_form() -> ItemForm:
    form = form_for(_type_name())
    form.offer([(scope.id, i18n.local(scope, "name")) for scope in _own_scopes()])
    return form


def _edit_form(found: Item, body: dict[str, Any] | None = None) -> ItemForm:
    form = form_for(found.type, body, version=str(found.version))
    del form.scope_id, form.code  # an item keeps both
    return form


def _shown_again(form: ItemForm, type_name: str, found: Item | None) -> ResponseReturnValue | None:
    """The form once more, with every fault, for a preview or where a field holds what cannot be kept; else None.

    A draft may have faults: they are listed on the item's page, and keep it from being submitted.
    """
    valid, preview = form.validate(), request.form.get("do") == "preview"
    if valid and not preview:
        return None
    form.tell(item_types.get(type_name).validate(form.body()))
    return _form_page(form, type_name, found, preview=preview and valid), 422 if form.errors else 200


def _form_page(
    form: ItemForm, type_name: str, found: Item | None, *, preview: bool = False, stale: str | None = None
) -> str:
    return render_template(
        "question_bank/item_form.html",
        form=form,
        item=found,
        type_name=type_name,
        labels=words.TYPE_LABELS,
        stale=stale,
        shown=papers.preview_of(type_name, form.body()) if preview else None,
    )
