"""Search terms of texts and of what is looked for, the same on every database. Pure.

A text is folded (NFKC, small letters, traditional characters made simplified, each for itself). A run of Chinese
becomes its pairs of characters, and its last one alone; everything else becomes words. So a term of two characters is
found by one entry of an index, one character as the beginning of a pair, and a longer term by all of its pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from opencc import OpenCC

CHINESE = "\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
RUN = re.compile(rf"([{CHINESE}]+)|([^\W_{CHINESE}]+)")
LONGEST_WORD = 40
MOST_TERMS = 16
LANGUAGES = ("zh", "en")


@cache
def _simplified() -> dict[int, str]:
    """The simplified character of each traditional one (OpenCC), made once; a third of a second."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    folded = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(one): other for one, other in zip(characters, folded, strict=True) if one != other}


@cache
def _traditional() -> re.Pattern[str]:
    """Finds a traditional character: looking costs a tenth of replacing, and most texts have none."""
    return re.compile(f"[{''.join(map(chr, _simplified()))}]")


def fold(text: str) -> str:
    """A text in the one form in which texts are compared."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return folded.translate(_simplified()) if _traditional().search(folded) else folded


def terms(text: str) -> list[str]:
    """The terms of a text, in order, each as often as it is there."""
    found: list[str] = []
    for chinese, word in RUN.findall(fold(text)):
        if chinese:
            found += map(str.__add__, chinese, chinese[1:])
            found.append(chinese[-1])
        else:
            found.append(word[:LONGEST_WORD])
    return found


def wanted(query: str) -> list[tuple[str, bool]]:
    """The terms that an item must have, each with whether it may go on: a word that is begun, a single character."""
    found: dict[tuple[str, bool], None] = {}
    for chinese, word in RUN.findall(fold(query)):
        if not chinese:
            found[word[:LONGEST_WORD], len(word) > 1] = None
        elif len(chinese) == 1:
            found[chinese, True] = None
        else:
            found |= {(chinese[place : place + 2], False): None for place in range(len(chinese) - 1)}
    return list(found)[:MOST_TERMS]


def texts_of(value: object) -> Iterator[str]:
    """Every text for people in a body, in whatever depth: those of both languages, and accepted answers."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if isinstance(one, str):
                if name in LANGUAGES or name == "text":
                    yield one
            else:
                yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
