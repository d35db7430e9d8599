"""Creating activities and raising their version."""

from __future__ import annotations

from decimal import Decimal

from training.activities.models import Activity
from training.core.db import db


def add_activity(
    kind: str,
    *,
    scope_id: int,
    title_zh: str,
    title_en: str,
    parent_id: int | None = None,
    class_hours: Decimal = Decimal(0),
) -> Activity:
    """Add an activity in its first version; the package then adds its own row of the same id. Does not commit."""
    activity = Activity(
        kind=kind,
        scope_id=scope_id,
        parent_id=parent_id,
        version=1,
        title_zh=title_zh,
        title_en=title_en,
        class_hours=class_hours,
    )
    db.session.add(activity)
    db.session.flush()
    return activity


def raise_version(activity: Activity, *, title_zh: str, title_en: str, class_hours: Decimal) -> int:
    """Publish the next version of an activity under its new title; returns the version's number. Does not commit."""
    activity.version += 1
    activity.title_zh, activity.title_en, activity.class_hours = title_zh, title_en, class_hours
    db.session.flush()
    return activity.version
