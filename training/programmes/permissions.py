"""What may be done with programmes, cohorts and enrolments, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over programmes, cohorts and enrolments, alphabetically."""

    APPLICATION_DECIDE = "programmes:application:decide"
    CODE_MAKE = "programmes:code:make"
    COHORT_MESSAGE = "programmes:cohort:message"
    COHORT_OPEN = "programmes:cohort:open"
    COHORT_READ = "programmes:cohort:read"
    COHORT_REMIND = "programmes:cohort:remind"
    ENROLMENT_ADD = "programmes:enrolment:add"
    ENROLMENT_EXTEND = "programmes:enrolment:extend"
    ENROLMENT_MOVE = "programmes:enrolment:move"
    ENROLMENT_WITHDRAW = "programmes:enrolment:withdraw"
    INSTITUTION_ADD = "programmes:institution:add"
    INVITATION_OPEN = "programmes:invitation:open"
    PROGRAMME_READ = "programmes:programme:read"
    PROGRAMME_WRITE = "programmes:programme:write"
    ROSTER_IMPORT = "programmes:roster:import"


GRANTS = {
    Permission.APPLICATION_DECIDE: (Role.COORDINATOR,),
    Permission.CODE_MAKE: (Role.COORDINATOR,),
    Permission.COHORT_MESSAGE: (Role.COORDINATOR,),
    Permission.COHORT_OPEN: (Role.COORDINATOR,),
    Permission.COHORT_READ: (Role.COORDINATOR,),
    Permission.COHORT_REMIND: (Role.COORDINATOR,),
    Permission.ENROLMENT_ADD: (Role.COORDINATOR,),
    Permission.ENROLMENT_MOVE: (Role.COORDINATOR,),
    Permission.ENROLMENT_EXTEND: (Role.COORDINATOR,),
    Permission.ENROLMENT_WITHDRAW: (Role.COORDINATOR,),
    Permission.PROGRAMME_READ: (Role.COORDINATOR, Role.OFFICER, Role.ADMINISTRATOR),
    Permission.PROGRAMME_WRITE: (Role.COORDINATOR, Role.OFFICER),
    Permission.INVITATION_OPEN: (Role.COORDINATOR,),
    Permission.INSTITUTION_ADD: (Role.COORDINATOR,),
    Permission.ROSTER_IMPORT: (Role.COORDINATOR,),
}

VERBS = {
    "application.add": _l("application sent"),
    "application.approve": _l("application approved"),
    "application.decline": _l("application declined"),
    "cohort.codes": _l("slips with codes made"),
    "cohort.message": _l("message sent to people of a cohort"),
    "cohort.open": _l("cohort opened"),
    "cohort.reminders": _l("reminders of a cohort switched"),
    "enrolment.add": _l("person enrolled"),
    "enrolment.extend": _l("last day moved"),
    "enrolment.withdraw": _l("enrolment withdrawn"),
    "invitation.close": _l("invitation closed"),
    "invitation.open": _l("invitation made"),
    "enrolment.move": _l("enrolment moved to the present version of the programme"),
    "person.fill": _l("empty fields of a person filled"),
    "programme.add": _l("programme added"),
    "programme.credits": _l("credits of a programme changed"),
    "programme.publish": _l("programme changed"),
    "roster.discard": _l("roster discarded"),
    "roster.import": _l("roster imported"),
    "roster.upload": _l("roster uploaded"),
}

NAMES = {
    "off": _l("off"),
    "on": _l("on"),
    "application": _l("application"),
    "code": _l("code"),
    "cohort": _l("cohort"),
    "cohort_id": _l("cohort"),
    "enrolment": _l("enrolment"),
    "invitation": _l("invitation"),
    "last_day": _l("last day"),
    "most": _l("places"),
    "people": _l("people"),
    "programme": _l("programme"),
    "reason": _l("reason"),
    "roster_draft": _l("roster"),
    "rows": _l("rows"),
    "sha256": _l("fingerprint of the file"),
    "title": _l("title"),
    "version": _l("version"),
    "wanted": _l("setting"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
