"""Reading imports, and what a bank has already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, and_, exists, func, select
from sqlalchemy.orm import aliased

from question_bank.imports.models import ImportLine, ImportStatus, ItemImport, Outcome
from question_bank.likeness.queries import PROBED_AT_ONCE, listed
from question_bank.models import Item, ItemState
from question_bank.permissions import Permission
from question_bank.queries.items import PAGE
from training.core import scopes
from training.core.access import Actor
from training.core.db import batches, db
from training.core.errors import NotFound
from training.core.scopes import Scope

ALIKE = "alike"


@dataclass(frozen=True)
class There:
    """Items of a bank that a file's items meet, by code and by what they say.

    `drafts` are those never approved nor in review, rows `code, type, version` by code.
    """

    codes: set[str]
    drafts: dict[str, Any]
    by_digest: dict[str, int]


@dataclass(frozen=True)
class Coming:
    """What a line that comes in brings along: its bands, and the version of the draft that it was looked at beside."""

    bands: bytes
    draft_version: int | None


@dataclass(frozen=True)
class Counts:
    """How many items of an import stand where; those `left_out` could come in and are counted nowhere else.

    `alike` are all that are like something.
    """

    whole: int = 0
    with_losses: int = 0
    refused: int = 0
    there: int = 0
    left_out: int = 0
    alike: int = 0

    @property
    def coming(self) -> int:
        """How many come in."""
        return self.whole + self.with_losses


def visible_imports(actor: Actor) -> Select[Any]:
    """A select of the imports into banks that the actor may write."""
    statement = select(ItemImport).join(Scope, Scope.id == ItemImport.scope_id)
    return statement.where(scopes.within(actor.paths(Permission.ITEM_WRITE)))


def newest(actor: Actor, most: int = 20) -> Sequence[ItemImport]:
    """The newest imports."""
    return db.session.scalars(visible_imports(actor).order_by(ItemImport.id.desc()).limit(most)).all()


def import_visible_to(actor: Actor, import_id: int, *, lock: bool = False) -> tuple[ItemImport, Scope]:
    """The import of that id with its bank's scope; raises `NotFound` for a stranger's."""
    statement = visible_imports(actor).add_columns(Scope).where(ItemImport.id == import_id)
    if lock:
        statement = statement.with_for_update(of=ItemImport, key_share=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such import into your bank."))
    return row[0], row[1]


def counts_of(opened: ItemImport) -> Counts:
    """How many of its items stand where."""
    rows = db.session.execute(
        select(
            ImportLine.outcome,
            func.count().filter(ImportLine.chosen.is_(True)),
            func.count().filter(ImportLine.chosen.is_(False)),
            func.count().filter(ImportLine.percent.is_not(None)),
        )
        .where(ImportLine.import_id == opened.id)
        .group_by(ImportLine.outcome)
    ).all()
    return Counts(
        left_out=sum(left for _outcome, _count, left, _like in rows),
        alike=sum(like for _outcome, _count, _left, like in rows),
        **{outcome.value: count for outcome, count, _left, _like in rows},
    )


def lines_of(opened: ItemImport, outcome: str, page: int) -> Sequence[Any]:
    """A page of the lines, in the order of the file: of one outcome, those like others (`alike`), or all.

    Rows `ImportLine, like_code, like_retired (a moment), like_place_zh, like_place_en`: of what the line is like.
    """
    statement = _lines(opened)
    if outcome == ALIKE:
        statement = statement.where(ImportLine.percent.is_not(None))
    elif outcome:
        statement = statement.where(ImportLine.outcome == Outcome(outcome), ImportLine.chosen.is_(True))
    return db.session.execute(statement.order_by(ImportLine.number).limit(PAGE).offset((page - 1) * PAGE)).all()


def _lines(opened: ItemImport) -> Any:
    earlier = aliased(ImportLine)
    return (
        select(
            ImportLine,
            Item.code.label("like_code"),
            Item.retired_at.label("like_retired"),
            earlier.place_zh.label("like_place_zh"),
            earlier.place_en.label("like_place_en"),
        )
        .outerjoin(Item, Item.id == ImportLine.like_item_id)
        .outerjoin(earlier, and_(earlier.import_id == ImportLine.import_id, earlier.number == ImportLine.like_line))
        .where(ImportLine.import_id == opened.id)
    )


def alike_in(opened: ItemImport) -> Sequence[Any]:
    """All lines that are like something, in the order of the file; rows as of `lines_of`."""
    return db.session.execute(_lines(opened).where(ImportLine.percent.is_not(None)).order_by(ImportLine.number)).all()


def coming(import_id: int, first: int, last: int) -> dict[int, Coming]:
    """The lines between those, by number, that come in and are not in the bank yet."""
    statement = select(ImportLine.number, ImportLine.bands, ImportLine.draft_version).where(
        ImportLine.import_id == import_id,
        ImportLine.number.between(first, last),
        ImportLine.outcome.in_([Outcome.WHOLE, Outcome.WITH_LOSSES]),
        ImportLine.chosen.is_(True),
        ImportLine.item_id.is_(None),
    )
    rows = db.session.execute(statement.order_by(ImportLine.number))
    return {row.number: Coming(row.bands or b"", row.draft_version) for row in rows}


def there(scope_id: int, codes: Sequence[str], digests: Sequence[str]) -> There:
    """The items of a bank that have one of those codes, or say one of those things and are in use."""
    found: list[Any] = []
    for some in batches(codes):
        own = (Item.scope_id == scope_id, Item.code.in_(some))
        found += db.session.execute(select(Item.code, Item.type, Item.version, _is_draft().label("draft")).where(*own))
    drafts = {row.code: row for row in found if row.draft}
    return There({row.code for row in found}, drafts, _saying(scope_id, digests))


def meanwhile(opened: ItemImport, digests: Sequence[str]) -> dict[str, int]:
    """The items in use that say one of those things, by it, and did not come with this import."""
    own = select(ImportLine.number).where(ImportLine.import_id == opened.id, ImportLine.item_id == Item.id)
    return _saying(opened.scope_id, digests, ~exists(own))


def _saying(scope_id: int, digests: Sequence[str], *conditions: ColumnElement[bool]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in batches(digests, PROBED_AT_ONCE):
        wanted = listed(some, String)
        used = (Item.digest == wanted.c.value, Item.scope_id == scope_id, Item.retired_at.is_(None), *conditions)
        saying = select(func.max(Item.id)).where(*used).scalar_subquery()
        rows = db.session.execute(select(wanted.c.value, saying.label("item_id")))
        found |= {row.value: row.item_id for row in rows if row.item_id is not None}
    return found


def _is_draft() -> ColumnElement[bool]:
    return and_(Item.state == ItemState.DRAFT, Item.approved_version.is_(None), Item.retired_at.is_(None))


def drafts(scope_id: int, codes: Sequence[str]) -> dict[str, Item]:
    """Those of the bank's items with one of the codes that are drafts still, locked, by code."""
    statement = select(Item).where(Item.scope_id == scope_id, Item.code.in_(codes), _is_draft())
    return {item.code: item for item in db.session.scalars(statement.order_by(Item.id).with_for_update())}


def lock_bank(scope_id: int) -> None:
    """Keep other imports into a bank waiting, so that each finds what the one before has brought."""
    db.session.execute(select(Scope.id).where(Scope.id == scope_id).with_for_update(key_share=True))


def left_behind() -> Sequence[int]:
    """The imports that are confirmed and not finished."""
    return db.session.scalars(select(ItemImport.id).where(ItemImport.status == ImportStatus.RUNNING)).all()
