"""What a completion report is: rows, perhaps columns, counts in each, and totals. Pure: plain values in and out.

The page, the sheets, the command's table and its JSON all show this one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

MEASURES = ("enrolled", "completed", "certified")
SHARE = "share"
SHOWN = ("enrolled", "completed", SHARE, "certified")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """People enrolled and not withdrawn, who completed, who hold a certificate; each once for each programme."""

    enrolled: int = 0
    completed: int = 0
    certified: int = 0

    @property
    def completion_percent(self) -> float | None:
        """Completed of enrolled in percent to one decimal; None when nobody is enrolled."""
        return round(100 * self.completed / self.enrolled, 1) if self.enrolled else None

    def value(self, shown: str) -> int | float | None:
        """One of the figures by its name in `SHOWN`."""
        if shown == SHARE:
            return self.completion_percent
        found: int = getattr(self, shown)
        return found

    def figures(self) -> dict[str, int | float | None]:
        """The figures as JSON prints them."""
        return {
            "enrolled": self.enrolled,
            "completed": self.completed,
            "certified": self.certified,
            "completion_percent": self.completion_percent,
        }


@dataclass(frozen=True, kw_only=True)
class Label:
    """A value of a dimension: its code and its name in both languages."""

    code: str
    name_zh: str
    name_en: str

    def named(self) -> dict[str, Any]:
        """Code and names as JSON prints them."""
        return {"code": self.code, "name_zh": self.name_zh, "name_en": self.name_en}


@dataclass(frozen=True, kw_only=True)
class Row(Counts, Label):
    """The counts of one value; with columns, those of each column in `cells`, in the columns' order."""

    cells: tuple[Counts, ...] = ()


TOTAL = Label(code="", name_zh="合计", name_en="Total")


@dataclass(frozen=True)
class Report:
    """A report by one dimension (rows) or two (rows and columns)."""

    by: tuple[str, ...]
    rows: tuple[Row, ...]
    columns: tuple[Label, ...] = ()

    @cached_property
    def total(self) -> Row:
        """The sum of the rows, column by column too."""
        cells = tuple(_sum(row.cells[place] for row in self.rows) for place in range(len(self.columns)))
        return _row(TOTAL, _sum(self.rows), cells)

    def sorted_by(self, sort: str) -> Report:
        """The rows by a figure, or by their natural order (`name`); "-" before it turns the order.

        Equal ones keep their natural order; a share of nobody stands last either way.
        """
        key, downwards = sort.removeprefix("-"), sort.startswith("-")
        if key not in SHOWN:
            return replace(self, rows=self.rows[::-1]) if downwards else self
        known = [row for row in self.rows if row.value(key) is not None]
        unknown = [row for row in self.rows if row.value(key) is None]
        known.sort(key=lambda row: row.value(key) or 0, reverse=downwards)
        return replace(self, rows=(*known, *unknown))

    def as_dict(self) -> dict[str, Any]:
        """The whole report as JSON prints it; with columns, each row and the totals hold one entry a column."""
        if not self.columns and len(self.by) == 1:
            rows = [row.named() | row.figures() for row in self.rows]
            return {"by": self.by[0], "rows": rows, "total": self.total.figures()}
        return {
            "by": list(self.by),
            "rows": [row.named() | row.figures() | {"columns": self._cells(row)} for row in self.rows],
            "total": self.total.figures() | {"columns": self._cells(self.total)},
        }

    def _cells(self, row: Row) -> list[dict[str, Any]]:
        return [label.named() | cell.figures() for label, cell in zip(self.columns, row.cells, strict=True)]


def tabulate(
    by: Sequence[str], rows: Iterable[Label], columns: Iterable[Label], counts: Mapping[tuple[str, str, str], int]
) -> Report:
    """The report of `counts` by (row's code, column's code, measure); the column's code is empty without columns."""
    heads = tuple(columns)
    made = []
    for label in rows:
        cells = tuple(_counts(counts, label.code, head.code) for head in heads)
        made.append(_row(label, _sum(cells) if heads else _counts(counts, label.code, ""), cells))
    return Report(tuple(by), tuple(made), heads)


def _counts(counts: Mapping[tuple[str, str, str], int], row: str, column: str) -> Counts:
    return Counts(**{measure: counts.get((row, column, measure), 0) for measure in MEASURES})


def _sum(several: Iterable[Counts]) -> Counts:
    sums = dict.fromkeys(MEASURES, 0)
    for one in several:
        for measure in MEASURES:
            sums[measure] += getattr(one, measure)
    return Counts(**sums)


def _row(label: Label, counts: Counts, cells: tuple[Counts, ...]) -> Row:
    sums = {measure: getattr(counts, measure) for measure in MEASURES}
    return Row(code=label.code, name_zh=label.name_zh, name_en=label.name_en, cells=cells, **sums)
