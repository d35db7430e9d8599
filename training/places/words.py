"""Words of places: the kinds of institutions, and what is said of a code that is taken."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l


class InstitutionKind(StrEnum):
    """What an institution is; `other` is what a roster brought along."""

    HOSPITAL = "hospital"
    COMMUNITY_CENTRE = "community_centre"
    NURSING_HOME = "nursing_home"
    HOME_CARE_TEAM = "home_care_team"
    OTHER = "other"


KINDS = {
    InstitutionKind.HOSPITAL: _l("Hospital"),
    InstitutionKind.COMMUNITY_CENTRE: _l("Community health centre"),
    InstitutionKind.NURSING_HOME: _l("Nursing home"),
    InstitutionKind.HOME_CARE_TEAM: _l("Home-care team"),
    InstitutionKind.OTHER: _l("Other institution"),
}


def kind_label(kind: str) -> str:
    """The kind of an institution for people; one that is not known here is another institution."""
    return str(KINDS[InstitutionKind(kind)] if kind in set(InstitutionKind) else KINDS[InstitutionKind.OTHER])


def taken_words(code: str, name: str) -> str:
    """What is said of a code that is taken."""
    return _(
        "The code %(code)s belongs to “%(name)s” already. Choose another code; "
        "if you sent the form twice, nothing more is to be done.",
        code=code,
        name=name,
    )
