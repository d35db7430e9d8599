"""Text in the form in which it is searched: compatibility forms made one (NFKC), small letters. Pure.

Each character is folded for itself, so that a place in the folded text leads back to a place in the text. Traditional
and simplified characters stay apart.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MOST_WORDS = 6
AROUND = 60


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower()


def fold(text: str) -> str:
    """The text as it is searched."""
    return "".join(map(_folded, text))


def words(query: str) -> list[str]:
    """The words of a query, folded; all are to be found."""
    return list(dict.fromkeys(fold(query).split()))[:MOST_WORDS]


def snippet(text: str, wanted: list[str]) -> list[tuple[str, bool]]:
    """The surroundings of the first find as pieces, each with whether it is a find; else the beginning."""
    pieces = [_folded(one) for one in text]
    folded = "".join(pieces)
    origin = [place for place, piece in enumerate(pieces) for _one in piece]
    spots = sorted((place, place + len(word)) for word in wanted for place in _places(folded, word))
    first = origin[spots[0][0]] if spots else 0
    start, end = max(0, first - AROUND // 2), min(len(text), first + 2 * AROUND)
    marked = [(origin[a], origin[b - 1] + 1) for a, b in spots]
    return _cut(text, start, end, marked)


def _places(folded: str, word: str) -> list[int]:
    found: list[int] = []
    place = folded.find(word)
    while place >= 0 and len(found) < 50:
        found.append(place)
        place = folded.find(word, place + len(word))
    return found


def _cut(text: str, start: int, end: int, marked: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    result = [("…", False)] if start else []
    place = start
    for begin, stop in marked:
        if begin < place or stop > end:
            continue
        result += [(text[place:begin], False), (text[begin:stop], True)]
        place = stop
    result.append((text[place:end] + ("…" if end < len(text) else ""), False))
    return [(piece.replace("\n", " "), found) for piece, found in result if piece]
