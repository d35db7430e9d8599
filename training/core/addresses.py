"""Addresses that somebody sent: read without trust."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def safe_next(target: str | None) -> str | None:
    """An address on this site to return to, or None: never a way to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 500:
        return None
    read = parts(target)
    return target if read is not None and not read.scheme and not read.netloc and "\\" not in target else None


def parts(address: str) -> SplitResult | None:
    """The parts of an address that somebody sent; None for one that cannot be read."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
