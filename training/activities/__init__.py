"""Activities: everything that a trainee can complete, and the kinds that packages register."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Packages register their kinds in `kinds.py`; here only the mark of the sample plugs in."""
    from training.activities import samples as samples
