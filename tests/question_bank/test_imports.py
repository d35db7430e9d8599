"""Items that come in from files: looked at first, written once, whatever dies in between; the commands."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import undefer

from question_bank.exchange import formats
from question_bank.imports import services, tasks
from question_bank.imports.models import ImportLine, ImportStatus, ItemImport
from question_bank.models import Item, ItemState, ItemVersion
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench
from training.core import sheets
from training.core.db import db
from training.core.workbooks import SheetOut, write_xlsx

DATA = Path(__file__).resolve().parents[3] / "shared/data/questions"
As = Callable[..., CheckingClient]
pytestmark = pytest.mark.world

HEAD = ["编号", "题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "来源"]


def row(number: int, **changes: str) -> list[str]:
    values = {
        "编号": f"IMP-{number:03d}",
        "题型": "单选题",
        "题干": f"第 {number} 题：患者疼痛 {number} 小时，先做什么？",
        "选项A": f"评估{number}",
        "选项B": f"等待{number}",
        "选项C": f"转院{number}",
        "选项D": f"记录{number}",
        "答案": "A",
        "解析": "先评估。",
        "来源": "教学示例",
    }
    return list({**values, **changes}.values())


def workbook(rows: list[list[str]]) -> bytes:
    return write_xlsx([SheetOut("单选题", HEAD, rows)])


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def send(client: CheckingClient, data: bytes, name: str = "items.xlsx") -> Any:
    return client.submit("/items/imports/", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def opened(bench: Bench) -> ItemImport:
    with bench.looking():
        newest = select(ItemImport).order_by(ItemImport.id.desc()).limit(1)
        return db.session.scalars(newest.options(undefer(ItemImport.data))).one()


def outcomes(bench: Bench) -> dict[str, int]:
    with bench.looking():
        rows = db.session.execute(
            select(ImportLine.outcome, func.count())
            .where(ImportLine.import_id == select(func.max(ItemImport.id)).scalar_subquery())
            .group_by(ImportLine.outcome)
        )
        return {outcome.value: count for outcome, count in rows}


def count(bench: Bench) -> int:
    with bench.looking():
        return db.session.scalar(select(func.count()).select_from(Item)) or 0


def confirm(bench: Bench, client: CheckingClient) -> None:
    number = opened(bench).id
    assert client.post(f"/items/imports/{number}/confirm").status_code == 302
    with bench.app.app_context():
        tasks.work(number)


def test_a_workbook_with_faults_is_mended_from_its_marked_copy(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench)
    rows = [row(number) for number in range(1, 41)]
    rows[3][1] = "谜语"  # no such type
    rows[7][7] = "Z"  # no such option
    assert send(instructor, workbook(rows)).status_code == 302
    assert count(bench) == before, "nothing is written before the word"
    told = outcomes(bench)
    assert told["whole"] == 38
    assert sum(told.values()) == 40
    page = instructor.get(f"/items/imports/{opened(bench).id}")
    assert page.status_code == 200
    for words in (
        "题型: The type “谜语” is not known.",
        "答案: The answer names an option",
        "第 4 题",
        "drop this import",
    ):
        assert words in main_text(page)
    marked = instructor.get(f"/items/imports/{opened(bench).id}/marked.xlsx")
    assert marked.status_code == 200
    copy = sheets.read(marked.data, "marked.xlsx")[0]
    assert len(copy.rows) == 41
    assert any("IMP-004" in line.cells for line in copy.rows)
    confirm(bench, instructor)
    after = count(bench)
    assert after == before + told["whole"] + told.get("with_losses", 0)
    rows[3][1], rows[7][7] = "单选题", "A"
    send(instructor, workbook(rows))
    again = outcomes(bench)
    assert again.get("refused", 0) == 0
    assert again["there"] == 38
    confirm(bench, instructor)
    assert count(bench) == before + 40
    with bench.looking():
        mended = db.session.scalars(select(Item).where(Item.code == "IMP-008")).one()
        body = db.session.scalars(
            select(ItemVersion.body).where(ItemVersion.item_id == mended.id, ItemVersion.version == mended.version)
        ).one()
    assert body["key"] == ["a"], "the draft that came in with a fault has its next version"


def test_items_come_in_as_drafts_in_the_words_of_the_file(bench: Bench, instructor: CheckingClient) -> None:
    send(instructor, workbook([row(1)]))
    confirm(bench, instructor)
    with bench.looking():
        item = db.session.scalars(select(Item).where(Item.code == "IMP-001")).one()
        body = db.session.scalars(select(ItemVersion.body).where(ItemVersion.item_id == item.id)).one()
    assert (item.state, item.approved_version, item.type) == (ItemState.DRAFT, None, "A1")
    assert body["key"] == ["a"]
    assert body["options"][1]["text"] == {"zh": "等待1"} or body["options"][1]["text"]["zh"] == "等待1"
    assert opened(bench).status is ImportStatus.FINISHED
    assert opened(bench).data is None
    assert "IMP-001" in instructor.get("/items/?q=评估1").text


def test_an_import_that_died_in_the_middle_goes_on_where_it_stopped(
    bench: Bench, instructor: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "A_PIECE", 10)
    before = count(bench)
    send(instructor, workbook([row(number) for number in range(1, 36)]))
    number = opened(bench).id
    instructor.post(f"/items/imports/{number}/confirm")

    def die(done: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with bench.app.app_context(), pytest.raises(KeyboardInterrupt):
        _name, items = formats.read(workbook([row(number) for number in range(1, 36)]), "items.xlsx")
        tasks.write(opened(bench), items, told=die)
    assert count(bench) == before + 20
    with bench.app.app_context():
        assert tasks.go_on_with_what_is_left() == 1
        assert tasks.go_on_with_what_is_left() == 0
    assert count(bench) == before + 35


def test_after_a_large_import_the_database_knows_how_much_there_is(
    bench: Bench, instructor: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MANY", 3)
    assert send(instructor, workbook([row(number) for number in range(3)])).status_code == 302
    confirm(bench, instructor)
    assert opened(bench).status is ImportStatus.FINISHED
    with bench.looking():
        if db.engine.dialect.name == "postgresql":
            known = text("SELECT reltuples FROM pg_class WHERE relname = 'item'")
            assert db.session.scalar(known) == db.session.scalar(select(func.count()).select_from(Item))


def test_a_second_click_and_a_dropped_import_change_nothing(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench)
    send(instructor, workbook([row(1)]))
    number = opened(bench).id
    assert instructor.post(f"/items/imports/{number}/drop").status_code == 302
    assert instructor.post(f"/items/imports/{number}/confirm").status_code == 409
    assert count(bench) == before
    send(instructor, workbook([row(1)]))
    confirm(bench, instructor)
    confirm(bench, instructor)
    assert count(bench) == before + 1


def test_columns_that_were_guessed_wrong_are_corrected(bench: Bench, instructor: CheckingClient) -> None:
    head = [*HEAD]
    head[8] = "丙"  # nobody can guess that explanations stand here
    send(instructor, write_xlsx([SheetOut("单选题", head, [row(1), row(2)])]))
    number = opened(bench).id
    columns = ["code", "type", "stem", "option_a", "option_b", "option_c", "option_d", "key", "explanation", "source"]
    answer = instructor.post(f"/items/imports/{number}/columns", data={"sheet": "单选题", "column.0": columns})
    assert answer.status_code == 302
    confirm(bench, instructor)
    with bench.looking():
        item = db.session.scalars(select(Item).where(Item.code == "IMP-001")).one()
        body = db.session.scalars(select(ItemVersion.body).where(ItemVersion.item_id == item.id)).one()
    assert body["explanation"]["zh"] == "先评估。"


def test_pasted_text_comes_in_and_strangers_see_nothing(bench: Bench, instructor: CheckingClient, as_: As) -> None:
    text = "1. 镇痛首选途径是（ ）\nA. 口服\nB. 肌注\nC. 静脉\nD. 直肠\n答案：A\n解析：口服优先。\n"
    assert instructor.submit("/items/imports/", {"text": text}).status_code == 302
    assert outcomes(bench) == {"whole": 1}
    number = opened(bench).id
    stranger = as_(bench.people["instructor.qd"])
    assert stranger.get(f"/items/imports/{number}").status_code == 404
    assert stranger.post(f"/items/imports/{number}/confirm").status_code == 404


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 100, b"PK\x03\x04broken", b"<?xml version='1.0'?><a/>", b"\xff\xd8"],
    ids=["empty", "zeros", "zip", "xml", "picture"],
)
def test_what_holds_no_items_is_refused_with_a_sentence(bench: Bench, instructor: CheckingClient, data: bytes) -> None:
    answer = send(instructor, data, "items")
    assert answer.status_code == 422
    assert "error-summary" in answer.text or "Please look at this again" in answer.text


def test_an_import_says_nothing_in_another_language(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"], "zh")
    assert client.get("/items/imports/").status_code == 200
    assert client.get("/items/imports/template.xlsx").status_code == 200
    send(client, workbook([row(1), row(2, 题型="谜语")]))
    number = opened(bench).id
    assert client.get(f"/items/imports/{number}").status_code == 200
    assert client.get(f"/items/imports/{number}/columns").status_code == 200
    values = {"sheet": "单选题", "column.0": ""}
    refused = client.submit(f"/items/imports/{number}/columns", values)
    assert refused.status_code == 422, "no column holds stems"
    assert outcomes(bench) == {"whole": 1, "refused": 1}, "what was there stays"


def run(bench: Bench, *words: str) -> Any:
    return bench.app.test_cli_runner().invoke(args=["questions", *words])


def test_what_goes_out_comes_in_again(bench: Bench, tmp_path: Path) -> None:
    for name, ending in (("xlsx", ".xlsx"), ("csv", ".csv"), ("moodle-xml", ".xml"), ("gift", ".gift")):
        file = tmp_path / f"bank{ending}"
        done = run(bench, "export", "--format", name, "--output", str(file), "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.output)
        assert told["counts"]["refused"] == 0
        checked = json.loads(run(bench, "check", str(file), "--json").output)
        assert sum(checked["counts"].values()) == len(told["items"]), name
        assert checked["counts"]["refused"] == 0


def test_the_command_writes_or_only_looks(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "some.gift"
    file.write_text("::Q1::2+2?{=4 ~3 ~5 ~6}\n\n::Q2::The sun rises in the east.{T}\n", encoding="utf-8")
    before = count(bench)
    assert run(bench, "import", str(file), "--dry-run").exit_code == 0
    assert count(bench) == before
    done = run(bench, "import", str(file), "--json")
    assert done.exit_code == 0, done.output
    assert count(bench) == before + 2
    assert json.loads(run(bench, "import", str(file), "--json").output)["counts"]["there"] == 2
    assert count(bench) == before + 2


def test_every_file_of_the_shared_material_is_read_or_refused(bench: Bench) -> None:
    files = [one for folder in ("gift", "gift-ast", "aiken", "moodle-xml") for one in sorted(DATA.glob(f"{folder}/*"))]
    files = [one for one in files if one.suffix != ".json"]
    if not files:
        pytest.skip("the shared material is not beside the project")
    done = run(bench, "check", *map(str, files), "--json")
    reports = json.loads(done.output)
    assert len(reports) == len(files)
    for report in reports:
        assert "error" in report or sum(report["counts"].values()) == len(report["items"])


def test_files_that_are_handed_out_are_named_in_the_language_of_the_page(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"], "zh")
    send(client, workbook([row(1, 答案="Z")]), "我的题.xlsx")
    for path, name in (("template.xlsx", "试题模板"), (f"{opened(bench).id}/marked.xlsx", "我的题（已标错）")):
        told = client.get(f"/items/imports/{path}").headers["Content-Disposition"]
        assert told.endswith(f"{quote(name, safe='')}.xlsx")
