"""Practice at a base: rotations, hours, skills assessments, logbooks."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Plug in the pages."""
