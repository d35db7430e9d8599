"""People, sign-in, and roles within scopes."""

from flask import Flask

from training.accounts.queries import load_actor as load_actor


def init_app(app: Flask) -> None:
    """Plug in the sign-in, the administrator's pages, the sweep and the commands."""
    from training.accounts import commands, permissions, views
    from training.accounts import tasks as tasks

    permissions.register()
    views.register(app)
    commands.register(app)
