"""The tree of a programme as numbered rows of a form, and back. No database: what is wrong is told by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from training.core.errors import Invalid
from training.core.texts import clean
from training.programmes.trees import MOST_HURDLES, Group, Tree

ALL, SOME = "all", "some"
SPARE = 4
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Row:
    """One row as typed: its number, what it is (an activity's id, `all`, `some`), the group it stands in."""

    place: str = ""
    what: str = ""
    inside: str = ""
    at_least: str = ""
    title_zh: str = ""
    title_en: str = ""


def of_tree(tree: Tree) -> list[Row]:
    """The rows of a tree, numbered through, each group before its members."""
    rows: list[Row] = []
    _add(tree, "", rows)
    return rows


def _add(tree: Tree, inside: str, rows: list[Row]) -> None:
    for node in tree:
        place = str(len(rows) + 1)
        if isinstance(node, int):
            rows.append(Row(place, str(node), inside))
        else:
            what = ALL if node.at_least is None else SOME
            rows.append(Row(place, what, inside, str(node.at_least or ""), node.title_zh, node.title_en))
            _add(node.members, place, rows)


def with_spare(rows: Sequence[Row]) -> list[Row]:
    """The rows with some empty ones after them, so that more can be typed without a script."""
    filled = [row for row in rows if row.what]
    spare = min(SPARE, 2 * MOST_HURDLES - len(filled))
    return [*filled, *(Row(place=str(len(filled) + number + 1)) for number in range(spare))]


def sent(value: Callable[[str], str]) -> list[Row]:
    """The rows of a form that was sent: fields `what-1`, `place-1` and so on, as `value` gives them by name."""
    count = min(_number(value("rows")), 2 * MOST_HURDLES)

    def typed(name: str, index: int) -> str:
        return clean(value(f"{name}-{index}")[:LONGEST_TITLE]) or ""

    return [
        Row(
            typed("place", index),
            typed("what", index),
            typed("inside", index),
            typed("least", index),
            typed("zh", index),
            typed("en", index),
        )
        for index in range(1, count + 1)
    ]


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def to_tree(rows: Sequence[Row]) -> Tree:
    """The tree that the filled rows describe; raises `Invalid`, naming the row."""
    filled = [row for row in rows if row.what]
    places: dict[int, Row] = {}
    for row in filled:
        place = _number(row.place)
        if not 1 <= place <= 999 or place in places:
            raise Invalid(
                _("Row %(row)s: give every row a whole number of its own as its place.", row=row.place or "–")
            )
        places[place] = row
    for place, row in places.items():
        _require_in_a_group(place, row, places)
    return _members(0, places)


def _require_in_a_group(place: int, row: Row, places: dict[int, Row]) -> None:
    if not row.inside:
        return
    group = places.get(_number(row.inside))
    if group is None or group.what not in (ALL, SOME):
        raise Invalid(_("Row %(row)d: row %(inside)s is not a group.", row=place, inside=row.inside))
    if _number(row.inside) >= place:
        raise Invalid(_("Row %(row)d: put the group before its members.", row=place))


def _members(inside: int, places: dict[int, Row]) -> Tree:
    return tuple(_node(place, row, places) for place, row in sorted(places.items()) if _number(row.inside) == inside)


def _node(place: int, row: Row, places: dict[int, Row]) -> Group | int:
    if row.what not in (ALL, SOME):
        return _number(row.what)
    at_least = None if row.what == ALL else _number(row.at_least)
    return Group(row.title_zh, row.title_en, at_least, _members(place, places))
