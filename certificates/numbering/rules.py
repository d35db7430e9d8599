"""Patterns of local numbers, and their check digits. Pure.

A pattern is a text with `{year}`, `{serial}` (or `{serial:06}`) and `{check}`: two digits of ISO/IEC 7064 MOD 97-10
over year and serial, by which every wrong digit and every pair of neighbours exchanged is found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST_PATTERN = 60
LONGEST_NUMBER = 60
FIELD = re.compile(r"\{(year|serial|check)(?::0?([4-9]))?\}")
SHORTEST_SERIAL = 4


class Fault(StrEnum):
    """What is wrong with a pattern."""

    FIELDS = "fields"
    BRACES = "braces"
    DIGITS = "digits"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class Reading:
    """What a number says: its year and serial, and whether its check digits fit them."""

    year: int
    serial: int
    is_right: bool


def fault(pattern: str) -> Fault | None:
    """What is wrong with a pattern, or None: each of the three fields once, and no digits or braces of its own."""
    if len(pattern) > LONGEST_PATTERN:
        return Fault.TOO_LONG
    named = sorted(match[1] for match in FIELD.finditer(pattern))
    plain = FIELD.sub("", pattern)
    if named != ["check", "serial", "year"] or any(
        match[1] != "serial" and match[2] for match in FIELD.finditer(pattern)
    ):
        return Fault.FIELDS
    if "{" in plain or "}" in plain:
        return Fault.BRACES
    return Fault.DIGITS if any(unicodedata.category(one) == "Nd" for one in plain) else None


def bare(pattern: str) -> str:
    """What tells the numbers of two patterns apart: where digits stand, and what stands around them."""
    return tidied(FIELD.sub("#", pattern))


def check_digits(year: int, serial: int, width: int = SHORTEST_SERIAL) -> str:
    """The two ISO/IEC 7064 MOD 97-10 check digits of a year and a serial written with so many digits."""
    return f"{98 - int(f'{year:04}{serial:0{width}}') * 100 % 97:02}"


def width(pattern: str) -> int:
    """With how many digits a pattern writes the serial, at least."""
    return next(int(match[2] or SHORTEST_SERIAL) for match in FIELD.finditer(pattern) if match[1] == "serial")


def written(pattern: str, year: int, serial: int) -> str:
    """The number of a year and a serial."""
    wide = width(pattern)
    values = {"year": f"{year:04}", "serial": f"{serial:0{wide}}", "check": check_digits(year, serial, wide)}
    return FIELD.sub(lambda match: values[match[1]], pattern)


def read(pattern: str, text: str) -> Reading | None:
    """What a text says as a number of that pattern, right or mistyped; None when it has another shape.

    Forgives full-width forms, spaces, and the kind of brackets.
    """
    if len(text) > LONGEST_NUMBER * 2:
        return None
    shape, place = "", 0
    for match in FIELD.finditer(pattern):
        shape += re.escape(tidied(pattern[place : match.start()]))
        digits = {"year": "[0-9]{4}", "serial": f"[0-9]{{{match[2] or SHORTEST_SERIAL},12}}", "check": "[0-9]{2}"}
        shape += f"(?P<{match[1]}>{digits[match[1]]})"
        place = match.end()
    found = re.fullmatch(shape + re.escape(tidied(pattern[place:])), tidied(text))
    if found is None:
        return None
    year, serial = int(found["year"]), int(found["serial"])
    return Reading(year, serial, found["check"] == check_digits(year, serial, width(pattern)))


BRACKETS = str.maketrans("〔［【（[{〕］】）]}", "(((((())))))", "")


def tidied(text: str) -> str:
    """A number as it is compared: full-width forms folded, no spaces, one kind of brackets, capitals."""
    folded = unicodedata.normalize("NFKC", text.translate(BRACKETS)).upper()
    return "".join(one for one in folded if unicodedata.category(one) not in {"Zs", "Cc", "Cf"})
