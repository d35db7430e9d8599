"""Long lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

SIZE = 50
LAST = 1_000_000


@dataclass(frozen=True)
class Page:
    """One page of a list, with how many rows there are in all."""

    rows: Sequence[Any]
    number: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)


def number_asked() -> int:
    """The page that the address asks for; the first for anything else than a number of one."""
    return min(max(1, request.args.get("page", 1, type=int)), LAST)


def offset(number: int, size: int = SIZE) -> int:
    """How many rows stand before that page."""
    return (number - 1) * size
