"""What may be done with messages, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over messages, alphabetically."""

    INBOX_READ = "messages:inbox:read"


GRANTS = {Permission.INBOX_READ: tuple(Role)}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
