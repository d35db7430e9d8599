"""The pages of institutions: the list, one of them, adding, changing, ending."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.core import clock, i18n, paging
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.places import queries, services
from training.places.forms import EndForm, InstitutionForm, ListForm
from training.places.models import Institution
from training.places.permissions import Permission
from training.places.views.parts import tabs
from training.places.words import kind_label

bp = Blueprint("places", __name__, url_prefix="/places", template_folder="../templates")


@bp.get("/")
@requires(Permission.PLACE_WRITE)
def home() -> ResponseReturnValue:
    """The institutions of one's places, with what each belongs to."""
    form = ListForm(request.args)
    regions = queries.regions_within(actor().paths(Permission.PLACE_WRITE))
    mine = {one.code if one.kind == "city" else one.parent_code for one in regions}
    form.offer([one for one in queries.cities() if one.code in mine])
    if not form.validate():
        return _list(form, paging.Page([], 1, 0)), 422
    return _list(
        form,
        queries.institutions_page(
            actor(),
            text=form.q.data or "",
            city=form.city.data or "",
            kind=form.kind.data or "",
            ended=form.ended.data,
            number=paging.number_asked(),
        ),
    )


def _list(form: ListForm, page: paging.Page) -> str:
    ids = [one.id for one, _city in page.rows]
    sought = {name: value for name, value in form.data.items() if value}
    return render_template(
        "places/institutions.html",
        form=form,
        page=page,
        bases=queries.bases_at(ids),
        alliances=queries.alliances_of(ids),
        kind_label=kind_label,
        tabs=tabs(),
        sought={**sought, "ended": "y"} if form.ended.data else sought,
    )


@bp.get("/<int:institution_id>")
@requires(Permission.PLACE_WRITE)
def institution(institution_id: int) -> ResponseReturnValue:
    """One institution, and what can be done with it."""
    found, city = queries.institution_visible_to(actor(), institution_id)
    return render_template(
        "places/institution.html",
        institution=found,
        city=city,
        county=queries.region(found.county_code) if found.county_code else None,
        kind=kind_label(found.kind),
        bases=queries.bases_at([found.id])[found.id],
        alliances=queries.alliances_of([found.id])[found.id],
        successor=queries.institution(found.successor_id) if found.successor_id else None,
        before=queries.succeeded_by(found.id),
        today=clock.today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def new() -> ResponseReturnValue:
    """Add an institution."""
    form = _form(None)
    if request.method == "GET":
        return _editor(form, None)
    if not form.validate():
        return _editor(form, None, 422)
    try:
        added = services.add_institution(**vars(form.facts), added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, None, error.status)
    flash(_("%(name)s is added: people can name it as where they work.", name=i18n.local(added, "name")), "good")
    return redirect(url_for(".institution", institution_id=added.id), 303)


@bp.route("/<int:institution_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def edit(institution_id: int) -> ResponseReturnValue:
    """Change an institution."""
    found, _city = queries.institution_visible_to(actor(), institution_id)
    form = _form(found)
    if request.method == "GET":
        form.show(found)
        return _editor(form, found)
    if not form.validate():
        return _editor(form, found, 422)
    try:
        services.change_institution(found, form.facts, changed_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, found, error.status)
    flash(_("Saved: %(name)s.", name=i18n.local(found, "name")), "good")
    return redirect(url_for(".institution", institution_id=found.id), 303)


def _form(found: Institution | None) -> InstitutionForm:
    form = InstitutionForm(obj=found)
    form.offer(queries.regions_within(actor().paths(Permission.PLACE_WRITE)), found)
    return form


def _editor(form: InstitutionForm, found: Institution | None, status: int = 200) -> ResponseReturnValue:
    return render_template("places/institution_form.html", form=form, institution=found), status


@bp.route("/<int:institution_id>/end", methods=["GET", "POST"])
@requires(Permission.PLACE_WRITE)
def end(institution_id: int) -> ResponseReturnValue:
    """Have an institution be offered no more."""
    found, _city = queries.institution_visible_to(actor(), institution_id)
    form = EndForm()
    form.look_in(actor())
    if request.method == "GET":
        form.ended_on.data = clock.today()
        return _ending(form, found)
    if not form.validate():
        return _ending(form, found, 422)
    try:
        services.end_institution(found, form.ended_on.data or clock.today(), form.found, ended_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _ending(form, found, error.status)
    flash(_("%(name)s has its last day. Its people and its history stay.", name=i18n.local(found, "name")), "good")
    return redirect(url_for(".institution", institution_id=found.id), 303)


def _ending(form: EndForm, found: Institution, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "places/end.html",
        form=form,
        institution=found,
        bases=queries.bases_at([found.id])[found.id],
        led=queries.led_by(found.id),
        offered=[one for one in queries.offered_to(actor(), found.city_code) if one.id != found.id],
    )
    return page, status


@bp.post("/<int:institution_id>/reopen")
@requires(Permission.PLACE_WRITE)
def reopen(institution_id: int) -> ResponseReturnValue:
    """Take the end back."""
    found, _city = queries.institution_visible_to(actor(), institution_id)
    services.reopen_institution(found, reopened_by=actor())
    flash(_("%(name)s is open again, and offered in forms.", name=i18n.local(found, "name")), "good")
    return redirect(url_for(".institution", institution_id=found.id), 303)
