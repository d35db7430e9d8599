"""What may be done with courses, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
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


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
