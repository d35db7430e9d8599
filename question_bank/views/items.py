"""The bank: the list, an item with its versions and a preview, and the form that saves a new version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import item_types, words
from question_bank.forms.items import EDITABLE, ItemFilter, ItemForm, RetireForm, form_for
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.queries import items as queries
from question_bank.services import items as services
from question_bank.views import papers
from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import DomainError, NotFound
from training.core.scopes import Scope

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
    if not _is_sound(form, type_name):
        return _form_page(form, type_name, None), 422
    if request.form.get("do") == "preview":
        return _form_page(form, type_name, None, preview=True)
    try:
        scope = next(one for one in _own_scopes() if one.id == form.scope_id.data)
        added = services.add_item(scope, code=form.code.data, type_name=type_name, body=form.body(), added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(form, type_name, None), error.status
    flash(_("Item %(code)s is in the bank.", code=added.code), "good")
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
    if not _is_sound(form, found.type):
        return _form_page(form, found.type, found), 422
    if request.form.get("do") == "preview":
        return _form_page(form, found.type, found, preview=True)
    try:
        services.revise_item(found, scope, form.body(), seen_version=form.version.number, revised_by=actor())
    except services.Stale as error:
        form.version.data = str(found.version)  # saving again, having looked, is a decision
        return _form_page(form, found.type, found, stale=str(error.message)), error.status
    flash(_("Item %(code)s is saved as version %(version)s.", code=found.code, version=found.version), "good")
    return redirect(url_for(".item", item_id=found.id))


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


def _type_name() -> str:
    name = request.args.get("type", EDITABLE[0])
    if name not in EDITABLE:
        raise NotFound(_("There is no such type of item."))
    return name


def _own_scopes() -> list[Scope]:
    return list(queries.scopes_to_write(actor(), Permission.ITEM_WRITE))


def _new_form() -> ItemForm:
    form = form_for(_type_name())
    form.offer([(scope.id, i18n.local(scope, "name")) for scope in _own_scopes()])
    return form


def _edit_form(found: Item, body: dict[str, Any] | None = None) -> ItemForm:
    if found.type not in EDITABLE:
        raise NotFound(_("Items of this type cannot be edited here."))
    form = form_for(found.type, body, version=str(found.version))
    del form.scope_id, form.code  # an item keeps both
    return form


def _is_sound(form: ItemForm, type_name: str) -> bool:
    """All faults at once: those of single fields and those of the item as a whole."""
    valid = form.validate()
    faults = item_types.get(type_name).validate(form.body())
    form.tell(faults)
    return valid and not faults


def _form_page(
    form: ItemForm, type_name: str, found: Item | None, *, preview: bool = False, stale: str | None = None
) -> str:
    return render_template(
        "question_bank/item_form.html",
        form=form,
        item=found,
        type_name=type_name,
        labels={name: words.TYPE_LABELS[name] for name in EDITABLE},
        stale=stale,
        shown=papers.preview_of(type_name, form.body()) if preview else None,
    )
