"""People's rights over their own data (PIPL): notice and consent, a copy, correction, erasure, retention."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the pages, the sweep and the command."""
    from training.privacy import commands, permissions, views
    from training.privacy import tasks as tasks

    permissions.register()
    views.register(app)
    commands.register(app)
