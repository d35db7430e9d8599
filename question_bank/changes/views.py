"""The pages of a change of many items: its value, its preview, its confirmation, its progress, its undoing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank.changes import forms, queries, rules, services, words
from question_bank.changes.models import Fate, ItemChange
from question_bank.changes.rules import Act
from question_bank.forms.lists import ItemFilter
from question_bank.permissions import Permission
from question_bank.queries import categories, lists
from question_bank.queries.items import PAGE, Page
from question_bank.services.quizzes import MOST_ITEMS
from question_bank.views import item_page
from training.core import paging
from training.core.access import actor, requires
from training.core.db import reading
from training.core.errors import Invalid, NotFound

bp = Blueprint("changes", __name__, url_prefix="/items/changes", template_folder="templates")
QUIZ = "quiz"


@bp.get("/")
@requires(Permission.ITEM_WRITE)
def list_changes() -> ResponseReturnValue:
    """One's own changes, the newest first, each of which leads to where it is undone."""
    found, paths = queries.newest(actor()), _paths()
    rows = [(one, words.ACTS[one.act], words.set_to(one.act, one.value, paths)) for one in found]
    return render_template("changes/list.html", rows=rows, labels=words.STATUSES)


@bp.get("/new")
@requires(Permission.ITEM_WRITE)
def new() -> ResponseReturnValue:
    """What the items ticked, or all that the list shows, are to be given; a quiz of them is composed elsewhere."""
    chosen = ids_chosen()
    if not chosen or "act" not in request.args or not request.args["act"]:
        flash(_("Tick the items first, then choose what to do with them."), "warn")
        return redirect(url_for("items.list_items", **_filter().address()))
    if request.args["act"] == QUIZ:
        return redirect(_quiz_of(chosen))
    act = _act()
    return _form_page(act, forms.form_for(act, categories.tree_of(actor())), len(chosen))


@dataclass(frozen=True)
class Planned:
    """What was filled in, and what would become of the items; or why not."""

    value: str = ""
    rows: Sequence[dict[str, Any]] = ()
    refused: str = ""
    count: int = 0


def _planned() -> Planned:
    """Look at the items before the transaction opens: there may be thousands."""
    with reading():
        chosen = ids_chosen()
        form = forms.form_for(_act(), categories.tree_of(actor()))
        if not form.validate():
            return Planned(count=len(chosen))
        try:
            return Planned(form.said(), services.plan(_act(), form.said(), chosen, actor=actor()), count=len(chosen))
        except Invalid as error:
            return Planned(refused=str(error.message), count=len(chosen))


@bp.post("/new")
@requires(Permission.ITEM_WRITE, prepare=_planned)
def new_post(prepared: Planned) -> ResponseReturnValue:
    """Show what would become of each item."""
    act = _act()
    form = forms.form_for(act, categories.tree_of(actor()))
    sound = form.validate()
    if prepared.refused:
        form.form_errors.append(prepared.refused)
    if not sound or prepared.refused:
        return _form_page(act, form, prepared.count), 422
    change = services.open_change(act, prepared.value, prepared.rows, opened_by=actor())
    return redirect(url_for(".show", change_id=change.id, **_kept()))


@bp.get("/<int:change_id>")
@requires(Permission.ITEM_WRITE)
def show(change_id: int) -> ResponseReturnValue:
    """Item by item what will happen, or what happened."""
    return _change_page(queries.change_visible_to(actor(), change_id))


@bp.post("/<int:change_id>/confirm")
@requires(Permission.ITEM_WRITE)
def confirm(change_id: int) -> ResponseReturnValue:
    """Carry it out."""
    change = queries.change_visible_to(actor(), change_id, lock=True)
    services.confirm(change, confirmed_by=actor())
    return redirect(url_for(".show", change_id=change_id, **_kept()))


@bp.post("/<int:change_id>/undo")
@requires(Permission.ITEM_WRITE)
def undo(change_id: int) -> ResponseReturnValue:
    """Put back what it changed."""
    change = queries.change_visible_to(actor(), change_id, lock=True)
    services.undo(change, undone_by=actor())
    return redirect(url_for(".show", change_id=change_id, **_kept()))


def ids_chosen() -> list[int]:
    """The items that were ticked, or all that the filter of the address finds (`who=matching`)."""
    if request.args.get("who") == "matching":
        return lists.ids_found(actor(), _filter().wanted(), services.MOST + 1)
    return item_page.numbers("item")


def _kept() -> dict[str, Any]:
    """What the list was filtered by, to lead back to it."""
    return ItemFilter(request.args).address()


def _quiz_of(chosen: Sequence[int]) -> str:
    """The form of a quiz of those items; those that no quiz can have stay out, and are counted."""
    usable = lists.approved_among(actor(), chosen, MOST_ITEMS)
    if len(usable) < len(chosen):
        out = len(chosen) - len(usable)
        flash(_("Left out of the quiz: %(count)s. Only approved items are in, at most 100.", count=out), "warn")
    return url_for("quizzes.new", item=usable)


def _filter() -> ItemFilter:
    form = ItemFilter(request.args)
    sound = form.validate()
    form.offer(categories.tree_of(actor()))
    if not sound:
        form.forget()
    return form


def _act() -> Act:
    wanted = request.args.get("act", "")
    if wanted not in {one.value for one in Act}:
        raise Invalid(_("There is no such thing to do with items; go back to the list and choose again."))
    return Act(wanted)


def _form_page(act: Act, form: forms.ChangeForm, count: int) -> str:
    return render_template(
        "changes/new.html",
        act=act,
        form=form,
        count=count,
        title=words.ACTS[act],
        sent={name: request.args.getlist(name) for name in request.args},
        kept=_kept(),
    )


def _paths() -> Mapping[str, str]:
    return {str(one.category.id): one.path for one in categories.tree_of(actor())}


def _change_page(change: ItemChange) -> str:
    counts, fate, paths = queries.counts_of(change), request.args.get("fate", ""), _paths()
    if fate and fate not in counts:
        raise NotFound(_("There is no such list of items."))
    total = counts[fate] if fate else change.total
    number = min(paging.number_asked(), -(-total // PAGE) or 1)
    lines = [
        {
            "line": line,
            "item": item,
            "before": words.values(change.act, line.had, paths),
            "after": words.values(change.act, rules.after(change.act, change.value, line.had), paths),
            "fate": words.FATES[line.fate],
            "reason": words.REASONS[line.reason] if line.reason else "",
        }
        for line, item in queries.lines_of(change, fate, number)
    ]
    return render_template(
        "changes/change.html",
        change=change,
        title=words.ACTS[change.act],
        set_to=words.set_to(change.act, change.value, paths),
        counts=counts,
        status=words.STATUSES[change.status],
        lines=lines,
        fate=fate,
        kept=_kept(),
        page=Page((), number, total),
        shown=list(_chips(change, counts, fate)),
        until=change.ended_at + services.UNDO_WITHIN if change.ended_at else None,
        may_be_undone=services.may_be_undone(change),
        is_reviewed_again=change.act in {Act.SOURCE, Act.REVIEW_BY},
    )


def _chips(change: ItemChange, counts: Mapping[str, int], chosen: str) -> Iterator[dict[str, Any]]:
    """All items, and those of each fate that there are."""
    here = url_for(".show", change_id=change.id, **_kept())
    yield {"label": _("All"), "url": here, "count": change.total, "active": not chosen}
    for fate in Fate:
        count = counts[fate.value]
        if count and count != change.total:
            url = url_for(".show", change_id=change.id, fate=fate.value, **_kept())
            yield {"label": words.FATES[fate][0], "url": url, "count": count, "active": chosen == fate.value}
