"""Who may read reports; each sees what lies within the scopes on which the role is held (`queries.Sight`)."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over reports, alphabetically."""

    COMPLETION_READ = "reports:completion:read"
    PEOPLE_READ = "reports:people:read"  # the people behind a figure, by name
    PROVINCE_READ = "reports:province:read"


GRANTS = {
    Permission.COMPLETION_READ: (Role.COORDINATOR, Role.OFFICER),
    Permission.PEOPLE_READ: (Role.COORDINATOR, Role.OFFICER),
    Permission.PROVINCE_READ: (Role.OFFICER,),
}

VERBS = {"report.export": _l("report downloaded")}

NAMES = {
    "file": _l("file"),
    "query": _l("what was asked"),
    "report": _l("report"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
