"""The coordinator's pages: the rotations of a cohort, assigning, and lines that wait too long."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.core import clock, i18n, paging
from training.core.access import Actor, actor, requires
from training.core.db import db
from training.core.errors import DomainError
from training.core.scopes import Scope
from training.practice import words
from training.practice.forms import PostingForm
from training.practice.kinds import ROTATION
from training.practice.permissions import Permission
from training.practice.queries import hours, plans
from training.practice.services import postings as services
from training.programmes import pages
from training.programmes import queries as programmes
from training.programmes.models import Cohort, EnrolmentStatus

bp = Blueprint("postings", __name__, url_prefix="/cohorts", template_folder="../templates")
LONG_WAIT = timedelta(days=3)


def tools(who: Actor, cohort: Cohort) -> list[pages.Tool]:
    """A button on the cohort's page."""
    if not who.may(Permission.POSTING_WRITE):
        return []
    return [pages.Tool(_("Practice rotations"), url_for("postings.cohort", cohort_id=cohort.id), 40)]


def today(who: Actor) -> list[pages.Today]:
    """How many lines have waited too long for a signature."""
    if not who.may(Permission.POSTING_WRITE):
        return []
    count = hours.count_waiting(who, clock.now() - LONG_WAIT)
    label = _("Lines waiting for a signature longer than 3 days")
    return [pages.Today(label, count, url_for("postings.waiting"), 40)] if count else []


@bp.get("/practice/waiting")
@requires(Permission.POSTING_WRITE)
def waiting() -> ResponseReturnValue:
    """The lines that have waited longer than three days, with whose they are."""
    page = hours.list_waiting(actor(), clock.now() - LONG_WAIT, paging.number_asked())
    return render_template("practice/waiting.html", page=page, trail=_trail())


@bp.get("/<int:cohort_id>/practice")
@requires(Permission.POSTING_WRITE)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Who of the cohort is on which rotation, and how many of the hours are signed."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    page = hours.postings_in(found, paging.number_asked())
    pairs = {(row.Posting.rotation_id, row.Posting.version) for row in page.rows}
    tallies = hours.tallies_of({row.Posting.person_id for row in page.rows}, pairs)
    return render_template(
        "practice/cohort.html",
        cohort=found,
        page=page,
        meters={key: words.meters(tally) for key, tally in tallies.items()},
        trail=_trail(found),
    )


def _trail(cohort: Cohort | None = None) -> list[tuple[str, str]]:
    trail = [(_("The base today"), url_for("programmes.home"))]
    return [*trail, (words.typed(cohort.name), pages.cohort_url(cohort.id))] if cohort else trail


@bp.get("/<int:cohort_id>/practice/assign")
@requires(Permission.POSTING_WRITE)
def assign(cohort_id: int) -> ResponseReturnValue:
    """The form for several trainees at once."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    return _assign_page(found, _form(found))


@bp.post("/<int:cohort_id>/practice/assign")
@requires(Permission.POSTING_WRITE)
def assign_post(cohort_id: int) -> ResponseReturnValue:
    """Assign them."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    form = _form(found)
    if not form.validate():
        return _assign_page(found, form), 422
    rotation = next(one for one in plans.offered(ROTATION, _path(found)) if one.id == form.rotation_id.data)
    try:
        made = services.assign(found, rotation, form.chosen, form.posting(), assigned_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _assign_page(found, form), error.status
    flash(_("Assigned: %(new)s. Assigned before: %(already)s.", new=made.new, already=made.already), "good")
    return redirect(url_for(".cohort", cohort_id=found.id))


def _path(cohort: Cohort) -> str:
    return db.session.get_one(Scope, cohort.scope_id).path


def _form(cohort: Cohort) -> PostingForm:
    path = _path(cohort)
    form = PostingForm()
    form.people.choices = [
        (enrolment.id, person.name)
        for enrolment, person, _institution in programmes.people_of(cohort)
        if enrolment.status is not EnrolmentStatus.WITHDRAWN
    ]
    form.rotation_id.choices = [(one.id, i18n.local(one)) for one in plans.offered(ROTATION, path)]
    form.supervisor_id.choices = [(one.id, one.name) for one in hours.supervisors_at(path)]
    return form


def _assign_page(cohort: Cohort, form: PostingForm) -> str:
    return render_template("practice/assign.html", cohort=cohort, form=form, trail=_trail(cohort))


@bp.post("/<int:cohort_id>/practice/<int:posting_id>/remove")
@requires(Permission.POSTING_WRITE)
def remove(cohort_id: int, posting_id: int) -> ResponseReturnValue:
    """Take back a posting on which nothing was written."""
    found = programmes.cohort_visible_to(actor(), cohort_id)
    services.remove(found, hours.posting_in(found, posting_id), removed_by=actor())
    flash(_("The rotation is removed."), "good")
    return redirect(url_for(".cohort", cohort_id=found.id))
