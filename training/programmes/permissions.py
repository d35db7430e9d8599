"""What may be done with programmes, cohorts and enrolments, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over cohorts and enrolments, alphabetically."""

    COHORT_OPEN = "programmes:cohort:open"
    COHORT_READ = "programmes:cohort:read"
    ENROLMENT_ADD = "programmes:enrolment:add"
    ENROLMENT_WITHDRAW = "programmes:enrolment:withdraw"


GRANTS = {
    Permission.COHORT_OPEN: (Role.COORDINATOR,),
    Permission.COHORT_READ: (Role.COORDINATOR,),
    Permission.ENROLMENT_ADD: (Role.COORDINATOR,),
    Permission.ENROLMENT_WITHDRAW: (Role.COORDINATOR,),
}

VERBS = {
    "cohort.open": _l("cohort opened"),
    "enrolment.add": _l("person enrolled"),
    "enrolment.withdraw": _l("enrolment withdrawn"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
