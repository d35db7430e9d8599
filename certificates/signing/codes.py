"""The code in the QR: what lets a paper be checked without a network. Pure.

It stands behind the address of the verification page as its fragment, so that a browser never sends it and no log keeps
it. 77 bytes, written as 103 characters (base64url):

    key 2 · issued on 2 · valid until 2 · place in the list of standings 4 · name 3 · Ed25519 signature 64

Days are counted from 1 January 2000, 0 for no end. `key` is the beginning of the public key's SHA-256; `name` the
beginning of the SHA-256 of number and name: enough to find a name that was exchanged (one in 16 million passes), too
little to find out a name that one does not know. The signature covers the number, which stands in the address.
"""

from __future__ import annotations

import hashlib
import struct
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import normalize

from certificates.signing.keys import CodeKey, code_is_signed, text_of

LENGTH = 103
_LAYOUT = struct.Struct(">2sHHI3s")
_FIRST_DAY = date(2000, 1, 1)
_KIND = b"anning certificate code 1\n"


@dataclass(frozen=True)
class Code:
    """What a genuine code says."""

    issued_on: date
    valid_until: date | None
    place: int
    name_hash: bytes
    key: bytes

    def is_of(self, number: str, name: str) -> bool:
        """Whether the certificate of that number was issued to somebody of that name."""
        return self.name_hash == _hash(number, name)


def mint(number: str, name: str, *, issued_on: date, valid_until: date | None, place: int, key: CodeKey) -> str:
    """The code of a certificate; the same one each time. `place` is where the list of standings tells of it."""
    mark = bytes.fromhex(key.fingerprint)[:2]
    until = _day(valid_until) if valid_until else 0
    said = _LAYOUT.pack(mark, _day(issued_on), until, place, _hash(number, name))
    return text_of(said + key.sign(_signed(number, said)))


def read(number: str, code: str, publics: Iterable[bytes]) -> Code | None:
    """What a code says of that number; None for one that none of the public keys (32 bytes each) has signed."""
    if len(code) != LENGTH or not code.isascii():
        return None
    try:
        raw = urlsafe_b64decode(code + "=")
    except ValueError:
        return None
    if text_of(raw) != code:
        return None
    said, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    mark, issued, until, place, name_hash = _LAYOUT.unpack(said)
    for public in publics:
        if hashlib.sha256(public).digest()[:2] == mark and code_is_signed(public, signature, _signed(number, said)):
            return Code(_date(issued), _date(until) if until else None, place, name_hash, public)
    return None


def _signed(number: str, said: bytes) -> bytes:
    return _KIND + number.encode() + b"\n" + said


def _hash(number: str, name: str) -> bytes:
    return hashlib.sha256(f"{number}\n{normalize('NFC', name)}".encode()).digest()[:3]


def _day(day: date) -> int:
    return (day - _FIRST_DAY).days


def _date(days: int) -> date:
    return _FIRST_DAY + timedelta(days=days)
