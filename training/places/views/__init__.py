"""The pages of places: institutions, training bases, alliances."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from training.core import web
from training.places.permissions import Permission
from training.places.views import alliances, bases, institutions


def register(app: Flask) -> None:
    """Plug in the pages."""
    for module in (institutions, bases, alliances):
        app.register_blueprint(module.bp)
    web.add_entry(_l("Institutions and bases"), "places.home", Permission.PLACE_WRITE, order=52)
