"""Items written as sheets and read again: the same keys, the same scores, in either language and every encoding."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank import grading, item_types
from question_bank.exchange import sheet_writer, sheets
from question_bank.exchange.parsed import Exported, Parsed
from tests.question_bank.exchange.item_bodies import MAKERS, bodies

FORMS = [("xlsx", "utf-8-sig"), ("csv", "utf-8-sig"), ("csv", "gb18030")]
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def written_and_read(items: list[Exported], language: str, form: str, encoding: str) -> list[Parsed]:
    data, outcome = sheet_writer.write(items, language, form, encoding)
    assert [one.status for one in outcome] == ["whole"] * len(items)
    return sheets.read(data, f"items.{form}")


def bare(value: Any) -> Any:
    """A body without what says nothing, and numbers in one spelling."""
    if isinstance(value, dict):
        kept = {name: bare(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in ("", {}, [], None, False)}
    if isinstance(value, list):
        return [bare(one) for one in value]
    if isinstance(value, str):
        try:
            return str(Decimal(value).normalize())
        except InvalidOperation:
            return value
    return value


@pytest.mark.parametrize("type_name", MAKERS)
@few
@given(data=st.data())
def test_an_item_written_and_read_is_the_same_item(type_name: str, data: st.DataObject) -> None:
    body = data.draw(bodies(type_name))
    language = data.draw(st.sampled_from(["zh", "en"]))
    form, encoding = data.draw(st.sampled_from(FORMS))
    item = Exported("JN-1", type_name, body, ("疼痛/急", "阿片类"), ("a；b", "剂量"), points="2")
    (read,) = written_and_read([item], language, form, encoding)
    assert (read.type, read.refusals, read.code, read.points) == (type_name, [], "JN-1", "2")
    assert (read.category, read.tags) == (item.category, item.tags)
    assert bare(read.body) == bare(body)


@pytest.mark.parametrize("type_name", [one for one in item_types.names() if one in MAKERS])
@few
@given(data=st.data())
def test_the_same_answers_earn_the_same(type_name: str, data: st.DataObject) -> None:
    body = data.draw(bodies(type_name))
    (read,) = written_and_read([Exported("JN-1", type_name, body)], "zh", "xlsx", "")
    kind, chance = item_types.get(type_name), Random(data.draw(st.integers(0, 99)))
    draw = kind.draw(body, chance, True)
    assert kind.key(read.body, draw) == kind.key(body, draw)
    for answer in (kind.key(body, draw), data.draw(st.lists(st.sampled_from([*draw, "12", "吗啡"]), max_size=4))):
        marks = kind.mark(body, draw, answer), kind.mark(read.body, draw, answer)
        assert marks[0] == marks[1]
        assert grading.fraction(kind, marks[0]) == grading.fraction(kind, marks[1])


def test_items_of_all_types_stand_in_one_file_and_come_back_in_order() -> None:
    from tests.question_bank.bodies import EACH

    items = [Exported(f"JN-{number}", name, body) for number, (name, body) in enumerate(EACH) if name in MAKERS]
    for form, encoding in FORMS:
        found = {one.code: one for one in written_and_read(items, "zh", form, encoding)}
        assert {code: (one.type, one.losses) for code, one in found.items()} == {
            one.code: (one.type, []) for one in items
        }


def test_what_rows_cannot_carry_is_named() -> None:
    data, outcome = sheet_writer.write([Exported("JN-1", "hotspot", {"stem": {"zh": "图"}})])
    assert [one.status for one in outcome] == ["refused"]
    assert outcome[0].refusals[0].where == "JN-1"
    picture = {"name": "p.png", "file": "0" * 64, "alt": {}}
    data, outcome = sheet_writer.write(
        [Exported("JN-2", "essay", {"stem": {"zh": "看图\n![p.png]"}, "pictures": [picture], "rubric": []})]
    )
    assert [one.status for one in outcome] == ["with_losses"]
    assert sheets.read(data, "a.xlsx")[0].body["stem"]["zh"] == "看图\n![p.png]"


def test_formulas_are_texts() -> None:
    body = {"stem": {"zh": "=1+1", "en": ""}, "accepted": [{"text": "@SUM(A1)", "weight": "100"}], "case": False}
    data, _outcome = sheet_writer.write([Exported("JN-1", "short", body)], form="csv")
    assert "'=1+1" in data.decode("utf-8-sig")
    (read,) = sheets.read(data, "a.csv")
    assert (read.body["stem"]["zh"], read.body["accepted"][0]["text"]) == ("=1+1", "@SUM(A1)")
