"""What people sign in with, brought to one form. Pure."""

from __future__ import annotations

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def normalise(text: str) -> str:
    """Fold full-width characters and case; drop spaces, hyphens and +86 of a mobile number."""
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    digits = re.sub(r"[\s\-()]", "", folded)
    digits = re.sub(r"^(\+?86)(?=1[3-9]\d{9}$)", "", digits)
    return digits if MOBILE.fullmatch(digits) else folded


def is_mobile(text: str) -> bool:
    """Whether a normalised text is a mobile number of mainland China (11 digits)."""
    return MOBILE.fullmatch(text) is not None


def is_email(text: str) -> bool:
    """Whether a normalised text looks like an e-mail address of at most 200 characters."""
    return len(text) <= 200 and EMAIL.fullmatch(text) is not None


def normalise_staff_number(text: str) -> str:
    """A staff number (工号) folded to one form: no spaces, half width, upper case; empty for none."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
