"""Items out as a workbook (a sheet a type) or as one CSV, in the layout of the template, to be read back the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from question_bank.exchange import labels
from question_bank.exchange.parsed import Exported, Written
from question_bank.exchange.rows import Cells, rows_of
from question_bank.item_types import LANGUAGES
from training.core.workbooks import Cell, Column, SheetOut, Value, write_csv, write_xlsx

ALWAYS = ("code", "type", "category", "difficulty", "stem", "key", "explanation", "source")
WIDTHS = {"stem": 48, "shared_stem": 48, "explanation": 40, "release": 30, "key": 14, "code": 12, "type": 12}
WIDTH, OPTION_WIDTH = 14, 22
GB18030 = "gb18030"


def write(
    items: Iterable[Exported], language: str = "zh", form: str = "xlsx", encoding: str = "utf-8-sig"
) -> tuple[bytes, list[Written]]:
    """The items as `xlsx` or `csv` (in that encoding: `utf-8-sig` or `gb18030`), and what became of each.

    Heads and types are in `language`; texts stand in both languages where an item has both.
    """
    by_sheet: dict[str, list[Cells]] = {kind: [] for kind in labels.SHEETS}
    kinds = {name: kind for kind, types in labels.SHEETS.items() for name in types}
    outcome: list[Written] = []
    for number, item in enumerate(items, start=1):
        rows, told = rows_of(item, language, str(number))
        if rows:
            by_sheet[kinds[item.type]] += [_in_columns(row, language) for row in rows]
        outcome.append(told)
    filled = {kind: rows for kind, rows in by_sheet.items() if rows}
    return (_book(filled, language) if form == "xlsx" else _csv(filled, language, encoding)), outcome


def _in_columns(row: Cells, language: str) -> Cells:
    """The cells by column: texts in the language of the heads need not name it."""
    return {name.removesuffix(f"@{language}"): value for name, value in row.items() if value}


def used(rows: Sequence[Mapping[str, str]], always: Iterable[str], language: str) -> list[str]:
    """The columns that hold anything and those that always stand, in their order."""
    filled = {name for row in rows for name in row} | set(always)
    other = next(one for one in LANGUAGES if one != language)
    ordered = [column for name in labels.order() for column in (name, f"{name}@{other}")]
    return [one for one in ordered if one in filled]


def heads(columns: Iterable[str], language: str) -> list[Column]:
    """The heads of columns, each as wide as what it holds."""
    return [Column(labels.label(one, language), _width(one.partition("@")[0])) for one in columns]


def _width(name: str) -> float:
    return OPTION_WIDTH if name.startswith("option_") else WIDTHS.get(name, WIDTH)


def cells(row: Mapping[str, str], columns: Iterable[str]) -> list[Value | Cell]:
    """A row in the order of the columns, every cell as text."""
    return [Cell(row.get(one, ""), format="@") for one in columns]


def _other_stem(language: str) -> str:
    """The column of stems in the other language: where it stands, nobody need guess the language of the others."""
    return next(f"stem@{one}" for one in LANGUAGES if one != language)


def _book(by_sheet: Mapping[str, Sequence[Cells]], language: str) -> bytes:
    sheets, always = [], (*ALWAYS, _other_stem(language))
    for kind, rows in (by_sheet or {"single": []}).items():
        columns = used(rows, always, language)
        title = labels.sheet_title(kind, language)
        sheets.append(SheetOut(title, heads(columns, language), [cells(row, columns) for row in rows]))
    return write_xlsx(sheets)


def _csv(by_sheet: Mapping[str, Sequence[Cells]], language: str, encoding: str) -> bytes:
    rows = [row for found in by_sheet.values() for row in found]
    columns = used(rows, (*ALWAYS, _other_stem(language)), language)
    return write_csv(heads(columns, language), [[row.get(one, "") for one in columns] for row in rows], encoding)
