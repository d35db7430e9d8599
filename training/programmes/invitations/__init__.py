"""Joining a cohort without a roster: an invitation that is passed on, applications, and the coordinator's word."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the coordinator's pages, the public one, and the sweep."""
    from training.programmes.invitations import joining, views
    from training.programmes.invitations import tasks as tasks

    views.register(app)
    joining.register(app)
