"""Which column of a sheet of items holds what: guessed from its head, by the words of `words.json`. Pure.

A field is named as in `words.json`; options are `option_a` … `option_l`, their explanations `option_a_why` …, and a
column in one language ends in `@zh` or `@en` (`stem@en`); a column without is in the language of the sheet.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from training.core import heads
from training.core.heads import EXACT, IGNORED, folded

LETTERS = "abcdefghijkl"
LANGUAGE_WORDS = {"英文": "en", "英语": "en", "english": "en", "en": "en", "中文": "zh", "汉语": "zh", "chinese": "zh"}
_NAMES = "|".join(LANGUAGE_WORDS)
_LANGUAGE_BEHIND = re.compile(
    rf"^(.*?)\s*(?:[(\[【<]\s*({_NAMES})\s*[)\]】>]|[\s_\-:]({_NAMES})|(英文|中文))$", re.I | re.S
)
_LANGUAGE_BEFORE = re.compile(r"^(英文|中文|英语|english|chinese)[\s_\-:]*(.+)$", re.I | re.S)
_PLACE = r"([a-l]|[1-9]|1[0-2])"
_OPTION = re.compile(
    rf"(?:选项|备选项|备选答案|答案选项|选择项|答案|选择|option|choice|alternative)?{_PLACE}(?:选项|项|答案)?"
)
_WHY = r"(?:的)?(?:解析|解释|说明|反馈|分析|explanation|feedback|rationale|why)"
_OPTION_WHY = (
    re.compile(rf"(?:选项|备选项|option|choice)?{_PLACE}(?:选项|项)?{_WHY}"),
    re.compile(rf"(?:explanation|feedback|rationale)(?:ofoption|foroption|of|for|option)?{_PLACE}"),
)
QUESTION, STEM, SHARED_STEM = "question", "stem", "shared_stem"


@cache
def words(kind: str) -> Mapping[str, tuple[str, ...]]:
    """The words of one kind: `columns`, `types`, `difficulty`, `level`, `truth`."""
    found: dict[str, Any] = json.loads(files("question_bank.exchange").joinpath("words.json").read_text("utf-8"))
    return {name: tuple(several) for name, several in found[kind].items()}


@cache
def by_word(kind: str) -> Mapping[str, str]:
    """The folded words of one kind, and what each means."""
    return {folded(word): name for name, several in words(kind).items() for word in several}


def said(kind: str, text: str) -> str | None:
    """What a cell says among the words of one kind; None for none of them."""
    return by_word(kind).get(folded(text))


@cache
def _vocabulary() -> heads.Vocabulary:
    return heads.Vocabulary(words("columns"))


def split_language(head: str) -> tuple[str, str]:
    """A head without the language it names, and that language (`""` for none)."""
    plain = unicodedata.normalize("NFKC", head).strip()
    behind = _LANGUAGE_BEHIND.match(plain)
    if behind and behind[1].strip():
        name = behind[2] or behind[3] or behind[4]
        return behind[1].strip(), LANGUAGE_WORDS[name.casefold()]
    before = _LANGUAGE_BEFORE.match(plain)
    return (before[2], LANGUAGE_WORDS[before[1].casefold()]) if before else (plain, "")


def _letter(place: str) -> str:
    return LETTERS[int(place) - 1] if place.isdigit() else place


def _option(head: str) -> str | None:
    """The field of a head that belongs to one option."""
    plain = folded(head)
    for form in _OPTION_WHY:
        if found := form.fullmatch(plain):
            return f"option_{_letter(found[1])}_why"
    found = _OPTION.fullmatch(plain)
    return f"option_{_letter(found[1])}" if found and not plain.isdigit() else None


@cache
def meaning(head: str) -> heads.Meaning:
    """The field that a head most likely names (or `IGNORED`), and how sure that is."""
    if len(head) > heads.LONGEST_HEAD:
        return IGNORED, 0.0
    rest, language = split_language(head)
    option = _option(rest)
    name, sure = (option, EXACT) if option else _vocabulary().meaning(rest)
    return (f"{name}@{language}" if name and language else name), sure


def is_head(text: str) -> bool:
    """Whether a cell reads like the head of a column; a bare letter is as likely an answer."""
    if not 1 < len(text) <= heads.LONGEST_HEAD:
        return False
    rest, _language = split_language(text)
    return _option(rest) is not None or _vocabulary().is_head(rest)


def guess(titles: Sequence[str]) -> dict[int, str]:
    """What the columns hold, by place; columns that say nothing known are left out. To be shown for correction."""
    found = heads.assigned([meaning(one) for one in titles])
    by_field = {name: place for place, name in enumerate(found) if name}
    for language in ("", "@zh", "@en"):
        _place_question(by_field, language)
    return {place: name for name, place in sorted(by_field.items(), key=lambda one: one[1])}


def _place_question(by_field: dict[str, int], language: str) -> None:
    """A column of questions holds stems; beside one that says stem, that one holds the shared stems."""
    question, stem, shared = (f"{one}{language}" for one in (QUESTION, STEM, SHARED_STEM))
    if question not in by_field:
        return
    place = by_field.pop(question)
    if stem in by_field and shared not in by_field:
        by_field[shared] = by_field.pop(stem)
    by_field.setdefault(stem, place)


def fields() -> list[str]:
    """Every field that a column may be said to hold, without languages."""
    plain = [name for name in words("columns") if name not in (IGNORED, QUESTION)]
    return [*plain, *(f"option_{one}" for one in LETTERS), *(f"option_{one}_why" for one in LETTERS)]
