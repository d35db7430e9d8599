"""The sample people that the sign-in page offers in sample mode."""

from __future__ import annotations

from typing import Any


def shown() -> list[Any]:
    """What to offer; nothing outside sample mode."""
    return []
