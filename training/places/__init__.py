"""Regions (GB/T 2260), institutions with their beds, training bases and alliances."""

from flask import Flask


def init_app(_app: Flask) -> None:
    """Plug in permissions, the regions that every installation has, and the sample."""
    from training.places import permissions
    from training.places import regions as regions
    from training.places import samples as samples

    permissions.register()
