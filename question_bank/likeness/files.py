"""Items of one file that are like one another: each is held against those before it. Pure.

One band after the other, so that no more than one table of a file's bands is in memory; the time grows with the number
of items alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from question_bank.likeness import shingles
from question_bank.likeness.shingles import ALIKE, Likeness


class Item(Protocol):
    """An item as a file brings it; what it says is made for each who asks, so it is asked for one at a time."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What the item says; empty when it is refused."""


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


def compare(items: Sequence[Item], digests: Sequence[str], bands: Sequence[Sequence[int]]) -> Compared:
    """Compare the items of a file by what is known of each; an empty body, of one that is refused, is like nothing."""
    same = _same(items, digests)
    return Compared(digests, bands, _like(items, bands, same) | same)


def _same(items: Sequence[Item], digests: Sequence[str]) -> dict[int, Twin]:
    """Items that an earlier one equals in everything."""
    first: dict[str, int] = {}
    found = {}
    for place, digest in enumerate(digests):
        if first.setdefault(digest, place) != place and items[place].body:
            found[place] = Twin(first[digest], Likeness(1.0), is_same=True)
    return found


def _like(items: Sequence[Item], bands: Sequence[Sequence[int]], same: Mapping[int, Twin]) -> dict[int, Twin]:
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
    said = lru_cache(maxsize=64)(lambda place: shingles.said(items[place].body))
    found = {}
    for place, counts in shared.items():
        earlier = min(counts, key=lambda one: (-counts[one], one))
        likeness = shingles.likeness(said(place), said(earlier))
        if likeness.share >= ALIKE:
            found[place] = Twin(earlier, likeness)
    return found
