"""The pages of an import: sending a file or a text, looking at what would come in, confirming, watching."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from question_bank.exchange import formats, labels, marked, sheets, template
from question_bank.exchange.parsed import Parsed
from question_bank.imports import forms, queries, services, words
from question_bank.imports.models import ItemImport, Outcome
from question_bank.likeness.files import Compared
from question_bank.permissions import Permission
from question_bank.queries.items import PAGE, Page, scopes_to_write
from question_bank.words import TYPE_LABELS
from training.core import i18n
from training.core.access import actor, requires
from training.core.db import reading
from training.core.downloads import download
from training.core.errors import Invalid, NotFound
from training.core.workbooks import XLSX

bp = Blueprint("imports", __name__, url_prefix="/items/imports", template_folder="templates")
ROOM_AROUND_THE_FILE = 256 * 1024


@bp.url_value_preprocessor
def _admit_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload's body alone be larger than others, before anything looks at it."""
    if endpoint == "imports.send":
        request.max_content_length = formats.LARGEST + ROOM_AROUND_THE_FILE
        request.max_form_memory_size = 4 * forms.LONGEST_TEXT


def _form() -> forms.ImportForm:
    form = forms.ImportForm()
    scopes = scopes_to_write(actor(), Permission.ITEM_WRITE)
    form.scope_id.choices = [SelectChoice(scope.id, i18n.local(scope, "name")) for scope in scopes]
    return form


@bp.get("/")
@requires(Permission.ITEM_WRITE)
def start() -> ResponseReturnValue:
    """Send items, or go on with a file that waits."""
    return _start_page(_form())


def _start_page(form: forms.ImportForm) -> str:
    return render_template("imports/start.html", form=form, imports=queries.newest(actor()), labels=words.STATUSES)


@bp.post("/")
@requires(Permission.ITEM_WRITE, prepare=forms.sent)
def send(prepared: forms.Sent) -> ResponseReturnValue:
    """Keep what was read and show what would come in."""
    form = _form()
    if not form.validate() or prepared.refused:
        if prepared.refused:
            form.file.errors = [prepared.refused]
        return _start_page(form), 422
    scope = next(one for one in scopes_to_write(actor(), Permission.ITEM_WRITE) if one.id == form.scope_id.data)
    opened = services.open_import(
        scope,
        prepared.items,
        prepared.data,
        prepared.name,
        prepared.format,
        form.language.data or "",
        sent_by=actor(),
        compared=prepared.compared,
    )
    return redirect(url_for(".show", import_id=opened.id))


@bp.get("/<int:import_id>")
@requires(Permission.ITEM_WRITE)
def show(import_id: int) -> ResponseReturnValue:
    """What came in or would, item by item."""
    opened, scope = queries.import_visible_to(actor(), import_id)
    outcome = request.args.get("outcome", "")
    if outcome and outcome not in {queries.ALIKE, *Outcome}:
        raise NotFound(_("There is no such outcome."))
    counts = queries.counts_of(opened)
    total = getattr(counts, outcome) if outcome else opened.total
    number = max(1, min(request.args.get("page", 1, int), -(-total // PAGE) or 1))
    return render_template(
        "imports/import.html",
        opened=opened,
        scope=scope,
        counts=counts,
        lines=queries.lines_of(opened, outcome, number),
        outcome=outcome,
        page=Page((), number, total),
        shown=list(_chips(opened, counts, outcome)),
        tag_of=words.tag_of,
        like=words.like,
        status=words.STATUSES[opened.status],
        types=TYPE_LABELS,
        format=formats.READERS[opened.format].label,
    )


def _chips(opened: ItemImport, counts: queries.Counts, outcome: str) -> Iterator[dict[str, Any]]:
    """All lines, and those of each outcome that there is."""
    yield {
        "label": _("All"),
        "url": url_for(".show", import_id=opened.id),
        "count": opened.total,
        "active": not outcome,
    }
    for one, (label, _tone) in words.outcomes(opened).items():
        count = getattr(counts, one.value)
        if count:
            url = url_for(".show", import_id=opened.id, outcome=one.value)
            yield {"label": label, "url": url, "count": count, "active": outcome == one.value}
    if counts.alike:
        url = url_for(".show", import_id=opened.id, outcome=queries.ALIKE)
        yield {"label": words.ALIKE, "url": url, "count": counts.alike, "active": outcome == queries.ALIKE}


@bp.post("/<int:import_id>/confirm")
@requires(Permission.ITEM_WRITE)
def confirm(import_id: int) -> ResponseReturnValue:
    """Let it be written, with what is chosen of the lines that the page showed."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    if shown := forms.numbers_sent("shown"):
        services.choose(opened, scope, shown, forms.numbers_sent("chosen"), by=actor())
    services.confirm(opened, scope, confirmed_by=actor())
    return redirect(url_for(".show", import_id=import_id))


@bp.post("/<int:import_id>/choose")
@requires(Permission.ITEM_WRITE)
def choose(import_id: int) -> ResponseReturnValue:
    """Keep which lines come in though they are like others, and show the same page again."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    services.choose(opened, scope, forms.numbers_sent("shown"), forms.numbers_sent("chosen"), by=actor())
    counts = queries.counts_of(opened)
    flash(_("Kept: %(coming)s come in, %(left)s are left out.", coming=counts.coming, left=counts.left_out), "good")
    outcome = request.form.get("outcome") if request.form.get("outcome") in {queries.ALIKE, *Outcome} else None
    page = request.form.get("page", 1, int)
    return redirect(url_for(".show", import_id=import_id, outcome=outcome, page=page if page > 1 else None))


@bp.post("/<int:import_id>/drop")
@requires(Permission.ITEM_WRITE)
def drop(import_id: int) -> ResponseReturnValue:
    """Forget it."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    services.drop(opened, scope, dropped_by=actor())
    flash(_("%(name)s is dropped; nothing of it is in the bank.", name=opened.name), "good")
    return redirect(url_for(".start"))


@bp.get("/<int:import_id>/marked.xlsx")
@requires(Permission.ITEM_WRITE)
def marked_up(import_id: int) -> ResponseReturnValue:
    """The workbook as it was sent, with what is wrong marked in it."""
    opened, _scope = queries.import_visible_to(actor(), import_id)
    if opened.format != "sheet" or opened.data is None:
        raise NotFound(_("There is no marked sheet of this import: it is no workbook, or it has ended."))
    columns = services.columns_of(opened)
    made = marked.write(zlib.decompress(opened.data), opened.name, services.read_again(opened), columns)
    name = _("%(name)s, marked", name=_stem(opened))
    return download(made, f"{name}.xlsx", XLSX)


@bp.get("/<int:import_id>/columns")
@requires(Permission.ITEM_WRITE)
def columns(import_id: int) -> ResponseReturnValue:
    """What each column of a workbook is taken to hold, to be corrected."""
    opened, _scope = queries.import_visible_to(actor(), import_id)
    return _columns_page(opened, "")


def _columns_page(opened: ItemImport, fault: str) -> str:
    if opened.format != "sheet" or opened.data is None:
        raise NotFound(_("There are no columns to correct: this is no workbook, or its import has ended."))
    found = sheets.open_file(zlib.decompress(opened.data), opened.name)
    return render_template(
        "imports/columns.html",
        opened=opened,
        sheets=sheets.described(sheets.layouts(found, services.columns_of(opened))),
        fields=[(name, labels.label(name, i18n.language())) for name in forms.fields()],
        fault=fault,
    )


@dataclass(frozen=True)
class Again:
    """What a workbook holds with its columns as corrected, or why that cannot be."""

    columns: services.Columns
    items: tuple[Parsed, ...] = ()
    refused: str = ""
    compared: Compared | None = None


def _look_again() -> Again:
    """Read the workbook again before the transaction opens."""
    said = forms.columns_sent()
    with reading():
        opened, _scope = queries.import_visible_to(actor(), (request.view_args or {})["import_id"])
        _ = opened.data  # loaded while there is a transaction
    try:
        items = tuple(services.read_again(opened, said))
        return Again(said, items, compared=services.compare(items))
    except Invalid as error:
        return Again(said, refused=str(error.message))


@bp.post("/<int:import_id>/columns")
@requires(Permission.ITEM_WRITE, prepare=_look_again)
def columns_post(import_id: int, prepared: Again) -> ResponseReturnValue:
    """Look again with the columns as corrected."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    if prepared.refused:
        return _columns_page(opened, prepared.refused), 422
    services.correct_columns(
        opened, prepared.columns, prepared.items, scope, corrected_by=actor(), compared=prepared.compared
    )
    return redirect(url_for(".show", import_id=import_id))


def _stem(opened: ItemImport) -> str:
    return opened.name.rsplit(".", 1)[0][:80]


@bp.get("/template.xlsx")
@requires(Permission.ITEM_WRITE)
def template_file() -> ResponseReturnValue:
    """Anning's own workbook to fill in."""
    name = _("Item template")
    return download(template.write(i18n.language()), f"{name}.xlsx", XLSX)
