"""The sample course (three lessons, marked as not reviewed), and how far each sample trainee has read."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

from courses import queries, services
from courses.media.services import Upload
from courses.services import Draft
from training.accounts.models import Person
from training.core import clock, sample, storage
from training.core.access import Actor, Grant, Role
from training.programmes.models import Enrolment

WRITTEN = timedelta(days=95)
READ_AFTER = (timedelta(days=2, hours=11), timedelta(days=4, hours=12), timedelta(days=6, hours=10))
LESSONS_READ = {"not_started": 0, "one_lesson": 1, "two_lessons": 2, "withdrawn": 0}


@sample.step("courses", 30)
def add_course(shared: dict[str, Any]) -> None:
    """Leave `course` and append it to `requires`."""
    folder = files("courses").joinpath("sample")
    course = json.loads(folder.joinpath("course.json").read_text(encoding="utf-8"))
    scope = shared["province_scope"]
    author = _acting(shared["staff"][Role.INSTRUCTOR.value], Grant(Role.INSTRUCTOR, scope.id, scope.path))
    with clock.frozen(shared["now"] - WRITTEN):
        activity = services.add_course(
            scope,
            title_zh=course["title"]["zh"],
            title_en=course["title"]["en"],
            summary_zh=course["summary"]["zh"],
            summary_en=course["summary"]["en"],
            lessons=[_draft(folder, one) for one in course["lessons"]],
            added_by=author,
            uploads=[_upload(folder, one) for one in course["figures"]],
        )
    shared["course"] = activity
    shared.setdefault("requires", []).append(activity)


def _upload(folder: Any, figure: dict[str, Any]) -> Upload:
    content = folder.joinpath(figure["file"]).read_bytes()
    return Upload(
        kept=storage.keep(content, figure["file"], families=("image",)),
        name=figure["name"],
        alt_zh=figure["alt"]["zh"],
        alt_en=figure["alt"]["en"],
        caption_zh=figure["caption"]["zh"],
        caption_en=figure["caption"]["en"],
    )


def _draft(folder: Any, lesson: dict[str, Any]) -> Draft:
    bodies = {
        language: folder.joinpath(f"{lesson['slug']}.{language}.md").read_text(encoding="utf-8").strip()
        for language in ("zh", "en")
    }
    return Draft(
        title_zh=lesson["title"]["zh"],
        title_en=lesson["title"]["en"],
        body_zh=bodies["zh"],
        body_en=bodies["en"],
        minutes=lesson["minutes"],
        class_hours=Decimal(1),
        slug=lesson["slug"],
    )


@sample.step("lessons", 60)
def read_lessons(shared: dict[str, Any]) -> None:
    """Have each trainee read as many lessons as the stage says, some days after enrolling; all others have read all."""
    course = shared["course"]
    lessons = queries.lessons_of_versions([(course.id, course.version)])[course.id, course.version]
    for enrolment, person, stage in shared["enrolments"]:
        for lesson_id, after in zip(lessons[: LESSONS_READ.get(stage)], READ_AFTER, strict=False):
            _read(enrolment, person, lesson_id, after)


def _read(enrolment: Enrolment, person: Person, lesson_id: int, after: timedelta) -> None:
    with clock.frozen(enrolment.enrolled_at + after):
        services.complete_lesson(lesson_id, completed_by=_acting(person))


def _acting(person: Person, *grants: Grant) -> Actor:
    return Actor(id=person.id, name=person.name, grants=grants)
