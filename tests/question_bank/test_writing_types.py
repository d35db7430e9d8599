"""An item of every type is written by its form, shown on a paper, answered by the paper's form and graded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from question_bank import item_types, words
from question_bank.forms import kinds
from question_bank.models import AttemptItem, Item, ItemVersion
from question_bank.pictures import services as pictures
from tests import pages
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import conftest
from tests.question_bank.bodies import EACH, PICTURE, SOUND
from tests.question_bank.conftest import Bench
from tests.question_bank.test_item_forms import lean, sent
from tests.question_bank.test_sitting import hand_in
from training.core import storage
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
SAMPLES = [(name, bodies[0]) for name, bodies in SOUND.items() if not item_types.get(name).by_hand]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    send_picture(bench)
    return as_(bench.people["instructor.jn"], "en")


def send_picture(bench: Bench) -> None:
    """Let the instructor have sent the picture of the hot-spot."""
    with bench.writing():
        kept = storage.keep(PICTURE, "pump.png", families=("image",))
        pictures.note_sent([kept], sent_by=bench.actor("instructor.jn"))


def typed(bench: Bench, name: str, body: dict[str, Any], **changes: str) -> dict[str, Any]:
    """What the form of a type sends for a body."""
    with bench.app.test_request_context():
        values = sent(kinds.form_for(name, body))
    several = {one: values.getlist(one) for one in values if len(values.getlist(one)) > 1}
    dropped = ("scope_id", "version")
    return {one: text for one, text in {**values.to_dict(), **several, **changes}.items() if one not in dropped}


def newest(bench: Bench) -> tuple[Item, dict[str, Any]]:
    with bench.looking():
        statement = select(Item, ItemVersion.body).join(ItemVersion, ItemVersion.item_id == Item.id)
        item, body = db.session.execute(statement.order_by(ItemVersion.id.desc()).limit(1)).one()
        return item, body


@pytest.mark.parametrize(("name", "body"), EACH)
def test_an_item_is_written_by_the_form_of_its_type(
    bench: Bench, instructor: CheckingClient, name: str, body: dict[str, Any]
) -> None:
    page = f"/items/new?type={name}"
    assert instructor.get(page).status_code == 200
    saved = instructor.post(page, data={**typed(bench, name, body, code="W-1"), "scope_id": _scope(bench)})
    assert saved.status_code == 302, main_text(saved)
    item, written = newest(bench)
    if name == "judgement":  # both answers are worded alike in every item
        with bench.app.test_request_context():
            verdicts = words.true_and_false()
        body = {**body, "options": [{**one, "text": verdicts[one["id"]]} for one in body["options"]]}
    assert lean(written) == lean(body)
    assert instructor.get(f"/items/{item.id}").status_code == 200
    assert instructor.submit(f"/items/{item.id}/edit").status_code == 302, "the form of a saved item saves the same"
    assert newest(bench)[1] == written


def _scope(bench: Bench) -> str:
    with bench.looking():
        return str(db.session.scalars(select(Item.scope_id).where(Item.id == bench.item_ids[0])).one())


@pytest.mark.parametrize("name", SOUND)
def test_an_empty_form_and_its_preview_are_told_all_that_is_missing(
    bench: Bench, instructor: CheckingClient, name: str
) -> None:
    page = f"/items/new?type={name}"
    refused = instructor.submit(page)
    assert refused.status_code == 422
    assert "Item code: Fill this in." in main_text(refused)
    assert instructor.submit(page, {"do": "preview"}).status_code == 200
    assert instructor.post(f"/items/preview?type={name}", data={}).status_code == 200


@pytest.mark.parametrize("name", SOUND)
def test_lists_grow_by_a_button_and_lose_nothing(bench: Bench, instructor: CheckingClient, name: str) -> None:
    page, values = f"/items/new?type={name}", typed(bench, name, SOUND[name][0], code="W-1")
    buttons = _growers(instructor.get(page).get_data(as_text=True))
    for button in buttons:
        grown = instructor.post(page, data={**values, "do": button})
        assert grown.status_code == 200
        kept = pages.form_of(grown, "/items/new").values
        assert {one: text for one, text in values.items() if kept.get(one, text) != text} == {}
        before = pages.form_of(instructor.post(page, data={**values, "do": "show"}), "/items/new").values
        assert len(kept) > len(before)
    assert buttons or name == "judgement"


def _growers(text: str) -> list[str]:
    return [piece.partition('"')[0] for piece in text.split('name="do" value="')[1:] if piece.startswith("add-")]


@pytest.mark.parametrize(("name", "body"), SAMPLES)
def test_it_is_answered_on_a_paper_and_graded(
    make_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch, as_: As, name: str, body: dict[str, Any]
) -> None:
    kind = item_types.get(name)
    if kind.by_hand:
        pytest.skip("a person marks it: no quiz takes it")
    monkeypatch.setattr(conftest, "BODIES", [(name, {"stem": {"zh": "", "en": ""}, **body})])
    bench = make_bench()
    attempt = bench.start()
    client = as_(bench.trainee, "en")
    paper = client.get(f"/quiz/attempts/{attempt}")
    assert paper.status_code == 200
    with bench.looking():
        drawn = db.session.get_one(AttemptItem, (attempt, 1)).option_order
    answer = {f"1-{name}": value for name, value in fields_for(kind.entry, kind.key(body, drawn)).items()}
    form = pages.form_of(paper, f"/quiz/attempts/{attempt}/answers")
    assert form.values["1-after"] == "0"
    if not kind.staged:
        assert all(f'name="{one}"' in paper.text for one in answer), form
    saved = client.post(form.action, data={"1-after": 0, **answer})
    assert saved.status_code == 302, main_text(saved)
    hand_in(bench, attempt)
    with bench.looking():
        graded = db.session.get_one(AttemptItem, (attempt, 1))
        assert graded.earned == graded.points
    assert client.get(f"/quiz/attempts/{attempt}/result").status_code == 200


def fields_for(entry: str, key: list[str]) -> dict[str, Any]:
    """What the paper's form sends for an answer."""
    if entry == "order":
        return {f"choice.{place}": one for place, one in enumerate(key, start=1)}
    if entry in {"texts", "essay"}:
        parts = [one.partition(":") for one in key]
        return {f"text.{part}" if colon else "text": text or part for part, colon, text in parts}
    found: dict[str, Any] = {}
    for one in key:
        part, colon, _option = one.partition(":")
        found.setdefault(f"choice.{part}" if colon else "choice", []).append(one)
    return found


def test_the_editor_needs_few_queries(bench: Bench, instructor: CheckingClient) -> None:
    page = f"/items/{bench.item_ids[0]}/edit"
    values = pages.form_of(instructor.get(page), page).values
    with counting(bench.app, at_most=6):
        instructor.get(page)
    with counting(bench.app, at_most=6):
        assert instructor.post(page, data={**values, "do": "preview"}).status_code == 200
    with counting(bench.app, at_most=6):
        assert instructor.post("/items/preview?type=A1", data=values).status_code == 200
    with counting(bench.app, at_most=6):
        assert instructor.post(page, data={**values, "source": "x" * 201}).status_code == 422
    with counting(bench.app, at_most=12):
        assert instructor.post(page, data={**values, "stem_en": "other"}).status_code == 302
