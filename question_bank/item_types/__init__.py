"""The types of items (题型): what one must hold, how it is shown, and what an answer to it came to. Pure."""

from __future__ import annotations

from question_bank.item_types.choice import A1, A2, Judgement, X, key_of, options_of
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

_types: dict[str, ItemType] = {one.name: one for one in (A1(), A2(), X(), Judgement())}


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
]
