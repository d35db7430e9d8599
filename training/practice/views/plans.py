"""Practice plans: rotation plans and checklists, each in versions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.activities.models import Activity
from training.core import i18n
from training.core.access import actor, requires
from training.core.errors import DomainError
from training.practice import scoring
from training.practice.forms import ROW_TEXTS, ChecklistForm, RotationForm, checklist_form
from training.practice.kinds import ROTATION
from training.practice.permissions import Permission
from training.practice.queries import plans as queries
from training.practice.services import plans as services

bp = Blueprint("plans", __name__, url_prefix="/practice-plans", template_folder="../templates")
FIRST_ROWS, MORE_ROWS = 10, 5


@bp.get("/")
@requires(Permission.PLAN_WRITE)
def list_plans() -> ResponseReturnValue:
    """The plans of one's places."""
    return render_template("practice/plans.html", rows=queries.plans_visible_to(actor()), rotation=ROTATION)


@bp.get("/rotation")
@requires(Permission.PLAN_WRITE)
def new_rotation() -> ResponseReturnValue:
    """The empty form of a rotation plan."""
    return _page(_with_scopes(RotationForm()), None)


@bp.post("/rotation")
@requires(Permission.PLAN_WRITE)
def new_rotation_post() -> ResponseReturnValue:
    """Add a rotation plan."""
    return _add(_with_scopes(RotationForm()))


@bp.get("/skills")
@requires(Permission.PLAN_WRITE)
def new_skills() -> ResponseReturnValue:
    """The empty form of a checklist."""
    return _page(_with_scopes(checklist_form(FIRST_ROWS)), None)


@bp.post("/skills")
@requires(Permission.PLAN_WRITE)
def new_skills_post() -> ResponseReturnValue:
    """Add a checklist."""
    return _add(_with_scopes(checklist_form(_rows_sent())))


@bp.get("/<int:plan_id>")
@requires(Permission.PLAN_WRITE)
def plan(plan_id: int) -> ResponseReturnValue:
    """A plan in its newest version, to read and to change."""
    found = queries.plan_visible_to(actor(), plan_id)
    return _page(_filled(found), found)


@bp.post("/<int:plan_id>")
@requires(Permission.PLAN_WRITE)
def plan_post(plan_id: int) -> ResponseReturnValue:
    """Save the next version; a stale form keeps what was typed."""
    found = queries.plan_visible_to(actor(), plan_id, lock=True)
    form = RotationForm() if found.kind == ROTATION else checklist_form(_rows_sent())
    del form.scope_id  # a plan stays where it belongs
    if not form.validate():
        return _page(form, found), 422
    try:
        services.revise_plan(found, form.titles(), form.content(), seen_version=form.version.number, revised_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        form.version.data = str(found.version)  # saving again, having looked, is a decision
        return _page(form, found), error.status
    flash(_("The plan is saved as version %(version)s.", version=found.version), "good")
    return redirect(url_for(".plan", plan_id=found.id))


def _add(form: RotationForm | ChecklistForm) -> ResponseReturnValue:
    if not form.validate():
        return _page(form, None), 422
    try:
        scope = next(one for one in queries.own_scopes(actor()) if one.id == form.scope_id.data)
        added = services.add_plan(scope, form.titles(), form.content(), added_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(form, None), error.status
    flash(_("The plan is saved. A programme can require it, and cohorts can use it now."), "good")
    return redirect(url_for(".plan", plan_id=added.id))


def _rows_sent() -> int:
    """How many rows the form had, as far as a checklist may have."""
    numbers = [
        int(name.rpartition("_")[2])
        for name in request.form
        if name.startswith("text_zh_") and name[8:].isdecimal() and len(name) < 12
    ]
    return min(max(numbers, default=FIRST_ROWS), scoring.MOST_ITEMS)


def _with_scopes(form: Any) -> Any:
    form.scope_id.choices = [(one.id, i18n.local(one, "name")) for one in queries.own_scopes(actor())]
    return form


def _filled(found: Activity) -> RotationForm | ChecklistForm:
    values: dict[str, Any] = {
        "version": str(found.version),
        "title_zh": found.title_zh,
        "title_en": found.title_en,
        "class_hours": found.class_hours,
    }
    form: RotationForm | ChecklistForm
    if found.kind == ROTATION:
        kept = queries.rotation_version(found.id, found.version)
        names = ("hours_all", "hours_ward", "hours_outpatient", "hours_home")
        form = RotationForm(**values, **{name: getattr(kept, name) for name in names})
    else:
        checklist = queries.checklist_version(found.id, found.version)
        items = scoring.read(checklist.body)
        for number, one in enumerate(items, start=1):
            values |= {f"{name}_{number}": getattr(one, name) for name in (*ROW_TEXTS, "scale", "critical")}
        rows = min(len(items) + MORE_ROWS, scoring.MOST_ITEMS)
        form = checklist_form(rows, pass_percent=checklist.pass_percent, **values)
    del form.scope_id
    return form


def _page(form: Any, found: Activity | None) -> str:
    return render_template(
        "practice/plan.html",
        form=form,
        plan=found,
        is_rotation=isinstance(form, RotationForm),
        trail=[(_("Practice plans"), url_for(".list_plans"))],
    )
