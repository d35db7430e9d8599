"""Signing a document that has a place for it: PAdES baseline (ETSI EN 319 142-1), by pyHanko. Pure, but for the time.

The bytes are hashed and the signature is written into the place that `seat.py` kept free: nothing of the document is
read or written anew. With a time-stamp authority (RFC 3161) a token of that moment is added.
"""

from __future__ import annotations

import asyncio
import hashlib
import statistics
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from asn1crypto import algos, cms, keys, tsp, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signing.keys import DocumentKey, KeyFault
from certificates.signing.seat import MOMENT, RANGE

_ATTRIBUTES = 900
"""More than the signed attributes, the algorithms and the headers take."""

_TOKEN = 9000
"""More than a time-stamp token with the chain of its authority takes."""

_LARGEST_ANSWER = 64 * 1024
_PATIENCE = 10


class Authority(TimeStamper):
    """A time-stamp authority asked over HTTP, with a bound on time and size."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask for a token; raises `TimestampRequestError`."""
        request = urllib.request.Request(  # noqa: S310 - the settings let http and https pass alone
            self._url, req.dump(), {"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - as above
                content = answer.read(_LARGEST_ANSWER)
            return tsp.TimeStampResp.load(content, strict=True)
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise TimestampRequestError("the time-stamp authority did not answer as it should") from error


class _Signer(SimpleSigner):
    """pyHanko's signer with the key as it was loaded: its own reads the key anew each time."""

    def __init__(self, key: DocumentKey) -> None:
        store = SimpleCertificateStore()
        for one in key.chain:
            store.register(x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)))
        kind = "sha256_rsa" if isinstance(key.private, rsa.RSAPrivateKey) else "sha256_ecdsa"
        super().__init__(
            signing_cert=x509.Certificate.load(key.der),
            signing_key=keys.PrivateKeyInfo(),
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": kind}),
        )
        self._key = key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The raw signature."""
        return self._key.sign(data)


@lru_cache(maxsize=4)
def _signer(key: DocumentKey) -> _Signer:
    return _Signer(key)


def room_for(key: DocumentKey, *, stamped: bool) -> int:
    """How many bytes a signature by that key takes at most."""
    certificates = sum(len(one.public_bytes(serialization.Encoding.DER)) for one in (key.certificate, *key.chain))
    size = key.private.key_size // 8 if isinstance(key.private, rsa.RSAPrivateKey) else 150
    return certificates + size + _ATTRIBUTES + (_TOKEN if stamped else 0)


def sign(document: bytes, key: DocumentKey, at: datetime, authority: Authority | None = None) -> bytes:
    """The document with its signature in the place that was kept for it; raises `KeyFault` and changes nothing else."""
    if not key.is_valid_at(at):
        raise KeyFault(
            f"The signing key is valid from {key.certificate.not_valid_before_utc:%Y-%m-%d} to "
            f"{key.certificate.not_valid_after_utc:%Y-%m-%d} and cannot sign on {at:%Y-%m-%d}: set ANNING_SIGNING_KEY "
            "to one that is valid."
        )
    if document.count(RANGE) != 1 or document.count(MOMENT) != 1:
        raise KeyFault("The document has no place for a signature, or several.")
    begin = document.index(b"<", document.index(RANGE))
    end = document.index(b">", begin) + 1
    told = f"/ByteRange [0 {begin:<10} {end:<10} {len(document) - end:<10}]".encode()
    signed = document.replace(RANGE, told, 1).replace(MOMENT, at.strftime("/M (D:%Y%m%d%H%M%S+00'00')").encode(), 1)
    digest = hashlib.sha256(signed[:begin] + signed[end:]).digest()
    contents = _contents(digest, key, authority).hex().encode()
    room = end - begin - 2
    if len(contents) > room:
        raise KeyFault(f"The signature takes {len(contents) // 2} bytes, and {room // 2} were kept for it.")
    return signed[: begin + 1] + contents.ljust(room, b"0") + signed[end - 1 :]


def _contents(digest: bytes, key: DocumentKey, authority: Authority | None) -> bytes:
    """The signature as CMS, in DER."""
    if authority is None:
        return _form(key).filled_in(digest, key)
    try:
        made: bytes = _made_anew(digest, key, authority).dump()
    except TimestampRequestError as error:
        raise KeyFault(f"No time stamp was to be had, so nothing was signed: {error}.") from error
    return made


def _made_anew(digest: bytes, key: DocumentKey, authority: Authority | None) -> cms.ContentInfo:
    signing = _signer(key).async_sign(
        digest,
        "sha256",
        use_pades=True,
        timestamper=authority,
        signed_attr_settings=PdfCMSSignedAttributes(),
    )
    with ThreadPoolExecutor(max_workers=1) as aside:  # whoever asks may have a loop running
        return aside.submit(asyncio.run, signing).result()


@dataclass(frozen=True)
class _Form:
    """A signature made once by pyHanko: of another one by that key, digest and signature alone are different."""

    whole: bytes
    attributes: bytes
    digest: bytes
    signature: bytes

    def filled_in(self, digest: bytes, key: DocumentKey) -> bytes:
        """The signature of another digest. One by a curve has a byte more or less: it is made until it fits."""
        attributes = self.attributes.replace(self.digest, digest)
        signature = b""
        while len(signature) != len(self.signature):
            signature = key.sign(attributes)
        return self.whole.replace(self.digest, digest).replace(self.signature, signature)


@lru_cache(maxsize=4)
def _form(key: DocumentKey) -> _Form:
    usual = statistics.mode(len(key.sign(b"")) for _trial in range(16))
    for trial in range(200):
        digest = hashlib.sha256(f"form {trial}".encode()).digest()
        signer = (made := _made_anew(digest, key, None))["content"]["signer_infos"][0]
        form = _Form(made.dump(), signer["signed_attrs"].untag().dump(), digest, signer["signature"].native)
        if len(form.signature) == usual:
            return form
    raise KeyFault("The signing key gives signatures of ever different lengths: make another key.")
