"""What may be done with progress, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over progress, alphabetically."""

    OWN_READ = "progress:own:read"


GRANTS = {Permission.OWN_READ: (Role.TRAINEE,)}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
