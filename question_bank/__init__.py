"""The question bank: items, versions, quizzes, attempts and grading."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug the package in."""
