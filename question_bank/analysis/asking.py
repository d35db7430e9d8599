"""Whether two versions of an item ask the same: what is read before answering, and what counts as right. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

BESIDE = frozenset({"explanation", "source", "about", "critical"})
"""Parts of a body that nobody sees before handing in and that no mark depends on."""


def asks(body: object) -> str:
    """What a body asks, as one number: the same whatever is explained, cited or planned beside it."""
    plain = json.dumps(_asked(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _asked(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _asked(one) for name, one in value.items() if name not in BESIDE}
    if isinstance(value, list):
        return [_asked(one) for one in value]
    return value
