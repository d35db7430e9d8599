"""The requirements of a programme as a tree: written once for each version, read again for the editor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select

from training.activities.models import Activity
from training.core.db import db
from training.core.errors import Invalid
from training.programmes import queries
from training.programmes.kind import PROGRAMME
from training.programmes.models import Requirement, RequirementGroup

DEEPEST = 3
MOST_HURDLES = 60


@dataclass(frozen=True)
class Group:
    """A group of hurdles: all members are needed, or `at_least` so many; a member is an activity's id or a group."""

    title_zh: str
    title_en: str
    at_least: int | None
    members: tuple[Group | int, ...]


Tree = tuple[Group | int, ...]


def hurdles(tree: Tree) -> list[int]:
    """The ids of the activities in the tree, in order."""
    return [one for node in tree for one in ([node] if isinstance(node, int) else hurdles(node.members))]


def _groups(tree: Tree, depth: int = 2) -> Iterator[tuple[Group, int]]:
    for node in tree:
        if isinstance(node, Group):
            yield node, depth
            yield from _groups(node.members, depth + 1)


def require_sound(tree: Tree) -> Mapping[int, Activity]:
    """Raise `Invalid`, saying where, for a tree that cannot be fulfilled or understood; returns its activities by id.

    The top is one level, groups in it the second, groups in these the third and last.
    """
    ids = hurdles(tree)
    if not ids:
        raise Invalid(_("A programme asks for at least one activity; add one."))
    if len(ids) > MOST_HURDLES:
        raise Invalid(_("A programme asks for at most %(max)d activities; open another programme.", max=MOST_HURDLES))
    found = {one.id: one for one in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))}
    for one in ids:
        if one not in found or found[one].kind == PROGRAMME:
            raise Invalid(_("One of the activities is not there any more; reload the page."))
        if ids.count(one) > 1:
            raise Invalid(
                _("“%(title)s” stands in the programme twice; remove one of them.", title=found[one].title_zh)
            )
    for group, depth in _groups(tree):
        _require_sound_group(group, depth)
    return found


def _require_sound_group(group: Group, depth: int) -> None:
    name = group.title_zh or group.title_en
    if not (group.title_zh and group.title_en):
        raise Invalid(_("Give every group a title in both languages."))
    if not group.members:
        raise Invalid(_("The group “%(title)s” is empty; put activities into it or remove it.", title=name))
    if depth > DEEPEST:
        raise Invalid(
            _("The group “%(title)s” stands too deep; a group holds groups, and these hold none.", title=name)
        )
    if group.at_least is not None and not 1 <= group.at_least <= len(group.members):
        raise Invalid(
            _(
                "The group “%(title)s” has %(members)d members; ask for 1 to %(members)d of them.",
                title=name,
                members=len(group.members),
            )
        )


def least_hours(tree: Tree, hours: Mapping[int, Decimal], at_least: int | None = None) -> Decimal:
    """The class hours that everybody does at least: of a choice the shortest members."""
    several = [
        hours[node] if isinstance(node, int) else least_hours(node.members, hours, node.at_least) for node in tree
    ]
    return sum(sorted(several)[: len(several) if at_least is None else at_least], Decimal(0))


def write(programme_id: int, version: int, tree: Tree) -> None:
    """Write the tree as that version of the programme, positions counted through; does not commit."""
    _write_members(programme_id, version, tree, None, 1)
    db.session.flush()


def _write_members(programme_id: int, version: int, tree: Tree, group_id: int | None, position: int) -> int:
    for node in tree:
        place = {"programme_id": programme_id, "version": version, "position": position}
        position += 1
        if isinstance(node, int):
            db.session.add(Requirement(activity_id=node, group_id=group_id, **place))
            continue
        group = RequirementGroup(
            parent_id=group_id, at_least=node.at_least, title_zh=node.title_zh, title_en=node.title_en, **place
        )
        db.session.add(group)
        db.session.flush()
        position = _write_members(programme_id, version, node.members, group.id, position)
    return position


def read(programme_id: int, version: int) -> Tree:
    """The tree of a version as it was written."""
    requirements = queries.requirements_of(programme_id, version)
    groups = queries.groups_of(programme_id, version)
    nodes: list[tuple[int, int | None, int | RequirementGroup]] = [
        *((row.Requirement.position, row.Requirement.group_id, row.Activity.id) for row in requirements),
        *((group.position, group.parent_id, group) for group in groups),
    ]
    return _members(None, sorted(nodes, key=lambda node: node[0]))


def _members(group_id: int | None, nodes: Sequence[tuple[int, int | None, int | RequirementGroup]]) -> Tree:
    return tuple(
        node if isinstance(node, int) else Group(node.title_zh, node.title_en, node.at_least, _members(node.id, nodes))
        for _position, inside, node in nodes
        if inside == group_id
    )
