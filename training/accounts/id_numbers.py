"""Identity numbers (GB 11643-1999): checked, sealed with AES-256-GCM, and found again by a keyed index.

The key is `Settings.identity_key`; from it two keys are derived (HKDF, RFC 5869), one to seal and one for the index.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import unicodedata
from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def normalise(text: str) -> str:
    """Fold full-width characters, drop spaces, write the check character as `X`."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def is_valid(number: str) -> bool:
    """Whether a normalised number has 18 places, a day of birth that exists, and the right check character.

    The check character is ISO 7064 MOD 11-2 over the first 17 digits, as GB 11643-1999 says.
    """
    if SHAPE.fullmatch(number) is None or not number.isascii():
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[17] == check_character(number[:17])


def check_character(digits: str) -> str:
    """The check character of the first 17 digits."""
    return CHECK[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11]


def masked(number: str) -> str:
    """The number as pages show it: 370102********1234."""
    return f"{number[:6]}********{number[-4:]}"


def seal(number: str, key: str) -> str:
    """The number encrypted under `key`, as text; twice the same number gives two different texts."""
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_derive(key, b"seal")).encrypt(nonce, number.encode(), None)
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, key: str) -> str:
    """The number back; raises `cryptography.exceptions.InvalidTag` under another key."""
    raw = base64.b64decode(sealed)
    return AESGCM(_derive(key, b"seal")).decrypt(raw[:12], raw[12:], None).decode()


def index(number: str, key: str) -> str:
    """What a number is found by: HMAC-SHA-256 under a key of its own, 64 hexadecimal digits."""
    return hmac.new(_derive(key, b"index"), number.encode(), "sha256").hexdigest()


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anning identity " + purpose).derive(key.encode())
