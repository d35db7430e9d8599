"""How both databases find items in a large bank: by their indexes, never by walking through a table. No times."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select, text

from question_bank.imports import queries as imports
from question_bank.imports.models import ItemImport
from question_bank.likeness import queries as likeness
from question_bank.likeness import shingles
from question_bank.likeness.models import ItemBand
from question_bank.models import Item, ItemCategory, ItemState, ItemTag, ItemTerms, ItemVersion
from question_bank.queries import items as bank
from question_bank.queries import lists, reviews
from question_bank.queries.lists import Wanted
from question_bank.services import indexing
from tests.question_bank.conftest import Bench, a1
from training.core import clock
from training.core.db import connection, db, insert_many
from training.core.scopes import Scope

pytestmark = pytest.mark.world
OWN, OF_EACH = 300, 80
TABLES = {"item", "item_version", "item_terms", "item_search", "item_tag", "item_band"}
WALK = re.compile(rf"SCAN ({'|'.join(TABLES)})(_\d+)?$")  # SQLite names an index behind the table, if it goes by one


def fill(bench: Bench) -> None:
    """Fill the first base's bank and, by far the most, those of all other places; a thirtieth is unlike the rest."""
    with bench.writing():
        own = db.session.get_one(Item, bench.item_ids[0]).scope_id
        others = db.session.scalars(select(Scope.id).where(Scope.id != own)).all()
        place = ItemCategory(scope_id=own, name="罕见", parent_id=None)
        db.session.add(place)
        db.session.flush()
        first = max(bench.item_ids) + 1
        _add(range(first, first + OWN), lambda _one: own, bench.people["instructor.jn"].id, place.id)
        rest = range(first + OWN, first + OWN + OF_EACH * len(others))
        _add(rest, lambda one: others[one % len(others)], None, None)
        connection().execute(text("ANALYZE"))


def _add(ids: range, scope_of: Callable[[int], int], author_id: int | None, category_id: int | None) -> None:
    rare = {one for one in ids if not one % 30}
    item = {"type": "A1", "version": 1, "stem_zh": "题", "stem_en": "", "state": ItemState.DRAFT, "category_id": None}
    item |= {"created_at": clock.now()}
    other = {"type": "X", "state": ItemState.IN_REVIEW, "category_id": category_id}
    rows = [{**item, "id": one, "scope_id": scope_of(one), "code": f"P-{one}", "digest": f"{one:064}"} for one in ids]
    insert_many(Item, [{**row, **other} if row["id"] in rare else row for row in rows])
    version = {"version": 1, "body": a1(), "author_id": author_id, "created_at": clock.now()}
    insert_many(ItemVersion, [{**version, "item_id": one} for one in ids])
    said = {one: {"stem": {"zh": "罕见" if one in rare else f"常见 {one}"}} for one in ids}
    insert_many(ItemTerms, [indexing.row_of(one, f"P-{one}", (), said[one]) for one in ids])
    insert_many(ItemTag, [{"item_id": one, "tag": "期末" if one in rare else f"t{one}"} for one in ids])
    bands = [(one, place) for one in ids for place in range(3)]
    insert_many(
        ItemBand,
        [{"item_id": one, "place": place, "scope_id": scope_of(one), "band": 12 * one + place} for one, place in bands],
    )


@dataclass
class Plans:
    """What the statements of a block would walk through, each with the statement, and the indexes that they go by."""

    walks: list[str] = field(default_factory=list)
    indexes: set[str] = field(default_factory=set)

    def add(self, statement: str, parameters: Any) -> None:
        """Ask for the plan of a statement. PostgreSQL would walk through tables as small as a test's, if it might."""
        if db.engine.dialect.name == "sqlite":
            plan = [row.detail for row in connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            self.walks += [f"{one}: {statement}" for one in plan if WALK.search(one)]
            self.indexes |= {name for one in plan for name in re.findall(r"INDEX (\w+)", one)}
            return
        connection().execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        self.indexes |= set(re.findall(r"'Index Name': '(\w+)'", str(plan)))
        self.walks += [f"{one}: {statement}" for one in _whole(plan[0]["Plan"], is_bounded=False)]


def _whole(node: dict[str, Any], *, is_bounded: bool) -> Iterator[str]:
    """The tables that a plan of PostgreSQL's reads from end to end: none that is read in order up to a limit."""
    is_bounded = is_bounded or node["Node Type"] == "Limit"
    by_index = "Index Cond" in node or "Recheck Cond" in node or (is_bounded and "Index Name" in node)
    if node.get("Relation Name") in TABLES and not by_index:
        yield f"{node['Node Type']} of {node['Relation Name']}"
    for one in node.get("Plans", ()):
        yield from _whole(one, is_bounded=is_bounded and node["Node Type"] not in {"Sort", "Aggregate", "Hash"})


@contextmanager
def planned(bench: Bench) -> Iterator[Plans]:
    """The plans of the statements of the block that read; complete behind it."""
    asked: list[tuple[str, Any]] = []
    plans = Plans()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    with bench.looking():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield plans
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        for statement, parameters in asked:
            plans.add(statement, parameters)
    assert asked


LOOKED_FOR = {
    "all": Wanted(),
    "type": Wanted(type="X"),
    "state": Wanted(type="A1", state="draft"),
    "tag": Wanted(tag="期末"),
    "module": Wanted(module="pain", difficulty=3),
    "words": Wanted("罕见"),
    "mine": Wanted(only="mine"),
    "drafts": Wanted(only="drafts"),
    "waiting": Wanted(only="waiting"),
    "due": Wanted(only="due"),
}


def asks(bench: Bench) -> dict[str, Callable[[], object]]:
    """What people and imports ask the bank, by name."""
    with bench.looking():
        actor = bench.actor("instructor.jn")
        category = db.session.scalars(select(ItemCategory.id).where(ItemCategory.name == "罕见")).first()
        opened = ItemImport(id=0, scope_id=db.session.get_one(Item, bench.item_ids[0]).scope_id)
    wanted = {**LOOKED_FOR, "category": Wanted(category=category)}
    pages: dict[str, Callable[[], object]] = {
        f"{name}, page {number}": partial(lists.page_of_items, actor, one, number)
        for name, one in wanted.items()
        for number in (1, 5)
    }
    body, codes, digests = a1(), [f"P-{one}" for one in range(200)], [f"{one:064}" for one in range(200)]
    return {
        **pages,
        "today": partial(lists.today_of, actor),
        "reviews": partial(reviews.page_of_waiting, actor, 1),
        "to choose": partial(bank.items_to_choose, actor, bench.item_ids),
        "alike": partial(likeness.alike_to, actor, body),
        "nearest": partial(likeness.nearest, opened.scope_id, {0: body}, {0: shingles.bands(body)}),
        "there": partial(imports.there, opened.scope_id, codes, digests),
        "meanwhile": partial(imports.meanwhile, opened, digests),
    }


GO_BY = {
    "type, page 1": "ix_item_filter",
    "nearest": "ix_item_band_band",
    "there": "ix_item_digest",
    "meanwhile": "ix_item_digest",
}


def test_no_question_to_a_large_bank_walks_through_it(bench: Bench) -> None:
    fill(bench)
    with planned(bench) as plans:
        db.session.scalars(select(Item.id).where(Item.stem_en == "nowhere")).all()
    assert plans.walks, "a walk is told"
    found: dict[str, Plans] = {}
    for name, ask in asks(bench).items():
        with planned(bench) as found[name]:
            ask()
    assert {name: one.walks for name, one in found.items() if one.walks} == {}
    assert {name: found[name].indexes for name, index in GO_BY.items() if index not in found[name].indexes} == {}
