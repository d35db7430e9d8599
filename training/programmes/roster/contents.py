"""The rows of a roster as a draft keeps them: sealed as a whole, so that no identity number is readable at rest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from training.accounts import id_numbers
from training.core.sheets import Row, Sheet
from training.programmes.roster import columns
from training.programmes.roster.checking import Reading
from training.programmes.roster.columns import Field

EXAMPLES = 2


@dataclass(frozen=True)
class Content:
    """The head of a roster and the rows below it."""

    head: Row
    rows: tuple[Row, ...]

    def sealed(self, key: str) -> str:
        """The whole as a text that only the key opens."""
        plain = [[row.number, *row.cells] for row in (self.head, *self.rows)]
        return id_numbers.seal(json.dumps(plain, ensure_ascii=False, separators=(",", ":")), key)

    def examples(self, place: int) -> list[str]:
        """The first filled cells of a column."""
        found = (row.cells[place] for row in self.rows if row.cells[place])
        return [text for text, _place in zip(found, range(EXAMPLES), strict=False)]

    def texts(self, place: int | None) -> dict[str, str]:
        """The different texts of a column, as first written, by what is left of them folded."""
        found: dict[str, str] = {}
        for row in self.rows if place is not None else ():
            text = row.cells[place]  # type: ignore[index]
            if columns.folded(text):
                found.setdefault(columns.folded(text), text)
        return found


def unsealed(sealed: str, key: str) -> Content:
    """The content of a draft that is not imported yet."""
    rows = [Row(number, tuple(cells)) for number, *cells in json.loads(id_numbers.unseal(sealed, key))]
    return Content(rows[0], tuple(rows[1:]))


def of(sheets: Sequence[Sheet]) -> Content:
    """The content of the sheet whose head says most; the first one where none says anything."""
    heads = [(sheet, sheet.head(columns.is_head)) for sheet in sheets]
    sheet, head = max(heads, key=lambda one: len({name for name in columns.guess(one[1].cells) if name}))
    return Content(head, sheet.below(head))


@dataclass(frozen=True)
class Choices:
    """What somebody chose, or the guess: the field of each column, places by word, and what empty cells mean."""

    columns: tuple[str, ...]
    institutions: Mapping[str, int] = field(default_factory=dict)
    profession: str | None = None
    institution_id: int | None = None

    def place_of(self, name: Field) -> int | None:
        """The column that holds a field."""
        return self.columns.index(name.value) if name.value in self.columns else None

    def as_read(self, by_word: Mapping[str, int]) -> Reading:
        """How the rows are read; `by_word` are the institutions known by their own names."""
        places = {name: place for name in Field if (place := self.place_of(name)) is not None}
        return Reading(places, {**by_word, **self.institutions}, self.profession, self.institution_id)

    def kept(self) -> dict[str, Any]:
        """The choices as a draft keeps them."""
        return {
            "columns": list(self.columns),
            "institutions": dict(self.institutions),
            "profession": self.profession,
            "institution_id": self.institution_id,
        }


def choices_from(kept: Mapping[str, Any]) -> Choices:
    """The choices of a draft."""
    return Choices(tuple(kept["columns"]), kept["institutions"], kept["profession"], kept["institution_id"])


def guessed(content: Content) -> Choices:
    """What the heads say by themselves."""
    return Choices(tuple(columns.guess(content.head.cells)))
