"""Rosters (花名册): a sheet of people is looked through, corrected, and becomes people enrolled in a cohort."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Plug in the pages, the sweep and the command."""
    from training.programmes.roster import commands as commands
    from training.programmes.roster import tasks as tasks
    from training.programmes.roster import views

    views.register(app)
