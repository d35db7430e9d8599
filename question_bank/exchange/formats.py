"""The formats that items come in and go out by, and telling one from the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from question_bank.exchange import aiken, gift, moodle_xml, pasted, sheets
from question_bank.exchange.parsed import Parsed
from training.core import xlsx
from training.core.errors import Invalid

LARGEST = 50 * 1024 * 1024  # bytes of one file
LOOKED_AT = 64 * 1024  # bytes that are looked at to tell what a file is

Columns = sheets.Mapped  # for workbooks: what the columns hold, where somebody has corrected it
Reader = Callable[[bytes, str, str, Columns], list[Parsed]]


@dataclass(frozen=True)
class Format:
    """A format that is read: `read(data, file name, language or "", columns as corrected)`."""

    name: str
    label: Any
    read: Reader


READERS = {
    one.name: one
    for one in (
        Format(
            "sheet", "Excel · CSV", lambda data, name, language, columns: sheets.read(data, name, columns, language)
        ),
        Format("gift", "GIFT", lambda data, _name, language, _columns: gift.read(data, language)),
        Format("moodle-xml", "Moodle XML", lambda data, _name, language, _columns: moodle_xml.read(data, language)),
        Format("aiken", "Aiken", lambda data, _name, language, _columns: aiken.read(data, language)),
        Format("text", _l("Numbered text"), lambda data, _name, language, _columns: pasted.read(data, language)),
    )
}


def read(
    data: bytes, name: str, *, language: str = "", wanted: str = "", columns: Columns | None = None
) -> tuple[str, list[Parsed]]:
    """The format of a file and its items, in order; `wanted` names the format where somebody knows it.

    Raises `Invalid` with one sentence when it is nothing that holds items.
    """
    if len(data) > LARGEST:
        raise Invalid(
            _("The file is larger than %(size)s MB. Split it, and send the parts one by one.", size=LARGEST >> 20)
        )
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Invalid(_("The file is empty. Choose the items themselves and send them again."))
    found = wanted or told_by(data, name)
    items = READERS[found].read(data, name, language, columns or {})
    if not items:
        raise Invalid(_("There is no item in this file that could be read as %(format)s.", format=READERS[found].label))
    return found, items


def told_by(data: bytes, name: str) -> str:
    """What a file is, by its content first and its name where the content leaves a choice."""
    ending = PurePath(name).suffix.lower()
    if xlsx.is_zip(data) or data.startswith(xlsx.OLE) or ending in {".xlsx", ".xls", ".xlsm", ".csv", ".tsv"}:
        return "sheet"
    head = data[:LOOKED_AT].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head[:1] == b"<" or ending == ".xml":
        return "moodle-xml"
    if ending == ".gift" or re.search(
        rb"^\s*::|(?<!\\)\{[^{}]*[=~#][^{}]*\}|^\$CATEGORY:|\{\s*(?:T|F|TRUE|FALSE)?\s*\}", head, re.MULTILINE
    ):
        return "gift"
    if re.search(rb"^ANSWER:\s*[A-Z]\s*$", head, re.MULTILINE):
        return "aiken"
    return "text"
