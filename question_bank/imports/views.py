"""The pages of an import: sending a file or a text, looking at what would come in, confirming, watching."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from question_bank import item_types, words
from question_bank.exchange import formats, labels, marked, sheets, template
from question_bank.exchange.columns import fields
from question_bank.exchange.parsed import Parsed
from question_bank.imports import queries, services
from question_bank.imports.models import ImportStatus, ItemImport, Outcome
from question_bank.permissions import Permission
from question_bank.queries.items import PAGE, Page, scopes_to_write
from training.core import i18n
from training.core.access import actor, requires
from training.core.downloads import download
from training.core.errors import DomainError, Invalid, NotFound
from training.core.forms import Form, long_text
from training.core.workbooks import XLSX

bp = Blueprint("imports", __name__, url_prefix="/items/imports", template_folder="templates")
LONGEST_TEXT = 200_000
SPOKEN = {"stem", "shared_stem", "release", "explanation", "shared_explanation"}
ROOM_AROUND_THE_FILE = 256 * 1024

OUTCOMES = {
    Outcome.WHOLE: (_l("comes in"), "good"),
    Outcome.WITH_LOSSES: (_l("comes in, something to look at"), "warn"),
    Outcome.THERE: (_l("is in the bank already"), "neutral"),
    Outcome.REFUSED: (_l("stays out"), "bad"),
}


class ImportForm(Form):
    """A file, or text that is pasted, and the bank that it goes to."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    file = FileField(_l("File"))
    text = long_text(_l("Or paste the items here"), maximum=LONGEST_TEXT, required=False)
    language = RadioField(
        _l("Language of the items"),
        choices=[
            SelectChoice("", _l("as recognised")),
            SelectChoice("zh", _l("Chinese")),
            SelectChoice("en", _l("English")),
        ],
        default="",
    )


@dataclass(frozen=True)
class Sent:
    """What was sent, read before the transaction opens."""

    data: bytes = b""
    name: str = ""
    format: str = ""
    items: tuple[Parsed, ...] = ()
    refused: str = ""


@bp.url_value_preprocessor
def _admit_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload's body alone be larger than others, before anything looks at it."""
    if endpoint == "imports.send":
        request.max_content_length = formats.LARGEST + ROOM_AROUND_THE_FILE
        request.max_form_memory_size = 4 * LONGEST_TEXT


def _read() -> Sent:
    """Read a file, which takes its time; what is wrong with it is told beside the field."""
    file, text = request.files.get("file"), request.form.get("text", "")
    language = request.form.get("language", "")
    data, name, wanted = b"", _("pasted text"), ""
    if file is not None and file.filename:
        data, name = file.stream.read(formats.LARGEST + 1), file.filename
    elif text.strip():
        data = text.encode()
    else:
        return Sent(refused=_("Choose a file, or paste the items."))
    try:
        found, items = formats.read(data, name, language=language if language in {"zh", "en"} else "", wanted=wanted)
    except DomainError as error:
        return Sent(data, name, refused=str(error.message))
    return Sent(data, name, found, tuple(items))


def _form() -> ImportForm:
    form = ImportForm()
    scopes = scopes_to_write(actor(), Permission.ITEM_WRITE)
    form.scope_id.choices = [SelectChoice(scope.id, i18n.local(scope, "name")) for scope in scopes]
    return form


@bp.get("/")
@requires(Permission.ITEM_WRITE)
def start() -> ResponseReturnValue:
    """Send items, or go on with a file that waits."""
    return _start_page(_form())


def _start_page(form: ImportForm) -> str:
    return render_template("imports/start.html", form=form, imports=queries.newest(actor()), labels=STATUSES)


STATUSES = {
    ImportStatus.LOOKED_AT: (_l("waits for your word"), "warn"),
    ImportStatus.RUNNING: (_l("is being written"), "info"),
    ImportStatus.FINISHED: (_l("is in the bank"), "good"),
    ImportStatus.DROPPED: (_l("dropped"), "neutral"),
}


@bp.post("/")
@requires(Permission.ITEM_WRITE, prepare=_read)
def send(prepared: Sent) -> ResponseReturnValue:
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
    )
    return redirect(url_for(".show", import_id=opened.id))


@bp.get("/<int:import_id>")
@requires(Permission.ITEM_WRITE)
def show(import_id: int) -> ResponseReturnValue:
    """What came in or would, item by item."""
    opened, scope = queries.import_visible_to(actor(), import_id)
    outcome = request.args.get("outcome", "")
    if outcome and outcome not in {one.value for one in Outcome}:
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
        outcomes=OUTCOMES,
        status=STATUSES[opened.status],
        types=words.TYPE_LABELS,
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
    for one, (label, _tone) in OUTCOMES.items():
        count = getattr(counts, one.value)
        if count:
            url = url_for(".show", import_id=opened.id, outcome=one.value)
            yield {"label": label, "url": url, "count": count, "active": outcome == one.value}


@bp.post("/<int:import_id>/confirm")
@requires(Permission.ITEM_WRITE)
def confirm(import_id: int) -> ResponseReturnValue:
    """Let it be written."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    services.confirm(opened, scope, confirmed_by=actor())
    return redirect(url_for(".show", import_id=import_id))


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
    return download(made, f"{_stem(opened)} {_('marked')}.xlsx", XLSX)


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
        fields=[(name, labels.label(name, i18n.language())) for name in _fields()],
        fault=fault,
    )


def _fields() -> list[str]:
    """What a column may hold: every field, and the texts in a language that its head names."""
    spoken = [name for name in fields() if name.startswith("option_") or name in SPOKEN]
    return [*fields(), *(f"{name}@{language}" for language in item_types.LANGUAGES for name in spoken)]


@bp.post("/<int:import_id>/columns")
@requires(Permission.ITEM_WRITE)
def columns_post(import_id: int) -> ResponseReturnValue:
    """Look again with the columns as corrected."""
    opened, scope = queries.import_visible_to(actor(), import_id, lock=True)
    known = set(_fields())
    given: dict[str, dict[int, str]] = {}
    for place, sheet in enumerate(request.form.getlist("sheet")):
        chosen = request.form.getlist(f"column.{place}")
        given[sheet] = {number: name for number, name in enumerate(chosen) if name in known}
    try:
        services.correct_columns(opened, given, scope, corrected_by=actor())
    except Invalid as error:
        return _columns_page(opened, str(error.message)), 422
    return redirect(url_for(".show", import_id=import_id))


def _stem(opened: ItemImport) -> str:
    return opened.name.rsplit(".", 1)[0][:80]


@bp.get("/template.xlsx")
@requires(Permission.ITEM_WRITE)
def template_file() -> ResponseReturnValue:
    """Anning's own workbook to fill in."""
    return download(template.write(i18n.language()), f"{_('Item template')}.xlsx", XLSX)
