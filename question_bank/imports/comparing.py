"""Which lines of a file are like an item of the bank or like a line before them, and so are asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from question_bank.imports.models import Outcome
from question_bank.likeness import queries
from question_bank.likeness.files import Compared, Twin

NOTHING: dict[str, Any] = {
    "like_item_id": None,
    "like_line": None,
    "percent": None,
    "numbers_differ": False,
    "chosen": True,
    "bands": None,
}
"""What is written of a line that is like none."""
COMING = {Outcome.WHOLE, Outcome.WITH_LOSSES}


def told(
    scope_id: int, asked: Mapping[int, Any], compared: Compared, coming: Collection[int]
) -> dict[int, dict[str, Any]]:
    """For each line asked about (its body by its place from 0) the columns that say what it is like.

    A line that says the same as an earlier one of those `coming` is not chosen.
    """
    near = queries.nearest(scope_id, asked, {place: compared.bands[place] for place in asked})
    return {place: _told(near.get(place), compared.twins.get(place), coming) for place in asked}


def _told(item: queries.Alike | None, twin: Twin | None, coming: Collection[int]) -> dict[str, Any]:
    """The columns of one line: the earlier line that says the same, else whatever it is most like."""
    if twin is not None and (twin.is_same or item is None or twin.likeness.share > item.likeness.share):
        return {
            "like_line": twin.place + 1,
            "percent": twin.likeness.percent,
            "numbers_differ": twin.likeness.numbers_differ,
            "chosen": not (twin.is_same and twin.place in coming),
        }
    if item is None:
        return {}
    return {
        "like_item_id": item.item_id,
        "percent": item.likeness.percent,
        "numbers_differ": item.likeness.numbers_differ,
    }
