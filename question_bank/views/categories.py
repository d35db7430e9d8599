"""The tree of categories, and the place of an item in it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.forms.categories import TOP, AddCategoryForm, PlaceForm, RenameForm
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.queries import categories as queries
from question_bank.queries import items as bank
from question_bank.services import categories as services
from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import Conflict, Invalid
from training.core.forms import Form

bp = Blueprint("categories", __name__, url_prefix="/items", template_folder="../templates")


def _page(form: AddCategoryForm, failed: Form | None = None, renamed: int = 0) -> str:
    tree = queries.tree_of(actor(), counted=True)
    form.offer(_own_banks(), tree)
    return render_template(
        "question_bank/categories.html",
        tree=tree,
        form=form,
        failed=failed,
        rename_forms={
            one.category.id: failed
            if one.category.id == renamed
            else RenameForm(formdata=None, data={"name": one.category.name}, prefix=f"c{one.category.id}-")
            for one in tree
        },
    )


def _own_banks() -> list[tuple[int, str]]:
    return [(one.id, i18n.local(one, "name")) for one in bank.scopes_to_write(actor(), Permission.ITEM_WRITE)]


@bp.get("/categories")
@requires(Permission.ITEM_WRITE)
def list_categories() -> ResponseReturnValue:
    """The tree, and the forms that change it."""
    return _page(AddCategoryForm(formdata=None))


@bp.post("/categories")
@requires(Permission.ITEM_WRITE)
def add_category() -> ResponseReturnValue:
    """Add a category."""
    form = AddCategoryForm()
    form.offer(_own_banks(), queries.tree_of(actor()))
    if not form.validate():
        return _page(form, form), 422
    try:
        scope = next(
            one for one in bank.scopes_to_write(actor(), Permission.ITEM_WRITE) if one.id == form.scope_id.data
        )
        parent = queries.category_visible_to(actor(), form.parent.data)[0] if form.parent.data != TOP else None
        services.add_category(scope, form.name.data, parent=parent, added_by=actor())
    except (Invalid, Conflict) as error:
        form.form_errors.append(error.message)
        return _page(form, form), error.status
    flash(_("The category “%(name)s” is added.", name=form.name.data), "good")
    return redirect(url_for(".list_categories"))


@bp.post("/categories/<int:category_id>/rename")
@requires(Permission.ITEM_WRITE)
def rename_category(category_id: int) -> ResponseReturnValue:
    """Give a category another name."""
    category, scope = queries.category_visible_to(actor(), category_id)
    form = RenameForm(prefix=f"c{category_id}-")
    if not form.validate():
        return _page(AddCategoryForm(formdata=None), form, category_id), 422
    try:
        services.rename_category(category, scope, form.name.data, renamed_by=actor())
    except Conflict as error:
        form.form_errors.append(error.message)
        return _page(AddCategoryForm(formdata=None), form, category_id), error.status
    flash(_("The category is called “%(name)s” now.", name=form.name.data), "good")
    return redirect(url_for(".list_categories"))


@bp.get("/<int:item_id>/place")
@requires(Permission.ITEM_WRITE)
def place(item_id: int) -> ResponseReturnValue:
    """Where an item stands, to be changed."""
    found, _scope = bank.item_visible_to(actor(), item_id)
    return render_template("question_bank/place.html", item=found, form=_place_form(found))


@bp.post("/<int:item_id>/place")
@requires(Permission.ITEM_WRITE)
def place_post(item_id: int) -> ResponseReturnValue:
    """Move an item to another category, and give it tags."""
    found, scope = bank.item_visible_to(actor(), item_id, lock=True)
    form = _place_form(found)
    if not form.validate():
        return render_template("question_bank/place.html", item=found, form=form), 422
    try:
        category = queries.category_visible_to(actor(), form.category.data)[0] if form.category.data else None
        services.place_item(found, scope, category, form.chosen_tags(), by=actor())
    except Invalid as error:
        form.form_errors.append(error.message)
        return render_template("question_bank/place.html", item=found, form=form), error.status
    flash(_("Category and tags of item %(code)s are saved.", code=found.code), "good")
    return redirect(url_for("items.item", item_id=item_id))


def _place_form(found: Item) -> PlaceForm:
    form = PlaceForm(data={"category": found.category_id or TOP, "tags": ", ".join(queries.tags_of(found))})
    form.offer(one for one in queries.tree_of(actor()) if one.category.scope_id == found.scope_id)
    return form
