"""The keys that data is sealed under, as the settings hold them."""

from __future__ import annotations

from typing import cast

from flask import current_app


def identity_key() -> str:
    """The key under which identity numbers are sealed and indexed."""
    return cast(str, current_app.config["IDENTITY_KEY"])
