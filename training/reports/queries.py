"""Reading the roll-up counters."""

from __future__ import annotations

from sqlalchemy import func, select

from training.activities.models import Activity
from training.core import scopes
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import Region
from training.programmes.kind import PROGRAMME
from training.progress.models import Rollup
from training.reports.completion import MEASURES, Report, by_city

EVERYWHERE = ("/",)


def completion_by_city(paths: tuple[str, ...] = EVERYWHERE) -> Report:
    """Completion of programmes for every city within the scope paths (everywhere by default); two queries."""
    cities = db.session.execute(
        select(Region.code, Region.name_zh, Region.name_en)
        .join(Scope, Scope.id == Region.scope_id)
        .where(Region.kind == "city", scopes.within(paths))
        .order_by(Region.code)
    ).all()
    counted = db.session.execute(
        select(Rollup.city_code, Rollup.measure, func.sum(Rollup.people))
        .join(Activity, Activity.id == Rollup.activity_id)
        .where(Activity.kind == PROGRAMME, Rollup.measure.in_(MEASURES))
        .group_by(Rollup.city_code, Rollup.measure)
    )
    counts = {(code, measure): int(people) for code, measure, people in counted}
    return by_city([(code, zh, en) for code, zh, en in cities], counts)
