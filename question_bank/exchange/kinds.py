"""What people call types of items: a type, or a kind that becomes one by what stands in the row. Pure."""

from __future__ import annotations

import re

from question_bank.exchange.columns import by_word, said
from training.core.heads import folded, readings

SHARED_STEM = frozenset({"A3", "A4", "A3A4", "case"})
SHARED_OPTIONS = frozenset({"B1", "matching"})
SETS = SHARED_STEM | SHARED_OPTIONS
CHOOSING = frozenset({"A1", "A2", "single", "X", "several", "any", "open", "choice_one", "choice_many"})
WITH_OPTIONS = CHOOSING | SETS | {"ordering"}
IN_WORDS = frozenset({"blanks", "short", "brief", "essay", "numeric", "reckoning", "calculated", None})
LONGEST = 60
_NUMBERED = re.compile(r"^\s*(?:第?[一二三四五六七八九十\d]+(?:部分|大题)?[、.．):：\s]+)")
_LETTERED = re.compile(r"(a[1-4]?|b1?|x)(?:型|类)")


def kind_of(text: str) -> str | None:
    """The kind that a cell, the name of a sheet or the heading of a section names; None for none."""
    if len(text) > LONGEST:
        return None
    plain = _NUMBERED.sub("", text)
    for reading in readings(plain):
        if kind := said("types", reading):
            return kind
    whole = folded(plain)
    lettered = _LETTERED.match(whole)
    return said("types", lettered[1]) if lettered else _within(whole)


def _within(text: str) -> str | None:
    """The longest Chinese word for a kind that a longer name holds (安宁疗护单选题)."""
    found = [(len(word), kind) for word, kind in by_word("types").items() if not word.isascii() and word in text]
    return max(found)[1] if found else None


def guess(*, has_options: bool, key: list[str] | None, is_truth: bool, has_gap: bool) -> str | None:
    """The kind of a question that names none, by what it holds."""
    if has_options:
        return "single" if key and len(key) == 1 else "open"
    if is_truth:
        return "judgement"
    return "blanks" if has_gap else None
