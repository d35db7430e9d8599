"""Progress as people see it: the trainee's home. The coordinator's page of a cohort is in `cohorts.py`."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from training.core import web
from training.core.access import actor, requires
from training.programmes import queries as programmes
from training.programmes.models import EnrolmentStatus
from training.progress import queries, waiting, words
from training.progress.permissions import Permission

OPENED = ("/courses/", "/lessons/", "/quiz/", "/dialogues/")
"""Where the activities open that a trainee's home leads to."""

bp = Blueprint("progress", __name__, template_folder="templates")


@bp.get("/learning/")
@requires(Permission.OWN_READ)
def home() -> ResponseReturnValue:
    """What this trainee has before them: what comes next on top, then each programme as a path."""
    rows = [row for row in programmes.enrolments_of(actor().id) if row[0].status is not EnrolmentStatus.WITHDRAWN]
    steps = queries.steps_of([row[0].id for row in rows])
    own = waiting.of_people([actor().id])[actor().id]
    return render_template(
        "progress/home.html",
        rows=rows,
        paths={enrolment_id: words.stages(words.path(several, own)) for enrolment_id, several in steps.items()},
        upcoming=words.upcoming(steps, own),
        hours={enrolment_id: words.hours(several) for enrolment_id, several in steps.items()},
        credits=programmes.credits_of_several({row[0].programme_id for row in rows}),
        panels=words.panels(actor()),
        searches=words.searches(actor()),
    )


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_entry(_l("My learning"), "progress.home", Permission.OWN_READ, order=10, home=True, also=OPENED)
