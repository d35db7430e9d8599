"""Publishing dialogues, and holding them. What was published and what was said stays."""

from __future__ import annotations

import secrets
from random import Random

from flask_babel import gettext as _
from sqlalchemy import select

from courses.dialogues import graph, kind, queries, scoring
from courses.dialogues.models import DIALOGUE, DialogueAttempt, DialogueStep, DialogueVersion
from courses.dialogues.models import Dialogue as DialogueRow
from courses.permissions import Permission
from training.accounts import services as accounts
from training.activities import services as activities
from training.activities.models import Activity
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.audit import HasId
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.progress import services as progress


class StaleDialogue(Conflict):
    """Somebody published this dialogue after the author had opened it."""


class StaleReply(Conflict):
    """The conversation has gone on: the reply was to an earlier turn."""


def add_dialogue(scope: Scope, dialogue: graph.Dialogue, source: str, *, added_by: Actor) -> Activity:
    """Publish a new dialogue in its first version; returns its activity. `dialogue` was read from `source`.

    The same file sent again by the same author is the dialogue that there is. Raises `NotAllowed`. Does not commit.
    """
    added_by.require(Permission.COURSE_WRITE, scope.path)
    scopes.lock(scope)
    for known in queries.dialogues_named(scope.id, dialogue.title["zh"], dialogue.title["en"]):
        newest = queries.version_of(known.id, known.version)
        if newest.source == source and newest.author_id == added_by.id:
            return known
    activity = activities.add_activity(
        DIALOGUE,
        scope_id=scope.id,
        title_zh=dialogue.title["zh"],
        title_en=dialogue.title["en"],
        class_hours=dialogue.hours,
    )
    db.session.add(DialogueRow(activity_id=activity.id))
    db.session.flush()
    _write_version(activity, dialogue, source, added_by)
    audit.record(added_by, "dialogue.add", activity, turns=len(dialogue.turns))
    return activity


def publish_dialogue(
    dialogue_id: int, dialogue: graph.Dialogue, source: str, *, based_on: int, published_by: Actor
) -> int:
    """Publish the next version of a dialogue; returns the version. Who is enrolled keeps the one pinned.

    The file that is published already changes nothing. Raises `NotFound`, or `StaleDialogue` when `based_on` is not the
    newest version any more. Does not commit.
    """
    row = queries.dialogue_of_author(published_by, dialogue_id, Permission.COURSE_WRITE)
    published_by.require(Permission.COURSE_WRITE, row.Scope.path)
    statement = select(Activity).where(Activity.id == dialogue_id).with_for_update(key_share=True)
    activity = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    if queries.version_of(activity.id, activity.version).source == source:
        return activity.version
    if activity.version != based_on:
        raise StaleDialogue(_("Somebody published this dialogue while you were writing."))
    activities.raise_version(
        activity, title_zh=dialogue.title["zh"], title_en=dialogue.title["en"], class_hours=dialogue.hours
    )
    _write_version(activity, dialogue, source, published_by)
    audit.record(published_by, "dialogue.publish", activity, version=activity.version)
    return activity.version


def _write_version(activity: Activity, dialogue: graph.Dialogue, source: str, author: Actor) -> None:
    db.session.add(
        DialogueVersion(
            dialogue_id=activity.id,
            version=activity.version,
            title_zh=dialogue.title["zh"],
            title_en=dialogue.title["en"],
            minutes=dialogue.minutes,
            pass_percent=dialogue.pass_percent,
            source=source,
            body=dialogue.plain(),
            author_id=author.id,
            created_at=clock.now(),
        )
    )
    db.session.flush()


def start(dialogue_id: int, person: HasId, *, seed: int | None = None) -> DialogueAttempt:
    """Begin a conversation in the version the person's enrolment pins; leads to the open one when there is one.

    The order of replies is drawn from `seed` (by default a random one that favours no place) and kept. There is no
    limit and no waiting. Raises `NotFound` when the dialogue is not required of them. Does not commit.
    """
    accounts.lock(person.id)
    _activity, version = queries.dialogue_for(person.id, dialogue_id)
    attempts = queries.attempts_at(person.id, dialogue_id)
    if attempts and attempts[-1].finished_at is None:
        return attempts[-1]
    if seed is None:
        seed = scoring.fair_seed(graph.from_plain(version.body), Random(secrets.randbits(64)))  # noqa: S311 - an order
    attempt = DialogueAttempt(
        dialogue_id=dialogue_id,
        version=version.version,
        person_id=person.id,
        number=len(attempts) + 1,
        seed=seed,
        started_at=clock.now(),
    )
    db.session.add(attempt)
    db.session.flush()
    audit.record(person, "dialogue-attempt.start", attempt, number=attempt.number, version=attempt.version)
    return attempt


def reply(attempt_id: int, *, step: int, turn: str, choice: int, by: HasId) -> DialogueAttempt:
    """Give a reply: at that step (from 1), to that turn, the reply at that place of the file (from 0).

    What was given already, sent again, changes nothing. At an ending the conversation is scored and recorded.
    Raises `NotFound`, `StaleReply` when the conversation is elsewhere, or `Invalid` for a reply that there is not.
    Does not commit.
    """
    accounts.lock(by.id)
    attempt, _activity, version = queries.attempt_of(by.id, attempt_id)
    dialogue = graph.from_plain(version.body)
    path = queries.steps_of(attempt.id)
    if 1 <= step <= len(path) and path[step - 1] == (turn, choice):
        return attempt
    present, _ending = graph.after_path(dialogue, path)
    if present is None or step != len(path) + 1 or turn != present:
        raise StaleReply(_("The conversation has gone on since then. Here is where it stands; nothing was lost."))
    if not 0 <= choice < len(dialogue.turns[present].replies):
        raise Invalid(_("This is not one of the replies here, so nothing was said. Go back and choose again."))
    path.append((turn, choice))
    db.session.add(DialogueStep(attempt_id=attempt.id, number=step, turn=turn, reply=choice, taken_at=clock.now()))
    db.session.flush()
    if graph.after_path(dialogue, path)[1] is not None:
        _finish(attempt, scoring.score(dialogue, path), by)
    return attempt


def _finish(attempt: DialogueAttempt, score: scoring.Score, by: HasId) -> None:
    """Write the end of a conversation, and its line in the ledger."""
    attempt.finished_at = clock.now()
    attempt.score_percent, attempt.passed = score.percent, score.passed
    db.session.flush()
    audit.record(by, "dialogue-attempt.finish", attempt, score=str(score.percent), serious=score.serious)
    progress.record(
        attempt.person_id,
        db.session.get_one(Activity, attempt.dialogue_id),
        kind.PASSED if score.passed else kind.FAILED,
        client_key=f"dialogue-attempt:{attempt.id}",
        authority=None,
        version=attempt.version,
        score_percent=score.percent,
        occurred_at=attempt.finished_at,
    )
