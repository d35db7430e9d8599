"""Passwords by argon2id. Slow on purpose: call these outside transactions.

Parameters: 19 MiB, two passes, one lane, the OWASP Password Storage Cheat Sheet's setting of least memory that it still
recommends; about 25 ms of CPU here, against 190 ms for the library's default (see `docs/patterns.md`).
"""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_nobody = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with salt and parameters inside."""
    return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hash's; takes as long when there is no such person (None)."""
    try:
        _hasher.verify(password_hash or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
