"""Certificate numbers: made at random, guarded by a check character, forgiving to read back.

A number looks like `AN-2026-7K3-M9Q-XB4`: the house, the year of issue, eight random characters and a check
character. The random part is drawn from Crockford's base 32 (https://www.crockford.com/base32.html), which
has no I, L, O or U, so that a number survives a telephone and a photocopier; eight characters are forty bits,
which cannot be counted through.

The check character is ISO/IEC 7064 MOD 37-2 over everything before it. It finds every wrong character and
every pair of neighbours exchanged, because 2 is a primitive root of the prime 37. The standard's check
character may fall on `*` or on a letter outside our alphabet; such draws are thrown away (about one in seven)
and the next one is taken.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: the characters that the random part and the check character are made of."""

PREFIX = "AN"
RANDOM_LENGTH = 8
LONGEST_INPUT = 64
"""No sensible way of writing a number is longer; what is longer is not looked at."""

_CHECK_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_NUMBER = re.compile(rf"{PREFIX}-(2[0-9]{{3}})((?:-[{ALPHABET}]{{3}}){{3}})")
_COMPACT = re.compile(rf"{PREFIX}(2[0-9]{{3}})([{ALPHABET}]{{3}})([{ALPHABET}]{{3}})([{ALPHABET}]{{3}})")
_SEPARATORS = frozenset("_.·•・ー―−~～/")
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def check_character(body: str) -> str:
    """The ISO/IEC 7064 MOD 37-2 check character of a text of digits and capital letters; it may be `*`."""
    remainder = 0
    for character in body:
        remainder = (remainder + _CHECK_ALPHABET.index(character)) * 2 % 37
    return _CHECK_ALPHABET[(1 - remainder) % 37]


def new_number(year: int, *, choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh certificate number for a year between 2000 and 2999.

    Unguessable, not proven new: uniqueness is the register's constraint. `choose` draws one character.
    """
    if not 2000 <= year <= 2999:
        raise ValueError(f"A certificate number needs a year between 2000 and 2999, not {year}.")
    while True:
        drawn = "".join(choose(ALPHABET) for _ in range(RANDOM_LENGTH))
        check = check_character(f"{PREFIX}{year}{drawn}")
        if check in ALPHABET:
            return _written(str(year), drawn + check)


def normalise(text: str) -> str:
    """The canonical spelling of what a person typed or scanned; what cannot be one comes back merely tidied.

    Folds full-width and lower-case characters, spaces, any kind of hyphen or none, and O for 0, I or L for 1.
    Says nothing about the check character: ask `is_valid`.
    """
    if len(text) > LONGEST_INPUT:
        return ""
    folded = unicodedata.normalize("NFKC", text).upper()
    compact = "".join(character for character in folded if not _is_separator(character))
    compact = compact.translate(_LOOK_ALIKES)
    match = _COMPACT.fullmatch(compact)
    return _written(match[1], "".join(match.groups()[1:])) if match else compact


def is_valid(number: str) -> bool:
    """Whether this canonical number has the right shape and check character, issued or not."""
    if not _NUMBER.fullmatch(number):
        return False
    compact = number.replace("-", "")
    return check_character(compact[:-1]) == compact[-1]


def _written(year: str, characters: str) -> str:
    """Set hyphens where eyes and voices rest."""
    return "-".join((PREFIX, year, characters[:3], characters[3:6], characters[6:]))


def _is_separator(character: str) -> bool:
    """Whether people put this character between groups: spaces, dashes of every kind, invisible marks."""
    return character in _SEPARATORS or unicodedata.category(character) in {"Pd", "Zs", "Cc", "Cf"}
