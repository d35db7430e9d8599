"""Reading rulings, the attempts that they are about, and what they changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from question_bank.models import (
    Attempt,
    AttemptItem,
    AttemptStatus,
    Item,
    ItemNote,
    ItemVersion,
    NoteKind,
    Quiz,
    QuizVersion,
)
from question_bank.permissions import Permission
from question_bank.regrading.models import RegradeLine, Ruling, RulingStatus
from question_bank.regrading.rules import Decision, Ruled, Rulings
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.progress.models import LedgerLine


class Found(NamedTuple):
    """A ruling with what it is about: its quiz, the quiz's scope, and the item with its version, where it is one."""

    ruling: Ruling
    quiz: Activity
    scope: Scope
    item: Item | None
    version: ItemVersion | None


class Told(NamedTuple):
    """A ruling in the list of its quiz: its item, versions, who decided, and how many attempts it changed."""

    ruling: Ruling
    item: Item | None
    version: int | None
    by_version: int | None
    decided_by: str
    moved: int


def visible_rulings(actor: Actor) -> Select[Any]:
    """A select of the rulings (`Ruling, Activity, Scope`) on quizzes that the actor may change."""
    return (
        select(Ruling)
        .add_columns(Activity, Scope)
        .join(Activity, Activity.id == Ruling.quiz_id)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(scopes.within(actor.paths(Permission.QUIZ_WRITE)))
    )


def ruling_visible_to(actor: Actor, ruling_id: int, *, lock: bool = False) -> Found:
    """One of them with its item; raises `NotFound` for a stranger's. `lock` keeps other deciders waiting."""
    statement = (
        visible_rulings(actor)
        .add_columns(Item, ItemVersion)
        .outerjoin(ItemVersion, ItemVersion.id == Ruling.item_version_id)
        .outerjoin(Item, Item.id == ItemVersion.item_id)
        .where(Ruling.id == ruling_id)
    )
    if lock:
        statement = statement.with_for_update(of=Ruling)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such ruling of yours."))
    return Found(*row)


def decided_on(quiz_id: int) -> Sequence[Told]:
    """The rulings on a quiz that were decided, the newest first."""
    other = aliased(ItemVersion)
    moved = select(func.count()).where(RegradeLine.ruling_id == Ruling.id).scalar_subquery()
    statement = (
        select(Ruling, Item, ItemVersion.version, other.version.label("by_version"), Person.name, moved)
        .join(Person, Person.id == Ruling.decided_by_id)
        .outerjoin(ItemVersion, ItemVersion.id == Ruling.item_version_id)
        .outerjoin(Item, Item.id == ItemVersion.item_id)
        .outerjoin(other, other.id == Ruling.by_version_id)
        .where(Ruling.quiz_id == quiz_id)
        .order_by(Ruling.decided_at.desc(), Ruling.id.desc())
    )
    return [Told(*row) for row in db.session.execute(statement)]


def version_shown(quiz_id: int, item_version_id: int) -> tuple[Item, ItemVersion]:
    """An item version that attempts of the quiz showed; raises `NotFound`."""
    shown = exists().where(
        AttemptItem.item_version_id == ItemVersion.id,
        Attempt.id == AttemptItem.attempt_id,
        Attempt.quiz_id == quiz_id,
    )
    row = db.session.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, ItemVersion.item_id == Item.id)
        .where(ItemVersion.id == item_version_id, shown)
    ).one_or_none()
    if row is None:
        raise NotFound(_("No attempt at this quiz showed that item."))
    return row[0], row[1]


def versions_to_mark_by(item: Item, version: ItemVersion) -> Sequence[ItemVersion]:
    """The version itself and those of the same item that somebody else approved, the newest first."""
    vouched = exists().where(
        ItemNote.item_id == ItemVersion.item_id,
        ItemNote.version == ItemVersion.version,
        ItemNote.kind == NoteKind.APPROVED,
    )
    offered = (ItemVersion.id == version.id) | (ItemVersion.version == item.approved_version) | vouched
    statement = select(ItemVersion).where(ItemVersion.item_id == item.id, offered)
    return db.session.scalars(statement.order_by(ItemVersion.version.desc())).all()


def draws_of(item_version_id: int, quiz_id: int) -> Sequence[list[str]]:
    """The different draws of an item version in attempts at the quiz."""
    statement = (
        select(AttemptItem.option_order)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(AttemptItem.item_version_id == item_version_id, Attempt.quiz_id == quiz_id)
        .distinct()
    )
    return db.session.scalars(statement).all()


TO_MARK_BY = (
    select(Activity, QuizVersion, Quiz.ruled)
    .join(Quiz, Quiz.activity_id == QuizVersion.quiz_id)
    .join(Activity, Activity.id == Quiz.activity_id)
    .where(QuizVersion.quiz_id == bindparam("of_quiz"), QuizVersion.version == bindparam("of_version"))
    .with_for_update(read=True, of=Quiz)
)


def rules_to_mark_by(quiz_id: int, version: int) -> tuple[Activity, QuizVersion, Rulings]:
    """A quiz, and what an attempt at that version of it is marked by.

    Nobody decides a ruling on the quiz until the transaction ends. The quiz is locked first and its rulings are read
    after: who waited here knows what was decided meanwhile.
    """
    quiz, rules, ruled = db.session.execute(TO_MARK_BY, {"of_quiz": quiz_id, "of_version": version}).one()
    return quiz, rules, in_force(quiz_id) if ruled else Rulings()


def in_force(quiz_id: int) -> Rulings:
    """The rulings on a quiz that were decided, in order."""
    statement = (
        select(Ruling, ItemVersion.body)
        .outerjoin(ItemVersion, ItemVersion.id == Ruling.by_version_id)
        .where(Ruling.quiz_id == quiz_id, Ruling.status != RulingStatus.DRAFTED)
        .order_by(Ruling.decided_at, Ruling.id)
    )
    return Rulings([_decision(ruling, body) for ruling, body in db.session.execute(statement)])


def decision_of(ruling: Ruling) -> Decision:
    """A ruling as marking sees it."""
    body = db.session.get_one(ItemVersion, ruling.by_version_id).body if ruling.by_version_id else None
    return _decision(ruling, body)


def _decision(ruling: Ruling, body: Mapping[str, Any] | None) -> Decision:
    return Decision(ruling.kind, ruling.quiz_version, ruling.item_version_id, body, ruling.pass_percent)


def is_about(ruling: Ruling) -> ColumnElement[bool]:
    """The condition that a ruling is about an attempt (`Attempt`)."""
    if ruling.kind is Ruled.PASS_MARK:
        return (Attempt.quiz_id == ruling.quiz_id) & (Attempt.quiz_version <= ruling.quiz_version)
    shows = exists().where(AttemptItem.attempt_id == Attempt.id, AttemptItem.item_version_id == ruling.item_version_id)
    return (Attempt.quiz_id == ruling.quiz_id) & shows


def attempts_about(ruling: Ruling, person_ids: Collection[int] | None = None) -> Sequence[Any]:
    """The attempts with a result that a ruling is about, of those people or of all: rows of `with_result`."""
    people = [] if person_ids is None else [Attempt.person_id.in_(person_ids)]
    return with_result(is_about(ruling), *people)


def with_result(*conditions: ColumnElement[bool]) -> Sequence[Any]:
    """The attempts (`Attempt`) with a result that fit, by person and number.

    Rows `id, person_id, number, quiz_version, score_percent, passed, own_percent, critical_limit, name`.
    """
    statement = (
        select(
            Attempt.id,
            Attempt.person_id,
            Attempt.number,
            Attempt.quiz_version,
            Attempt.score_percent,
            Attempt.passed,
            QuizVersion.pass_percent.label("own_percent"),
            QuizVersion.critical_limit,
            Person.name,
        )
        .join(
            QuizVersion,
            (QuizVersion.quiz_id == Attempt.quiz_id) & (QuizVersion.version == Attempt.quiz_version),
        )
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.status == AttemptStatus.HANDED_IN, *conditions)
        .order_by(Attempt.person_id, Attempt.number)
    )
    return db.session.execute(statement).all()


def without_result(ruling: Ruling) -> dict[AttemptStatus, int]:
    """How many attempts it is about that have no result, by status."""
    statement = (
        select(Attempt.status, func.count())
        .where(is_about(ruling), Attempt.status != AttemptStatus.HANDED_IN)
        .group_by(Attempt.status)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def people_after(ruling: Ruling, most: int) -> Sequence[int]:
    """The next people, by id, whose attempts the ruling is about and has not come to."""
    statement = (
        select(Attempt.person_id)
        .where(is_about(ruling), Attempt.status == AttemptStatus.HANDED_IN, Attempt.person_id > ruling.reached)
        .distinct()
        .order_by(Attempt.person_id)
        .limit(most)
    )
    return db.session.scalars(statement).all()


def passed_by(quiz_id: int, person_ids: Collection[int]) -> dict[int, set[int]]:
    """By person the attempts at a quiz that are passed."""
    found: dict[int, set[int]] = defaultdict(set)
    for some in batches(sorted(person_ids)):
        statement = select(Attempt.person_id, Attempt.id).where(
            Attempt.quiz_id == quiz_id, Attempt.person_id.in_(some), Attempt.passed.is_(True)
        )
        for person_id, attempt_id in db.session.execute(statement):
            found[person_id].add(attempt_id)
    return found


def newest_line(person_id: int, quiz_id: int, attempt_id: int) -> LedgerLine | None:
    """The line of the ledger that tells what an attempt came to last."""
    own = lines_of_attempt(person_id, quiz_id, attempt_id)
    return db.session.scalar(select(LedgerLine).where(own).order_by(LedgerLine.id.desc()).limit(1))


def lines_of_attempt(person_id: int, quiz_id: int, attempt_id: int) -> ColumnElement[bool]:
    """The condition that a line of the ledger (`LedgerLine`) tells what an attempt came to, at first or anew."""
    key = f"attempt:{attempt_id}"
    own = (LedgerLine.client_key == key) | LedgerLine.client_key.startswith(f"{key}:", autoescape=True)
    return and_(LedgerLine.person_id == person_id, LedgerLine.activity_id == quiz_id, own)


def history_of(attempt_id: int) -> Sequence[Any]:
    """What rulings changed in an attempt, in order, as rows `RegradeLine, Ruling`."""
    statement = (
        select(RegradeLine, Ruling)
        .join(Ruling, Ruling.id == RegradeLine.ruling_id)
        .where(RegradeLine.attempt_id == attempt_id)
        .order_by(Ruling.decided_at, Ruling.id)
    )
    return db.session.execute(statement).all()


def held_in(attempt: Attempt) -> dict[int, tuple[Ruling, dict[str, Any] | None]]:
    """By position the ruling that holds for an item of an attempt, with what the version says whose key counts.

    Where it is its own key that counts there is none.
    """
    other = aliased(ItemVersion)
    about = (Ruling.quiz_id == attempt.quiz_id) & (Ruling.item_version_id == AttemptItem.item_version_id)
    statement = (
        select(AttemptItem.position, Ruling, other.body)
        .join(Ruling, about)
        .outerjoin(other, other.id == Ruling.by_version_id)
        .where(AttemptItem.attempt_id == attempt.id, Ruling.status != RulingStatus.DRAFTED)
        .order_by(Ruling.decided_at, Ruling.id)
    )
    held = {place: (ruling, body) for place, ruling, body in db.session.execute(statement)}
    return {
        place: (ruling, body)
        for place, (ruling, body) in held.items()
        if ruling.by_version_id is None or ruling.by_version_id != ruling.item_version_id
    }


def keys_held(item_version_ids: Collection[int]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """What versions say whose keys count in the place of these, by quiz and item version; none where its own counts."""
    statement = (
        select(Ruling.quiz_id, Ruling.item_version_id, Ruling.by_version_id, ItemVersion.body)
        .outerjoin(ItemVersion, ItemVersion.id == Ruling.by_version_id)
        .where(Ruling.item_version_id.in_(item_version_ids), Ruling.status != RulingStatus.DRAFTED)
        .order_by(Ruling.decided_at, Ruling.id)
    )
    last = {(row.quiz_id, row.item_version_id): row for row in db.session.execute(statement)}
    return {held: row.body for held, row in last.items() if row.body is not None and row.by_version_id != held[1]}


def count_lines(ruling_id: int) -> int:
    """How many attempts a ruling has changed."""
    return db.session.scalar(select(func.count()).where(RegradeLine.ruling_id == ruling_id)) or 0


def lines_of(ruling_id: int, number: int, size: int) -> Sequence[Any]:
    """A page of what a ruling changed, by name, as rows `RegradeLine, Attempt.number, Person.name`."""
    statement = (
        select(RegradeLine, Attempt.number, Person.name)
        .join(Attempt, Attempt.id == RegradeLine.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(RegradeLine.ruling_id == ruling_id)
        .order_by(Person.name, RegradeLine.attempt_id)
    )
    return db.session.execute(statement.limit(size).offset((number - 1) * size)).all()


def version_number(version_id: int | None) -> int | None:
    """The number of an item version."""
    return db.session.get_one(ItemVersion, version_id).version if version_id else None


def names_of(person_ids: Collection[int | None]) -> dict[int, str]:
    """The names of those people, by id."""
    rows = select(Person.id, Person.name).where(Person.id.in_([one for one in person_ids if one]))
    return {row[0]: row[1] for row in db.session.execute(rows)}


def is_running(quiz_id: int) -> bool:
    """Whether a ruling on the quiz is being carried out."""
    running = select(Ruling.id).where(Ruling.quiz_id == quiz_id, Ruling.status == RulingStatus.RUNNING)
    return db.session.scalar(running) is not None


def left_behind() -> Sequence[int]:
    """The rulings that were decided and are not carried out yet."""
    statement = select(Ruling.id).where(Ruling.status == RulingStatus.RUNNING).order_by(Ruling.decided_at)
    return db.session.scalars(statement).all()


def never_decided(before: datetime) -> Sequence[int]:
    """The rulings that were drafted before that moment and never decided."""
    drafted = (Ruling.status == RulingStatus.DRAFTED, Ruling.drafted_at < before)
    return db.session.scalars(select(Ruling.id).where(*drafted)).all()
