"""What is sent: a file or pasted text with its bank and language, and what the columns of a workbook hold."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from question_bank import item_types
from question_bank.exchange import columns, formats
from question_bank.exchange.parsed import Parsed
from question_bank.imports.services import compare
from question_bank.likeness.files import Compared
from training.core.errors import DomainError
from training.core.forms import Form, long_text

LONGEST_TEXT = 200_000
SPOKEN = {"stem", "shared_stem", "release", "explanation", "shared_explanation"}


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
    """What was sent and what was read in it, or why it is refused."""

    data: bytes = b""
    name: str = ""
    format: str = ""
    items: tuple[Parsed, ...] = ()
    refused: str = ""
    compared: Compared | None = None


def sent() -> Sent:
    """Read the file or the text of the request, which takes its time; what is wrong is told beside the field."""
    file, text, language = request.files.get("file"), request.form.get("text", ""), request.form.get("language", "")
    if file is not None and file.filename:
        data, name = file.stream.read(formats.LARGEST + 1), file.filename
    elif text.strip():
        data, name = text.encode(), _("pasted text")
    else:
        return Sent(refused=_("Choose a file, or paste the items."))
    try:
        found, items = formats.read(data, name, language=language if language in item_types.LANGUAGES else "")
    except DomainError as error:
        return Sent(data, name, refused=str(error.message))
    return Sent(data, name, found, tuple(items), compared=compare(items))


def numbers_sent(name: str) -> set[int]:
    """The numbers of lines that fields of that name hold; what is none is passed by."""
    return {
        int(one) for one in request.form.getlist(name)[:1000] if one.isdecimal() and one.isascii() and len(one) < 10
    }


def fields() -> list[str]:
    """What a column may hold: every field, and the texts in a language that its head names."""
    spoken = [name for name in columns.fields() if name.startswith("option_") or name in SPOKEN]
    return [*columns.fields(), *(f"{name}@{language}" for language in item_types.LANGUAGES for name in spoken)]


def columns_sent() -> dict[str, dict[int, str]]:
    """What the columns of each sheet of the request are said to hold, by place."""
    known = set(fields())
    return {
        sheet: {number: name for number, name in enumerate(request.form.getlist(f"column.{place}")) if name in known}
        for place, sheet in enumerate(request.form.getlist("sheet"))
    }
