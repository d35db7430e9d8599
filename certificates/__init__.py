"""Certificates: numbers, printed documents, the register and its verification."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug the package in."""
