"""Which lines of a file are like an item of the bank or like a line before them, and so are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from question_bank.exchange.parsed import Parsed
from question_bank.imports.models import Outcome
from question_bank.likeness import queries
from question_bank.likeness.files import Compared

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
AT_ONCE = 1000


def tell(
    scope_id: int, rows: list[dict[str, Any]], items: Sequence[Parsed], compared: Compared, known: Sequence[bool]
) -> None:
    """Write into the rows of lines what each is like; a line that an earlier one equals is not chosen.

    A line that becomes the next version of a draft (`known`) is like that one, and nothing is said of it.
    """
    asked = [place for place, row in enumerate(rows) if row["outcome"] in COMING and not known[place]]
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        bodies = {place: items[place].body for place in some}
        near = queries.nearest(scope_id, bodies, {place: compared.bands[place] for place in some})
        for place in some:
            rows[place] |= _told(near.get(place), place, compared)


def _told(item: queries.Alike | None, place: int, compared: Compared) -> dict[str, Any]:
    """The columns of one line: the earlier line that says the same, else whatever it is most like."""
    twin = compared.twins.get(place)
    if twin is not None and (twin.is_same or item is None or twin.likeness.share > item.likeness.share):
        return {
            "like_line": twin.place + 1,
            "percent": twin.likeness.percent,
            "numbers_differ": twin.likeness.numbers_differ,
            "chosen": not twin.is_same,
        }
    if item is None:
        return {}
    return {
        "like_item_id": item.item_id,
        "percent": item.likeness.percent,
        "numbers_differ": item.likeness.numbers_differ,
    }
