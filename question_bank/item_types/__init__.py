"""The types of items (题型): what one must hold, how it is shown, and what an answer to it came to. Pure."""

from __future__ import annotations

from question_bank.item_types.calculated import Calculated
from question_bank.item_types.choice import A1, A2, Judgement, X, key_of, options_of
from question_bank.item_types.essay import Essay
from question_bank.item_types.hotspot import Hotspot
from question_bank.item_types.matching import Matching, Ordering
from question_bank.item_types.numeric import Numeric
from question_bank.item_types.protocol import (
    FORWARD,
    LANGUAGES,
    Body,
    Fault,
    ItemType,
    Mark,
    Shown,
    ShownOption,
    ShownPart,
)
from question_bank.item_types.sets import A3, A4, B1, Case, parts_of
from question_bank.item_types.weighted import Choice
from question_bank.item_types.written import Blanks, Short

_all: tuple[ItemType, ...] = (
    *(A1(), A2(), A3(), A4(), B1(), X(), Case(), Judgement(), Choice()),
    *(Blanks(), Short(), Numeric(), Calculated(), Matching(), Ordering(), Essay(), Hotspot()),
)
_types: dict[str, ItemType] = {one.name: one for one in _all}


def get(name: str) -> ItemType:
    """The type of that name; `KeyError` for none."""
    return _types[name]


def names() -> tuple[str, ...]:
    """The names of all types, in the order in which they are offered."""
    return tuple(_types)


__all__ = [
    "A1",
    "A2",
    "FORWARD",
    "LANGUAGES",
    "Body",
    "Fault",
    "ItemType",
    "Judgement",
    "Mark",
    "Shown",
    "ShownOption",
    "ShownPart",
    "X",
    "get",
    "key_of",
    "names",
    "options_of",
    "parts_of",
]
