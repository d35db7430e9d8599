"""The officer's home: four numbers, completion by city as chart and table."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from training.core import web
from training.core.access import actor, requires
from training.reports import queries
from training.reports.permissions import Permission

bp = Blueprint("reports", __name__, url_prefix="/province", template_folder="templates")


@bp.get("/")
@requires(Permission.COMPLETION_READ)
def home() -> ResponseReturnValue:
    """Completion by city within the officer's scopes."""
    report = queries.completion_by_city(actor().paths(Permission.COMPLETION_READ))
    return render_template("reports/home.html", report=report)


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
    web.add_entry(_l("Province"), "reports.home", Permission.COMPLETION_READ, order=40, home=True)
