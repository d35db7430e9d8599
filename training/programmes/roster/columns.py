"""Which column of a roster holds what: guessed from its head, by the words of `words.json`. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from importlib.resources import files

from training.core import heads
from training.core.heads import IGNORED, SHORTEST_WITHIN, folded

__all__ = ["IGNORED", "Field", "folded", "guess", "is_head", "near", "profession", "words"]


class Field(StrEnum):
    """What a column may hold."""

    NAME = "name"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    EMAIL = "email"
    STAFF_NUMBER = "staff_number"
    INSTITUTION = "institution"
    PROFESSION = "profession"


@cache
def words(kind: str) -> dict[str, tuple[str, ...]]:
    """The words for each field (`columns`) or each profession (`professions`), folded."""
    text = files("training.programmes.roster").joinpath("words.json").read_text(encoding="utf-8")
    return {name: tuple(map(folded, several)) for name, several in json.loads(text)[kind].items()}


@cache
def _vocabulary() -> heads.Vocabulary:
    return heads.Vocabulary(words("columns"))


def is_head(text: str) -> bool:
    """Whether a cell reads like the head of a column."""
    return _vocabulary().is_head(text)


def guess(titles: Sequence[str]) -> list[str]:
    """What each column holds, each field in one column at most: where two would do, the surer one, then the first."""
    return heads.assigned([_vocabulary().meaning(one) for one in titles])


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
