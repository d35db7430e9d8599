"""The coordinator's page of the base's practice supervisors."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts.words import told_apart
from training.core import clock, i18n
from training.core.access import actor, requires
from training.core.db import db
from training.core.errors import DomainError
from training.places import queries as places
from training.places.models import TrainingBase
from training.practice.forms import SupervisorForm
from training.practice.permissions import Permission
from training.practice.queries import supervisors as queries
from training.practice.services import supervisors as services

bp = Blueprint("supervisors", __name__, url_prefix="/supervisors", template_folder="../templates")


@bp.get("/")
@requires(Permission.SUPERVISOR_APPOINT)
def home() -> ResponseReturnValue:
    """Who signs hours at the actor's bases, and the form for one more."""
    return _page(_form())


@bp.post("/")
@requires(Permission.SUPERVISOR_APPOINT)
def add() -> ResponseReturnValue:
    """Appoint somebody; the same sent twice changes nothing."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    base = db.session.get_one(TrainingBase, form.base_id.data)
    try:
        person = services.appoint(base, form.person(), appointed_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(form), error.status
    if person.activated_at:
        flash(_("%(name)s is a practice supervisor now; assign trainees next.", name=person.name), "good")
    else:
        flash(_("%(name)s is a practice supervisor now, and needs a code to sign in: make it below.", name=person.name))
    return redirect(url_for(".home"))


@bp.post("/<int:supervisor_id>/end")
@requires(Permission.SUPERVISOR_APPOINT)
def end(supervisor_id: int) -> ResponseReturnValue:
    """End the role from today on."""
    services.dismiss(queries.appointment_of(actor(), supervisor_id), dismissed_by=actor())
    flash(_("The role is ended; what was signed stays signed."), "good")
    return redirect(url_for(".home"))


@bp.post("/<int:supervisor_id>/code")
@requires(Permission.SUPERVISOR_APPOINT)
def make_code(supervisor_id: int) -> ResponseReturnValue:
    """Make a one-time code for a supervisor, and show it this once."""
    person, handout = services.make_code(queries.appointment_of(actor(), supervisor_id), made_by=actor())
    last_day = clock.local(handout.expires_at).date()
    return render_template(
        "practice/supervisor_code.html", person=person, code=handout.grouped, last_day=last_day, back=url_for(".home")
    )


def _form() -> SupervisorForm:
    form = SupervisorForm()
    form.offer(
        [
            (base.id, i18n.local(base, "name"))
            for base in places.bases_within(actor().paths(Permission.SUPERVISOR_APPOINT))
        ]
    )
    return form


def _page(form: SupervisorForm) -> str:
    rows = queries.supervisors_of(actor())
    return render_template("practice/supervisors.html", rows=rows, form=form, told_apart=told_apart)
