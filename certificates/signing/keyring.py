"""All keys that are accepted here: those in use now, and all that have ever signed. Reads the register."""

from __future__ import annotations

from certificates.signing import desk, queries
from certificates.signing.examine import KnownKey
from certificates.signing.models import KeyKind
from certificates.signing.published import Published


def in_use() -> Published:
    """The keys of this process alone; no database is asked."""
    key = desk.document_key()
    return Published((KnownKey(key.der, key.development),), (desk.code_key().public,))


def accepted() -> Published:
    """The keys in use and all earlier ones, those in use first; two queries."""
    now = in_use()
    documents = [KnownKey(one.public, one.development) for one in queries.keys(KeyKind.DOCUMENT)]
    codes = [one.public for one in queries.keys(KeyKind.CODE)]
    return Published(
        tuple(dict.fromkeys((*now.documents, *documents))),
        tuple(dict.fromkeys((*now.codes, *codes))),
    )
