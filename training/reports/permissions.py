"""Who may read reports; each sees the cities within the scopes on which the role is held."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over reports, alphabetically."""

    COMPLETION_READ = "reports:completion:read"


GRANTS = {Permission.COMPLETION_READ: (Role.OFFICER,)}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
