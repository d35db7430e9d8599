"""The coordinator's pages about one person's requirements: waiving one, asking again, moving to the present version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts import queries as accounts
from training.accounts.words import told_apart
from training.core.access import Actor, actor, requires
from training.core.errors import NotFound
from training.programmes import queries as programmes
from training.programmes import services
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.programmes.pages import cohort_url
from training.programmes.permissions import Permission as ProgrammePermission
from training.progress import queries, waiting, waivers, words
from training.progress.forms import ReasonForm
from training.progress.permissions import Permission
from training.progress.views import bp

WAIVER = "/cohorts/<int:cohort_id>/enrolments/<int:enrolment_id>/requirements/<int:activity_id>"


@bp.get("/cohorts/<int:cohort_id>/enrolments/<int:enrolment_id>/requirements")
@requires(Permission.REQUIREMENT_WAIVE)
def requirements(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """What one person still has to do, what was waived, and which version of the programme they keep."""
    cohort, enrolment = _found(cohort_id, enrolment_id)
    steps = queries.steps_of([enrolment.id])[enrolment.id]
    waits = waiting.of_people([enrolment.person_id])[enrolment.person_id]
    return render_template(
        "progress/requirements.html",
        rows=list(zip(steps, words.path(steps, waits), strict=True)),
        hours=words.hours(steps),
        present=programmes.present_version(enrolment.programme_id),
        may_move=actor().may(ProgrammePermission.ENROLMENT_MOVE),
        **_about(cohort, enrolment),
    )


@bp.route(f"{WAIVER}/waive", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_WAIVE)
def waive(cohort_id: int, enrolment_id: int, activity_id: int) -> ResponseReturnValue:
    """Waive one requirement, for a reason."""
    return _ask(cohort_id, enrolment_id, activity_id, waives=True)


@bp.route(f"{WAIVER}/ask-again", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_WAIVE)
def ask_again(cohort_id: int, enrolment_id: int, activity_id: int) -> ResponseReturnValue:
    """Take a waiver back, for a reason."""
    return _ask(cohort_id, enrolment_id, activity_id, waives=False)


def _ask(cohort_id: int, enrolment_id: int, activity_id: int, *, waives: bool) -> ResponseReturnValue:
    cohort, enrolment = _found(cohort_id, enrolment_id)
    steps = queries.steps_of([enrolment.id])[enrolment.id]
    chosen = next((activity for step, activity in steps if step.activity_id == activity_id), None)
    if chosen is None:
        raise NotFound(_("This enrolment does not ask for that activity."))
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template(
            "progress/waive.html", form=form, activity=chosen, waives=waives, **_about(cohort, enrolment)
        )
        return page, 422 if form.errors else 200
    if waives:
        waivers.waive(enrolment, activity_id, form.reason.data or "", waived_by=actor())
        flash(_("The requirement is waived for this person."), "good")
    else:
        waivers.take_back(enrolment, activity_id, form.reason.data or "", taken_back_by=actor())
        flash(_("The waiver is taken back; the step is open again."), "good")
    return redirect(_page(enrolment), 303)


@bp.route("/cohorts/<int:cohort_id>/enrolments/<int:enrolment_id>/version", methods=["GET", "POST"])
@requires(ProgrammePermission.ENROLMENT_MOVE)
def move(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Move one person to the present version of the programme, for a reason."""
    cohort, enrolment = _found(cohort_id, enrolment_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        present = programmes.present_version(enrolment.programme_id)
        page = render_template("progress/move.html", form=form, present=present, **_about(cohort, enrolment))
        return page, 422 if form.errors else 200
    services.move_to_present(cohort, enrolment, form.reason.data or "", moved_by=actor())
    flash(_("The enrolment now asks for what the present version asks."), "good")
    return redirect(_page(enrolment), 303)


def _found(cohort_id: int, enrolment_id: int) -> tuple[Cohort, Enrolment]:
    cohort = programmes.cohort_visible_to(actor(), cohort_id)
    return cohort, programmes.enrolment_of(cohort, enrolment_id)


def _page(enrolment: Enrolment) -> str:
    return url_for("progress.requirements", cohort_id=enrolment.cohort_id, enrolment_id=enrolment.id)


def _about(cohort: Cohort, enrolment: Enrolment) -> Mapping[str, Any]:
    person, institution = accounts.person_with_institution(enrolment.person_id)
    return {
        "cohort": cohort,
        "enrolment": enrolment,
        "person": person,
        "about": told_apart(person, institution),
        "cohort_page": cohort_url(cohort.id),
        "back": _page(enrolment),
    }


def beside_people(
    who: Actor, cohort: Cohort, enrolments: Sequence[Enrolment]
) -> Mapping[int, list[words.CohortAction]]:
    """The link to a person's requirements on the cohort's page."""
    if not who.may(Permission.REQUIREMENT_WAIVE):
        return {}
    asked = (one for one in enrolments if one.status is not EnrolmentStatus.WITHDRAWN)
    return {one.id: [(str(_("Requirements")), _page(one), "plain")] for one in asked}


def register() -> None:
    """Stand beside each person of a cohort."""
    words.add_cohort_action(beside_people)
