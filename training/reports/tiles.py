"""The tile map: every city of the province as a tile of the same size, about where it lies. Pure.

The area of a city on a true map says nothing of its people; tiles of one size compare shares without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.reports.completion import Row

COLUMNS, ROWS = 6, 4
PLACES = {  # code of GB/T 2260: (column from the west, row from the north)
    "371400": (1, 0),
    "371600": (2, 0),
    "370500": (3, 0),
    "370600": (4, 0),
    "371000": (5, 0),
    "371500": (0, 1),
    "370100": (1, 1),
    "370300": (2, 1),
    "370700": (3, 1),
    "370200": (4, 1),
    "370900": (1, 2),
    "371300": (3, 2),
    "371100": (4, 2),
    "371700": (0, 3),
    "370800": (1, 3),
    "370400": (2, 3),
}
FEWEST = 4
STEPS = (20.0, 40.0, 60.0, 80.0)  # per cent, where the next shade begins


@dataclass(frozen=True)
class Tile:
    """One city: its place, its row of the report, and its shade from 0 to 4 (None: nobody is enrolled)."""

    column: int
    row: int
    of: Row
    shade: int | None


def tiles(rows: Sequence[Row]) -> list[Tile]:
    """The tiles of a report by city; empty when a city has no place on the map, or for too few cities to compare."""
    if len(rows) < FEWEST or any(row.code not in PLACES for row in rows):
        return []
    return [Tile(*PLACES[row.code], row, shade(row.completion_percent)) for row in rows]


def shade(percent: float | None) -> int | None:
    """0 to 4 by fifths: a share that lies on a border has the darker shade."""
    return None if percent is None else sum(percent >= step for step in STEPS)
