"""Written answers held against what an author accepts, `*` standing for anything, in time linear in both. Pure."""

from __future__ import annotations

import unicodedata

LONGEST_PATTERN = 200
LONGEST_ANSWER = 500


def fold(text: str, *, case: bool) -> str:
    """Full-width and half-width forms made one, runs of space made one, capitals told apart only with `case`."""
    folded = unicodedata.normalize("NFKC", text)
    if not case:
        folded = unicodedata.normalize("NFKC", folded.casefold())
    return " ".join(folded.split())


def pieces(pattern: str) -> list[str]:
    """A pattern parted at its stars; a star after a backslash is meant as one."""
    return [one.replace("\0", "*") for one in pattern.replace("\\*", "\0").split("*")]


def matches(pattern: str, answer: str, *, case: bool = False) -> bool:
    """Whether the whole answer fits the pattern; an empty one fits none."""
    if len(pattern) > LONGEST_PATTERN or len(answer) > LONGEST_ANSWER:
        return False
    given = fold(answer, case=case)
    first, *middle = [fold(one, case=case) for one in pieces(pattern)]
    if not given or not middle:
        return bool(given) and given == first
    last = middle.pop()
    if len(given) < len(first) + len(last) or not (given.startswith(first) and given.endswith(last)):
        return False
    place, end = len(first), len(given) - len(last)
    for piece in middle:
        place = given.find(piece, place, end)
        if place < 0:
            return False
        place += len(piece)
    return True


def example(pattern: str) -> str:
    """An answer that fits a pattern."""
    return "".join(pieces(pattern)).strip() or "…"
