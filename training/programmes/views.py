"""The coordinator's pages: cohorts and enrolments."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Plug in the pages."""
