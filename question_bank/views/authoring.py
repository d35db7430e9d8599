"""Writing items: the choice of a type, the form of each, its preview, and the saving of the next version."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from question_bank import item_types, words
from question_bank.forms.items import ItemForm, Received
from question_bank.forms.kinds import FORMS, GROUPS, PURPOSES, form_for
from question_bank.forms.rows import is_filled, languages_of
from question_bank.item_types import flaws
from question_bank.likeness import queries as likeness
from question_bank.likeness import words as alike_words
from question_bank.models import Item, ItemState
from question_bank.permissions import Permission
from question_bank.queries import items as queries
from question_bank.services import items as services
from question_bank.views import papers, pictures
from question_bank.views.items import bp
from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import DomainError, NotFound
from training.core.scopes import Scope

__all__ = ["bp"]


@bp.get("/new")
@requires(Permission.ITEM_WRITE)
def new() -> ResponseReturnValue:
    """The empty form of a type; without a type the choice of one."""
    if "type" in request.args:
        return _form_page(_new_form(), _type_name(), None)
    groups = [(group, [(name, words.TYPE_LABELS[name], PURPOSES[name]) for name in names]) for group, names in GROUPS]
    return render_template("question_bank/item_types.html", groups=groups)


@bp.post("/new")
@requires(Permission.ITEM_WRITE, prepare=pictures.receive)
def new_post(prepared: Received) -> ResponseReturnValue:
    """Add an item; or take pictures in, add a row to the form, show the item first."""
    type_name, form = _type_name(), _new_form()
    taken = form.take(prepared)
    if taken and _is_shown_again(form):
        return _form_page(form, type_name, None)
    if not taken or not _is_keepable(form, type_name):
        return _form_page(form, type_name, None), 422
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
@requires(Permission.ITEM_WRITE, prepare=pictures.receive)
def edit_post(item_id: int, prepared: Received) -> ResponseReturnValue:
    """Save the next version; or take pictures in, add a row, show the item first. A stale form keeps what was typed."""
    found, scope = queries.item_visible_to(actor(), item_id, lock=True)
    form = _edit_form(found)
    taken = form.take(prepared)
    if taken and _is_shown_again(form):
        return _form_page(form, found.type, found)
    if not taken or not _is_keepable(form, found.type):
        return _form_page(form, found.type, found), 422
    try:
        services.revise_item(found, scope, form.body(), seen_version=form.version.number, revised_by=actor())
    except services.Stale as error:
        form.version.data = str(found.version)  # saving again, having looked, is a decision
        return _form_page(form, found.type, found, stale=str(error.message)), error.status
    flash(_saved(found), "good")
    return redirect(url_for(".item", item_id=found.id))


def _saved(found: Item) -> str:
    if found.state is ItemState.APPROVED:
        return str(_("Item %(code)s is saved as version %(version)s.", code=found.code, version=found.version))
    return str(_("Item %(code)s is saved as version %(version)s, a draft.", code=found.code, version=found.version))


@bp.post("/preview")
@requires(Permission.ITEM_WRITE)
def preview() -> ResponseReturnValue:
    """The preview of what is typed, as a piece of the page (editor.js)."""
    type_name = _type_name()
    form = form_for(type_name)
    pictures.forget_strange(form)
    return jsonify(
        html=render_template(
            "question_bank/item_preview.html",
            **preview_values(type_name, form),
            alike=_alike(form, request.args.get("item", type=int)),
        )
    )


def _type_name() -> str:
    name = request.args.get("type", item_types.names()[0])
    if name not in item_types.names() or name not in FORMS:
        raise NotFound(_("There is no such type of item."))
    return name


def _own_scopes() -> list[Scope]:
    return list(queries.scopes_to_write(actor(), Permission.ITEM_WRITE))


def _new_form() -> ItemForm:
    form = form_for(_type_name())
    pictures.forget_strange(form)
    form.offer([(scope.id, i18n.local(scope, "name")) for scope in _own_scopes()])
    return form


def _edit_form(found: Item, body: dict[str, Any] | None = None) -> ItemForm:
    form = form_for(found.type, body, version=str(found.version))
    pictures.forget_strange(form)
    del form.scope_id, form.code  # an item keeps both
    return form


def _is_shown_again(form: ItemForm) -> bool:
    """Whether the form comes back as it was typed, with what a button asked for and nothing said of faults."""
    wanted = request.form.get("do", "save")
    if wanted.startswith("add-"):
        form.grow(wanted.removeprefix("add-"))
    elif wanted.startswith("drop-"):
        form.drop(wanted.removeprefix("drop-"))
    return wanted != "save"


def _is_keepable(form: ItemForm, type_name: str) -> bool:
    """Whether a draft can be kept as typed; where it cannot, the faults of the item are told as well, all at once.

    A draft may have faults: the item's page lists them, and they keep it from being submitted.
    """
    if form.validate():
        return True
    form.tell(item_types.get(type_name).validate(form.body()))
    return False


def _form_page(form: ItemForm, type_name: str, found: Item | None, *, stale: str | None = None) -> str:
    shown: dict[str, Any] = {}
    if request.form.get("do") == "preview":
        shown = preview_values(type_name, form) | {"alike": _alike(form, found.id if found else None)}
    return render_template(
        "question_bank/item_form.html",
        form=form,
        item=found,
        type_name=type_name,
        labels=words.TYPE_LABELS,
        stale=stale,
        **shown,
    )


def _alike(form: ItemForm, own: int | None) -> list[tuple[int, str]]:
    """Items that say nearly what is typed, each with the words for it; `own` is the id of the item itself."""
    body = form.body()
    return alike_words.sentences(likeness.alike_to(actor(), body, but=own)) if is_filled(body["stem"]) else []


def preview_values(type_name: str, form: ItemForm) -> dict[str, Any]:
    """The item in each language that anything is written in, and what to think about."""
    body = form.body()
    spoken = languages_of(form)
    shown = []
    for language, label in words.LANGUAGE_LABELS.items():
        if language in spoken:
            with force_locale(language):
                item = papers.preview_of(type_name, body)
                markup = Markup(render_template("question_bank/item_shown.html", shown=item))  # noqa: S704 - ours
            shown.append((i18n.HTML_LANG[language], label, markup))
    hints = flaws.find(type_name, body) if is_filled(body["stem"]) else []
    return {"shown": shown, "hints": [words.sentence(one) for one in hints]}
