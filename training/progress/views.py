"""Progress as people see it: the trainee's home, and the coordinator's page of one cohort."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from training.accounts.words import told_apart
from training.core import web
from training.core.access import actor, requires
from training.programmes import pages
from training.programmes import queries as programmes
from training.programmes.models import EnrolmentStatus
from training.programmes.permissions import Permission as ProgrammePermission
from training.progress import queries, words
from training.progress.permissions import Permission

bp = Blueprint("progress", __name__, template_folder="templates")


@bp.get("/learning/")
@requires(Permission.OWN_READ)
def home() -> ResponseReturnValue:
    """What this trainee has before them: what comes next on top, then each programme as a path."""
    rows = [row for row in programmes.enrolments_of(actor().id) if row[0].status is not EnrolmentStatus.WITHDRAWN]
    steps = queries.steps_of([row[0].id for row in rows])
    return render_template(
        "progress/home.html",
        rows=rows,
        paths={enrolment_id: words.path(several) for enrolment_id, several in steps.items()},
        upcoming=words.upcoming(steps),
        panels=words.panels(actor()),
    )


@bp.get("/cohorts/<int:cohort_id>")
@requires(ProgrammePermission.COHORT_READ)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Who is in the cohort, what each has done, and what is missing."""
    found, base, programme = programmes.cohort_in_full(actor(), cohort_id)
    people = programmes.people_of(found)
    enrolments = [row[0] for row in people]
    steps = queries.steps_of([one.id for one in enrolments])
    return render_template(
        "progress/cohort.html",
        cohort=found,
        base=base,
        programme=programme,
        people=people,
        paths={enrolment_id: words.path(several) for enrolment_id, several in steps.items()},
        actions=words.cohort_actions(actor(), found, enrolments),
        tools=pages.tools(actor(), found),
        told_apart=told_apart,
        may_enrol=actor().may(ProgrammePermission.ENROLMENT_ADD),
        may_withdraw=actor().may(ProgrammePermission.ENROLMENT_WITHDRAW),
    )


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    pages.show_cohort_at("progress.cohort")
    web.add_entry(_l("My learning"), "progress.home", Permission.OWN_READ, order=10, home=True)
