"""What may be done with practice, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over practice, alphabetically."""

    HOURS_SIGN = "practice:hours:sign"
    LOGBOOK_COMMENT = "practice:logbook:comment"
    OWN_WRITE = "practice:own:write"
    PLAN_WRITE = "practice:plan:write"
    POSTING_WRITE = "practice:posting:write"
    SKILLS_ASSESS = "practice:skills:assess"
    SUPERVISOR_APPOINT = "practice:supervisor:appoint"


GRANTS = {
    Permission.HOURS_SIGN: (Role.SUPERVISOR,),
    Permission.LOGBOOK_COMMENT: (Role.SUPERVISOR,),
    Permission.OWN_WRITE: (Role.TRAINEE,),
    Permission.PLAN_WRITE: (Role.COORDINATOR, Role.OFFICER),
    Permission.POSTING_WRITE: (Role.COORDINATOR,),
    Permission.SKILLS_ASSESS: (Role.SUPERVISOR,),
    Permission.SUPERVISOR_APPOINT: (Role.COORDINATOR,),
}

VERBS = {
    "hours.counter": _l("signed hours taken back"),
    "hours.return": _l("hours returned to the trainee"),
    "hours.send": _l("hours sent for signature"),
    "hours.sign": _l("hours signed"),
    "logbook.comment": _l("logbook entry commented"),
    "plan.add": _l("practice plan added"),
    "plan.revise": _l("practice plan revised"),
    "posting.add": _l("trainee assigned to a rotation"),
    "posting.remove": _l("rotation of a trainee removed"),
    "skills.assess": _l("skills assessed"),
}

NAMES = {
    "halves": _l("half hours"),
    "hours_line": _l("line of hours"),
    "logbook_entry": _l("logbook entry"),
    "passed": _l("passed"),
    "posting": _l("rotation"),
    "rotation_id": _l("rotation plan"),
    "skills_assessment": _l("skills assessment"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
