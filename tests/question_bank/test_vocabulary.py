"""The names of modules and competencies: in the form, the filter and the list, beside values of somebody's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from question_bank import vocabulary
from question_bank.models import Item
from question_bank.queries import items as bank
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench
from tests.question_bank.test_lists import add, found
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


def test_there_are_twelve_modules_and_eight_competencies_in_both_languages() -> None:
    read = vocabulary._words()
    assert [len(read[kind]) for kind in vocabulary.KINDS] == [12, 8]
    for kind in vocabulary.KINDS:
        for part in ("key", "zh", "en"):
            texts = [one[part] for one in read[kind]]
            assert all(texts)
            assert len(set(texts)) == len(texts), (kind, part)
        assert all(one["key"].isascii() and len(one["key"]) <= 40 for one in read[kind])


def test_the_form_offers_names_and_keeps_a_value_of_ones_own(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"], "en")
    named, own = add(bench, "V-1", "题", module="pain"), add(bench, "V-2", "题", module="老年护理")
    assert '<option selected value="pain">Pain</option>' in client.get(f"/items/{named}/edit").text
    assert '<option selected value="老年护理">老年护理</option>' in client.get(f"/items/{own}/edit").text
    assert client.submit(f"/items/{own}/edit", {"competency": "symptom"}).status_code == 302
    with bench.looking():
        item = db.session.get_one(Item, own)
        about = bank.version_of(item, item.version).body["about"]
    assert about == {"module": "老年护理", "competency": "symptom"}
    page = main_text(client.get(f"/items/{own}"))
    assert "老年护理" in page
    assert "Pain and symptom control" in page
    assert client.submit(f"/items/{own}/edit", {"module": "x" * 41}).status_code == 422


def test_filters_show_names_and_find_values_of_ones_own(bench: Bench, as_: As) -> None:
    add(bench, "V-1", "题", module="pain", competency="symptom")
    add(bench, "V-2", "题", module="老年护理")
    assert found(bench, module="pain", competency="symptom") == ["V-1"]
    assert found(bench, competency="ethics") == []
    client = as_(bench.people["instructor.jn"])
    page = client.get("/items/?module=pain")
    assert "疼痛" in main_text(page)
    assert "V-1" in main_text(page)
    own = client.get("/items/?module=老年护理")
    assert "V-2" in main_text(own)
    assert '<option selected value="老年护理">' in own.text
    assert client.get("/items/?module=%00").status_code == 422
    assert client.get(f"/items/?module={'x' * 41}").status_code == 422
