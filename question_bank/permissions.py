"""What may be done with items, quizzes and attempts, and by which roles."""

from __future__ import annotations

from enum import StrEnum

from training.core import access
from training.core.access import Role


class Permission(StrEnum):
    """Permissions over the bank, alphabetically."""

    ATTEMPT_SIT = "question_bank:attempt:sit"
    ITEM_READ = "question_bank:item:read"
    ITEM_WRITE = "question_bank:item:write"
    QUIZ_READ = "question_bank:quiz:read"
    QUIZ_WRITE = "question_bank:quiz:write"


GRANTS = {
    Permission.ATTEMPT_SIT: (Role.TRAINEE,),
    Permission.ITEM_READ: (Role.INSTRUCTOR,),
    Permission.ITEM_WRITE: (Role.INSTRUCTOR,),
    Permission.QUIZ_READ: (Role.INSTRUCTOR,),
    Permission.QUIZ_WRITE: (Role.INSTRUCTOR,),
}


def register() -> None:
    """Tell the house."""
    access.register(GRANTS)
