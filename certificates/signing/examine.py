"""Examining a file: whether it is a certificate as it was issued, or what was done to it. Pure; size and time bounded.

The file is never opened as a PDF: whatever a hostile one does to readers, it does not do here. A document of ours is
signed from its first byte to its last, and its signature stands in a place of a known shape. So if a known key has
signed all bytes but those of the signature, and the rest of that place is empty, the file is what was issued, and
nothing else can be hidden in it. What an unsigned file claims is looked for in its pieces, so many and so large.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from cryptography import x509

LARGEST = 2 * 1024 * 1024
MOST_SIGNATURES = 8
MOST_PIECES = 200
LARGEST_PIECE = 512 * 1024
LARGEST_SUM = 8 * 1024 * 1024

_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}(\d{1,10})\s{1,16}(\d{1,10})\s{1,16}(\d{1,10})\s{1,16}(\d{1,10})\s{0,16}\]"
)
_MOMENT = re.compile(rb"/M\s{0,4}\(D:(\d{14})\+00'00'?\)")
_TEXT = rb"\s{0,4}(?:\(((?:[^()\\]|\\.){0,2000})\)|<([0-9A-Fa-f]{0,8000})>)"
_SAID = {name: re.compile(b"/Anning" + name.encode() + _TEXT) for name in ("Number", "Name", "Code")}
_STREAM = re.compile(rb"stream\r?\n")
_ADDRESS = re.compile(rb"/verify/([0-9A-Za-z%_.~-]{4,64})")
_TITLE = re.compile(rb".{0,200}?<rdf:li[^>]{0,80}>([^<]{1,400})<", re.DOTALL)
_TITLE_BEGINS = b"<dc:title>"


class Verdict(StrEnum):
    """What a file is."""

    ISSUED = "issued"  # byte for byte what the register holds
    GENUINE = "genuine"  # whole and signed by a known key
    EXTENDED = "changed-after-signing"  # something was added behind what is signed
    ALTERED = "altered"  # bytes that were signed are other ones now
    RESIGNED = "signed-by-another"
    UNSIGNED = "unsigned"  # names a certificate, and nobody has signed it
    FOREIGN = "not-a-certificate"


@dataclass(frozen=True)
class KnownKey:
    """A certificate whose signatures are accepted."""

    der: bytes
    development: bool = False

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal digits."""
        return hashlib.sha256(self.der).hexdigest()


@dataclass(frozen=True)
class Finding:
    """What was found. Only of `ISSUED` and `GENUINE` is what the file says certain; elsewhere it is a claim."""

    verdict: Verdict
    sha256: str
    number: str = ""
    name: str = ""
    code: str = ""
    title: str = ""
    signer: str = ""
    signed_at: datetime | None = None
    fingerprint: str = ""
    development: bool = False
    key_was_valid: bool = True

    @property
    def genuine(self) -> bool:
        """Whether the file is whole and was signed by a key that was valid then."""
        return self.verdict in {Verdict.ISSUED, Verdict.GENUINE} and self.key_was_valid


@dataclass(frozen=True)
class _Signature:
    """One signature of a file: who made it, whether it fits, and up to where the file is signed.

    `as_made`: whether it stands there as programs of ours write it, in each byte that it does not vouch for itself.
    """

    fingerprint: str
    signer: str
    fits: bool
    as_made: bool
    end: int
    valid_from: datetime
    valid_to: datetime


def examine(
    content: bytes, keys: Sequence[KnownKey], is_issued: Callable[[str], bool] = lambda _sha256: False
) -> Finding:
    """What a file is. `is_issued` says whether the register holds a document with that SHA-256 (hexadecimal digits).

    The caller refuses what is larger than `LARGEST`.
    """
    if len(content) > LARGEST:
        raise ValueError("larger than what is examined")
    sha256 = hashlib.sha256(content).hexdigest()
    if not content.startswith(b"%PDF-"):
        return Finding(Verdict.FOREIGN, sha256)
    known = {one.fingerprint: one for one in keys}
    signatures = list(_signatures(content))
    own = [one for one in signatures if one.fingerprint in known]
    whole = [one for one in own if one.fits and one.as_made and one.end == len(content)]
    if whole:
        verdict = Verdict.ISSUED if is_issued(sha256) else Verdict.GENUINE
        return _told(verdict, sha256, content, whole[0], known[whole[0].fingerprint])
    if is_issued(sha256):  # from before documents were signed
        return _unsigned(Verdict.ISSUED, sha256, content)
    others = [one for one in signatures if one.fingerprint not in known and one.fits and one.end == len(content)]
    if others:
        return _told(Verdict.RESIGNED, sha256, content, others[0], None)
    if own:
        verdict = Verdict.EXTENDED if own[0].fits and own[0].as_made else Verdict.ALTERED
        return _told(verdict, sha256, content, own[0], known[own[0].fingerprint])
    if signatures:
        return _told(Verdict.RESIGNED, sha256, content, signatures[0], None)
    if _said(content, "Number"):
        return _told(Verdict.ALTERED, sha256, content, None, None)
    found = _unsigned(Verdict.UNSIGNED, sha256, content)
    return found if found.number else Finding(Verdict.FOREIGN, sha256, title=found.title)


def _told(verdict: Verdict, sha256: str, content: bytes, signature: _Signature | None, key: KnownKey | None) -> Finding:
    moment = _MOMENT.search(content)
    try:
        signed_at = datetime.strptime(moment[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if moment else None
    except ValueError:
        signed_at = None
    number, name = _said(content, "Number"), _said(content, "Name")
    claimed = _unsigned(verdict, sha256, content) if not number else None
    return Finding(
        verdict,
        sha256,
        number=claimed.number if claimed else number,
        name=name,
        code=_said(content, "Code"),
        title=claimed.title if claimed else "",
        signer=signature.signer if signature else "",
        signed_at=signed_at,
        fingerprint=signature.fingerprint if signature else "",
        development=key.development if key else False,
        key_was_valid=bool(signature and signed_at and signature.valid_from <= signed_at <= signature.valid_to),
    )


def _unsigned(verdict: Verdict, sha256: str, content: bytes) -> Finding:
    """What a file claims that says nothing in plain."""
    number = title = ""
    for piece in _pieces(content):
        address, begin = _ADDRESS.search(piece), piece.find(_TITLE_BEGINS)
        heading = _TITLE.match(piece, begin) if begin >= 0 else None
        number = number or (unquote(address[1].decode()) if address else "")
        title = title or (heading[1].decode(errors="replace").strip() if heading else "")
    return Finding(verdict, sha256, number=number, title=title)


def _said(content: bytes, name: str) -> str:
    """A text that the signature's dictionary holds in plain."""
    found = _SAID[name].search(content)
    if found is None:
        return ""
    if found[2] is not None:
        raw = bytes.fromhex(found[2].decode() + "0" * (len(found[2]) % 2))
        return raw.decode("utf-16", errors="replace")
    return re.sub(rb"\\(.)", rb"\1", found[1]).decode("latin-1")


def _signatures(content: bytes) -> Iterator[_Signature]:
    """The signatures of a file whose place has the shape that it should have, the first ones alone."""
    for number, found in enumerate(_RANGE.finditer(content)):
        if number == MOST_SIGNATURES:
            return
        first, begin, end, rest = (int(group) for group in found.groups())
        place = content[begin:end]
        if first or not begin < end <= end + rest <= len(content) or place[:1] != b"<" or place[-1:] != b">":
            continue
        try:
            contents = bytes.fromhex(place[1:-1].decode("ascii"))
        except ValueError:
            continue
        digest = hashlib.sha256(content[:begin])
        digest.update(content[end : end + rest])
        signature = _signature(contents, digest.digest(), end + rest, lower=place[1:-1].islower())
        if signature is not None:
            yield signature


def _signature(contents: bytes, digest: bytes, end: int, *, lower: bool) -> _Signature | None:
    """Read one signature; None when it is none. Behind it there may be nothing but zeros.

    `lower` says that its digits are written as ours are.
    """
    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    try:
        length = _length(contents)
        signed = cms.ContentInfo.load(contents[:length], strict=True)["content"]
        (signer,) = signed["signer_infos"]
        serial = signer["sid"].chosen["serial_number"].native
        certificate = next(one.chosen for one in signed["certificates"] if one.chosen.serial_number == serial)
        intact, valid = validate_sig_integrity(signer, certificate, "data", digest)
        der = certificate.dump()
        days = x509.load_der_x509_certificate(der)
        as_made = lower and contents[:length] == _wrapped(signed, signer, certificate)
        name = str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly)
    except Exception:  # noqa: BLE001 - whatever a stranger has put there, it is no signature
        return None
    empty = not contents[length:].strip(b"\0")
    valid_days = (days.not_valid_before_utc, days.not_valid_after_utc)
    return _Signature(hashlib.sha256(der).hexdigest(), name, intact and valid and empty, as_made, end, *valid_days)


def _wrapped(signed: Any, signer: Any, certificate: Any) -> bytes:
    """A signature in its envelope (RFC 5652), made anew around the parts that it vouches for.

    What stands in an envelope besides (versions, the issuer's name, which digest it was) a signature does not cover.
    """
    from asn1crypto import algos, cms

    kept = {name: signer[name] for name in ("signed_attrs", "signature")}
    if signer["unsigned_attrs"].native is not None:
        kept["unsigned_attrs"] = signer["unsigned_attrs"]
    number = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(number)),
        "digest_algorithm": {"algorithm": "sha256"},
        "signature_algorithm": algos.SignedDigestAlgorithm(
            {"algorithm": signer["signature_algorithm"]["algorithm"].native}
        ),
        **kept,
    }
    body = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": signed["certificates"],
        "signer_infos": [info],
    }
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(body)}).dump()
    return made


def _length(der: bytes) -> int:
    """How many bytes the first value in DER takes, its head included."""
    if der[1] < 0x80:
        return 2 + der[1]
    size = der[1] & 0x7F
    return 2 + size + int.from_bytes(der[2 : 2 + size])


def _pieces(content: bytes) -> Iterator[bytes]:
    """The file itself and its packed streams, unpacked; so many and so large at most."""
    yield content
    left = LARGEST_SUM
    for number, found in enumerate(_STREAM.finditer(content)):
        if number == MOST_PIECES or left <= 0:
            return
        try:
            piece = zlib.decompressobj().decompress(content[found.end() : found.end() + LARGEST_PIECE], LARGEST_PIECE)
        except zlib.error:
            continue
        left -= len(piece)
        yield piece
