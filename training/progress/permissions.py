"""What may be done with progress, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over progress, alphabetically."""

    OWN_READ = "progress:own:read"
    REQUIREMENT_WAIVE = "progress:requirement:waive"


GRANTS = {Permission.OWN_READ: (Role.TRAINEE,), Permission.REQUIREMENT_WAIVE: (Role.COORDINATOR,)}

VERBS = {
    "requirement.ask_again": _l("waiver of a requirement taken back"),
    "requirement.waive": _l("requirement waived"),
}

NAMES = {
    "activity": _l("activity"),
    "activity_id": _l("activity"),
    "line_id": _l("line of the ledger"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
