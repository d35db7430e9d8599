"""Reading a table that somebody made: XLSX or CSV, within bounds, as rows of text.

Nothing but a `DomainError` leaves this module, whatever the bytes are.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from flask_babel import gettext as _

from training.core import workbooks, xlsx
from training.core.errors import Invalid

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_TEXT = 4_000_000  # characters in one sheet
LONGEST_NAME = 120
SOUGHT_FOR_HEAD = 30  # rows of titles and notes that may stand above the head
DELIMITERS = ",;\t"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table|meta|script|svg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something: its number in the sheet, and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet that holds something, without its blank rows."""

    name: str
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max((len(row.cells) for row in self.rows), default=0)

    def below(self, head: Row) -> tuple[Row, ...]:
        """The rows below the head; a head that is repeated (as on every printed page) is left out."""
        return tuple(row for row in self.rows if row.number > head.number and row.cells != head.cells)

    def head(self, is_head: Callable[[str], bool]) -> Row:
        """The row in which most cells are heads; the first filled row where none is. Titles above it are passed by."""
        best, most = self.rows[0], 0
        for row in self.rows[:SOUGHT_FOR_HEAD]:
            found = len({cell for cell in row.cells if cell and is_head(cell)})
            if found > most or (found == most > 0 and row.number == best.number + 1):  # a head of two rows
                best, most = row, found
        return best


def read(data: bytes, name: str, *, most_rows: int = MOST_ROWS, most_text: int = MOST_TEXT) -> list[Sheet]:
    """The sheets of a file that hold anything, at least one; raises `Invalid` with what is wrong and what to do.

    `most_rows` filled rows and `most_text` characters are read of each sheet.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Invalid(_("The file is empty. Choose the list itself and upload it again."))
    if len(data) > LARGEST_FILE:
        raise Invalid(_("The file is larger than %(size)s MB. Leave only the list in it.", size=LARGEST_FILE >> 20))
    ending = PurePath(name).suffix.lower()
    if data.startswith(xlsx.OLE):
        raise xlsx.protected() if xlsx.ENCRYPTED in data else _old_workbook()
    if xlsx.is_zip(data):
        _require_ending(ending, {".xlsx", ".xlsm"})
        grids = xlsx.grids(data, most_rows, MOST_COLUMNS)
        found = [_sheet(grid.name, grid.rows, most_rows, most_text) for grid in grids]
    else:
        _require_ending(ending, {".csv", ".txt", ".tsv"})
        rows = _csv_rows(_decoded(data))
        found = [_sheet(PurePath(name).stem[:LONGEST_NAME], rows, most_rows, most_text)]
    kept = [sheet for sheet in found if sheet.rows]
    if not kept:
        raise Invalid(_("There is nothing in this file but blank cells. Choose the list itself."))
    return kept


def _old_workbook() -> Invalid:
    return Invalid(_("This is a workbook of the old kind (.xls). Open it, save it as .xlsx and upload it again."))


def _require_ending(ending: str, fitting: set[str]) -> None:
    """A file is what its name says: one that is not was renamed, or went wrong on its way."""
    if ending and ending not in fitting:
        raise Invalid(
            _(
                "The file ends in %(ending)s, but that is not what it holds. Save the list as .xlsx or CSV again.",
                ending=ending[:12],
            )
        )


def _sheet(name: str, rows: Iterable[tuple[int, Sequence[Any]]], most_rows: int, most_text: int) -> Sheet:
    """The rows as text, the blank ones left out; raises `Invalid` when there is more than can be looked at."""
    kept: list[Row] = []
    size = 0
    for number, values in rows:
        cells = [text_of(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        size += sum(map(len, cells))
        kept.append(Row(number, tuple(cells)))
        if len(kept) > most_rows:
            raise xlsx.too_many_rows(most_rows)
        if len(cells) > MOST_COLUMNS:
            raise xlsx.too_many_columns(MOST_COLUMNS)
        if size > most_text:
            raise Invalid(_("The sheet %(name)s holds too much text. Leave only the list in it.", name=name[:80]))
    width = max((len(row.cells) for row in kept), default=0)
    return Sheet(name, tuple(Row(row.number, row.cells + ("",) * (width - len(row.cells))) for row in kept))


def text_of(value: Any) -> str:
    """A cell's value as people see it: days as 2026-11-22, numbers without .0, texts without space around them."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == datetime.min.time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _decoded(data: bytes) -> str:
    """The text of a CSV in UTF-8, UTF-16 or GB18030; raises `Invalid` for what is no text."""
    if data.startswith(OTHER_KINDS) or MARKUP.match(data):
        raise _no_table()
    encodings = [encoding for mark, encoding in MARKS if data.startswith(mark)]
    if not encodings and b"\x00" in data[:2000]:  # UTF-16 without its mark: every other byte of ASCII is zero
        encodings = ["utf-16-le" if data[1::2][:1000].count(0) >= data[::2][:1000].count(0) else "utf-16-be"]
    for encoding in encodings or ["utf-8", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _no_table()


def _no_table() -> Invalid:
    return Invalid(_("This file is no table that can be read. Save the list as .xlsx, or as CSV in UTF-8 or GB18030."))


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    """The filled records by number; a record that Excel writes over several lines counts once, as in its sheet."""
    delimiter = _delimiter(text)
    if re.match(r"sep=.\r?\n", text):  # how Excel is told the delimiter
        delimiter, text = text[4], text.partition("\n")[2]
    try:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        filled = ((number, row) for number, row in enumerate(records, start=1) if any(map(str.strip, row)))
        return [(number, list(map(workbooks.undefused, row))) for number, row in filled]
    except csv.Error as error:
        raise Invalid(_("A quotation mark in this CSV is never closed. Save the list as .xlsx instead.")) from error


def _delimiter(text: str) -> str:
    """The delimiter that most often stands in the first lines."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:SOUGHT_FOR_HEAD]
    return max(DELIMITERS, key=lambda one: sum(line.count(one) for line in lines))
