"""Reading dialogues: as a trainee one's own conversations, as an author through the owning scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Select, and_, select

from courses.dialogues.models import Dialogue, DialogueAttempt, DialogueStep, DialogueVersion
from courses.permissions import Permission
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope
from training.programmes import queries as programmes


def dialogue_for(person_id: int, dialogue_id: int) -> tuple[Activity, DialogueVersion]:
    """The dialogue in the version that the person's enrolment pins; raises `NotFound` when none requires it."""
    version = programmes.pinned_version(person_id, dialogue_id)
    row = db.session.execute(
        select(Activity, DialogueVersion)
        .join(DialogueVersion, DialogueVersion.dialogue_id == Activity.id)
        .where(Activity.id == dialogue_id, DialogueVersion.version == version)
    ).one_or_none()
    if row is None:
        raise NotFound(_("This dialogue is not part of a programme you are enrolled in."))
    return row[0], row[1]


def visible_dialogue_attempts(person_id: int) -> Select[Any]:
    """A select of the conversations that a person may see: their own."""
    return select(DialogueAttempt).where(DialogueAttempt.person_id == person_id)


def attempts_at(person_id: int, dialogue_id: int) -> Sequence[DialogueAttempt]:
    """The person's conversations in a dialogue, in order."""
    statement = visible_dialogue_attempts(person_id).where(DialogueAttempt.dialogue_id == dialogue_id)
    return db.session.scalars(statement.order_by(DialogueAttempt.number)).all()


def open_attempt(person_id: int, dialogue_id: int) -> DialogueAttempt | None:
    """The person's conversation in a dialogue that has not come to its end, if there is one."""
    statement = visible_dialogue_attempts(person_id).where(
        DialogueAttempt.dialogue_id == dialogue_id, DialogueAttempt.finished_at.is_(None)
    )
    found: DialogueAttempt | None = db.session.scalar(statement)
    return found


def attempt_of(person_id: int, attempt_id: int) -> tuple[DialogueAttempt, Activity, DialogueVersion]:
    """A conversation of that person with its dialogue, in its version; raises `NotFound` for a stranger's."""
    statement = (
        visible_dialogue_attempts(person_id)
        .add_columns(Activity, DialogueVersion)
        .join(Activity, Activity.id == DialogueAttempt.dialogue_id)
        .join(
            DialogueVersion,
            and_(
                DialogueVersion.dialogue_id == DialogueAttempt.dialogue_id,
                DialogueVersion.version == DialogueAttempt.version,
            ),
        )
        .where(DialogueAttempt.id == attempt_id)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such conversation of yours."))
    return row[0], row[1], row[2]


def steps_of(attempt_id: int) -> list[tuple[str, int]]:
    """The path of a conversation so far: turn and reply, step by step."""
    rows = db.session.execute(
        select(DialogueStep.turn, DialogueStep.reply)
        .where(DialogueStep.attempt_id == attempt_id)
        .order_by(DialogueStep.number)
    )
    return [(turn, reply) for turn, reply in rows]


def visible_dialogues(actor: Actor, permission: Permission = Permission.COURSE_READ) -> Select[Any]:
    """A select of the dialogues the actor may read (or write) as an author, as rows `Activity, Dialogue, Scope`."""
    statement = (
        select(Activity, Dialogue, Scope)
        .join(Dialogue, Dialogue.activity_id == Activity.id)
        .join(Scope, Scope.id == Activity.scope_id)
        .where(scopes.within(actor.paths(permission)))
    )
    return cast("Select[Any]", statement)


def dialogues_of_author(actor: Actor) -> Sequence[Any]:
    """The actor's dialogues by title, as rows `Activity, Dialogue, Scope, minutes, pass_percent, created_at`."""
    newest = and_(DialogueVersion.dialogue_id == Activity.id, DialogueVersion.version == Activity.version)
    statement = (
        visible_dialogues(actor)
        .add_columns(DialogueVersion.minutes, DialogueVersion.pass_percent, DialogueVersion.created_at)
        .join(DialogueVersion, newest)
        .order_by(Activity.title_zh, Activity.id)
    )
    return db.session.execute(statement).all()


def dialogue_of_author(actor: Actor, dialogue_id: int, permission: Permission = Permission.COURSE_READ) -> Any:
    """The row `Activity, Dialogue, Scope` of a dialogue; raises `NotFound` for a stranger's."""
    statement = visible_dialogues(actor, permission).where(Activity.id == dialogue_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such dialogue in your area."))
    return row


def dialogues_named(scope_id: int, title_zh: str, title_en: str) -> Sequence[Activity]:
    """The dialogues of a scope under exactly these titles."""
    named = and_(Activity.title_zh == title_zh, Activity.title_en == title_en)
    statement = select(Activity).join(Dialogue, Dialogue.activity_id == Activity.id)
    return db.session.scalars(statement.where(Activity.scope_id == scope_id, named).order_by(Activity.id)).all()


def versions_of(dialogue_id: int) -> Sequence[Any]:
    """Every version of a dialogue, newest first, as rows `version, title_zh, title_en, created_at, author`."""
    return db.session.execute(
        select(
            DialogueVersion.version,
            DialogueVersion.title_zh,
            DialogueVersion.title_en,
            DialogueVersion.created_at,
            Person.name.label("author"),
        )
        .join(Person, Person.id == DialogueVersion.author_id)
        .where(DialogueVersion.dialogue_id == dialogue_id)
        .order_by(DialogueVersion.version.desc())
    ).all()


def version_of(dialogue_id: int, version: int) -> DialogueVersion:
    """One version of a dialogue; raises `NotFound`."""
    found = db.session.get(DialogueVersion, (dialogue_id, version))
    if found is None:
        raise NotFound(_("This dialogue has no such version."))
    return found


def minutes_of(activity_ids: Collection[int]) -> dict[int, int]:
    """Minutes that the newest version of each of these dialogues takes; other activities are left out."""
    rows = db.session.execute(
        select(DialogueVersion.dialogue_id, DialogueVersion.minutes)
        .join(Activity, and_(Activity.id == DialogueVersion.dialogue_id, Activity.version == DialogueVersion.version))
        .where(DialogueVersion.dialogue_id.in_(activity_ids))
    )
    return {row.dialogue_id: row.minutes for row in rows}
