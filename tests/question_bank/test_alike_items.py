"""Items that are nearly the same: told of after saving, beside the preview, and line by line before an import."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from question_bank.imports import tasks as import_tasks
from question_bank.imports.models import ImportLine, ItemImport
from question_bank.likeness import queries, shingles, tasks
from question_bank.likeness.models import ItemBand
from question_bank.models import Item, ItemVersion
from question_bank.services import items, retiring
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import Bench
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
STEM = "患者男，65 岁，晚期肺癌，口服吗啡缓释片 5 mg 每 12 小时一次，夜间爆发痛，NRS 评分 7 分，首选哪一项处理？"
HEAD = "编号,题型,题干,选项A,选项B,选项C,选项D,答案"
OPTIONS = "给即释吗啡,加用地西泮,转诊疼痛科,继续观察,A"


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def body(stem: str = STEM) -> dict[str, Any]:
    texts = OPTIONS.split(",")[:4]
    options = [{"id": one, "text": {"zh": text}} for one, text in zip("abcd", texts, strict=True)]
    return {"stem": {"zh": stem}, "options": options, "key": ["a"]}


def add(bench: Bench, code: str, stem: str = STEM, *, retire: bool = False) -> int:
    """A draft of the first instructor's in the first base's bank; retired if wanted."""
    with bench.writing():
        scope = db.session.get_one(Scope, db.session.get_one(Item, bench.item_ids[0]).scope_id)
        author = bench.actor("instructor.jn")
        item = items.add_item(scope, code=code, type_name="A1", body=body(stem), added_by=author)
        if retire:
            retiring.retire(item, scope, "test", retired_by=author)
        return item.id


def send(client: CheckingClient, *lines: str) -> None:
    data = "\n".join([HEAD, *lines]).encode()
    sent = client.submit(
        "/items/imports/", {"file": (io.BytesIO(data), "items.csv")}, content_type="multipart/form-data"
    )
    assert sent.status_code == 302


def line(code: str, stem: str = STEM, options: str = OPTIONS) -> str:
    return f'{code},单选题,"{stem}",{options}'


def lines(bench: Bench) -> dict[int, ImportLine]:
    with bench.looking():
        newest = select(func.max(ItemImport.id)).scalar_subquery()
        found = select(ImportLine).where(ImportLine.import_id == newest)
        return {one.number: one for one in db.session.scalars(found)}


def bands_of(bench: Bench, item_id: int) -> list[int]:
    with bench.looking():
        found = select(ItemBand.band).where(ItemBand.item_id == item_id).order_by(ItemBand.place)
        return list(db.session.scalars(found))


def test_bands_are_those_of_the_newest_version(bench: Bench, instructor: CheckingClient) -> None:
    item_id = add(bench, "L-1")
    assert bands_of(bench, item_id) == shingles.bands(body())
    saved = instructor.submit(f"/items/{item_id}/edit", {"stem_zh": "完全不同的一道题，谈的是哀伤辅导"})
    assert saved.status_code == 302
    with bench.looking():
        newest = select(ItemVersion.body).where(ItemVersion.item_id == item_id, ItemVersion.version == 2)
        said = db.session.scalars(newest).one()
    assert bands_of(bench, item_id) == shingles.bands(said) != shingles.bands(body())


def test_the_sweep_writes_the_bands_that_are_missing(bench: Bench) -> None:
    item_id = add(bench, "L-1")
    with bench.writing():
        scope = db.session.get_one(Scope, db.session.get_one(Item, item_id).scope_id)
        items.add_item(scope, code="L-2", type_name="A1", body={"stem": {"zh": ""}}, added_by=None)
        db.session.execute(delete(ItemBand))
    with bench.app.app_context():
        assert tasks.write_what_is_missing() > 2
        assert tasks.write_what_is_missing() == 0, "an item that says nothing is not looked at for ever"
    assert bands_of(bench, item_id) == shingles.bands(body())


def test_an_author_is_told_after_saving_and_beside_the_preview(bench: Bench, instructor: CheckingClient) -> None:
    add(bench, "L-1")
    twin = add(bench, "L-2", STEM.replace("5 mg", "50 mg"))
    with counting(bench.app, at_most=17):
        page = main_text(instructor.get(f"/items/{twin}"))
    assert "Like item L-1 (" in page
    assert "with other numbers" in page
    values = {f"options-{place}-text_zh": text for place, text in enumerate(OPTIONS.split(",")[:4])}
    shown = instructor.submit("/items/new?type=A1", {**values, "code": "L-3", "stem_zh": STEM, "do": "preview"})
    assert "Like item L-1 (100%)" in main_text(shown)
    live = instructor.post("/items/preview?type=A1", data={**values, "stem_zh": STEM})
    assert "Like item L-1" in live.get_json()["html"]
    own = instructor.post(f"/items/preview?type=A1&item={twin}", data={**values, "stem_zh": STEM})
    assert "L-1" in own.get_json()["html"]
    assert "L-2" not in own.get_json()["html"], "an item is not like itself"


def test_nobody_is_told_of_items_that_they_may_not_read(bench: Bench, as_: As) -> None:
    add(bench, "L-1")
    with bench.looking():
        assert queries.alike_to(bench.actor("instructor.jn"), body())
        assert not queries.alike_to(bench.actor("instructor.qd"), body())
        assert not queries.alike_to(bench.actor("instructor.jn"), {"stem": {"zh": ""}})


def test_an_approved_item_is_no_longer_asked_about(bench: Bench, instructor: CheckingClient) -> None:
    assert "very like it" not in main_text(instructor.get(f"/items/{bench.item_ids[0]}"))


def test_each_line_of_a_file_says_what_it_is_like(bench: Bench, instructor: CheckingClient) -> None:
    bank = add(bench, "L-1", STEM.replace("5 mg", "50 mg"))
    other = "护士发现临终患者出现喉鸣，家属非常不安，此时最合适的第一步是什么？"
    send(instructor, line("F-1"), line("F-2", other), line("", other), line("F-4", other.replace("护士", "医师")))
    found = lines(bench)
    assert (found[1].like_item_id, found[1].numbers_differ, found[1].chosen) == (bank, True, True)
    assert found[2].percent is None
    assert (found[3].like_line, found[3].percent, found[3].chosen) == (2, 100, False)
    assert (found[4].like_line, found[4].chosen) == (2, True)
    assert 60 <= (found[4].percent or 0) < 100
    number = found[1].import_id
    page = " ".join(main_text(instructor.get(f"/items/imports/{number}")).split())
    assert "Like item L-1 (" in page
    assert "Says the same as" in page
    only = main_text(instructor.get(f"/items/imports/{number}?outcome=alike"))
    assert "哀伤" not in only


def test_what_is_ticked_comes_in_and_what_is_not_stays_out(bench: Bench, instructor: CheckingClient) -> None:
    add(bench, "L-1", STEM.replace("5 mg", "50 mg"))
    send(instructor, line("F-1"), line("F-2"), line("F-3", "哀伤辅导应从何时开始？", "诊断时,死亡时,一年后,从不,A"))
    number = lines(bench)[1].import_id
    page = f"/items/imports/{number}"
    kept = instructor.post(f"{page}/choose", data={"shown": ["1", "2"], "chosen": ["2"], "page": "1"})
    assert kept.status_code == 302
    assert [one.chosen for one in lines(bench).values()] == [False, True, True]
    confirmed = instructor.post(f"{page}/confirm", data={"shown": ["1", "2"], "chosen": ["1", "3", "x", "9" * 50]})
    assert confirmed.status_code == 302
    with bench.app.app_context():
        import_tasks.work(number)
    found = lines(bench)
    assert [found[one].item_id is not None for one in (1, 2, 3)] == [True, False, True]
    assert instructor.post(f"{page}/choose", data={"shown": ["1"]}).status_code == 409
    came = found[1].item_id
    assert came is not None
    assert bands_of(bench, came), "what comes in is found from then on"


def test_a_line_whose_twin_is_retired_is_new_and_says_so(bench: Bench, instructor: CheckingClient) -> None:
    retired = add(bench, "L-1", retire=True)
    send(instructor, line("F-1"))
    found = lines(bench)[1]
    assert (found.outcome, found.like_item_id, found.percent, found.chosen) == ("whole", retired, 100, True)
    assert "that one is retired" in main_text(instructor.get(f"/items/imports/{found.import_id}"))


def test_a_strangers_import_cannot_be_chosen_from(bench: Bench, instructor: CheckingClient, as_: As) -> None:
    send(instructor, line("F-1"), line("F-2"))
    stranger = as_(bench.people["instructor.qd"], "en")
    assert stranger.post(f"/items/imports/{lines(bench)[1].import_id}/choose", data={"shown": ["1"]}).status_code == 404


def test_the_commands_say_it_too(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("\n".join([HEAD, line("F-1"), line("F-2"), line("F-3", STEM.replace("5 mg", "50 mg"))]), "utf-8")
    runner = bench.app.test_cli_runner()
    told = json.loads(runner.invoke(args=["questions", "check", str(file), "--json"]).stdout)
    assert "like" not in told["items"][0]
    assert told["items"][1]["like"]["same"] is True
    assert told["items"][2]["like"]["numbers_differ"] is True
    assert "says the same as" in runner.invoke(args=["questions", "check", str(file)]).output
    answer = json.loads(runner.invoke(args=["questions", "import", str(file), "--bank", "B-jn", "--json"]).stdout)
    assert answer["counts"]["left_out"] == 1
    assert [one["chosen"] for one in answer["alike"]] == [False, True]
    with bench.looking():
        assert db.session.scalar(select(func.count()).where(Item.code.in_(["F-1", "F-2", "F-3"]))) == 2
    again = runner.invoke(args=["questions", "import", str(file), "--bank", "B-jn", "--with-twins", "--json"])
    assert json.loads(again.stdout)["counts"]["there"] == 3, "what is in the bank already does not come twice"


def test_the_editor_needs_six_queries_at_most(bench: Bench, instructor: CheckingClient) -> None:
    """Opening a form, and the preview beside it that also looks for items that are alike."""
    item_id = add(bench, "L-1")
    add(bench, "L-2")
    for address in ("/items/new?type=A1", f"/items/{item_id}/edit"):
        instructor.get(address)
        with counting(bench.app, at_most=6):
            assert instructor.get(address).status_code == 200
    typed = {"stem_zh": STEM, "options-0-text_zh": "给即释吗啡"}
    with counting(bench.app, at_most=6):
        assert instructor.post(f"/items/preview?type=A1&item={item_id}", data=typed).status_code == 200
