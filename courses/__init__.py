"""Courses: modules, lessons, their versions and their delivery."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug the package in."""
