"""What imports write: bodies come back as they were read, whatever stands in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from question_bank.exchange.parsed import Parsed
from question_bank.imports import writing
from question_bank.likeness.models import ItemBand
from question_bank.likeness.shingles import bands
from question_bank.models import Item, ItemTag, ItemTerms, ItemVersion
from question_bank.samples import all_items
from question_bank.services.indexing import row_of
from question_bank.services.items import digest
from tests.question_bank.conftest import Bench, a1
from training.core.db import db, give_up

pytestmark = pytest.mark.world
AWKWARD = [
    "a\tb\nc\r\nd",
    "\\N",
    "\\.",
    "\\t\\n\\\\",
    "\"'`{}[]()<>&;,|",
    "\u2028\u2029\u200b\ufeff",
    "𠮷野家 🙂 é e\u0301 ﬁ",
    "\x01\x1f\x7f",
    "%s %(name)s :name ? $1",
    " ends with blanks  ",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
BODIES = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def parsed(body: dict[str, Any], type_name: str = "A1", tags: tuple[str, ...] = ()) -> Parsed:
    one = Parsed("", type=type_name, tags=tags)
    one.body = body
    return one


def written(bench: Bench, items: list[Parsed]) -> dict[str, int]:
    """Add items to the first base's bank under codes of their places; their ids by these."""
    with bench.writing():
        scope_id = db.session.get_one(Item, bench.item_ids[0]).scope_id
        new = [writing.New(f"W-{place}", one, one.body, digest(one.type, one.body)) for place, one in enumerate(items)]
        return writing.add(scope_id, None, new)


def bodies_of(bench: Bench, ids: dict[str, int]) -> list[dict[str, Any]]:
    with bench.looking():
        versions = select(ItemVersion.item_id, ItemVersion.body).where(ItemVersion.item_id.in_(ids.values()))
        found = {row.item_id: row.body for row in db.session.execute(versions)}
        return [found[ids[f"W-{place}"]] for place in range(len(ids))]


def test_bodies_that_were_packed_come_back_the_same(bench: Bench) -> None:
    """Every item of the sample, and texts that mean something to a database or to a copy of many rows."""
    bodies = [(one["type"], {name: value for name, value in one.items() if name != "type"}) for one in all_items()]
    bodies += [("A1", {**a1(), "stem": {"zh": text, "en": text}, "source": text}) for text in AWKWARD]
    items = [parsed(body, type_name) for type_name, body in bodies]
    assert [one.body for one in items] == [body for _type, body in bodies]
    ids = written(bench, items)
    assert bodies_of(bench, ids) == [body for _type, body in bodies]
    with bench.looking():
        digests = {one.code: one.digest for one in db.session.scalars(select(Item).where(Item.id.in_(ids.values())))}
    assert digests == {f"W-{place}": digest(*one) for place, one in enumerate(bodies)}


def test_what_is_found_and_told_by_comes_with_each_item(bench: Bench) -> None:
    items = [parsed({**a1(), "stem": {"zh": text}}, tags=(text[:40], "期末")) for text in AWKWARD]
    ids = written(bench, items)
    with bench.looking():
        terms = {row.item_id: row for row in db.session.scalars(select(ItemTerms))}
        kept: dict[int, list[int]] = {}
        for band in db.session.scalars(select(ItemBand).order_by(ItemBand.item_id, ItemBand.place)):
            kept.setdefault(band.item_id, []).append(band.band)
        tags = {(row.item_id, row.tag) for row in db.session.scalars(select(ItemTag))}
    for place, one in enumerate(items):
        code, item_id = f"W-{place}", ids[f"W-{place}"]
        own = row_of(item_id, code, one.tags, one.body)
        assert (terms[item_id].lead, terms[item_id].rest) == (own["lead"], own["rest"])
        assert {tag for other, tag in tags if other == item_id} == {tag.strip() for tag in one.tags if tag.strip()}
        assert kept[item_id] == bands(one.body)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BODIES, min_size=1, max_size=3))
def test_any_body_comes_back_the_same(bench: Bench, bodies: list[dict[str, Any]]) -> None:
    with bench.writing():
        scope_id = db.session.get_one(Item, bench.item_ids[0]).scope_id
        new = [writing.New(f"W-{place}", parsed(body), body, "") for place, body in enumerate(bodies)]
        ids = writing.add(scope_id, None, new)
        versions = select(ItemVersion.item_id, ItemVersion.body).where(ItemVersion.item_id.in_(ids.values()))
        found = {row.item_id: row.body for row in db.session.execute(versions)}
        assert [found[ids[f"W-{place}"]] for place in range(len(bodies))] == bodies
        give_up()
