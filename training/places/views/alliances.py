"""The pages of alliances: the list, one of them with its members, adding and changing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.core import clock, i18n
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.places import alliances as services
from training.places import queries
from training.places.forms import AllianceForm, MemberForm
from training.places.models import Alliance
from training.places.permissions import Permission
from training.places.views.parts import tabs
from training.places.words import kind_label

bp = Blueprint("alliances", __name__, url_prefix="/places/alliances", template_folder="../templates")


@bp.get("/")
@requires(Permission.PLACE_WRITE)
def home() -> ResponseReturnValue:
    """The alliances led from one's places."""
    return render_template("places/alliances.html", rows=queries.alliances_visible_to(actor()), tabs=tabs())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def new() -> ResponseReturnValue:
    """Add an alliance."""
    form = AllianceForm()
    form.look_in(actor())
    if request.method == "GET":
        form.lead.data = request.args.get("lead", "")[:200]
        return _editor(form, None)
    if not form.validate():
        return _editor(form, None, 422)
    try:
        added = services.add_alliance(
            code=form.code.data or "",
            name_zh=form.name_zh.data or "",
            name_en=form.name_en.data or "",
            lead=form.chosen,
            added_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, None, error.status)
    flash(_("%(name)s is added. Name its members below.", name=i18n.local(added, "name")), "good")
    return redirect(url_for(".alliance", alliance_id=added.id), 303)


@bp.route("/<int:alliance_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def edit(alliance_id: int) -> ResponseReturnValue:
    """Give an alliance other names or another lead."""
    found, lead, _city = queries.alliance_visible_to(actor(), alliance_id)
    form = AllianceForm(obj=found)
    form.look_in(actor())
    form.keep_code()
    if request.method == "GET":
        form.lead.data = lead.code
        return _editor(form, found)
    if not form.validate():
        return _editor(form, found, 422)
    try:
        services.change_alliance(
            found,
            name_zh=form.name_zh.data or "",
            name_en=form.name_en.data or "",
            lead=form.chosen,
            changed_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, found, error.status)
    flash(_("Saved: %(name)s.", name=i18n.local(found, "name")), "good")
    return redirect(url_for(".alliance", alliance_id=found.id), 303)


def _editor(form: AllianceForm, found: Alliance | None, status: int = 200) -> ResponseReturnValue:
    page = render_template("places/alliance_form.html", form=form, alliance=found, offered=queries.offered_to(actor()))
    return page, status


@bp.get("/<int:alliance_id>")
@requires(Permission.PLACE_WRITE)
def alliance(alliance_id: int) -> ResponseReturnValue:
    """One alliance with its members."""
    return _page(alliance_id, MemberForm())


@bp.post("/<int:alliance_id>/members")
@requires(Permission.PLACE_WRITE)
def join(alliance_id: int) -> ResponseReturnValue:
    """Let an institution in; the same sent twice changes nothing."""
    found, _lead, _city = queries.alliance_visible_to(actor(), alliance_id)
    form = MemberForm()
    form.look_in(actor())
    if not form.validate():
        return _page(alliance_id, form, 422)
    services.join(found, form.chosen, joined_by=actor())
    flash(_("%(name)s is a member.", name=i18n.local(form.chosen, "name")), "good")
    return redirect(url_for(".alliance", alliance_id=found.id), 303)


@bp.post("/<int:alliance_id>/members/<int:institution_id>/remove")
@requires(Permission.PLACE_WRITE)
def leave(alliance_id: int, institution_id: int) -> ResponseReturnValue:
    """Take a member out."""
    found, _lead, _city = queries.alliance_visible_to(actor(), alliance_id)
    services.leave(found, institution_id, taken_out_by=actor())
    flash(_("It is no longer a member."), "good")
    return redirect(url_for(".alliance", alliance_id=found.id), 303)


def _page(alliance_id: int, form: MemberForm, status: int = 200) -> ResponseReturnValue:
    found, lead, _city = queries.alliance_visible_to(actor(), alliance_id)
    members = queries.members_of(alliance_id)
    inside = {one.id for one, _of in members}
    page = render_template(
        "places/alliance.html",
        alliance=found,
        lead=lead,
        members=members,
        form=form,
        offered=[one for one in queries.offered_to(actor()) if one.id not in inside],
        kind_label=kind_label,
        today=clock.today(),
    )
    return page, status
