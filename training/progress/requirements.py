"""What an enrolment requires: its tree, the pinned version of each activity, the parts and hours of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from training.activities import kinds
from training.activities.models import Activity
from training.core.db import db
from training.programmes import queries as programmes
from training.programmes.models import Enrolment, RequirementGroup
from training.programmes.queries import RequiredActivity
from training.progress import rules


@dataclass(frozen=True)
class Required:
    """A required activity in its pinned version: its parts with what fulfils each, and what its kind counts itself."""

    position: int
    activity: Activity
    version: int
    parts: Mapping[int, str]
    hours: Mapping[int, Decimal] = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Requirements:
    """All that one enrolment requires, and how it hangs together."""

    programme: Activity
    tree: rules.Group
    hurdles: Sequence[Required]

    @property
    def activity_ids(self) -> list[int]:
        """The activities whose lines say where the enrolment stands: the programme, the hurdles and their parts."""
        ids = {self.programme.id, *(one.activity.id for one in self.hurdles)}
        return list(ids.union(*(one.parts for one in self.hurdles)))


def of(enrolment: Enrolment) -> Requirements:
    """What the enrolment requires, in the versions it keeps and pins."""
    required = programmes.required_by(enrolment)
    grouped = any(one.group_id is not None for one in required)
    groups = programmes.groups_of(enrolment.programme_id, enrolment.programme_version) if grouped else []
    return Requirements(
        programme=db.session.get_one(Activity, enrolment.programme_id),
        tree=_tree(None, None, required, groups),
        hurdles=_hurdles(enrolment.person_id, required),
    )


def _tree(
    group_id: int | None,
    at_least: int | None,
    required: Sequence[RequiredActivity],
    groups: Sequence[RequirementGroup],
) -> rules.Group:
    members: list[tuple[int, rules.Group | int]] = [
        (one.position, one.activity.id) for one in required if one.group_id == group_id
    ]
    members += [
        (group.position, _tree(group.id, group.at_least, required, groups))
        for group in groups
        if group.parent_id == group_id
    ]
    return rules.Group(tuple(member for _place, member in sorted(members, key=lambda one: one[0])), at_least)


def _hurdles(person_id: int, required: Sequence[RequiredActivity]) -> list[Required]:
    parts: dict[tuple[int, int], tuple[int, ...]] = {}
    hours: dict[tuple[int, int], Mapping[int, Decimal]] = {}
    figures: dict[tuple[int, int], Mapping[str, int]] = {}
    for name in {one.activity.kind for one in required}:
        kind = kinds.get(name)
        pairs = [(one.activity.id, one.version) for one in required if one.activity.kind == name]
        parts |= kind.parts(pairs) if kind.parts else {}
        hours |= kind.hours(pairs) if kind.hours else {}
        figures |= kind.figures(person_id, pairs) if kind.figures else {}
    measures = _measures({part for several in parts.values() for part in several})
    return [
        Required(
            one.position,
            one.activity,
            one.version,
            {part: measures[part] for part in parts.get((one.activity.id, one.version), ())},
            hours.get((one.activity.id, one.version), {}),
            figures.get((one.activity.id, one.version), {}),
        )
        for one in required
    ]


def _measures(part_ids: set[int]) -> dict[int, str]:
    if not part_ids:
        return {}
    rows = db.session.execute(select(Activity.id, Activity.kind).where(Activity.id.in_(part_ids)))
    return {number: kinds.get(kind).measure for number, kind in rows}
