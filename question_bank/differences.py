"""What differs between two bodies, text by text, with the words that came and went. Pure.

Chinese is compared by character, everything else by word (`difflib`), so that a mark falls where a reader would put it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

Place = tuple[str, ...]
"""Where a text stands in a body: `("options", "b", "text", "zh")`; entries of a list by their id or name."""

PIECE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]|[^\W\u3400-\u9fff\U00020000-\U0003ffff]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: `kept`, `inserted` or `deleted`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """A text that is not the same in both bodies."""

    place: Place
    pieces: tuple[Piece, ...]

    @property
    def is_picture(self) -> bool:
        """Whether what stands there is the hash of a picture."""
        return self.place[0] == "pictures" and self.place[-1] == "file"


def between(old: Mapping[str, object], new: Mapping[str, object]) -> list[Difference]:
    """The texts that differ, in the order of the newer body, what only the older one has at the end."""
    before, after = dict(_texts(old)), dict(_texts(new))
    places = [*after, *(place for place in before if place not in after)]
    pairs = ((place, before.get(place, ""), after.get(place, "")) for place in places)
    return [Difference(place, tuple(pieces(one, other))) for place, one, other in pairs if one != other]


def pieces(old: str, new: str) -> Iterator[Piece]:
    """A text as it was and as it is, in one: what went stands before what came in its stead."""
    before, after = PIECE.findall(old), PIECE.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _tag, start, end, begin, stop in matcher.get_opcodes():
        if before[start:end] == after[begin:stop]:
            yield Piece("kept", "".join(before[start:end]))
            continue
        if start < end:
            yield Piece("deleted", "".join(before[start:end]))
        if begin < stop:
            yield Piece("inserted", "".join(after[begin:stop]))


def _texts(value: object, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every text and figure of a body with its place; what is empty is as good as absent."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(one, (*place, str(name)))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for number, one in enumerate(value, start=1):
            yield from _texts(_without_id(one), (*place, _name(one, number)))
    elif isinstance(value, list) and value:
        yield place, " · ".join(str(one) for one in value)
    elif value not in ("", None, []):
        yield place, str(value)


def _name(entry: object, number: int) -> str:
    named = entry.get("id") or entry.get("name") if isinstance(entry, Mapping) else None
    return str(named or number)


def _without_id(entry: object) -> object:
    if not isinstance(entry, Mapping):
        return entry
    return {name: one for name, one in entry.items() if name != "id"}
