"""Items of one file that are like one another: each is held against those before it. Pure.

One band after the other, so that no more than one table of a file's bands is in memory; the time grows with the number
of items alone.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from question_bank.likeness import shingles
from question_bank.likeness.shingles import ALIKE, Likeness


@dataclass(frozen=True)
class Twin:
    """The earlier item of the file that an item is like, by its place from 0; `is_same` when nothing differs."""

    place: int
    likeness: Likeness
    is_same: bool = False


@dataclass(frozen=True)
class Compared:
    """What was found out about the items of a file: what each says as one number, its bands, and its twin."""

    digests: Sequence[str] = ()
    bands: Sequence[Sequence[int]] = ()
    twins: Mapping[int, Twin] = field(default_factory=dict)


def compare(bodies: Sequence[Mapping[str, Any]], digests: Sequence[str]) -> Compared:
    """Compare the items of a file; an empty body, of an item that is refused, is like nothing."""
    bands = [array("q", shingles.bands(body)) for body in bodies]
    same = _same(bodies, digests)
    return Compared(digests, bands, _like(bodies, bands, same) | same)


def _same(bodies: Sequence[Mapping[str, Any]], digests: Sequence[str]) -> dict[int, Twin]:
    """Items that an earlier one equals in everything."""
    first: dict[str, int] = {}
    found = {}
    for place, digest in enumerate(digests):
        if bodies[place] and first.setdefault(digest, place) != place:
            found[place] = Twin(first[digest], Likeness(1.0), is_same=True)
    return found


def _like(
    bodies: Sequence[Mapping[str, Any]], bands: Sequence[Sequence[int]], same: Mapping[int, Twin]
) -> dict[int, Twin]:
    """Items that share bands with earlier ones: the one that shares most is compared in full."""
    shared: dict[int, Counter[int]] = {}
    for number in range(max(map(len, bands), default=0)):
        first: dict[int, int] = {}
        for place, own in enumerate(bands):
            if place in same or number >= len(own):
                continue
            earlier = first.setdefault(own[number], place)
            if earlier != place:
                shared.setdefault(place, Counter())[earlier] += 1
    said = lru_cache(maxsize=64)(lambda place: shingles.said(bodies[place]))
    found = {}
    for place, counts in shared.items():
        earlier = min(counts, key=lambda one: (-counts[one], one))
        likeness = shingles.likeness(said(place), said(earlier))
        if likeness.share >= ALIKE:
            found[place] = Twin(earlier, likeness)
    return found
