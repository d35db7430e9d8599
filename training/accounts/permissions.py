"""What may be done with people, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over people, alphabetically."""

    AUDIT_READ = "accounts:audit:read"
    CODE_MAKE = "accounts:code:make"
    GRANT_ADD = "accounts:grant:add"
    GRANT_DELEGATE = "accounts:grant:delegate"
    GRANT_END = "accounts:grant:end"
    PERSON_ADD = "accounts:person:add"
    PERSON_READ = "accounts:person:read"


GRANTS = {
    **dict.fromkeys(Permission, (Role.ADMINISTRATOR,)),
    Permission.GRANT_DELEGATE: (Role.INSTRUCTOR, Role.SUPERVISOR, Role.COORDINATOR, Role.OFFICER),
}

VERBS = {
    "grant.add": _l("role given"),
    "grant.delegate": _l("role lent"),
    "grant.end": _l("role ended"),
    "person.add": _l("person added"),
    "person.activation": _l("account activated by code"),
    "person.code": _l("one-time code made for a person"),
    "person.password": _l("own password changed"),
    "person.reset": _l("password set anew by code"),
    "person.sign-in": _l("signed in"),
    "person.unlock": _l("locked session opened"),
}

NAMES = {
    "activation": _l("first password"),
    "reset": _l("new password"),
    "ends_on": _l("last day"),
    "for_id": _l("for"),
    "lent_by_id": _l("lent by"),
    "person": _l("person"),
    "person_id": _l("person"),
    "purpose": _l("purpose"),
    "role": _l("role"),
    "role_grant": _l("role"),
    "scope": _l("area"),
    "until": _l("until"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
