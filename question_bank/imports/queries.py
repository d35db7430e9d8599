"""Reading imports, and what a bank has already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased

from question_bank.imports.models import ImportLine, ImportStatus, ItemImport, Outcome
from question_bank.models import Item, ItemState
from question_bank.permissions import Permission
from question_bank.queries.items import PAGE
from training.core import scopes
from training.core.access import Actor
from training.core.db import db
from training.core.errors import NotFound
from training.core.scopes import Scope

IN_ONE = 500
ALIKE = "alike"


@dataclass(frozen=True)
class There:
    """Items of a bank that a file's items meet, by code and by what they say.

    `drafts` are the types, by code, of those never approved nor in review.
    """

    by_code: dict[str, int]
    drafts: dict[str, str]
    by_digest: dict[str, int]


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

    Rows `ImportLine, like_code, like_retired (a moment), like_place` of the item or the line that it is like.
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
            earlier.place.label("like_place"),
        )
        .outerjoin(Item, Item.id == ImportLine.like_item_id)
        .outerjoin(earlier, and_(earlier.import_id == ImportLine.import_id, earlier.number == ImportLine.like_line))
        .where(ImportLine.import_id == opened.id)
    )


def alike_in(opened: ItemImport) -> Sequence[Any]:
    """All lines that are like something, in the order of the file; rows as of `lines_of`."""
    return db.session.execute(_lines(opened).where(ImportLine.percent.is_not(None)).order_by(ImportLine.number)).all()


def coming(import_id: int, first: int, last: int) -> dict[int, bytes]:
    """The lines between those, by number with their bands, that come in and are not in the bank yet."""
    statement = select(ImportLine.number, ImportLine.bands).where(
        ImportLine.import_id == import_id,
        ImportLine.number.between(first, last),
        ImportLine.outcome.in_([Outcome.WHOLE, Outcome.WITH_LOSSES]),
        ImportLine.chosen.is_(True),
        ImportLine.item_id.is_(None),
    )
    return {number: bands or b"" for number, bands in db.session.execute(statement.order_by(ImportLine.number))}


def there(scope_id: int, codes: Sequence[str], digests: Sequence[str]) -> There:
    """The items of a bank that have one of those codes, or say one of those things and are in use."""
    by_code: dict[str, int] = {}
    by_digest: dict[str, int] = {}
    drafts: dict[str, str] = {}
    for some in _pieces(codes):
        own = (Item.scope_id == scope_id, Item.code.in_(some))
        rows = db.session.execute(select(Item.code, Item.id, Item.type, _is_draft().label("draft")).where(*own)).all()
        by_code |= {row.code: row.id for row in rows}
        drafts |= {row.code: row.type for row in rows if row.draft}
    for some in _pieces(digests):
        said = select(Item.digest, Item.id).where(Item.scope_id == scope_id, Item.digest.in_(some))
        by_digest |= {row.digest: row.id for row in db.session.execute(said.where(Item.retired_at.is_(None)))}
    return There(by_code, drafts, by_digest)


def _is_draft() -> ColumnElement[bool]:
    return and_(Item.state == ItemState.DRAFT, Item.approved_version.is_(None), Item.retired_at.is_(None))


def drafts(scope_id: int, codes: Sequence[str]) -> dict[str, Item]:
    """Those of the bank's items with one of the codes that are drafts still, locked, by code."""
    statement = select(Item).where(Item.scope_id == scope_id, Item.code.in_(codes), _is_draft()).with_for_update()
    return {item.code: item for item in db.session.scalars(statement)}


def free_codes(scope_id: int, codes: Sequence[str]) -> set[str]:
    """Those of the codes that no item of the bank has."""
    return set(codes) - set(there(scope_id, codes, ()).by_code)


def left_behind() -> Sequence[int]:
    """The imports that are confirmed and not finished."""
    return db.session.scalars(select(ItemImport.id).where(ItemImport.status == ImportStatus.RUNNING)).all()


def _pieces(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), IN_ONE):
        yield values[start : start + IN_ONE]
