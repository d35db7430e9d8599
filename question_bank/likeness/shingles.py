"""How alike two items are: by the runs of three characters that their texts share. Pure.

What an item says in one language (stem, options, parts) is folded as for search, punctuation and space fall away, and
the runs of three characters that are left are a set. Two items are as alike as their sets: what both have over what
either has (Jaccard), in the language in which they are most alike.

Candidates are found by MinHash (Broder 1997) with one permutation (Li, Owen & Zhang 2012): each run is hashed once and
falls into one of 36 bins, the least hash of each bin is the signature, and an empty bin borrows from another (densified
as in Shrivastava 2017). Three bins make a band; two items that share a band are compared in full. Hashes are the same
on every machine and in every year: they stand in the database.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from question_bank import terms
from question_bank.item_types import LANGUAGES

ALIKE = 0.6
"""From this share on two items are told of as alike; of the sample's items no two come above 0.24."""
RUN = 3
BINS, ROWS = 36, 3
BANDS = BINS // ROWS
LONGEST = 20_000

_NOT_SAID = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TEXTS = ("stem", "release", "text")
_LISTS = ("parts", "options")
_MIX = 0x9E3779B97F4A7C15  # the golden ratio in 64 bits: spreads what crc32 leaves close together
_WHOLE = (1 << 64) - 1


@dataclass(frozen=True)
class Likeness:
    """How alike two items are, 0 to 1, and whether they differ in numbers (5 mg and 50 mg) where words agree."""

    share: float
    numbers_differ: bool = False

    @property
    def percent(self) -> int:
        """The share in percent; 100 only for what is the same."""
        return 100 if self.share == 1 else min(99, round(100 * self.share))


@dataclass(frozen=True)
class Said:
    """What an item says in one language: its runs of characters and its numbers, each as often as it is there."""

    runs: frozenset[str]
    numbers: Counter[str]


def said(body: object) -> dict[str, Said]:
    """What a body says in each language that it speaks."""
    return {
        language: Said(runs, Counter(_NUMBER.findall(text)))
        for language, text in _folded(body).items()
        if (runs := runs_of(text))
    }


def _folded(body: object) -> dict[str, str]:
    """The texts of stem, options and parts in each language that has any, in one form."""
    texts: dict[str, list[str]] = {}
    _collect(body, texts)
    return {one: terms.fold("\n".join(texts[one])[:LONGEST]) for one in LANGUAGES if one in texts}


def _collect(body: object, texts: dict[str, list[str]]) -> None:
    if not isinstance(body, dict):
        return
    for name in _TEXTS:
        text = body.get(name)
        if isinstance(text, dict):
            for language, one in text.items():
                if one and isinstance(one, str):
                    texts.setdefault(language, []).append(one)
    for name in _LISTS:
        rows = body.get(name)
        for row in rows if isinstance(rows, list) else ():
            _collect(row, texts)


def runs_of(folded: str) -> frozenset[str]:
    """The runs of three characters of a text without spaces and punctuation; what is shorter is a run by itself."""
    plain = _NOT_SAID.sub("", folded)
    if len(plain) < RUN:
        return frozenset([plain] if plain else ())
    return frozenset([plain[at : at + RUN] for at in range(len(plain) - RUN + 1)])


def likeness(one: Mapping[str, Said], other: Mapping[str, Said]) -> Likeness:
    """How alike two items are, in the language in which they are most alike."""
    found = [
        Likeness(_jaccard(one[language].runs, other[language].runs), one[language].numbers != other[language].numbers)
        for language in one.keys() & other.keys()
    ]
    return max(found, key=lambda each: (each.share, not each.numbers_differ), default=Likeness(0.0))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def bands(body: object) -> list[int]:
    """The bands of a body, twelve a language that it speaks, as numbers that fit a signed column of 64 bits."""
    return [
        band
        for language, text in _folded(body).items()
        if (runs := runs_of(text))
        for band in _bands_of(language, runs)
    ]


def _bands_of(language: str, runs: Collection[str]) -> Iterator[int]:
    signature = _signature(runs)
    for number in range(BANDS):
        part = f"{language}:{number}:{signature[ROWS * number : ROWS * (number + 1)]}"
        yield int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big", signed=True)


def _signature(runs: Collection[str]) -> list[int]:
    """The least hash of each bin: sorted downwards, the last that falls into a bin stays."""
    hashes = sorted([crc32(run.encode("utf-8", "surrogatepass")) * _MIX & _WHOLE for run in runs], reverse=True)
    least = {one % BINS: one for one in hashes}
    return [least[place] if place in least else _borrowed(least, place) for place in range(BINS)]


def _borrowed(least: Mapping[int, int], place: int) -> int:
    """What an empty bin takes: the hash of the bin that its own drawing of lots comes upon first."""
    drawn = place
    while True:
        drawn = (drawn * 6364136223846793005 + 1442695040888963407 + place) & _WHOLE
        found = least.get((drawn >> 33) % BINS)
        if found is not None:
            return found
