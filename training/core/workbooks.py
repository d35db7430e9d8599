"""Writing tables as XLSX and CSV: what a cell holds stays what it is, and nothing in it is ever run as a formula.

The bytes depend on the contents alone, so that the same table gives the same file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from training.core import clock

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - the file's own field has no zone; fixed, so that equal tables are equal files
LONGEST_TEXT = 32_767  # what a cell of Excel holds
LARGEST_NUMBER = 2**53  # above, a cell of Excel loses digits
LONGEST_TITLE = 31
LONGEST_RULE = 255  # what a rule of Excel holds of values to choose from, parted by commas
ROWS_WITH_LISTS = 2_000  # below the head
RUNS_AS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # OWASP, CSV Injection

Value = str | int | float | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head and how wide it is, in characters."""

    title: str
    width: float = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with what is said about it: `fault` colours the cell and becomes its comment; `format` is Excel's."""

    value: Value
    fault: str = ""
    format: str = ""


@dataclass(frozen=True)
class SheetOut:
    """One sheet: the head stays in sight, `total` is printed strong, `notes` follow below, a line each.

    `above` are rows over the head; `lists` offers values to choose from, by column.
    """

    title: str
    head: Sequence[Column | str]
    rows: Iterable[Sequence[Value | Cell]]
    total: Sequence[Value | Cell] = ()
    notes: Sequence[str] = ()
    above: Sequence[Sequence[Value | Cell]] = ()
    lists: Mapping[int, Sequence[str]] = field(default_factory=dict)


def write_xlsx(sheets: Sequence[SheetOut]) -> bytes:
    """A workbook of one sheet or more. Text stays text, numbers stay numbers, moments are shown in the local zone."""
    import xlsxwriter  # here, so that web processes start without it

    kept = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        kept,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    workbook.set_properties({"created": CREATED.replace(tzinfo=UTC)})
    formats = Formats(workbook)
    taken: set[str] = set()
    lists = Lists(workbook, taken)
    for sheet in sheets:
        _write_sheet(workbook.add_worksheet(_title(sheet.title, taken)), sheet, formats, lists)
    workbook.close()
    return kept.getvalue()


def write_csv(
    head: Sequence[Column | str], rows: Iterable[Sequence[Value | Cell]], encoding: str = "utf-8-sig"
) -> bytes:
    """A table in UTF-8 with the mark by which Excel knows it, lines ended by CR LF, formulas defused."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, lineterminator="\r\n")
    if head:
        writer.writerow([_plain(_named(one).title) for one in head])
    writer.writerows([_plain(_cell(one).value) for one in row] for row in rows)
    return kept.getvalue().encode(encoding)


class Formats:
    """The looks of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        """Start without any."""
        self.workbook = workbook
        self.made: dict[tuple[str, bool, bool], Any] = {}

    def get(self, number: str = "", *, strong: bool = False, fault: bool = False) -> Any:
        """The look of a number format, strong or not, marked as a fault or not."""
        key = (number, strong, fault)
        if key not in self.made:
            look: dict[str, Any] = {"valign": "top", "text_wrap": True}
            look |= {"num_format": number} if number else {}
            look |= {"bold": True} if strong else {}
            look |= {"bg_color": "#F8E2DD", "font_color": "#942B26"} if fault else {}
            self.made[key] = self.workbook.add_format(look)
        return self.made[key]


class Lists:
    """What cells offer to choose from: within the rule where it has room, else on a hidden sheet, each list once."""

    def __init__(self, workbook: Workbook, taken: set[str]) -> None:
        """Start without any; `taken` are the titles of the book's sheets."""
        self.workbook, self.taken = workbook, taken
        self.page: Worksheet | None = None
        self.places: dict[tuple[str, ...], int] = {}

    def source(self, offered: Sequence[str]) -> list[str] | str:
        """The source of a rule that offers these: themselves, or where they stand."""
        if len(",".join(offered)) <= LONGEST_RULE and not any("," in one for one in offered):
            return list(offered)
        if self.page is None:
            self.page = self.workbook.add_worksheet(_title("lists", self.taken))
            self.page.hide()
        place = self.places.setdefault(tuple(offered), len(self.places))
        self.page.write_column(0, place, list(offered))
        column = chr(ord("A") + place)
        return f"='{self.page.get_name()}'!${column}$1:${column}${len(offered)}"


def _write_sheet(page: Worksheet, sheet: SheetOut, formats: Formats, lists: Lists) -> None:
    at = 0
    for row in sheet.above:
        _write_row(page, at, row, formats)
        at += 1
    if sheet.head:
        _write_head(page, at, sheet, formats, lists)
        at += 1
    for row in sheet.rows:
        _write_row(page, at, row, formats)
        at += 1
    if sheet.total:
        _write_row(page, at, sheet.total, formats, strong=True)
        at += 1
    for number, note in enumerate(sheet.notes, start=at + 1):
        page.write_string(number, 0, _bounded(note))


def _write_head(page: Worksheet, at: int, sheet: SheetOut, formats: Formats, lists: Lists) -> None:
    for place, column in enumerate(map(_named, sheet.head)):
        page.set_column(place, place, column.width)
        page.write_string(at, place, _bounded(column.title), formats.get(strong=True))
    page.freeze_panes(at + 1, 0)
    for place, offered in sheet.lists.items():
        rule = {"validate": "list", "source": lists.source(offered), "error_type": "information"}
        page.data_validation(at + 1, place, at + ROWS_WITH_LISTS, place, rule)


def _write_row(
    page: Worksheet, at: int, row: Sequence[Value | Cell], formats: Formats, *, strong: bool = False
) -> None:
    for place, one in enumerate(row):
        cell = _cell(one)
        _write_value(page, at, place, cell, formats, strong)
        if cell.fault:
            page.write_comment(at, place, _bounded(cell.fault), {"author": "", "x_scale": 2})


def _write_value(page: Worksheet, at: int, place: int, cell: Cell, formats: Formats, strong: bool) -> None:
    def look(number: str = "") -> Any:
        return formats.get(cell.format or number, strong=strong, fault=bool(cell.fault))

    value = cell.value
    if value is None or value == "":
        page.write_blank(at, place, None, look())
    elif isinstance(value, bool):
        page.write_boolean(at, place, value, look())
    elif isinstance(value, datetime):
        page.write_datetime(at, place, clock.local(value).replace(tzinfo=None), look("yyyy-mm-dd hh:mm"))
    elif isinstance(value, date):
        page.write_datetime(at, place, value, look("yyyy-mm-dd"))
    elif (
        isinstance(value, int | float | Decimal) and -LARGEST_NUMBER < value < LARGEST_NUMBER
    ):  # not so for what is no number
        page.write_number(at, place, float(value) if isinstance(value, Decimal) else value, look())
    else:
        page.write_string(at, place, _bounded(str(value)), look("@"))


def _cell(one: Value | Cell) -> Cell:
    return one if isinstance(one, Cell) else Cell(one)


def _named(one: Column | str) -> Column:
    return Column(one) if isinstance(one, str) else one


def _bounded(text: str) -> str:
    """A text that a cell can hold; the writer would leave a longer one out."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _plain(value: Value) -> str:
    """A value as a CSV cell; text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    text = str(value)
    return "'" + text if isinstance(value, str) and text.lstrip(" '").startswith(RUNS_AS_FORMULA) else text


def undefused(text: str) -> str:
    """A cell of a CSV without the apostrophe that keeps it from being run."""
    return text[1:] if text.startswith("'") and text.lstrip(" '").startswith(RUNS_AS_FORMULA) else text


def _title(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes for a sheet and that no other sheet of the book has."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", wanted)[:LONGEST_TITLE].strip(" '") or "1"
    title, number = plain, 2
    while title.casefold() in taken:
        ending = f" {number}"
        title, number = plain[: LONGEST_TITLE - len(ending)] + ending, number + 1
    taken.add(title.casefold())
    return title
