"""What the head of a column says: told from the words that are known for each field. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

IGNORED = ""
EXACT, WITHIN, ALIKE = 3.0, 2.0, 1.0
ALIKE_FROM = 0.8
SHORTEST_WITHIN = 2
LONGEST_HEAD = 60

Meaning = tuple[str, float]  # a field, or `IGNORED`; and how sure that is, 0 for a head that says nothing known


def folded(text: str) -> str:
    """A head or a word without what differs for no reason: width, case, spaces, line breaks, stars and colons."""
    return re.sub(r"[\s*:：_\-.·、,，。]+", "", unicodedata.normalize("NFKC", text)).casefold()


def readings(head: str) -> list[str]:
    """What a head may say, the likeliest first: all of it, without its brackets, its parts, what is in brackets."""
    plain = unicodedata.normalize("NFKC", head)
    outside = re.sub(r"[(\[【<].*?[)\]】>]", "", plain, flags=re.DOTALL)
    inside = re.findall(r"[(\[【<](.*?)[)\]】>]", plain, flags=re.DOTALL)
    found = [plain, outside, *outside.split("/"), *inside]
    return list(dict.fromkeys(one for one in map(folded, found) if one))


def assigned(said: Sequence[Meaning]) -> list[str]:
    """What each column holds, each field in one column at most: where two would do, the surer one, then the first."""
    mapping = [IGNORED] * len(said)
    for place in sorted(range(len(said)), key=lambda one: (-said[one][1], one)):
        name = said[place][0]
        if name != IGNORED and name not in mapping:
            mapping[place] = name
    return mapping


class Vocabulary:
    """The words for each field, the best known first; those of `IGNORED` are heads that say nothing of use."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        """Fold the words."""
        self.words = {name: tuple(map(folded, several)) for name, several in words.items()}

    def meaning(self, head: str) -> Meaning:
        """What a head most likely says."""
        found = self._plain_meaning(head)
        return found if found[1] else max(map(self._alike, readings(head)), key=_sureness, default=(IGNORED, 0.0))

    def is_head(self, text: str) -> bool:
        """Whether a cell reads like the head of a column."""
        return len(text) <= LONGEST_HEAD and self._plain_meaning(text)[1] >= EXACT - 1

    def _plain_meaning(self, head: str) -> Meaning:
        said = readings(head)
        for reading in said:
            for name, several in self.words.items():
                if reading in several:
                    return name, EXACT - several.index(reading) / 100
        return max(map(self._within, said), key=_sureness, default=(IGNORED, 0.0))

    def _within(self, reading: str) -> Meaning:
        """The known word that a longer head ends in, in Chinese its noun."""
        best: Meaning = (IGNORED, 0.0)
        place = (0, 0)
        for name, several in self.words.items():
            for word in several:
                end = reading.rfind(word) + len(word)
                if len(word) >= SHORTEST_WITHIN and word in reading and (end, len(word)) > place:
                    best, place = (name, WITHIN - several.index(word) / 100), (end, len(word))
        return best

    def _alike(self, reading: str) -> Meaning:
        """The known word that a head is most alike."""
        best: Meaning = (IGNORED, 0.0)
        for name, several in self.words.items():
            for word in several:
                ratio = SequenceMatcher(None, reading, word).ratio() if len(word) > SHORTEST_WITHIN else 0.0
                if ratio >= ALIKE_FROM and ratio > best[1]:
                    best = (name, ratio * ALIKE)
        return best


def _sureness(one: Meaning) -> float:
    return one[1]
