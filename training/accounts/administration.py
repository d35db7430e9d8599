"""The administrator's pages: people and the roles they hold."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Plug in the pages."""
