"""What may be done with places, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role
from training.places.words import KINDS


class Permission(StrEnum):
    """Permissions over places, alphabetically."""

    PLACE_WRITE = "places:place:write"


GRANTS = {Permission.PLACE_WRITE: (Role.OFFICER, Role.ADMINISTRATOR)}

VERBS = {
    "alliance.add": _l("alliance added"),
    "alliance.change": _l("alliance changed"),
    "alliance.join": _l("institution joined an alliance"),
    "alliance.leave": _l("institution left an alliance"),
    "base.add": _l("training base added"),
    "base.change": _l("training base changed"),
    "institution.add": _l("institution added"),
    "institution.change": _l("institution changed"),
    "institution.end": _l("institution ended"),
    "institution.reopen": _l("institution opened again"),
}

NAMES = {
    "after": _l("after"),
    "alliance": _l("alliance"),
    "beds": _l("beds"),
    "before": _l("before"),
    "city": _l("city"),
    "city_code": _l("city"),
    "county_code": _l("county"),
    "ended_on": _l("ended on"),
    "institution": _l("institution"),
    "institution_id": _l("institution"),
    "kind": _l("kind"),
    "lead_id": _l("leading institution"),
    "name": _l("name"),
    "name_en": _l("name in English"),
    "name_zh": _l("name in Chinese"),
    "successor_id": _l("successor"),
    "training_base": _l("training base"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
    audit.name({one.value: words for one, words in KINDS.items()})
