"""The list of the bank, with filters in its address, and the searches kept under a name."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from question_bank import review_words, vocabulary, words
from question_bank.analysis import queries as analysis
from question_bank.changes import words as changes
from question_bank.forms.lists import ItemFilter, SaveSearchForm
from question_bank.permissions import Permission
from question_bank.queries import categories
from question_bank.queries import lists as queries
from question_bank.services import searches
from question_bank.views import item_page
from training.core.access import actor, requires
from training.core.errors import Conflict

bp = Blueprint("lists", __name__, url_prefix="/items", template_folder="../templates")


def render(form: ItemFilter, save_form: SaveSearchForm, *, sound: bool) -> str:
    """The page of the list; what cannot be looked for is told, and everything shown."""
    form.offer(categories.tree_of(actor()))
    if not sound:
        form.forget()
    page = queries.page_of_items(actor(), form.wanted(), item_page.number("page", 1))
    return render_template(
        "question_bank/items.html",
        page=page,
        more=bool(form.q.data) and page.total == queries.MOST_FOUND,
        form=form,
        save_form=save_form,
        address=form.address(),
        ticked=request.args.get("ticked") == "all",
        today=queries.today_of(actor()),
        saved=queries.saved_by(actor()),
        labels=words.TYPE_LABELS,
        acts=[*((one.value, label) for one, label in changes.ACTS.items()), ("quiz", _("Compose a quiz of them"))],
        state_of=review_words.state,
        named=vocabulary.name,
        fared=analysis.newest_of(page.rows),
    )


@bp.post("/searches")
@requires(Permission.ITEM_READ)
def save_search() -> ResponseReturnValue:
    """Keep what the address looks for under a name."""
    form, save_form = ItemFilter(request.args), SaveSearchForm()
    sound = form.validate()
    if not save_form.validate():
        return render(form, save_form, sound=sound), 422
    form.offer(categories.tree_of(actor()))
    try:
        searches.save(save_form.name.data, urlencode(form.address()) if sound else "", saved_by=actor())
    except Conflict as error:
        save_form.form_errors.append(error.message)
        return render(form, save_form, sound=sound), error.status
    flash(_("The search is kept as “%(name)s”.", name=save_form.name.data), "good")
    return redirect(url_for("items.list_items", **form.address()))


@bp.post("/searches/<int:search_id>/forget")
@requires(Permission.ITEM_READ)
def forget_search(search_id: int) -> ResponseReturnValue:
    """Delete a search of one's own."""
    searches.forget(search_id, forgotten_by=actor())
    flash(_("The search is deleted."), "good")
    return redirect(url_for("items.list_items"))
