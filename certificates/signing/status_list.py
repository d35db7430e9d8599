"""The list of standings: where every certificate stands, to be taken along and asked without a network. Pure.

Two bits a certificate, in the manner of W3C's Bitstring Status List 1.0: no number and no hash of one stands in it, so
that nobody finds out numbers by trying (hashes of numbers could be tried through: forty random bits are an afternoon's
work). Which two bits are a certificate's is told by the signed code in its QR alone. That one has expired is told by
its own last day. The list is signed by the code key, and says from when and until when it may be relied upon.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from certificates.signing.keys import CodeKey, code_is_signed, text_of

SMALLEST = 131_072
"""W3C's least number of places: among so many, nobody sees from the length how many certificates there are."""

GOOD_FOR = timedelta(days=7)
LARGEST_FILE = 16 * 1024 * 1024
_LARGEST_BITS = 64 * 1024 * 1024  # 256 million certificates
_PER_BYTE = 4


class Standing(IntEnum):
    """What two bits can say."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    SUPERSEDED = 3


class ListFault(Exception):
    """A list that cannot be relied upon; the sentence says why."""


@dataclass(frozen=True)
class StatusList:
    """A list whose signature was checked."""

    bits: bytes
    made_at: datetime
    good_until: datetime

    def standing(self, place: int) -> Standing | None:
        """Where the certificate of that place stands; None where the list is too short to know."""
        if place // _PER_BYTE >= len(self.bits):
            return None
        return Standing(self.bits[place // _PER_BYTE] >> 6 - 2 * (place % _PER_BYTE) & 3)


def write(standings: Mapping[int, Standing], *, last: int, site: str, at: datetime, key: CodeKey) -> dict[str, Any]:
    """The list as JSON values: `standings` of all that are not valid, by place; `last` is the highest place given."""
    places = SMALLEST * (1 + last // SMALLEST)
    bits = bytearray(places // _PER_BYTE)
    for place, standing in standings.items():
        bits[place // _PER_BYTE] |= standing << 6 - 2 * (place % _PER_BYTE)
    said = {
        "type": "BitstringStatusList",
        "issuer": site,
        "statusPurpose": "message",
        "statusSize": 2,
        "statusMessage": [{"status": hex(one), "message": one.name.lower()} for one in Standing],
        "encodedList": "u" + text_of(gzip.compress(bytes(bits), mtime=0)),
        "validFrom": at.isoformat(timespec="seconds"),
        "validUntil": (at + GOOD_FOR).isoformat(timespec="seconds"),
        "key": key.fingerprint,
    }
    return {**said, "signature": text_of(key.sign(_signed(said)))}


def read(content: bytes, publics: Iterable[bytes]) -> StatusList:
    """Read and check a list; raises `ListFault`. `publics` are the known code keys, 32 bytes each."""
    try:
        told = json.loads(content)
        signature = urlsafe_b64decode(told.pop("signature") + "==")
        packed = urlsafe_b64decode(told["encodedList"].removeprefix("u") + "==")
        made_at, good_until = (datetime.fromisoformat(told[name]) for name in ("validFrom", "validUntil"))
        sound = told["type"] == "BitstringStatusList" and told["statusSize"] == 2
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ListFault("This is no list of standings.") from error
    if not sound or not any(code_is_signed(public, signature, _signed(told)) for public in publics):
        raise ListFault("The list of standings is not signed by a known key.")
    opener = zlib.decompressobj(wbits=31)
    bits = opener.decompress(packed, _LARGEST_BITS)
    return StatusList(bits, made_at, good_until)


def _signed(said: Mapping[str, Any]) -> bytes:
    """What the signature covers: the list without it, as JSON with sorted names and without spaces."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
