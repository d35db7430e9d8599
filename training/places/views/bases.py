"""The pages of training bases: the list, adding one, other names."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.places import queries, services
from training.places.forms import BaseForm, BaseNamesForm
from training.places.permissions import Permission
from training.places.views.parts import tabs

bp = Blueprint("training_bases", __name__, url_prefix="/places/bases", template_folder="../templates")


@bp.get("/")
@requires(Permission.PLACE_WRITE)
def home() -> ResponseReturnValue:
    """The training bases of one's places."""
    return render_template("places/bases.html", rows=queries.bases_visible_to(actor()), tabs=tabs())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def new() -> ResponseReturnValue:
    """Make an institution a training base."""
    form = BaseForm()
    form.look_in(actor())
    if request.method == "GET":
        form.institution.data = request.args.get("at", "")[:200]
        return _page(form)
    if not form.validate():
        return _page(form, 422)
    try:
        base = services.add_base(
            form.chosen,
            code=form.code.data or "",
            name_zh=form.name_zh.data or "",
            name_en=form.name_en.data or "",
            added_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(form, error.status)
    name = i18n.local(base, "name")
    flash(_("%(name)s is added. An administrator now gives somebody the role of coordinator there.", name=name), "good")
    return redirect(url_for(".home"), 303)


def _page(form: BaseForm, status: int = 200) -> ResponseReturnValue:
    return render_template("places/base_form.html", form=form, offered=queries.offered_to(actor())), status


@bp.route("/<int:base_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def edit(base_id: int) -> ResponseReturnValue:
    """Give a training base other names."""
    base, institution, _city = queries.base_visible_to(actor(), base_id)
    form = BaseNamesForm(obj=base)
    if request.method == "GET" or not form.validate():
        page = render_template("places/base_names.html", form=form, base=base, institution=institution)
        return page, 200 if request.method == "GET" else 422
    services.rename_base(base, name_zh=form.name_zh.data or "", name_en=form.name_en.data or "", renamed_by=actor())
    flash(_("Saved: %(name)s.", name=i18n.local(base, "name")), "good")
    return redirect(url_for(".home"), 303)
