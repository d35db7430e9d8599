"""What the packages above the ground add to the small world: lessons, items, attempts, certificates.

At each place the first trainee has read the course, passed the quiz and holds a certificate; the second sits one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from certificates.batches import queries as batch_queries
from certificates.batches import services as batches
from certificates.batches.models import Batch
from certificates.models import Certificate
from courses import services as courses
from courses.dialogues import authoring, graph, scoring
from courses.dialogues import services as dialogues
from courses.dialogues.models import Dialogue, DialogueAttempt
from courses.dialogues.samples import SCENES, source_of
from courses.media import services as media
from courses.media.models import CourseMedia
from courses.media.services import Upload
from courses.models import Course, Lesson
from courses.prerequisites import services as prerequisites
from courses.services import Draft
from question_bank.blueprints.rules import Blueprint, Draw, Section
from question_bank.changes import services as changes
from question_bank.changes.models import ItemChange
from question_bank.changes.rules import Act
from question_bank.exchange import formats
from question_bank.imports import services as imports
from question_bank.imports.models import ItemImport
from question_bank.marking import queries as marking_queries
from question_bank.marking import services as marking
from question_bank.marking.models import EssayMark
from question_bank.models import Attempt, AttemptItem, Item, ItemCategory, ItemVersion, Quiz, SavedSearch
from question_bank.pictures import services as pictures
from question_bank.pictures.models import ItemPicture
from question_bank.queries import attempts as attempt_queries
from question_bank.services import answers, categories, items, quizzes, review, searches, sitting
from question_bank.services.answers import Given
from tests import media_files, world_exams, world_issuing, world_lives, world_rulings
from training.activities.models import Activity
from training.core import printing, storage
from training.core.access import Actor, Grant, Role
from training.core.db import db
from training.core.scopes import Scope
from training.core.storage import StoredFile

if TYPE_CHECKING:
    from tests.world import Making

PLACES = ("jn", "qd")
CHECK = ":::check\n{}\n\n- [x] {}\n- [ ] {}\n\n{}\n:::\n"
LESSON = "## 第一节\n\n镇痛从评估开始。\n\n- 部位\n- 程度\n\n![](figure:body)\n\n" + CHECK.format(
    "先做什么？", "评估", "给药", "先评估。"
)
LESSON_EN = "## First\n\nPain relief begins with asking.\n\n- where\n- how much\n\n![](figure:body)\n\n" + CHECK.format(
    "What comes first?", "asking", "a dose", "Ask first."
)


@dataclass(frozen=True)
class Owned:
    """An object that belongs to one person of its place; with `alone` no other role has business with it."""

    value: Any
    owner: str
    alone: bool = False


def add_activities(making: Making, place: str) -> list[Activity]:
    """The course and the quiz that the programme of a place requires."""
    author, scope = making.actor(f"instructor.{place}"), making.base_scopes[place]
    course = courses.add_course(
        scope,
        title_zh=f"缓和医疗入门{place}",
        title_en=f"First steps {place}",
        summary_zh="两课。",
        summary_en="Two lessons.",
        lessons=[
            Draft(
                f"第{number}课",
                f"Lesson {number}",
                LESSON,
                LESSON_EN,
                minutes=20,
                class_hours=Decimal(1),
                slug=f"l{number}",
            )
            for number in (1, 2)
        ],
        added_by=author,
        uploads=[_figure()],
    )
    reviewer = making.actor(f"reviewer.{place}")
    bodies = _bodies()
    bodies[0] = (bodies[0][0], pictured(bodies[0][1], place, author))
    chosen = [
        approved(scope, f"I-{place}-{number}", kind, body, author, reviewer)
        for number, (kind, body) in enumerate(bodies, start=1)
    ]
    chosen.append(approved(scope, f"I-{place}-8", "essay", world_exams.ESSAY, author, reviewer))
    waiting = items.add_item(scope, code=f"I-{place}-9", type_name="A1", body=_bodies()[0][1], added_by=reviewer)
    review.submit(waiting, scope, submitted_by=author)  # who may withdraw it, and may decide about it too
    category = categories.add_category(scope, f"疼痛{place}", added_by=author)
    categories.place_item(chosen[0], scope, category, ["阿片类"], by=author)
    wanted = changes.plan(Act.TAG, "常考", [one.id for one in (*chosen, waiting)], actor=author)
    changes.confirm(changes.open_change(Act.TAG, "常考", wanted, opened_by=author), confirmed_by=author)
    searches.save("待审", "only=waiting", saved_by=author)
    sent = f"编号,题型,题干,答案\nIN-{place}-1,判断题,疼痛是主观感受,对\n".encode()
    _format, read = formats.read(sent, "题目.csv")
    imports.open_import(scope, read, sent, f"题目{place}.csv", "sheet", "zh", sent_by=author)
    rules = quizzes.Rules(60, 60, attempts_allowed=3, resit_wait_hours=0, critical_limit=2)
    plan = Blueprint((Section(1, "必答", "All"), Section(2, "抽题", "Drawn", "all_or_nothing")), (Draw(1, 2, 1),))
    titles = quizzes.Titles(f"结业测验{place}", f"Final quiz {place}")
    quiz = quizzes.add_quiz(scope, titles, rules, [(one, 1) for one in (*chosen[:3], chosen[4])], plan, added_by=author)
    world_exams.set_examination(making, place, scope, chosen[0])
    return [course, quiz, _add_dialogue(scope, author)]


def pictured(body: dict[str, Any], place: str, author: Actor) -> dict[str, Any]:
    """A body with a picture of its place's own in the stem, sent by its author."""
    kept = storage.keep(media_files.png(shade=100 + PLACES.index(place)), f"{place}.png", families=("image",))
    pictures.note_sent([kept], sent_by=author)
    stem = {language: f"{text}\n![pump.png]" for language, text in body["stem"].items()}
    alt = {"zh": f"输液泵{place}", "en": f"A pump {place}"}
    return {**body, "stem": stem, "pictures": [{"name": "pump.png", "file": kept.sha256, "alt": alt}]}


def approved(scope: Scope, code: str, kind: str, body: dict[str, Any], author: Actor | None, reviewer: Actor) -> Item:
    """An item that quizzes may use: written by one, submitted and approved by another."""
    item = items.add_item(scope, code=code, type_name=kind, body=body, added_by=author)
    review.submit(item, scope, submitted_by=author or reviewer)
    review.approve(item, scope, seen_version=item.version, approved_by=reviewer)
    return item


def _figure() -> Upload:
    """A picture whose captions are in no file: the files of a template database stay behind in its folder."""
    kept = storage.keep(media_files.png(), "body.png", families=("image",))
    return Upload(kept, "body", "人体轮廓", "An outline of the body")


def _wait_and_stop(making: Making, place: str, course: Activity, person: Actor) -> None:
    """In the next version the second lesson waits for the first; somebody stopped in what is shown."""
    author = making.actor(f"instructor.{place}")
    first, second = db.session.scalars(
        select(Lesson.activity_id).where(Lesson.course_id == course.id).order_by(Lesson.activity_id)
    )
    prerequisites.require(course.id, second, first, required_by=author)
    shown = db.session.scalars(select(CourseMedia).where(CourseMedia.course_id == course.id)).one()
    media.keep_position(shown, 7, listener=person)


def _media(place: str) -> list[Any]:
    return list(db.session.scalars(select(CourseMedia.id).where(CourseMedia.course_id.in_(_courses(place)))))


def _add_dialogue(scope: Scope, author: Actor) -> Activity:
    source = source_of(SCENES[1])
    return dialogues.add_dialogue(scope, _scene(source), source, added_by=author)


def _scene(source: str) -> graph.Dialogue:
    read = authoring.parse(source)
    assert isinstance(read, graph.Dialogue), read
    return read


def _bodies() -> list[tuple[str, dict[str, Any]]]:
    import json
    from importlib.resources import files

    sample = json.loads(files("question_bank").joinpath("sample/items/foundations.json").read_text(encoding="utf-8"))
    return [
        (one["type"], {name: value for name, value in one.items() if name not in {"code", "type"}})
        for one in sample[:4]
    ]


def add_progress(making: Making, place: str) -> None:
    """Let the first trainee of a place finish everything, and the second begin an attempt."""
    course, quiz, dialogue = making.requires[place]
    first, second = (_studying(making, name, place) for name in (f"trainee.{place}", f"other_trainee.{place}"))
    for lesson in db.session.scalars(select(Lesson.activity_id).where(Lesson.course_id == course.id)):
        courses.complete_lesson(lesson, completed_by=first)
    attempt = sitting.start(quiz.id, first, seed=1)
    _answer_all(attempt, first)
    sitting.hand_in(attempt_queries.lock(attempt.id), by=first)
    _mark(attempt, making.actor(f"instructor.{place}"))
    opened = sitting.start(quiz.id, second, seed=2)
    _answer_all(opened, second, at_most=1)
    world_exams.leave(opened.id)
    _wait_and_stop(making, place, course, first)
    _talk(dialogue.id, first)
    _talk(dialogue.id, second, at_most=1)
    world_issuing.add_rules(making, place)
    _certify(making, place, making.actor(f"coordinator.{place}"))
    world_issuing.add_issuing(making, place)
    world_rulings.add_rulings(making, place, quiz)
    world_exams.ask_for_check(attempt)
    world_lives.add_life(making, place)


def _mark(attempt: Attempt, marker: Actor) -> None:
    """The essay of a handed-in attempt, which is finished by that."""
    [position] = marking_queries.unsettled(attempt.id)
    found = marking_queries.answer_visible_to(marker, attempt.id, position, lock=True)
    marking.take(found, passing=False, taken_by=marker)
    marking.mark(found, marking.Given({"1": 2, "2": 1}, "说得清楚。"), seen=0, marked_by=marker)


def _certify(making: Making, place: str, coordinator: Actor) -> None:
    """Issue the first trainee's certificate, as a batch of one."""
    chosen = [making.enrolments[f"trainee.{place}"].id]
    batch = batches.open_batch(
        making.cohorts[place], chosen, key=f"world-{place}", confirmed_by=coordinator, worker="world"
    )
    line_id = batch_queries.first_waiting(batch.id)
    assert line_id is not None
    batches.do_line(line_id, "world", typefaces=None, site=printing.site())
    batches.finish(batch.id, "world")
    batches.release(batch.id, "world")


def _talk(dialogue_id: int, person: Actor, at_most: int = 99) -> None:
    """Hold the dialogue along its best path, or the first turns of it."""
    attempt = dialogues.start(dialogue_id, person, seed=1)
    path = scoring.best_path(_scene(source_of(SCENES[1])))
    for step, (turn, choice) in enumerate(path[:at_most], start=1):
        dialogues.reply(attempt.id, step=step, turn=turn, choice=choice, by=person)


def _studying(making: Making, name: str, place: str) -> Actor:
    scope = db.session.get_one(Scope, making.cohorts[place].scope_id)
    person = making.people[name]
    return Actor(id=person.id, name=person.name, grants=(Grant(Role.TRAINEE, scope.id, scope.path),))


def _answer_all(attempt: Attempt, person: Actor, at_most: int = 99) -> None:
    rows = db.session.execute(
        select(AttemptItem.position, ItemVersion.body)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
    ).all()
    rows = sorted(rows, key=lambda row: "key" not in row.body)  # what a person marks comes last
    for position, body in rows[:at_most]:
        answers.save(attempt.id, {position: Given(body.get("key", ["先听家属怎么说。"]))}, person_id=person.id)


def _first(place: str) -> Any:
    from tests.world import person_id

    return person_id(f"trainee.{place}")


def _courses(place: str) -> list[Any]:
    return _activities(place, Course.activity_id)


def _activities(place: str, column: Any) -> list[Any]:
    statement = select(column).join(Activity, Activity.id == column).join(Scope, Scope.id == Activity.scope_id)
    return list(db.session.scalars(statement.where(Scope.name_en == f"Base {place}").order_by(column)))


def _lessons(place: str) -> list[Any]:
    return _activities(place, Lesson.activity_id)


def _quizzes(place: str) -> list[Any]:
    return _activities(place, Quiz.activity_id)


def _dialogues(place: str) -> list[Any]:
    return _activities(place, Dialogue.activity_id)


def _dialogue_attempts(place: str) -> list[Any]:
    from tests.world import person_id

    statement = select(DialogueAttempt.id)
    return [
        Owned(one, name)
        for name in (f"trainee.{place}", f"other_trainee.{place}")
        for one in db.session.scalars(statement.where(DialogueAttempt.person_id == person_id(name)))
    ]


def _items(place: str) -> list[Any]:
    statement = select(Item.id).join(Scope, Scope.id == Item.scope_id).where(Scope.name_en == f"Base {place}")
    return list(db.session.scalars(statement.order_by(Item.id)))


def _pictures(place: str) -> list[Any]:
    """The hashes of the pictures that items of a place show."""
    statement = select(StoredFile.sha256).join(ItemPicture, ItemPicture.file_id == StoredFile.id)
    versions = statement.join(ItemVersion, ItemVersion.id == ItemPicture.item_version_id)
    return list(db.session.scalars(versions.where(ItemVersion.item_id.in_(_items(place))).distinct()))


def _categories(place: str) -> list[Any]:
    return list(db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == f"疼痛{place}")))


def _imports(place: str) -> list[Any]:
    return list(db.session.scalars(select(ItemImport.id).where(ItemImport.name == f"题目{place}.csv")))


def _changes(place: str) -> list[Any]:
    from tests.world import person_id

    own = select(ItemChange.id).where(ItemChange.person_id == person_id(f"instructor.{place}"))
    return [Owned(one, f"instructor.{place}", alone=True) for one in db.session.scalars(own)]


def _searches(place: str) -> list[Any]:
    from tests.world import person_id

    own = select(SavedSearch.id).where(SavedSearch.person_id == person_id(f"instructor.{place}"))
    return [Owned(one, f"instructor.{place}", alone=True) for one in db.session.scalars(own)]


def _attempts(place: str) -> list[Any]:
    from tests.world import person_id

    names = (f"trainee.{place}", f"other_trainee.{place}")
    return [
        Owned(one, name)
        for name in names
        for one in db.session.scalars(select(Attempt.id).where(Attempt.person_id == person_id(name)))
    ]


def _marked(column: Any) -> Callable[[str], list[Any]]:
    def found(place: str) -> list[Any]:
        statement = select(column).join(Attempt, Attempt.id == EssayMark.attempt_id)
        return list(db.session.scalars(statement.where(Attempt.person_id == _first(place))))

    return found


def _certificates(column: Any) -> Callable[[str], list[Any]]:
    def found(place: str) -> list[Any]:
        statement = select(column).where(Certificate.person_id == _first(place))
        return [Owned(one, f"trainee.{place}") for one in db.session.scalars(statement)]

    return found


def _batches(place: str) -> list[Any]:
    return list(db.session.scalars(select(Batch.id).where(Batch.key == f"world-{place}")))


def _one(_place: str) -> list[Any]:
    return [1]


# The objects behind the arguments of addresses, for the walk over all routes: by name, or by the part of the address
# before it and the name where a name means different things, a function of the place.
SOURCES: dict[str, Callable[[str], list[Any]]] = {
    "course_id": _courses,
    "dialogue_id": _dialogues,
    "dialogues/activity_id": _dialogues,
    "dialogue_attempt_id": _dialogue_attempts,
    "courses/activity_id": _courses,
    "lesson_id": _lessons,
    "lessons/activity_id": _lessons,
    "quiz_id": _quizzes,
    "quiz/activity_id": lambda place: world_exams.unsupervised(_quizzes(place)),
    "session_id": world_exams.sessions,
    "item_id": _items,
    "category_id": _categories,
    "sha256": _pictures,
    "import_id": _imports,
    "change_id": _changes,
    "search_id": _searches,
    "attempt_id": _attempts,
    "answers/attempt_id": _marked(EssayMark.attempt_id),
    "<int:attempt_id>/position": _marked(EssayMark.position),
    "rechecks/attempt_id": world_exams.rechecks,
    "batch_id": _batches,
    "ruling_id": world_rulings.rulings,
    "question_id": world_rulings.questions,
    "renewal_id": world_lives.renewals_of,
    **world_issuing.SOURCES,
    "certificate_id": _certificates(Certificate.id),
    "number": _certificates(Certificate.number),
    "versions/number": _one,
    "version": _one,
    "checks/number": _one,
    "media_id": _media,
    "part": lambda _place: ["file"],
    "position": _one,
}
