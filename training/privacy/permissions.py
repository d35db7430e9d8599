"""What may be done about other people's data, and by which roles; one's own data is everybody's own."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over people's data, alphabetically."""

    CORRECTION_DECIDE = "privacy:correction:decide"
    ID_NUMBER_READ = "privacy:id-number:read"
    PERSON_ERASE = "privacy:person:erase"
    PERSON_REVISE = "privacy:person:revise"


GRANTS = {
    Permission.CORRECTION_DECIDE: (Role.COORDINATOR, Role.ADMINISTRATOR),
    Permission.ID_NUMBER_READ: (Role.COORDINATOR, Role.ADMINISTRATOR),
    Permission.PERSON_ERASE: (Role.ADMINISTRATOR,),
    Permission.PERSON_REVISE: (Role.COORDINATOR, Role.ADMINISTRATOR),
}

VERBS = {
    "consent.give": _l("agreed to the notice"),
    "consent.withdraw": _l("consent withdrawn"),
    "correction.accept": _l("correction accepted"),
    "correction.ask": _l("correction asked for"),
    "correction.decline": _l("correction declined"),
    "erasure.ask": _l("erasure asked for"),
    "erasure.take-back": _l("erasure taken back"),
    "person.deactivate": _l("account closed"),
    "person.erase": _l("person erased"),
    "person.export": _l("own data downloaded"),
    "person.reactivate": _l("account opened again"),
    "person.revise": _l("person corrected"),
    "person.view-id-number": _l("identity number viewed in full"),
}

NAMES = {
    "id_number": _l("identity number"),
    "about": _l("about"),
    "consent": _l("consent"),
    "correction": _l("correction"),
    "erasure_request": _l("wish to be erased"),
    "fields": _l("fields"),
    "token": _l("token"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
