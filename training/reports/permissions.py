"""Who may read reports; each sees what lies within the scopes on which the role is held (`queries.Sight`)."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
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


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
