"""Messages: the inbox of everyone, with e-mail beside it."""

from flask import Flask

from training.core import outbox as outbox


def init_app(_app: Flask) -> None:
    """Plug in the pages."""
