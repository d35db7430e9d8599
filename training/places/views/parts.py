"""What the pages of places share: the row of tabs."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _

from training.core.web import Link


def tabs() -> list[Link]:
    """The three lists; the one that is open is lit."""
    lists = (
        (_("Institutions"), "places.home"),
        (_("Training bases"), "training_bases.home"),
        (_("Alliances"), "alliances.home"),
    )
    return [Link(label, url_for(endpoint), request.endpoint == endpoint) for label, endpoint in lists]
