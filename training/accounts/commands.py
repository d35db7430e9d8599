"""Commands about people."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Plug in the commands."""
