"""What may be done with courses, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from training.core import access, audit
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over courses, alphabetically. Reading and writing hold on the scope that owns the course."""

    COURSE_READ = "courses:course:read"
    COURSE_STUDY = "courses:course:study"
    COURSE_WRITE = "courses:course:write"


GRANTS = {
    Permission.COURSE_READ: (Role.INSTRUCTOR,),
    Permission.COURSE_STUDY: (Role.TRAINEE,),
    Permission.COURSE_WRITE: (Role.INSTRUCTOR,),
}

VERBS = {
    "course.add": _l("course added"),
    "dialogue-attempt.finish": _l("conversation finished"),
    "dialogue-attempt.start": _l("conversation begun"),
    "dialogue.add": _l("dialogue added"),
    "dialogue.publish": _l("dialogue published"),
    "course.reorder": _l("lessons put in order"),
    "lesson.add": _l("lesson added"),
    "lesson.take_over": _l("lesson taken over from another course"),
    "lesson.publish": _l("lesson published"),
    "media.add": _l("picture, recording or document added to a course"),
    "prerequisite.add": _l("prerequisite added"),
    "prerequisite.remove": _l("prerequisite removed"),
}

NAMES = {
    "course": _l("course"),
    "course_id": _l("course"),
    "course_media": _l("file of a course"),
    "course_version": _l("version of the course"),
    "dialogue_attempt": _l("conversation"),
    "lesson": _l("lesson"),
    "lessons": _l("lessons"),
    "requires": _l("comes first"),
    "score": _l("score"),
    "serious": _l("did serious harm"),
    "turns": _l("turns"),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
    audit.describe(VERBS)
    audit.name(NAMES)
