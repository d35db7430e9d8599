"""Activities: everything that a trainee can complete, and the kinds that packages register."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Nothing to plug in: packages register their kinds in `kinds.py`."""
