"""The pages: one's own data, and the data of people one looks after."""

from flask import Flask


def register(app: Flask) -> None:
    """Plug in the pages."""
    from training.privacy.views import consent, keeping, own

    consent.register(app)
    own.register(app)
    keeping.register(app)
