"""The two kinds of activity that this package brings: the course, and the lesson in it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from courses import queries
from courses.models import COURSE, LESSON
from training.activities import kinds
from training.activities.kinds import ActivityKind, Facts, Missing


def lessons_left(facts: Facts) -> Missing:
    """How many lessons of the pinned version are done, and which comes next."""
    left = [part for part in facts.parts if part not in facts.done]
    figures = {"done": len(facts.parts) - len(left), "total": len(facts.parts)}
    return Missing("lessons_left", figures, left[0] if left else None)


def lessons_left_words(figures: Mapping[str, int]) -> str:
    """Say so in the present language."""
    return str(
        ngettext(
            "%(done)d of %(total)d lessons done, %(num)d lesson to go",
            "%(done)d of %(total)d lessons done, %(num)d lessons to go",
            figures["total"] - figures["done"],
            done=figures["done"],
            total=figures["total"],
        )
    )


def register() -> None:
    """Make both kinds known; a course is completed by its lessons."""
    kinds.register(
        ActivityKind(
            name=COURSE,
            label=_l("Course"),
            measure="completed",
            endpoint="courses.course",
            parts=queries.lessons_of_versions,
            hours=queries.hours_of_versions,
            explain=lessons_left,
            words={"lessons_left": lessons_left_words},
        )
    )
    kinds.register(
        ActivityKind(
            name=LESSON,
            label=_l("Lesson"),
            measure="completed",
            endpoint="courses.lesson",
            wholes=queries.courses_with,
        )
    )
