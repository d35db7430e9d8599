"""Which column of a roster holds what: guessed from its head, by the words of `words.json`. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Field(StrEnum):
    """What a column may hold."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    EMAIL = "email"
    STAFF_NUMBER = "staff_number"
    INSTITUTION = "institution"
    PROFESSION = "profession"


IGNORED = ""
EXACT, WITHIN, ALIKE = 3.0, 2.0, 1.0
ALIKE_FROM = 0.8
SHORTEST_WITHIN = 2


@cache
def words(kind: str) -> dict[str, tuple[str, ...]]:
    """The words for each field (`columns`) or each profession (`professions`), folded."""
    text = files("training.programmes.roster").joinpath("words.json").read_text(encoding="utf-8")
    return {name: tuple(map(folded, several)) for name, several in json.loads(text)[kind].items()}


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


def meaning(head: str) -> tuple[str, float]:
    """What a head most likely says (a field, or `IGNORED`) and how sure that is; 0 for one that says nothing known."""
    said = readings(head)
    for reading in said:
        for name, several in words("columns").items():
            if reading in several:
                return name, EXACT - several.index(reading) / 100
    return max((_within(reading) for reading in said), key=lambda one: one[1], default=(IGNORED, 0.0))


def _within(reading: str) -> tuple[str, float]:
    """The known word that a longer head ends in, in Chinese its noun; else the one it is most alike."""
    best: tuple[str, float] = (IGNORED, 0.0)
    place = (0, 0)
    for name, several in words("columns").items():
        for word in several:
            end = reading.rfind(word) + len(word)
            if len(word) >= SHORTEST_WITHIN and word in reading and (end, len(word)) > place:
                best, place = (name, WITHIN - several.index(word) / 100), (end, len(word))
    if best[1]:
        return best
    for name, several in words("columns").items():
        for word in several:
            ratio = SequenceMatcher(None, reading, word).ratio() if len(word) > SHORTEST_WITHIN else 0.0
            if ratio >= ALIKE_FROM and ratio > best[1]:
                best = (name, ratio * ALIKE)
    return best


def is_head(text: str) -> bool:
    """Whether a cell reads like the head of a column."""
    return len(text) <= 60 and meaning(text)[1] >= EXACT - 1


def guess(heads: Sequence[str]) -> list[str]:
    """What each column holds, each field in one column at most: where two would do, the surer one, then the first."""
    said = [meaning(head) for head in heads]
    mapping = [IGNORED] * len(heads)
    for place in sorted(range(len(heads)), key=lambda one: (-said[one][1], one)):
        name = said[place][0]
        if name != IGNORED and name not in mapping:
            mapping[place] = name
    return mapping


def profession(text: str) -> str | None:
    """The profession that a cell names, or None; a longer title counts by the word it ends in (急诊科护士: nurse)."""
    said = folded(text)
    found = [(len(word), name) for name, several in words("professions").items() for word in several if said == word]
    found = found or [
        (len(word), name)
        for name, several in words("professions").items()
        for word in several
        if len(word) >= SHORTEST_WITHIN and not word.isascii() and said.endswith(word)
    ]
    return max(found)[1] if found else None


def near(text: str, names: Sequence[str], most: int = 5, *, least: float = 0.45) -> list[str]:
    """The names most like a text, best first."""
    matcher = SequenceMatcher(b=folded(text))
    rated = []
    for name in names:
        matcher.set_seq1(folded(name))
        if matcher.real_quick_ratio() >= least and matcher.quick_ratio() >= least:
            rated.append((-matcher.ratio(), name))
    return [name for likeness, name in sorted(rated) if -likeness >= least][:most]
