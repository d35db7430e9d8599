"""Adding rotation plans and checklists, and their next versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from training.activities import services as activities
from training.activities.models import Activity
from training.core import audit, clock, scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.practice import scoring
from training.practice.kinds import ROTATION, SKILLS
from training.practice.models import ChecklistVersion, RotationVersion
from training.practice.permissions import Permission
from training.practice.scoring import CheckItem


@dataclass(frozen=True)
class Titles:
    """A plan's title in both languages, and its class hours."""

    zh: str
    en: str
    class_hours: Decimal = Decimal(0)


@dataclass(frozen=True)
class Hours:
    """Whole hours required in all and in each setting."""

    all: int
    ward: int = 0
    outpatient: int = 0
    home: int = 0


@dataclass(frozen=True)
class Checklist:
    """The items of a skills assessment and the percentage that passes."""

    items: Sequence[CheckItem]
    pass_percent: int


Content = Hours | Checklist


def add_plan(scope: Scope, titles: Titles, content: Content, *, added_by: Actor | None) -> Activity:
    """Add a rotation plan or a skills assessment for a place.

    Raises `NotAllowed`, `Invalid` or `Conflict` (the place has one of this title); does not commit.
    """
    if added_by is not None:
        added_by.require(Permission.PLAN_WRITE, scope.path)
    _require_sound(content)
    kind = ROTATION if isinstance(content, Hours) else SKILLS
    scopes.lock(scope)
    same = select(Activity.id).where(
        Activity.scope_id == scope.id, Activity.kind == kind, Activity.title_zh == titles.zh
    )
    if db.session.scalar(same) is not None:
        raise Conflict(_("There is a practice plan with this title already; open it, or choose another title."))
    activity = activities.add_activity(
        kind, scope_id=scope.id, title_zh=titles.zh, title_en=titles.en, class_hours=titles.class_hours
    )
    _add_version(activity, content, added_by)
    audit.record(added_by, "plan.add", activity)
    return activity


def revise_plan(plan: Activity, titles: Titles, content: Content, *, seen_version: int, revised_by: Actor) -> None:
    """Save the next version; postings, pins and assessments keep theirs. Does not commit.

    Raises `NotAllowed`, `Invalid` or `Conflict` (somebody saved a version since `seen_version`).
    """
    revised_by.require(Permission.PLAN_WRITE, db.session.get_one(Scope, plan.scope_id).path)
    _require_sound(content)
    if plan.version != seen_version:
        raise Conflict(_("Somebody saved a newer version meanwhile. Look at it first, then save yours again."))
    activities.raise_version(plan, title_zh=titles.zh, title_en=titles.en, class_hours=titles.class_hours)
    _add_version(plan, content, revised_by)
    audit.record(revised_by, "plan.revise", plan, version=plan.version)


def _require_sound(content: Content) -> None:
    if isinstance(content, Hours):
        if content.all <= 0:
            raise Invalid(_("Write how many hours are required in all."))
        if content.ward + content.outpatient + content.home > content.all:
            raise Invalid(_("The hours of the settings are more than the hours in all; correct one of them."))
        return
    words = {"text": _("write the item in both languages"), "scale": _("choose how it is marked")}
    for place, word in scoring.faults(content.items):
        if word == "none":
            raise Invalid(_("A checklist needs at least one item."))
        if word == "many":
            raise Invalid(_("A checklist holds at most %(max)s items.", max=scoring.MOST_ITEMS))
        raise Invalid(_("Item %(place)s: %(what)s.", place=place, what=words[word]))


def _add_version(activity: Activity, content: Content, author: Actor | None) -> None:
    same = {
        "activity_id": activity.id,
        "version": activity.version,
        "title_zh": activity.title_zh,
        "title_en": activity.title_en,
        "author_id": author.id if author else None,
        "saved_at": clock.now(),
    }
    if isinstance(content, Hours):
        hours = {f"hours_{name}": number for name, number in asdict(content).items()}
        db.session.add(RotationVersion(**same, **hours))
    else:
        body = {"items": [asdict(one) for one in content.items]}
        db.session.add(ChecklistVersion(**same, pass_percent=content.pass_percent, body=body))
    db.session.flush()
