"""The coordinator's pages: the base today, opening cohorts, enrolling and withdrawing people."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts import logins
from training.accounts import queries as accounts
from training.accounts.words import told_apart
from training.core import i18n, paging, web
from training.core.access import actor, requires
from training.core.db import db
from training.core.errors import DomainError
from training.places import queries as places
from training.places.models import TrainingBase
from training.programmes import pages, queries, services
from training.programmes.forms import CandidateForm, CohortForm, WithdrawForm
from training.programmes.models import Cohort, EnrolmentStatus, Programme
from training.programmes.pages import cohort_url
from training.programmes.permissions import Permission

bp = Blueprint("programmes", __name__, url_prefix="/cohorts", template_folder="templates")


@bp.get("/")
@requires(Permission.COHORT_READ)
def home() -> ResponseReturnValue:
    """The base today: what waits, and its cohorts, newest first."""
    totals = queries.totals(actor())
    number = paging.number_asked()
    rows = queries.cohorts_visible_to(actor(), number)
    return render_template(
        "programmes/home.html",
        totals=totals,
        page=paging.Page(rows, number, totals.cohorts, queries.COHORTS),
        cohort_url=cohort_url,
        today=pages.today(actor()),
    )


@bp.get("/open")
@requires(Permission.COHORT_OPEN)
def open_cohort() -> ResponseReturnValue:
    """The form for a new cohort."""
    return render_template("programmes/open.html", form=_cohort_form())


@bp.post("/open")
@requires(Permission.COHORT_OPEN)
def open_cohort_post() -> ResponseReturnValue:
    """Open a cohort and go on to its people."""
    form = _cohort_form()
    if not form.validate():
        return render_template("programmes/open.html", form=form), 422
    try:
        cohort = services.open_cohort(
            db.session.get_one(TrainingBase, form.base_id.data),
            db.session.get_one(Programme, form.programme_id.data),
            code=form.code.data,
            name=form.name.data,
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            opened_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return render_template("programmes/open.html", form=form), error.status
    flash(_("The cohort %(name)s is open. Enrol its people now.", name=cohort.name), "good")
    return redirect(cohort_url(cohort.id))


def _cohort_form() -> CohortForm:
    paths = actor().paths(Permission.COHORT_OPEN)
    form = CohortForm()
    form.offer(
        [(base.id, i18n.local(base, "name")) for base in places.bases_within(paths)],
        [(activity.id, i18n.local(activity)) for activity in queries.programmes_usable_within(paths)],
    )
    return form


@bp.get("/<int:cohort_id>/enrol")
@requires(Permission.ENROLMENT_ADD)
def enrol(cohort_id: int) -> ResponseReturnValue:
    """Find people by name or login."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    form = CandidateForm(request.args)
    found = None
    status = 200
    if "q" in request.args:
        if form.validate():
            found = queries.candidates(cohort, _sought(form.q.data))
        else:
            status = 422
    return _enrol_page(cohort, form, found), status


@bp.post("/<int:cohort_id>/enrol")
@requires(Permission.ENROLMENT_ADD)
def enrol_post(cohort_id: int) -> ResponseReturnValue:
    """Enrol one person."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    person = accounts.active_person(request.form.get("person_id", ""))
    services.enrol(cohort, person, enrolled_by=actor())
    flash(_("%(name)s is enrolled in %(cohort)s.", name=person.name, cohort=cohort.name), "good")
    return redirect(url_for(".enrol", cohort_id=cohort.id))


def _sought(typed: str) -> str:
    login = logins.normalise(typed)
    return login if logins.is_mobile(login) or logins.is_email(login) else typed


def _enrol_page(cohort: Cohort, form: CandidateForm, found: object) -> str:
    return render_template(
        "programmes/enrol.html",
        cohort=cohort,
        form=form,
        found=found,
        most=queries.CANDIDATES,
        told_apart=told_apart,
        back=cohort_url(cohort.id),
    )


@bp.get("/<int:cohort_id>/enrolments/<int:enrolment_id>/withdraw")
@requires(Permission.ENROLMENT_WITHDRAW)
def withdraw(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Ask for the reason."""
    return _withdraw_page(queries.cohort_visible_to(actor(), cohort_id), enrolment_id, WithdrawForm())


@bp.post("/<int:cohort_id>/enrolments/<int:enrolment_id>/withdraw")
@requires(Permission.ENROLMENT_WITHDRAW)
def withdraw_post(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Withdraw the enrolment for the reason given."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    enrolment = queries.enrolment_of(cohort, enrolment_id)
    form = WithdrawForm()
    if not form.validate() and enrolment.status is EnrolmentStatus.OPEN:
        return _withdraw_page(cohort, enrolment_id, form), 422
    services.withdraw(cohort, enrolment, form.reason.data or "", withdrawn_by=actor())
    flash(_("The enrolment is withdrawn; what was learnt stays recorded."), "good")
    return redirect(cohort_url(cohort.id))


def _withdraw_page(cohort: Cohort, enrolment_id: int, form: WithdrawForm) -> str:
    enrolment = queries.enrolment_of(cohort, enrolment_id)
    person, institution = accounts.person_with_institution(enrolment.person_id)
    return render_template(
        "programmes/withdraw.html",
        cohort=cohort,
        enrolment=enrolment,
        person=person,
        about=told_apart(person, institution),
        form=form,
        back=cohort_url(cohort.id),
    )


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_entry(
        _l("The base today"), "programmes.home", Permission.COHORT_READ, order=20, home=True, also=("/people-data/",)
    )
