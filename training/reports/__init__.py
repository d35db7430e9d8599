"""Reports: what the province reads, all from the roll-up counters."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the officer's page and the report command."""
    from training.reports import commands, permissions, views

    permissions.register()
    commands.register(app)
    views.register(app)
