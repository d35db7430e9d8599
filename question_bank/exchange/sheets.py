"""Items from a workbook or a CSV that an instructor made: every sheet, by the heads of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from question_bank.exchange import assembly, columns, kinds, languages, spelling, template
from question_bank.exchange.entries import Entry, Table
from question_bank.exchange.parsed import Parsed, Problem
from question_bank.exchange.said import gettext as _
from training.core import heads, sheets, xlsx
from training.core.errors import Invalid
from training.core.sheets import Row, Sheet

MOST_ROWS = 20_000
MOST_TEXT = 12_000_000
EXAMPLES = 2
NEEDED = ("stem", "shared_stem")
TELLING = 3  # heads from which on a sheet without stems is one of items that lacks them
HOLDING = frozenset({"stem", "shared_stem", "options", "key", *(f"option_{one}" for one in columns.LETTERS)})
TEXTS = HOLDING - {"key"}
EXAMPLE_MARKS = ("示例", "example")

Mapped = Mapping[str, Mapping[int, str]]  # by sheet: the field of each column, by its place


@dataclass(frozen=True)
class Layout:
    """A sheet with its head and what its columns are taken to hold: the guess, or somebody's correction of it."""

    sheet: Sheet
    head: Row
    columns: Mapping[int, str]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows below the head."""
        return self.sheet.below(self.head)

    @property
    def has_items(self) -> bool:
        """Whether stems stand in it."""
        return any(one.partition("@")[0] in NEEDED for one in self.columns.values())

    def examples(self, place: int) -> list[str]:
        """The first filled cells of a column, to show beside the guess."""
        found = (row.cells[place] for row in self.rows if row.cells[place])
        return [text for text, _number in zip(found, range(EXAMPLES), strict=False)]


def open_file(data: bytes, name: str) -> list[Sheet]:
    """The sheets of a file; raises `Invalid` for what is none."""
    return sheets.read(data, name, most_rows=MOST_ROWS, most_text=MOST_TEXT)


def layouts(found: Sequence[Sheet], mapping: Mapped | None = None) -> list[Layout]:
    """What the columns of each sheet hold; `mapping` is the correction, for the sheets that it names."""
    made = []
    for sheet in found:
        head = sheet.head(columns.is_head)
        given = (mapping or {}).get(sheet.name)
        guessed = columns.guess(head.cells) if given is None else _within(given, sheet.width)
        made.append(Layout(sheet, head, guessed))
    return made


def _within(given: Mapping[int, str], width: int) -> dict[int, str]:
    return {place: name for place, name in given.items() if name and 0 <= place < width}


def read(data: bytes, name: str, mapping: Mapped | None = None, language: str = "") -> list[Parsed]:
    """The items of a file, each with what was lost or why it is refused, and the cells where that is mended.

    `language` is that of the columns which name none, by default the one that prevails in the file. Raises `Invalid`
    for what is no table, or a table in which no column holds stems.
    """
    found = layouts(open_file(data, name), mapping)
    if not any(one.has_items for one in found):
        raise Invalid(_("No column of this file is headed as holding stems. Write the heads, or choose it."))
    form = "book" if xlsx.is_zip(data) else "csv"
    own = language or languages.prevailing("\n".join(_texts(found)))
    return [one for layout in found for one in _items(layout, own, form)]


def _texts(found: Sequence[Layout]) -> Iterator[str]:
    """The first texts of each sheet that are in no named language."""
    for layout in found:
        places = [place for place, name in layout.columns.items() if name in TEXTS]
        yield from (row.cells[place] for row in layout.rows[:200] for place in places)


def _items(layout: Layout, language: str, form: str) -> list[Parsed]:
    table = _table(layout, language, form)
    if not layout.has_items:
        return [_without_stems(layout, table)] if len(layout.columns) >= TELLING else []
    entries = [one for row in layout.rows if _is_filled(one := Entry(_cells(layout, row), table, row.number))]
    kept = (one for one in entries if not is_example(one))
    passed_by = [_still_example(one) for one in entries if is_example(one) and not _is_untouched(one)]
    return [*passed_by, *assembly.items(kept, kinds.kind_of(layout.sheet.name))]


def _cells(layout: Layout, row: Row) -> dict[str, str]:
    return {name: row.cells[place] for place, name in layout.columns.items() if row.cells[place]}


def _is_filled(entry: Entry) -> bool:
    return any(one.partition("@")[0] in HOLDING for one in entry.cells)


def is_example(entry: Entry) -> bool:
    """Whether a row is the template's example, which says so in the column of the codes."""
    return heads.folded(entry.get("code") or entry.get("serial")).startswith(EXAMPLE_MARKS)


def _is_untouched(entry: Entry) -> bool:
    return spelling.plain(entry.get("stem")) in template.example_stems()


def _still_example(entry: Entry) -> Parsed:
    """A row of an author's own that was written over an example and is coded as one still."""
    sentence = _("Rows coded “Example” are not imported. Write another code, or none, if this is an item of yours.")
    problem = entry.problem(sentence, "code", "serial")
    where = entry.table.place(entry.row, entry.row)
    return Parsed(where=where, name=entry.get("stem") or entry.get("shared_stem"), refusals=[problem])


def _table(layout: Layout, language: str, form: str) -> Table:
    by_field = {name: place for place, name in layout.columns.items()}
    if any(f"{one}@en" in by_field for one in NEEDED):
        language = "zh"
    elif any(f"{one}@zh" in by_field for one in NEEDED):
        language = "en"
    place = by_field.get("difficulty")
    facility = place is not None and any(spelling.is_share(row.cells[place]) for row in layout.rows)
    titles = dict(enumerate(layout.head.cells))
    return Table(layout.sheet.name, by_field, titles, language, facility, form)


def _without_stems(layout: Layout, table: Table) -> Parsed:
    where = table.place(layout.head.number, layout.head.number)
    problem = Problem(
        _("No column is headed as holding stems. Write the heads, or choose the column."),
        where,
        (layout.sheet.name, layout.head.number, 0),
    )
    return Parsed(where=where, refusals=[problem])


def described(found: Sequence[Layout]) -> list[dict[str, Any]]:
    """The guess of each sheet of items as plain data, for a page that shows it for correction, and for `--json`."""
    return [
        {
            "sheet": one.sheet.name,
            "row": one.head.number,
            "columns": [
                {"head": title, "field": one.columns.get(place, ""), "examples": one.examples(place)}
                for place, title in enumerate(one.head.cells)
            ],
        }
        for one in found
    ]
