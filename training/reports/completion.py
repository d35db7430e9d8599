"""What a completion report is: rows with counts, a total, and the same values for page, chart, table and JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MEASURES = ("enrolled", "completed", "certified")


@dataclass(frozen=True)
class Row:
    """One place's counts: people enrolled and not withdrawn, of those completed, of those holding a valid certificate.

    A person counts once for each programme.
    """

    code: str
    name_zh: str
    name_en: str
    enrolled: int = 0
    completed: int = 0
    certified: int = 0

    @property
    def completion_percent(self) -> float | None:
        """Completed of enrolled in percent to one decimal; None when nobody is enrolled."""
        return round(100 * self.completed / self.enrolled, 1) if self.enrolled else None

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON prints it."""
        return {
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "enrolled": self.enrolled,
            "completed": self.completed,
            "certified": self.certified,
            "completion_percent": self.completion_percent,
        }


@dataclass(frozen=True)
class Report:
    """A report by one dimension."""

    by: str
    rows: tuple[Row, ...]

    @property
    def total(self) -> Row:
        """The sum of the rows."""
        sums = {measure: sum(getattr(row, measure) for row in self.rows) for measure in MEASURES}
        return Row("", "合计", "Total", **sums)

    def as_dict(self) -> dict[str, Any]:
        """The whole report as JSON prints it."""
        total = {
            name: value for name, value in self.total.as_dict().items() if name not in ("code", "name_zh", "name_en")
        }
        return {"by": self.by, "rows": [row.as_dict() for row in self.rows], "total": total}


def by_city(cities: Iterable[tuple[str, str, str]], counts: Mapping[tuple[str, str], int]) -> Report:
    """A row for each city (code, Chinese name, English name), also those with nobody; `counts` by (code, measure)."""
    return Report(
        "city",
        tuple(
            Row(code, zh, en, **{measure: counts.get((code, measure), 0) for measure in MEASURES})
            for code, zh, en in cities
        ),
    )
