"""Finding lessons by their words: a trainee's in the pinned versions, an instructor's in the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, tuple_

from courses import markdown
from courses.models import CourseLesson, LessonVersion
from courses.prerequisites import gate
from courses.queries import OF_THE_OUTLINE, STUDIED, visible_to_author
from courses.search import folding
from courses.search.models import LessonWords
from training.activities.models import Activity
from training.core import i18n
from training.core.access import Actor
from training.core.db import db

MOST_FOUND = 30


@dataclass(frozen=True)
class Find:
    """A lesson that holds the words: where, and the surroundings of the first of them."""

    course: Activity
    lesson: LessonVersion
    pieces: list[tuple[str, bool]]


def of_learner(actor: Actor, words: list[str]) -> tuple[list[Find], bool]:
    """The lessons the actor may open that hold all words, and whether there are more; two queries."""
    pinned = STUDIED.selected_columns["pinned"]
    statement = STUDIED.add_columns(LessonVersion).join(
        CourseLesson, and_(CourseLesson.course_id == Activity.id, CourseLesson.course_version == pinned)
    )
    closed = [(one.course_id, one.activity_id) for one in gate.unmet(actor.id)]
    statement = statement.where(
        Activity.id.not_in([course for course, activity in closed if course == activity]),
        tuple_(Activity.id, CourseLesson.lesson_id).not_in(closed),
    )
    return _found(statement.params(learner=actor.id), words)


def of_author(actor: Actor, words: list[str]) -> tuple[list[Find], bool]:
    """The lessons of the actor's courses, as they are now, with all words, and whether there are more; one query."""
    statement = (
        visible_to_author(actor)
        .add_columns(LessonVersion)
        .join(
            CourseLesson, and_(CourseLesson.course_id == Activity.id, CourseLesson.course_version == Activity.version)
        )
    )
    return _found(statement, words)


def _found(statement: Select[Any], words: list[str]) -> tuple[list[Find], bool]:
    statement = (
        statement.join(LessonVersion, OF_THE_OUTLINE)
        .join(
            LessonWords,
            and_(LessonWords.lesson_id == LessonVersion.lesson_id, LessonWords.lesson_version == LessonVersion.version),
        )
        .where(*(LessonWords.words.contains(word, autoescape=True) for word in words))
        .order_by(Activity.id, CourseLesson.position)
        .limit(MOST_FOUND + 1)
    )
    rows = db.session.execute(statement).all()
    finds = [Find(row.Activity, row.LessonVersion, _pieces(row.LessonVersion, words)) for row in rows[:MOST_FOUND]]
    return finds, len(rows) > MOST_FOUND


def _pieces(version: LessonVersion, words: list[str]) -> list[tuple[str, bool]]:
    """From the text in the present language, or from the other when only that holds a word."""
    texts = {
        language: markdown.plain(getattr(version, f"body_{language}"), getattr(version, f"title_{language}"))
        for language in ("zh", "en")
    }
    own = i18n.language()
    order = [own, *(one for one in texts if one != own)]
    chosen = next((one for one in order if any(word in folding.fold(texts[one]) for word in words)), own)
    return folding.snippet(texts[chosen], words)
