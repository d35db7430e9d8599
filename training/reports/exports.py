"""A report as a sheet: the rows, order, filters, totals and definitions of the screen, all pages in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from training.core.workbooks import Cell, Column, SheetOut, Value, write_csv, write_xlsx
from training.reports import words
from training.reports.completion import SHARE, SHOWN, Counts, Report, Row
from training.reports.question import Question

FORMATS = ("xlsx", "csv")


@dataclass(frozen=True)
class Exported:
    """A report ready to be written: a table, its total, and what belongs beside it."""

    title: str
    head: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]
    notes: tuple[tuple[str, str], ...]

    def as_xlsx(self) -> bytes:
        """The table on one sheet, what its figures mean on a second."""
        meanings = SheetOut(
            _("Definitions"), [Column(_("Term"), 28), Column(_("Meaning"), 90)], [tuple(note) for note in self.notes]
        )
        return write_xlsx([SheetOut(self.title, self.head, self.rows, self.total), meanings])

    def as_csv(self) -> bytes:
        """The table, and after an empty line what its figures mean."""
        below: list[Sequence[Value | Cell]] = [(), *(tuple(note) for note in self.notes)]
        return write_csv(self.head, [*self.rows, self.total, *below])


def exported(question: Question, report: Report, filters: Sequence[tuple[str, str, str]]) -> Exported:
    """The whole report as the screen shows it."""
    first = Column(str(words.DIMENSION_LABELS[question.by]), 28)
    if question.across:
        shown = str(words.SHOWN_LABELS[question.show])
        heads = [Column(words.name_of(one)) for one in report.columns] + [Column(_("Total"))]
    else:
        shown = ""
        heads = [Column(str(words.SHOWN_LABELS[one])) for one in SHOWN]
    about = [(_("Report"), words.title(question)), (_("Figures"), words.as_of())]
    about += [(_("Shown"), shown)] if shown else []
    about += [(_("Filter"), told) for _dimension, _code, told in filters]
    return Exported(
        title=words.title(question),
        head=(first, *heads),
        rows=tuple(_cells(question, row) for row in report.rows),
        total=_cells(question, report.total),
        notes=(*about, *words.definitions(question)),
    )


def _cells(question: Question, row: Row) -> tuple[Cell, ...]:
    name = Cell(words.name_of(row))
    if question.across:
        return (name, *(_cell(counts, question.show) for counts in (*row.cells, row)))
    return (name, *(_cell(row, shown) for shown in SHOWN))


def _cell(counts: Counts, shown: str) -> Cell:
    """A share is a number of percent, as on the screen; none where nobody is enrolled."""
    return Cell(counts.value(shown), format='0.0"%"' if shown == SHARE else "#,##0")
