"""The sample's courses (marked as not reviewed), and how far each sample trainee has read.

The foundation programme has five courses; the specialist programme has one a module, which share the foundation's
lessons: what was read in one counts in both.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from random import Random
from typing import Any

from sqlalchemy import select

from courses import services
from courses.media.services import Upload
from courses.models import Lesson
from courses.services import Draft
from training.activities.models import Activity
from training.core import clock, sample, storage
from training.core.access import Actor
from training.core.db import db
from training.core.sample import LONG_AGO
from training.programmes.samples import Learner, acting
from training.progress import services as progress
from training.progress.outcomes import COMPLETED

# Every lesson's file carries a mark as a paragraph of its own, for whoever reads it there.
MARKS = {"zh": "教学示例 · 未经审核", "en": "Teaching sample, not reviewed"}
DAYS_OF_READING = {"basic": 40, "specialist": 65}
# How many lessons somebody of a stage has read; those of other stages have read all. Below 0: so many are left.
LESSONS_READ = {"not_started": 0, "one_lesson": 1, "last_lesson": -1, "withdrawn": 2, "practising": 0}


@sample.step("courses", 30)
def add_courses(shared: dict[str, Any]) -> None:
    """Leave the courses of each programme in `requires`, and `read`: the lessons of each in the order of reading."""
    content = json.loads(files("courses").joinpath("sample", "courses.json").read_text(encoding="utf-8"))
    author = acting(shared["staff"]["instructor"])
    with clock.frozen(shared["now"] - LONG_AGO):
        known: dict[str, Activity] = {}
        shared["requires"] = {
            programme: [_add(shared, content, one, known, author) for one in content[programme]]
            for programme in ("basic", "specialist")
        }
    shared["read"] = {
        programme: [known[slug] for one in content[programme] for slug in one["lessons"]]
        for programme in ("basic", "specialist")
    }


def _add(
    shared: dict[str, Any], content: dict[str, Any], one: dict[str, Any], known: dict[str, Activity], author: Actor
) -> Activity:
    """A course: its own lessons, then those that another course has already, in the order of the file."""
    own = [slug for slug in one["lessons"] if slug not in known]
    course = services.add_course(
        shared["province_scope"],
        title_zh=one["title"]["zh"],
        title_en=one["title"]["en"],
        summary_zh=one["summary"]["zh"],
        summary_en=one["summary"]["en"],
        lessons=[_draft(slug, content["lessons"][slug]) for slug in own],
        added_by=author,
        uploads=[_upload(figure) for figure in one.get("figures", ())],
    )
    for slug in one["lessons"]:
        if slug in known:
            services.take_over(course.id, known[slug].id, taken_by=author)
    of_the_course = select(Lesson.slug, Activity).join(Activity, Activity.id == Lesson.activity_id)
    rows = db.session.execute(of_the_course.where(Lesson.course_id == course.id)).all()
    known |= {row.slug: row.Activity for row in rows}
    order = [known[slug].id for slug in one["lessons"]]
    services.reorder(course.id, order, based_on=course.version, reordered_by=author)
    return course


def _upload(figure: dict[str, Any]) -> Upload:
    content = files("courses").joinpath("sample", figure["file"]).read_bytes()
    return Upload(
        kept=storage.keep(content, figure["file"], families=("image",)),
        name=figure["name"],
        alt_zh=figure["alt"]["zh"],
        alt_en=figure["alt"]["en"],
        caption_zh=figure["caption"]["zh"],
        caption_en=figure["caption"]["en"],
    )


def _text(slug: str, language: str) -> str:
    """The lesson's text without the line that marks its file: a page shows that beside the title."""
    text = files("courses").joinpath("sample", "lessons", f"{slug}.{language}.md").read_text(encoding="utf-8")
    return text.replace(f"\n{MARKS[language]}\n", "", 1).strip()


def _draft(slug: str, lesson: dict[str, Any]) -> Draft:
    bodies = {language: _text(slug, language) for language in ("zh", "en")}
    return Draft(
        title_zh=lesson["title"]["zh"],
        title_en=lesson["title"]["en"],
        body_zh=bodies["zh"],
        body_en=bodies["en"],
        minutes=lesson["minutes"],
        class_hours=Decimal(str(lesson["class_hours"])),
        slug=slug,
    )


@sample.step("lessons", 60)
def read_lessons(shared: dict[str, Any]) -> None:
    """Have each trainee read as many lessons as the stage says, over the weeks after enrolling.

    Courses of those with a story are complete on the days of their last lessons; the crowd's on one day, which is
    quicker.
    """
    chance = Random(20260103)  # noqa: S311 - the same at every load
    for learner in shared["learners"]:
        lessons = shared["read"].get(learner.programme)
        if not lessons:
            continue  # a workshop has none
        count = _count(learner.stage, len(lessons), chance)
        acts = _acts(learner, lessons[:count], len(lessons), shared["now"])
        with clock.frozen(shared["now"]):
            for some in ([one] for one in acts) if learner.story else [acts]:
                progress.record_all(learner.enrolment, some, authority=None)


def _count(stage: str, of: int, chance: Random) -> int:
    if stage == "some":
        return chance.randint(2, of - 2)
    read = LESSONS_READ.get(stage, of)
    return read if read >= 0 else of + read


def _acts(learner: Learner, lessons: Sequence[Activity], of: int, now: datetime) -> list[progress.Act]:
    """A lesson every few days, in the version of today."""
    days = DAYS_OF_READING[learner.programme]
    return [
        progress.Act(
            lesson,
            lesson.version,
            COMPLETED,
            f"lesson:{lesson.id}:{lesson.version}:{learner.person.id}",
            learner.moment(now, (number + 1) / of, days),
        )
        for number, lesson in enumerate(lessons)
    ]
