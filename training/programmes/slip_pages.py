"""The coordinator's pages of codes: who of a cohort has no password yet, slips for all of them, and for one person."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts.words import told_apart
from training.core.access import Actor, actor, requires
from training.programmes import pages, queries, slips
from training.programmes.forms import NameForm
from training.programmes.models import Cohort
from training.programmes.permissions import Permission

bp = Blueprint("slips", __name__, url_prefix="/cohorts/<int:cohort_id>", template_folder="templates")
MOST_PAGES = 100_000


@bp.get("/codes")
@requires(Permission.CODE_MAKE)
def home(cohort_id: int) -> ResponseReturnValue:
    """How many wait for a slip, and the people one by one."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    form = NameForm(request.args)
    sound = form.validate()
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, total = slips.listed(cohort, form.q.data or "", number) if sound else ([], 0)
    page = {"number": number, "total": total, "pages": -(-total // slips.PAGE)}
    made = render_template(
        "programmes/codes.html",
        cohort=cohort,
        form=form,
        rows=rows,
        page=page,
        standing=slips.standing(cohort, actor()),
        told_apart=told_apart,
        back=pages.cohort_url(cohort.id),
    )
    return made, 200 if sound else 422


@bp.post("/codes")
@requires(Permission.CODE_MAKE)
def make_all(cohort_id: int) -> ResponseReturnValue:
    """Make the slips of everybody without a password, and show them this once."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    return _print(cohort, slips.make_for_all(cohort, site=_site(), made_by=actor()))


@bp.post("/enrolments/<int:enrolment_id>/code")
@requires(Permission.CODE_MAKE)
def make_one(cohort_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Make the slip of one person, and show it this once."""
    cohort = queries.cohort_visible_to(actor(), cohort_id)
    enrolment = queries.enrolment_of(cohort, enrolment_id)
    return _print(cohort, [slips.make_for_one(cohort, enrolment, site=_site(), made_by=actor())])


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _print(cohort: Cohort, made: Sequence[slips.Slip]) -> str:
    return render_template(
        "programmes/slips.html",
        cohort=cohort,
        slips=made,
        drawings=slips.drawings(made),
        words=slips.words(_site()),
        told_apart=told_apart,
        back=url_for(".home", cohort_id=cohort.id),
    )


def _tools(who: Actor, cohort: Cohort) -> list[pages.Tool]:
    if not who.may(Permission.CODE_MAKE):
        return []
    return [pages.Tool(_("Codes and passwords"), url_for("slips.home", cohort_id=cohort.id), order=20)]


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    pages.add_tool(_tools)
