"""How people spell answers, numbers and lists in cells. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from question_bank.exchange import columns

SEPARATED = re.compile(r"[\s,，、;；.。|/&+和及与]+")
LETTER_AND_TEXT = re.compile(r"([A-La-l])\s*[.．、:：)）]\s*\S.*", re.DOTALL)
BETWEEN, VARIANT = "；;", "|｜"
LISTED, PATH = "；;,，、|｜\n", "/>＞→»"
NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+"
_RANGE = re.compile(rf"({NUMBER})\s*(?:~|-|–|—|至|到|to|\.\.)\s*({NUMBER})\s*(.*)", re.DOTALL)
_AROUND = re.compile(rf"({NUMBER})\s*(?:±|\+/-|\+-)\s*({NUMBER})\s*(%?)\s*(.*)", re.DOTALL)
_ALONE = re.compile(rf"[=≈]?\s*({NUMBER})\s*(.*)", re.DOTALL)
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:0{2}(?::0{2})?)?|(\d{4})(\d{2})(\d{2})"
)
LONGEST_NUMBER = 24


def plain(text: str) -> str:
    """A cell with full-width letters, digits and signs in their usual form, without space around it."""
    return unicodedata.normalize("NFKC", text).strip()


def letters(text: str, known: Mapping[str, str] | None = None) -> list[str] | None:
    """The options that an answer names, as lower-case letters; None where it names none that way.

    `known` are the texts of the options: an answer may also repeat the text of one.
    """
    said = plain(text)
    run = _run(said)
    if run and (known is None or set(run) <= set(known)):
        return run
    for letter, option in (known or {}).items():
        if said and said == plain(option):
            return [letter]
    one = LETTER_AND_TEXT.fullmatch(said)
    return [one[1].lower()] if one else run


def _run(said: str) -> list[str] | None:
    """The letters of `ABD`, `A,B` or `a b`; None for words, and for letters that stand twice."""
    tokens = [one for one in SEPARATED.split(said.strip("()[]【】<>\"'")) if one]
    letters = "".join(tokens)
    is_run = len(tokens) == 1 or letters.isupper() or all(len(one) == 1 for one in tokens)
    fits = is_run and letters and re.fullmatch("[A-Za-z]+", letters) and len(set(letters.lower())) == len(letters)
    return sorted(letters.lower()) if fits else None


def in_order(text: str) -> list[str]:
    """The letters of an answer as written, each once."""
    return list(dict.fromkeys(one for one in plain(text).lower() if "a" <= one <= "z"))


def truth(text: str) -> str | None:
    """`true` or `false` where a cell says either."""
    return columns.said("truth", plain(text).strip("()[]。. "))


def pieces(text: str, separators: str) -> list[str]:
    """A cell cut at its separators, save at those behind a backslash; the backslashes stay."""
    found, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 2
            continue
        if text[place] in separators:
            found.append(text[start:place].strip())
            start = place + 1
        place += 1
    return [*found, text[start:].strip()]


def unescaped(text: str) -> str:
    """A piece as it is meant: a backslash before a separator or a backslash is taken off."""
    return _unescape(text, BETWEEN + VARIANT)


def escaped(text: str) -> str:
    """A text that is one piece of a cell whatever it holds."""
    return joined([text], BETWEEN + VARIANT)


def number(text: str) -> Decimal | None:
    """A number, full-width digits and thousands marks allowed; None for anything else."""
    said = plain(text).replace("−", "-")
    if len(said) > LONGEST_NUMBER or not re.fullmatch(NUMBER, said):
        return None
    return Decimal(said.replace(",", ""))


def written(value: Decimal) -> str:
    """A number in plain digits."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def interval(text: str, tolerance: str) -> tuple[str, str, str] | None:
    """Lowest and highest right value and the unit of an answer: `9.5~10.5 mg`, `10±0.5`, or `10` with a tolerance.

    A tolerance is a number or a percentage of the answer. None where it says no number.
    """
    said = plain(text).replace("−", "-")
    if len(said) > 4 * LONGEST_NUMBER:
        return None
    if found := _AROUND.fullmatch(said):
        return _around(found[1], found[2] + found[3], found[4])
    if found := _RANGE.fullmatch(said):
        low, high = number(found[1]), number(found[2])
        if low is not None and high is not None:
            return _with_unit(min(low, high), max(low, high), found[3])
    found = _ALONE.fullmatch(said)
    return _around(found[1], tolerance or "0", found[2]) if found else None


def _around(middle: str, tolerance: str, unit: str) -> tuple[str, str, str] | None:
    value = number(middle)
    share = plain(tolerance).lstrip("±").rstrip("%")
    width = number(share)
    if value is None or width is None:
        return None
    width = abs(value * width / 100) if plain(tolerance).endswith("%") else abs(width)
    return _with_unit(value - width, value + width, unit)


def _with_unit(low: Decimal, high: Decimal, unit: str) -> tuple[str, str, str] | None:
    unit = unit.strip()
    return None if unit[:1].isdigit() or unit.startswith((".", ",", "-", "+")) else (written(low), written(high), unit)


def day(text: str) -> str | None:
    """A day as 2027-06-30; None where a cell names none."""
    found = _DAY.fullmatch(plain(text))
    if found is None:
        return None
    try:
        return date(*(int(one) for one in found.groups() if one)).isoformat()
    except (ValueError, TypeError):
        return None


def difficulty(text: str, *, facility: bool) -> int | None:
    """1 (easy) to 5 from a word, a level or a facility (the share that answers rightly, 0.0–1.0)."""
    if level := columns.said("difficulty", text):
        return int(level)
    value = number(plain(text).removesuffix("%"))
    if value is None:
        return None
    if plain(text).endswith("%"):
        value, facility = value / 100, True
    if facility:
        return 5 - min(4, int(value * 5)) if 0 <= value <= 1 else None
    return int(value) if value in range(1, 6) else None


def is_share(text: str) -> bool:
    """Whether a difficulty can only be a facility: between 0 and 1, not 1 itself."""
    value = number(text)
    return value is not None and 0 <= value < 1


def listed(text: str, separators: str) -> list[str]:
    """The names in a cell, each once; a separator behind a backslash is part of a name."""
    parts = (_unescape(one, separators) for one in pieces(text, separators))
    return [one for one in parts if one]


def joined(names: Iterable[str], separators: str) -> str:
    """Names as one cell that `listed` reads: parted by the first separator."""
    return separators[0].join(re.sub(rf"([\\{re.escape(separators)}])", r"\\\1", one) for one in names)


def _unescape(text: str, separators: str) -> str:
    return re.sub(rf"\\([\\{re.escape(separators)}])", r"\1", text)
