"""Reports read from the roll-up counters."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the officer's pages and the report command."""
