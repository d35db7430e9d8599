"""The keys that data is sealed under, as the settings hold them."""

from __future__ import annotations

import hmac
from typing import cast

from flask import current_app


def identity_key() -> str:
    """The key under which identity numbers are sealed and indexed."""
    return cast(str, current_app.config["IDENTITY_KEY"])


def code_key() -> bytes:
    """The key under which one-time codes are kept: drawn from the one that signs sessions, for this purpose alone."""
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), b"anning one-time codes", "sha256")
