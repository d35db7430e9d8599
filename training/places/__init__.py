"""Regions (GB/T 2260), institutions with their beds, training bases and alliances."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in permissions, pages, the regions that every installation has, and the sample."""
    from training.places import permissions, views
    from training.places import regions as regions
    from training.places import samples as samples

    permissions.register()
    views.register(app)
