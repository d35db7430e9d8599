"""Numbers as people type them, exactly: full-width digits, thousands marks, units. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

Number = int | Fraction  # whole numbers are reckoned with many times faster as such
LONGEST = 60
MOST_DECIMALS = 12
# Thousands are marked by commas or spaces, in threes all through; "1,5" may be meant as one and a half, so it is none.
NUMBER = re.compile(
    r"\s*([+-]?)\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
    r"(?:[eE]([+-]?[0-9]{1,2}))?(?![0-9.,])\s*"
)
PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
SIGNS = str.maketrans(
    {"−": "-", "–": "-", "。": ".", "，": ",", "．": ".", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
)
# NFKC would make 103 of 10³ and 11/2 of 1½: what is raised, lowered or a fraction stays as it is, and is no digit.
KEPT = ("<super>", "<sub>", "<fraction>", "<circle>")


def fold(text: str) -> str:
    """Full-width letters, digits and signs in their usual form."""
    folded = "".join(
        one if unicodedata.decomposition(one).startswith(KEPT) else unicodedata.normalize("NFKC", one) for one in text
    )
    return folded.translate(SIGNS).strip()


def split(text: str) -> tuple[Fraction, str] | None:
    """The number that a text begins with and the unit after it; None where it begins with none, or is too long."""
    if len(text) > LONGEST:
        return None
    folded = fold(text)
    found = NUMBER.match(folded)
    if found is None:
        return None
    sign, digits, power = found.groups()
    unit = folded[found.end() :].rstrip(".")
    if unit[:1].isnumeric():
        return None
    value = Fraction(Decimal(digits.replace(",", "").replace(" ", ""))) * Fraction(10) ** int(power or 0)
    return (-value if sign == "-" else value), unit


def plain_number(value: object) -> Fraction | None:
    """A number as bodies hold it (`"9.5"`), also as a number of JSON; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) > 10**LONGEST:
        return None
    text = str(value).strip()
    return Fraction(text) if len(text) <= LONGEST and PLAIN.fullmatch(text) else None


def in_unit(value: Fraction, unit: str, own: str, others: Mapping[str, Fraction], *, required: bool) -> Fraction | None:
    """A value in the item's own unit; None where its unit is unknown, or missing though required.

    Units are told apart as written; where that finds none, capitals do not count if that leaves one choice.
    """
    if not unit:
        return None if required and own else value
    factors = {_unit(name): factor for name, factor in others.items()} | {_unit(own): Fraction(1)}
    wanted = _unit(unit)
    if wanted in factors:
        return value * factors[wanted]
    alike = [factor for name, factor in factors.items() if name.casefold() == wanted.casefold()]
    return value * alike[0] if len(alike) == 1 else None


def _unit(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def size(value: Number) -> Number:
    """The value without its sign."""
    return -value if value < 0 else value


def has_end(value: Number) -> bool:
    """Whether a number can be written out in full."""
    return bool(10**MOST_DECIMALS % value.denominator == 0)


def slim(value: Number) -> Number:
    """The same value, as an integer if it is one."""
    return value.numerator if value.denominator == 1 else value


def written(value: Number, decimals: int = MOST_DECIMALS) -> str:
    """A number in plain digits, without zeros at the end, rounded where it has no end."""
    exact = half_up(value, decimals)
    whole, rest = divmod(abs(exact), 1)
    digits = f"{int(rest * 10**decimals):0{decimals}d}".rstrip("0") if decimals else ""
    return ("-" if exact < 0 else "") + str(int(whole)) + (f".{digits}" if digits else "")


def half_up(value: Number, decimals: int) -> Fraction:
    """Rounded as in medicine and commerce: a half goes away from zero."""
    scaled = Fraction(abs(value) * 10**decimals)
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(-whole if value < 0 else whole, 10**decimals)
