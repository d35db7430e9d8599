"""The names of modules and competencies, under the short keys that items hold; `vocabulary.json` is to be confirmed.

Items may hold other values, of an author's own or brought in from elsewhere; they are their own names.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from training.core import i18n
from training.core.heads import folded

KINDS = ("module", "competency")


@cache
def _words() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = json.loads(
        files("question_bank").joinpath("vocabulary.json").read_text(encoding="utf-8")
    )
    return found


def names(kind: str) -> dict[str, str]:
    """The names of that kind (`module`, `competency`) in the language of the page, by key, in order."""
    return names_in(i18n.language(), kind)


def names_in(language: str, kind: str) -> dict[str, str]:
    """The names of that kind in that language, by key, in order."""
    return {one["key"]: one[language] for one in _words()[kind]}


def name(kind: str, value: str | None) -> str:
    """The name of a value in the language of the page; itself where the vocabulary does not know it."""
    return names(kind).get(value or "", value or "")


def key(kind: str, text: str) -> str:
    """The key of what people call a value in either language; the text itself where the vocabulary knows none."""
    said = folded(text)
    return next((one["key"] for one in _words()[kind] if said in map(folded, one.values())), text)
