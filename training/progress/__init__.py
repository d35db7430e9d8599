"""The progress ledger, completion rules, the state of enrolments and the roll-up counters."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Follow enrolments into the ledger; plug in the trainee's home and the command that recounts."""
    from training.progress import commands, following, permissions, views

    following.register()
    permissions.register()
    commands.register(app)
    views.register(app)
