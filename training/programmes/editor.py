"""The pages of programmes: what each asks for and gives, adding one, and publishing the next version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.activities import kinds
from training.core import i18n, web
from training.core.access import actor, requires
from training.core.errors import DomainError, Invalid
from training.core.scopes import Scope
from training.programmes import queries, rows, services, trees
from training.programmes.forms import ProgrammeForm
from training.programmes.permissions import Permission
from training.programmes.queries import Credit
from training.programmes.rows import Row

bp = Blueprint("editor", __name__, url_prefix="/programmes", template_folder="templates")
CREDIT_ROWS = 4


@bp.get("/")
@requires(Permission.PROGRAMME_READ)
def home() -> ResponseReturnValue:
    """The programmes of one's places, and those offered from above."""
    return render_template(
        "programmes/list.html",
        rows=queries.programmes_visible_to(actor()),
        may_add=bool(queries.scopes_of_programmes(actor())),
    )


@bp.get("/<int:programme_id>")
@requires(Permission.PROGRAMME_READ)
def programme(programme_id: int) -> ResponseReturnValue:
    """What a programme asks for in its present version, and what it gives."""
    row = queries.programme_visible_to(actor(), programme_id)
    tree = trees.read(programme_id, row.Activity.version)
    return render_template(
        "programmes/programme.html",
        row=row,
        sections=_sections(tree),
        names=_names(tree),
        credits=queries.all_credits_of(programme_id),
        writes=actor().may(Permission.PROGRAMME_WRITE, row.Scope.path),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_WRITE)
def new() -> ResponseReturnValue:
    """Add a programme."""
    places = queries.scopes_of_programmes(actor())
    form = ProgrammeForm()
    form.offer(places)
    typed = rows.sent(_value)
    if request.method == "GET" or request.form.get("do") == "rows":
        return _editor(form, typed, places, [])
    if not form.validate():
        return _editor(form, typed, places, [], 422)
    try:
        tree = rows.to_tree(typed)
        found = trees.require_sound(tree)
        added = services.add_programme(
            code=form.code.data or "",
            title_zh=form.title_zh.data or "",
            title_en=form.title_en.data or "",
            scope_id=form.scope_id.data,
            requires=[found[node] if isinstance(node, int) else node for node in tree],
            valid_months=form.valid_months.data,
            added_by=actor(),
        )
        services.set_credits(added, _credits(), set_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, typed, places, [], error.status)
    flash(_("The programme is added. Cohorts can be opened for it now."), "good")
    return redirect(url_for(".programme", programme_id=added.activity_id), 303)


@bp.route("/<int:programme_id>/edit", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_WRITE)
def edit(programme_id: int) -> ResponseReturnValue:
    """Change a programme; other requirements are its next version."""
    row = queries.programme_visible_to(actor(), programme_id)
    actor().require(Permission.PROGRAMME_WRITE, row.Scope.path)
    credit_list = queries.all_credits_of(programme_id)
    form = ProgrammeForm(obj=row.Programme, title_zh=row.Activity.title_zh, title_en=row.Activity.title_en)
    form.offer([row.Scope])
    if request.method == "GET":
        form.version.data = str(row.Activity.version)
        typed = rows.of_tree(trees.read(programme_id, row.Activity.version))
        return _editor(form, typed, [row.Scope], credit_list, programme=row)
    typed = rows.sent(_value)
    if request.form.get("do") == "rows":
        return _editor(form, typed, [row.Scope], credit_list, programme=row)
    if not form.validate():
        return _editor(form, typed, [row.Scope], credit_list, 422, row)
    try:
        version = services.publish_programme(
            row.Programme,
            code=form.code.data or "",
            title_zh=form.title_zh.data or "",
            title_en=form.title_en.data or "",
            valid_months=form.valid_months.data,
            tree=rows.to_tree(typed),
            based_on=form.version.number,
            published_by=actor(),
        )
        services.set_credits(row.Programme, _credits(), set_by=actor())
    except DomainError as error:
        form.form_errors.append(error.message)
        return _editor(form, typed, [row.Scope], credit_list, error.status, row)
    flash(_("Saved: version %(version)d of the programme. Whoever is enrolled keeps theirs.", version=version), "good")
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _value(name: str) -> str:
    return request.form.get(name, "")


def _editor(
    form: ProgrammeForm,
    typed: Sequence[Row],
    places: Sequence[Scope],
    credit_list: Sequence[Credit],
    status: int = 200,
    programme: Any = None,
) -> ResponseReturnValue:
    present = {int(row.what) for row in typed if row.what.isascii() and row.what.isdigit() and len(row.what) < 19}
    usable = queries.activities_usable_at([one.path for one in places], present)
    page = render_template(
        "programmes/edit.html",
        form=form,
        rows=rows.with_spare(typed),
        taken={row.what for row in typed},
        usable=[(str(one.id), i18n.local(one), queries.kind_label(one)) for one in usable],
        classes=queries.credit_classes(),
        credit_rows=_credits_typed() if request.method == "POST" else _credit_rows(credit_list),
        programme=programme,
    )
    return page, status


def _names(tree: trees.Tree) -> dict[int, str]:
    return {one.id: i18n.local(one) for one in queries.activities_by_ids(trees.hurdles(tree))}


def _sections(tree: trees.Tree) -> list[tuple[str, list[trees.Group | int]]]:
    """The tree in its order, cut where the kind of activity changes; a group stands for itself, without a label."""
    activities = {one.id: one for one in queries.activities_by_ids([node for node in tree if isinstance(node, int)])}

    def label(node: trees.Group | int) -> str:
        return str(kinds.get(activities[node].kind).label) if isinstance(node, int) else ""

    return [(name, list(nodes)) for name, nodes in groupby(tree, key=label)]


CreditRow = tuple[str, str, str, str]


def _credit_rows(credit_list: Sequence[Credit]) -> list[CreditRow]:
    typed = [
        (
            one.class_code,
            str(one.amount),
            one.valid_from.isoformat(),
            one.valid_until.isoformat() if one.valid_until else "",
        )
        for one in credit_list
    ]
    return [*typed, *([("", "", "", "")] * (CREDIT_ROWS if not typed else 2))]


def _credits_typed() -> list[CreditRow]:
    count = min(int(_value("credits")) if _value("credits").isdigit() and len(_value("credits")) < 4 else 0, 40)
    names = ("class", "amount", "from", "until")
    return [
        (values[0], values[1], values[2], values[3])
        for number in range(1, count + 1)
        if (values := [_value(f"{name}-c{number}").strip()[:20] for name in names])
    ]


def _credits() -> list[services.NewCredit]:
    """The credits that were sent; raises `Invalid`, naming the row."""
    found = []
    for number, (code, amount, since, until) in enumerate(_credits_typed(), start=1):
        if code:
            try:
                last = date.fromisoformat(until) if until else None
                found.append(services.NewCredit(code, Decimal(amount), date.fromisoformat(since), last))
            except (InvalidOperation, ValueError) as error:
                raise Invalid(_("Credits, row %(row)d: give an amount and a first day.", row=number)) from error
    return found


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_entry(_l("Programmes"), "editor.home", Permission.PROGRAMME_READ, order=53)
