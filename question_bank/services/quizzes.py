"""Composing quizzes: each save is a new version of the activity; enrolments keep the version they pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from sqlalchemy import and_, select

from question_bank import kind
from question_bank.blueprints import queries as stored
from question_bank.blueprints import services as blueprints
from question_bank.blueprints.rules import Blueprint
from question_bank.models import Item, Quiz, QuizItem, QuizVersion
from question_bank.permissions import Permission
from question_bank.services.items import Stale
from training.activities import services as activities
from training.activities.models import Activity
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Invalid
from training.core.scopes import Scope

MOST_ITEMS = 100
PLAIN = Blueprint()


@dataclass(frozen=True)
class Rules:
    """The rules of a quiz, as an instructor sets them."""

    time_limit_minutes: int
    pass_percent: int
    attempts_allowed: int
    resit_wait_hours: int
    shuffle_items: bool = True
    shuffle_options: bool = True
    items_per_page: int = 0
    supervised: bool = False
    critical_limit: int | None = None
    markers: int = 1
    tolerance: int = 10


@dataclass(frozen=True)
class Titles:
    """The title in both languages."""

    zh: str
    en: str


def add_quiz(
    scope: Scope,
    titles: Titles,
    rules: Rules,
    items: Sequence[tuple[Item, int]],
    blueprint: Blueprint = PLAIN,
    *,
    added_by: Actor | None,
) -> Activity:
    """Add a quiz of those items (with points) in that order, and of what the blueprint draws; does not commit.

    Raises `NotAllowed` or `Invalid` (the blueprint cannot be met, among other reasons).

    The same quiz sent again by the same author is the one that there is.
    """
    if added_by is not None:
        added_by.require(Permission.QUIZ_WRITE, scope.path)
    _require_items(items, blueprint, kept=frozenset())
    blueprints.require_sound(scope.id, blueprint, [item.id for item, _points in items])
    known = _sent_before(scope, titles, rules, items, blueprint, added_by)
    if known is not None:
        return known
    activity = activities.add_activity(kind.QUIZ, scope_id=scope.id, title_zh=titles.zh, title_en=titles.en)
    db.session.add(Quiz(activity_id=activity.id))
    db.session.flush()
    _write_version(activity, rules, items, blueprint, added_by)
    audit.record(added_by, "quiz.add", activity)
    return activity


def revise_quiz(
    activity: Activity,
    scope: Scope,
    titles: Titles,
    rules: Rules,
    items: Sequence[tuple[Item, int]],
    blueprint: Blueprint = PLAIN,
    *,
    kept: frozenset[int],
    seen_version: int,
    revised_by: Actor,
) -> Activity:
    """Save the next version of a locked quiz; `kept` are the ids it has already, which may be retired ones.

    Raises `NotAllowed`, `Stale` (a newer version was saved meanwhile) or `Invalid`. Does not commit.
    """
    revised_by.require(Permission.QUIZ_WRITE, scope.path)
    if seen_version != activity.version:
        raise Stale(_("Somebody saved version %(version)s of this quiz after you opened it.", version=activity.version))
    _require_items(items, blueprint, kept)
    blueprints.require_sound(activity.scope_id, blueprint, [item.id for item, _points in items])
    activities.raise_version(activity, title_zh=titles.zh, title_en=titles.en, class_hours=activity.class_hours)
    _write_version(activity, rules, items, blueprint, revised_by)
    audit.record(revised_by, "quiz.revise", activity, version=activity.version)
    return activity


def _sent_before(
    scope: Scope,
    titles: Titles,
    rules: Rules,
    items: Sequence[tuple[Item, int]],
    blueprint: Blueprint,
    author: Actor | None,
) -> Activity | None:
    """The author's quiz, still in its first version, that says just this: what a double click has sent already."""
    if author is None:
        return None
    scopes.lock(scope)
    statement = (
        select(Activity, QuizVersion)
        .join(QuizVersion, and_(QuizVersion.quiz_id == Activity.id, QuizVersion.version == Activity.version))
        .where(Activity.scope_id == scope.id, Activity.title_zh == titles.zh, Activity.title_en == titles.en)
        .where(Activity.version == 1, QuizVersion.author_id == author.id)
    )
    wanted = [(item.id, blueprint.section_of(item.id), points) for item, points in items]
    for activity, version in db.session.execute(statement):
        composed = [tuple(row) for row in stored.placed_in(activity.id, 1)]
        plan = stored.blueprint_of(activity.id, 1)
        same = composed == wanted and (plan.sections, plan.draws) == (blueprint.sections, blueprint.draws)
        if same and all(getattr(version, name) == value for name, value in asdict(rules).items()):
            return activity
    return None


def _require_items(items: Sequence[tuple[Item, int]], blueprint: Blueprint, kept: frozenset[int]) -> None:
    if not items and not blueprint.draws:
        raise Invalid(_("Choose at least one item: give it a place in the order."))
    if len(items) + blueprint.drawn > MOST_ITEMS:
        raise Invalid(_("A quiz takes at most %(max)s items.", max=MOST_ITEMS))
    retired = [item.code for item, _points in items if item.retired_at is not None and item.id not in kept]
    if retired:
        raise Invalid(_("Retired items cannot be added to a quiz: %(codes)s.", codes=" · ".join(retired)))
    drafts = [item.code for item, _points in items if item.approved_version is None and item.id not in kept]
    if drafts:
        raise Invalid(
            _("These items are not approved yet, so no quiz can use them: %(codes)s.", codes=" · ".join(drafts))
        )


def _write_version(
    activity: Activity, rules: Rules, items: Sequence[tuple[Item, int]], blueprint: Blueprint, author: Actor | None
) -> None:
    db.session.add(
        QuizVersion(
            quiz_id=activity.id,
            version=activity.version,
            author_id=author.id if author else None,
            created_at=clock.now(),
            **asdict(rules),
        )
    )
    db.session.flush()
    db.session.add_all(
        QuizItem(
            quiz_id=activity.id,
            version=activity.version,
            position=position,
            item_id=item.id,
            points=points,
            section=blueprint.section_of(item.id),
        )
        for position, (item, points) in enumerate(items, start=1)
    )
    db.session.flush()
    blueprints.write(activity, blueprint)
