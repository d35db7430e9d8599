"""Programmes with their requirements, cohorts at a base, and enrolments."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the coordinator's pages and the programme's kind of activity."""
    from training.programmes import editor, invitations, kind, permissions, roster, slip_pages, views
    from training.programmes import samples as samples

    kind.register()
    permissions.register()
    views.register(app)
    editor.register(app)
    slip_pages.register(app)
    invitations.init_app(app)
    roster.init_app(app)
