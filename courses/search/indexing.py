"""Writing the words of lesson versions at publishing; a sweep writes those of versions older than the search."""

from __future__ import annotations

from sqlalchemy import and_, select

from courses import markdown
from courses.models import LessonVersion
from courses.search import folding
from courses.search.models import LessonWords
from training.core import jobs
from training.core.db import db, reading, transaction

AT_ONCE = 50


def words_of(version: LessonVersion) -> str:
    """Titles and texts of both languages, folded; a find never reaches from one into another."""
    texts = (
        version.title_zh,
        markdown.plain(version.body_zh, version.title_zh),
        version.title_en,
        markdown.plain(version.body_en, version.title_en),
    )
    return folding.fold("\n".join(texts))


def write(version: LessonVersion) -> None:
    """Write the words of a version. Does not commit."""
    db.session.add(LessonWords(lesson_id=version.lesson_id, lesson_version=version.version, words=words_of(version)))
    db.session.flush()


def _missing() -> list[tuple[int, int]]:
    same = and_(LessonWords.lesson_id == LessonVersion.lesson_id, LessonWords.lesson_version == LessonVersion.version)
    rows = db.session.execute(
        select(LessonVersion.lesson_id, LessonVersion.version)
        .outerjoin(LessonWords, same)
        .where(LessonWords.lesson_id.is_(None))
        .limit(AT_ONCE)
    )
    return [(row.lesson_id, row.version) for row in rows]


@jobs.sweep("courses.words")
def write_missing() -> int:
    """Write what is missing; returns how many."""
    with reading():
        missing = _missing()
    if missing:
        with transaction():
            for key in _missing():
                write(db.session.get_one(LessonVersion, key))
    return len(missing)
