"""What may be done with people, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over people, alphabetically."""

    GRANT_ADD = "accounts:grant:add"
    GRANT_END = "accounts:grant:end"
    PERSON_ADD = "accounts:person:add"
    PERSON_READ = "accounts:person:read"


GRANTS = dict.fromkeys(Permission, (Role.ADMINISTRATOR,))


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
