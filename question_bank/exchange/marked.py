"""An instructor's own workbook with what is wrong marked: faulty cells coloured, and in words what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from flask_babel import gettext as _

from question_bank.exchange import sheets
from question_bank.exchange.parsed import Parsed, Problem
from training.core.heads import folded
from training.core.i18n import in_both
from training.core.sheets import Row
from training.core.workbooks import Cell, Column, SheetOut, Value, write_xlsx

WIDTH, WORDS_WIDTH = 18, 60
MOST_BLANK_ROWS = 200  # between two rows that hold something; a larger gap is closed
Marks = Mapping[tuple[str, int], Sequence[Problem]]


def write(data: bytes, name: str, parsed: Iterable[Parsed], mapping: sheets.Mapped | None = None) -> bytes:
    """The file as XLSX: every sheet, row and column as it was, each cell at fault marked, and a column `To correct`.

    `parsed` is what `sheets.read` made of the same file. The mended copy is read as the file itself would be. Raises
    `Invalid` as reading does.
    """
    marks: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for item in parsed:
        for problem in (*item.refusals, *item.losses):
            if problem.cell:
                marks[problem.cell[:2]].append(problem)
    found = sheets.layouts(sheets.open_file(data, name), mapping)
    return write_xlsx([_sheet(one, marks) for one in found])


def _sheet(layout: sheets.Layout, marks: Marks) -> SheetOut:
    """A sheet of items with its marks; another one just as it was."""
    title, head = layout.sheet.name, layout.head
    is_marked = layout.has_items or any(sheet == title for sheet, _row in marks)
    told = _words_column(head) if is_marked else None
    above = [row for row in layout.sheet.rows if row.number < head.number]
    below = [row for row in layout.sheet.rows if row.number > head.number]
    heads = [Column(text, WIDTH) for text in head.cells]
    if told is not None:
        heads[told : told + 1] = [Column(_("To correct"), WORDS_WIDTH)]
    over = list(_spaced([*above, head], 0, lambda row: list(_unmerged(row.cells))))[:-1]
    rows = _spaced(below, head.number, lambda row: _row(row, told, marks.get((title, row.number), ())))
    return SheetOut(title, heads, rows, above=over)


def _words_column(head: Row) -> int:
    """Where the words stand: the column of an earlier marked copy, else a new one behind all others."""
    earlier = {folded(one) for one in in_both(lambda: _("To correct"))}
    return next((place for place, text in enumerate(head.cells) if folded(text) in earlier), len(head.cells))


def _unmerged(cells: Sequence[str]) -> Sequence[str]:
    """A title that was merged over many columns, once."""
    filled = [one for one in cells if one]
    return filled[:1] if len(filled) > 1 and len(set(filled)) == 1 else cells


def _row(row: Row, told: int | None, problems: Sequence[Problem]) -> list[Value | Cell]:
    by_column: dict[int, list[str]] = defaultdict(list)
    for one in problems:
        if one.cell:
            by_column[one.cell[2]].append(one.message)
    cells: list[Value | Cell] = [
        Cell(text, "\n".join(dict.fromkeys(by_column[place])), "@") for place, text in enumerate(row.cells)
    ]
    if told is not None:
        cells[told : told + 1] = ["\n".join(dict.fromkeys(one.told() for one in problems))]
    return cells


def _spaced(
    rows: Iterable[Row], number: int, made: Callable[[Row], list[Value | Cell]]
) -> Iterator[Sequence[Value | Cell]]:
    """Rows under their own numbers: those that were blank are so again, save where very many were."""
    for row in rows:
        gap = row.number - number - 1
        yield from ([] for _blank in range(gap if gap <= MOST_BLANK_ROWS else 0))
        yield made(row)
        number = row.number
