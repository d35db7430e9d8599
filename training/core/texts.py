"""What text may be kept: cleaned and composed, without characters that no database and no paper keeps. Pure."""

from __future__ import annotations

import unicodedata

ALLOWED_CONTROLS = {"\n", "\t"}
UNSEEN = frozenset({"Cf", "Zs", "Zl", "Zp"})
TURNS_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # make a printed name lie


def clean(text: str | None) -> str | None:
    """Trim, unify line ends and compose characters (NFC), so that equal texts compare equal; unseen text is none."""
    if text is None:
        return None
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return composed if any(unicodedata.category(one) not in UNSEEN for one in composed) else ""


def is_unprintable(character: str) -> bool:
    """Whether a character is a control, half a character, none at all, or turns the direction of what follows."""
    point = ord(character)
    is_noncharacter = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # no page may hold them
    is_control = unicodedata.category(character) in {"Cc", "Cs"} and character not in ALLOWED_CONTROLS
    return is_noncharacter or is_control or character in TURNS_DIRECTION
