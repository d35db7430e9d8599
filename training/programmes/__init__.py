"""Programmes with their requirements, cohorts at a base, and enrolments."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the coordinator's pages and the programme's kind of activity."""
    from training.programmes import kind, permissions, views
    from training.programmes import samples as samples

    kind.register()
    permissions.register()
    views.register(app)
