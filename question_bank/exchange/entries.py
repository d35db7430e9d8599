"""One question as rows of a sheet or lines of a text bring it: cells by field, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from question_bank.exchange.columns import LETTERS
from question_bank.exchange.parsed import Problem
from question_bank.exchange.said import gettext as _
from question_bank.item_types import LANGUAGES

Text = dict[str, str]


@dataclass(frozen=True)
class Table:
    """Where entries stand: the sheet, which column holds which field, and the heads of the columns.

    `language` is that of columns which name none; `facility` says that difficulties are shares of right answers.
    """

    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    heads: Mapping[int, str] = field(default_factory=dict)
    language: str = "zh"
    facility: bool = False
    form: str = "book"

    def place(self, first: int, last: int) -> str:
        """Where rows or lines are, for people; `form` is `book`, `csv` or `text`."""
        if first == last:
            words = {
                "book": _("Sheet %(sheet)s, row %(row)s", sheet=self.sheet, row=first),
                "csv": _("Row %(row)s", row=first),
                "text": _("Line %(row)s", row=first),
            }
        else:
            words = {
                "book": _("Sheet %(sheet)s, rows %(first)s–%(last)s", sheet=self.sheet, first=first, last=last),
                "csv": _("Rows %(first)s–%(last)s", first=first, last=last),
                "text": _("Lines %(first)s–%(last)s", first=first, last=last),
            }
        return words[self.form]


@dataclass
class Entry:
    """The cells of one question, by field; `row` is its number in the sheet or its line in a text."""

    cells: dict[str, str]
    table: Table
    row: int
    kind: str = ""  # what it is, where that is told without a word for it
    lines: dict[str, int] = field(default_factory=dict)  # of a text: where the fields stand

    def get(self, name: str) -> str:
        """A cell that is written in no language, or in only one."""
        if found := self.cells.get(name):
            return found
        return next((found for one in LANGUAGES if (found := self.cells.get(f"{name}@{one}"))), "")

    def has(self, *names: str) -> bool:
        """Whether any of those fields holds something."""
        return any(self.get(one) for one in names)

    def text(self, name: str) -> Text:
        """A text in both languages; what is not written is empty."""
        return {one: self._in(name, one) for one in LANGUAGES}

    def _in(self, name: str, language: str) -> str:
        plain = self.cells.get(name, "") if language == self.table.language else ""
        return self.cells.get(f"{name}@{language}", "") or plain

    @property
    def letters(self) -> list[str]:
        """The options that hold something."""
        plain = (name.partition("@")[0].removeprefix("option_") for name, text in self.cells.items() if text)
        return sorted({one for one in plain if len(one) == 1 and one in LETTERS})

    def problem(self, message: str, *names: str) -> Problem:
        """What is wrong with one of those fields: the first that has a column."""
        columns, line = self.table.columns, next((self.lines[one] for one in names if one in self.lines), self.row)
        here = self.table.place(line, line)
        keys = [key for name in names for key in (name, *(f"{name}@{one}" for one in LANGUAGES))]
        column = next((columns[key] for key in keys if key in columns), None)
        if column is None:
            return Problem(message, here, (self.table.sheet, self.row, 0) if columns else None)
        head = self.table.heads.get(column, "")
        where = _("%(place)s, column %(head)s", place=here, head=head)
        return Problem(message, where, (self.table.sheet, self.row, column), head)


def filled(text: Mapping[str, str]) -> bool:
    """Whether a text says anything in any language."""
    return any(text.values())
