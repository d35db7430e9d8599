"""Certificates: numbers, printed documents, the register and its verification."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Plug in the register."""
    from certificates import models as models
    from certificates import permissions

    permissions.register()
