"""Quizzes: the list, the form that composes one, and what its answers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.analysis.classical import Tally
from question_bank.blueprints import forms as plans
from question_bank.blueprints import queries as blueprints
from question_bank.blueprints import services as drawing
from question_bank.forms.lists import ItemFilter
from question_bank.forms.quizzes import QuizForm, form_for
from question_bank.models import Item
from question_bank.permissions import Permission
from question_bank.queries import categories, lists
from question_bank.queries import items as bank
from question_bank.queries import quizzes as queries
from question_bank.regrading.views import rulings_on
from question_bank.services import quizzes as services
from question_bank.services.items import Stale
from question_bank.views import item_page, papers
from training.activities.models import Activity
from training.core import i18n, paging
from training.core.access import actor, requires
from training.core.errors import DomainError

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes", template_folder="../templates")


@bp.get("/")
@requires(Permission.QUIZ_READ)
def list_quizzes() -> ResponseReturnValue:
    """The instructor's quizzes."""
    return render_template("question_bank/quizzes.html", rows=queries.quizzes_visible_to(actor()))


@bp.get("/new")
@requires(Permission.QUIZ_WRITE)
def new() -> ResponseReturnValue:
    """The empty form, or one that has the approved items of the address at their places already."""
    chosen = lists.approved_among(actor(), item_page.numbers("item"), services.MOST_ITEMS)
    items = bank.items_to_choose(actor(), chosen, _search())
    places = {f"order_{item_id}": place for place, item_id in enumerate(chosen, start=1)}
    return _form_page(_new_form(items, places), items, None)


@bp.post("/new")
@requires(Permission.QUIZ_WRITE)
def new_post() -> ResponseReturnValue:
    """Add a quiz; or show other items to choose from, add a row, say how many items fit."""
    items = _items_sent(())
    form = _new_form(items)
    if _is_shown_again(form):
        return _form_page(form, items, None)
    if not (form.validate() and form.require_distinct_places(items)):
        return _form_page(form, items, None), 422
    try:
        scope = next(one for one in _own_scopes() if one.id == form.scope_id.data)
        added = services.add_quiz(
            scope, form.titles(), form.rules(), form.chosen(items), form.blueprint(items), added_by=actor()
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(form, items, None), error.status
    flash(_("The quiz is saved. A programme can require it now."), "good")
    return redirect(url_for(".quiz", quiz_id=added.id))


@bp.get("/<int:quiz_id>")
@requires(Permission.QUIZ_READ)
def quiz(quiz_id: int) -> ResponseReturnValue:
    """A quiz in its newest version, with the results over all versions, 50 items a page."""
    activity, _scope = queries.quiz_visible_to(actor(), quiz_id)
    found = queries.answers_of(quiz_id)
    versions, number = queries.versions_shown(quiz_id), paging.number_asked()
    pairs = versions[paging.offset(number) : paging.offset(number + 1)]
    previews = papers.previews_of([(item.type, version.body) for version, item in pairs])
    shown = [
        (item, version, paper, found.get(version.id, Tally()))
        for (version, item), paper in zip(pairs, previews, strict=True)
    ]
    return render_template(
        "question_bank/quiz.html",
        activity=activity,
        rules=queries.rules_of(quiz_id, activity.version),
        **drawing.state_of(quiz_id, activity.version),
        items=queries.items_of(quiz_id, activity.version),
        totals=queries.totals_of(quiz_id),
        rulings=rulings_on(quiz_id),
        page=paging.Page(shown, number, len(versions)),
    )


@bp.get("/<int:quiz_id>/edit")
@requires(Permission.QUIZ_WRITE)
def edit(quiz_id: int) -> ResponseReturnValue:
    """The form with the newest version."""
    activity, _scope = queries.quiz_visible_to(actor(), quiz_id)
    now = queries.items_of(quiz_id, activity.version)
    items = bank.items_to_choose(actor(), [item.id for _place, item in now], _search())
    return _form_page(_edit_form(activity, items, _values(activity, now)), items, activity)


@bp.post("/<int:quiz_id>/edit")
@requires(Permission.QUIZ_WRITE)
def edit_post(quiz_id: int) -> ResponseReturnValue:
    """Save the next version; or show other items, add a row, say how many fit. A stale form keeps what was typed."""
    activity, scope = queries.quiz_visible_to(actor(), quiz_id, lock=True)
    kept = frozenset(item.id for _place, item in queries.items_of(quiz_id, activity.version))
    items = _items_sent(kept)
    form = _edit_form(activity, items, {})
    if _is_shown_again(form):
        return _form_page(form, items, activity)
    if not (form.validate() and form.require_distinct_places(items)):
        return _form_page(form, items, activity), 422
    try:
        services.revise_quiz(
            activity,
            scope,
            form.titles(),
            form.rules(),
            form.chosen(items),
            form.blueprint(items),
            kept=kept,
            seen_version=form.version.number,
            revised_by=actor(),
        )
    except Stale as error:
        form.version.data = str(activity.version)  # saving again, having looked, is a decision
        return _form_page(form, items, activity, stale=str(error.message)), error.status
    except DomainError as error:
        form.form_errors.append(error.message)
        return _form_page(form, items, activity), error.status
    flash(_("The quiz is saved as version %(version)s.", version=activity.version), "good")
    return redirect(url_for(".quiz", quiz_id=activity.id))


def _filter() -> ItemFilter:
    """What is looked for; what cannot be is told, and not shown again."""
    form = ItemFilter(request.values)
    if not form.validate():
        form.q.data = ""
    return form


def _search() -> str:
    return _filter().q.data or ""


def _is_shown_again(form: QuizForm) -> bool:
    """Whether the form comes back as it was typed, with what a button asked for and nothing said of faults."""
    wanted = request.form.get("do", "save")
    if wanted.startswith("add-"):
        form.grow(wanted.removeprefix("add-"))
    return wanted != "save"


def _items_sent(kept: Sequence[int] | frozenset[int]) -> list[Item]:
    """The items the form is about: what the quiz has, and items of the actor's; another number is left aside.

    Where others are looked for: those that were given a place, and what is found beside them.
    """
    sent = {name.removeprefix("order_") for name in request.form if name.startswith("order_")}
    ids = {int(one) for one in list(sent)[:1000] if one.isdecimal() and len(one) < 19}
    found = bank.items_by_id(actor(), ids, kept)
    if request.form.get("do") == "find":
        placed = [one for one in found if request.form.get(f"order_{one}", "").strip()]
        return list(bank.items_to_choose(actor(), placed, _search()))
    return sorted(found.values(), key=lambda item: (item.id not in kept, item.code, item.id))


def _own_scopes() -> list[Any]:
    return list(bank.scopes_to_write(actor(), Permission.QUIZ_WRITE))


def _new_form(items: Sequence[Item], places: Mapping[str, int] | None = None) -> QuizForm:
    form = form_for(items, **places or {})
    form.offer([(scope.id, i18n.local(scope, "name")) for scope in _own_scopes()])
    form.offer_parts(categories.tree_of(actor()))
    return form


def _edit_form(activity: Activity, items: Sequence[Item], values: dict[str, Any]) -> QuizForm:
    form = form_for(items, version=str(activity.version), **values)
    del form.scope_id  # a quiz stays where it belongs
    form.offer_parts(categories.tree_of(actor()))
    return form


def _values(activity: Activity, now: Sequence[Any]) -> dict[str, Any]:
    rules = queries.rules_of(activity.id, activity.version)
    names = ("time_limit_minutes", "pass_percent", "attempts_allowed", "resit_wait_hours", "critical_limit")
    flags = ("shuffle_items", "shuffle_options", "items_per_page", "supervised", "markers", "tolerance")
    values = {name: getattr(rules, name) for name in (*names, *flags)}
    values["items_per_page"] = rules.items_per_page or None
    values |= plans.values_of(blueprints.blueprint_of(activity.id, activity.version))
    values |= {"title_zh": activity.title_zh, "title_en": activity.title_en}
    for place, item in now:
        values |= {f"order_{item.id}": place.position, f"points_{item.id}": place.points}
        values[f"section_{item.id}"] = str(place.section)
    return values


def _form_page(form: QuizForm, items: Sequence[Item], activity: Activity | None, *, stale: str | None = None) -> str:
    return render_template(
        "question_bank/quiz_form.html",
        form=form,
        fits=_fits(form, items, activity),
        items=items,
        activity=activity,
        stale=stale,
        search=_filter(),
    )


def _fits(form: QuizForm, items: Sequence[Item], activity: Activity | None) -> dict[int, int]:
    """How many items fit each draw, by its row on the page; nothing while rows are added or something is wrong."""
    asked = request.form.get("do", "save")
    if asked not in {"save", "fit"}:
        return {}
    about = [form.draws] if activity else [form.draws, form.scope_id]
    is_judged = request.method == "POST" and asked == "save"
    if any(one.errors if is_judged else not one.validate(form) for one in about):
        return {}
    plan = form.blueprint(items)
    scope_id = activity.scope_id if activity else form.scope_id.data
    found = drawing.fitting(scope_id, plan, [item.id for item, _points in form.chosen(items)])
    return dict(zip(form.draws_written(), found.values(), strict=True)) if found else {}
