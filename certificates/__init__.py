"""Certificates: numbers, printed documents, the register and its verification."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the register, the public's verification, the job that prints, the commands and the sample."""
    from certificates import commands, permissions, plugs, views
    from certificates import samples as samples
    from certificates import tasks as tasks

    permissions.register()
    views.plug_in(app)
    plugs.plug_in()
    commands.register(app)
