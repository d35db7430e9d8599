"""What may be done with certificates, and by which roles; which certificates, stands in `policies.py`."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over certificates, alphabetically."""

    ISSUE = "certificates:certificate:issue"
    OPEN = "certificates:certificate:open"  # one certificate and its document: others' by READ, one's own by READ_OWN
    READ = "certificates:certificate:read"
    READ_OWN = "certificates:certificate:read-own"
    REVOKE = "certificates:certificate:revoke"


GRANTS = {
    Permission.ISSUE: (Role.COORDINATOR,),
    Permission.OPEN: (Role.COORDINATOR, Role.OFFICER, Role.TRAINEE),
    Permission.READ: (Role.COORDINATOR, Role.OFFICER),
    Permission.READ_OWN: (Role.TRAINEE,),
    Permission.REVOKE: (Role.COORDINATOR,),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
