"""Numbers and weights as files write them, exact and bounded."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact

LONGEST = 40
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_exact = Context(prec=400)


def number(text: str) -> Decimal | None:
    """A number of at most 40 characters; None for anything else."""
    text = text.strip()
    return Decimal(text) if len(text) <= LONGEST and _NUMBER.fullmatch(text) else None


def written(value: Decimal) -> str:
    """A number in plain digits without zeros at the end."""
    digits = format(value, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in {"-0", ""} else digits


def bounds(middle: Decimal, tolerance: Decimal) -> tuple[str, str]:
    """The lowest and the highest value within a tolerance, exact."""
    width = abs(tolerance)
    return written(_exact.subtract(middle, width)), written(_exact.add(middle, width))


def inverse(value: Decimal) -> tuple[str, bool]:
    """One divided by a number, in at most 30 digits, and whether that is exact."""
    context = Context(prec=30, rounding=ROUND_HALF_EVEN)
    context.clear_flags()
    found = context.divide(Decimal(1), value)
    return written(found), not context.flags[Inexact]


def halves(low: Decimal, high: Decimal) -> tuple[str, str]:
    """The middle between two bounds and how far they are from it, exact."""
    return (
        written(_exact.divide(_exact.add(low, high), Decimal(2))),
        written(_exact.divide(_exact.subtract(high, low), Decimal(2))),
    )
