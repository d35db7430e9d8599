"""The pages of practice: the trainee's own, the supervisor's, the coordinator's, and the plans."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from training.core import web
from training.practice import words
from training.practice.kinds import hours
from training.practice.permissions import Permission
from training.practice.views import own, plans, postings, supervision, supervisors
from training.programmes import pages


def register(app: Flask) -> None:
    """Plug in the pages, the menu, and what the base's home and a cohort's page show of practice."""
    for module in (own, plans, postings, supervision, supervisors):
        app.register_blueprint(module.bp)
    app.jinja_env.filters.update(hours=hours, told_hours=words.told_hours)
    app.jinja_env.globals.update(setting_labels=words.SETTINGS, situation_labels=words.SITUATIONS)
    web.add_entry(_l("Practice"), "practice.home", Permission.OWN_WRITE, order=14)
    web.add_entry(_l("Supervision today"), "supervision.home", Permission.HOURS_SIGN, order=15, home=True)
    web.add_entry(_l("Trainees"), "supervision.trainees", Permission.SKILLS_ASSESS, order=16)
    web.add_entry(_l("Practice plans"), "plans.list_plans", Permission.PLAN_WRITE, order=45)
    web.add_entry(_l("Supervisors"), "supervisors.home", Permission.SUPERVISOR_APPOINT, order=44)
    pages.add_tool(postings.tools)
    pages.add_today(postings.today)
