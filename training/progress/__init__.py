"""The progress ledger, completion rules, the state of enrolments and the roll-up counters."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Follow enrolments into the ledger; plug in the pages, the reminders and the command that recounts."""
    from training.programmes import pages
    from training.progress import cohorts, commands, exceptions, following, permissions, views
    from training.progress import reminders as reminders

    following.register()
    permissions.register()
    commands.register(app)
    views.register(app)
    pages.show_cohort_at("progress.cohort")
    pages.add_today(cohorts.today)
    exceptions.register()
