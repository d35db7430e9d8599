"""What an import finds changed since it was looked at stays, and is told of; two imports at once lose nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from question_bank.imports import services, tasks
from question_bank.imports.models import ImportLine, ImportStatus, ItemImport
from question_bank.models import Item, ItemVersion
from question_bank.queries import items as bank
from question_bank.services import items, retiring, review
from question_bank.services.items import Stale
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench
from tests.question_bank.test_changes_races import at_once
from tests.question_bank.test_imports import confirm, count, opened, outcomes, row, send, workbook
from training.core import schema
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def look(bench: Bench, code: str) -> Item:
    with bench.looking():
        return db.session.scalars(select(Item).where(Item.code == code)).one()


def sources(bench: Bench, code: str) -> list[str]:
    """Where each version of an item says that it is from, oldest first."""
    with bench.looking():
        bodies = select(ItemVersion.body).join(Item, Item.id == ItemVersion.item_id).where(Item.code == code)
        return [body["source"] for body in db.session.scalars(bodies.order_by(ItemVersion.version))]


def edit(bench: Bench, code: str, seen: int = 1) -> None:
    """A colleague, with version `seen` on the screen, writes another source."""
    item_id = look(bench, code).id
    with bench.writing():
        actor = bench.actor("reviewer.jn")
        item, scope = bank.item_visible_to(actor, item_id, lock=True)
        body = {**bank.version_of(item, seen).body, "source": "by hand"}
        items.revise_item(item, scope, body, seen_version=seen, revised_by=actor)


def told(bench: Bench, import_id: int) -> dict[str, tuple[str, str]]:
    """What became of the lines, by stem: outcome and messages."""
    with bench.looking():
        lines = db.session.scalars(select(ImportLine).where(ImportLine.import_id == import_id))
        return {one.name: (one.outcome.value, " ".join(message["en"] for message in one.messages)) for one in lines}


def bring(bench: Bench, client: CheckingClient, numbers: range = range(1, 3), **changes: str) -> None:
    send(client, workbook([row(number, **changes) for number in numbers]))
    confirm(bench, client)


def test_a_draft_that_was_edited_after_the_look_is_not_written_over(bench: Bench, instructor: CheckingClient) -> None:
    bring(bench, instructor, 来源="first")
    send(instructor, workbook([row(number, 来源="file") for number in range(1, 4)]))
    edit(bench, "IMP-001")
    confirm(bench, instructor)
    assert sources(bench, "IMP-001") == ["first", "by hand"]
    assert sources(bench, "IMP-002") == ["first", "file"]
    assert sources(bench, "IMP-003") == ["file"]
    assert outcomes(bench) == {"refused": 1, "whole": 1, "with_losses": 1}
    page = main_text(instructor.get(f"/items/imports/{opened(bench).id}?outcome=refused"))
    assert "Item IMP-001 was changed after this file was looked at" in page
    assert "send the file again" in page
    send(instructor, workbook([row(1, 来源="file")]))
    confirm(bench, instructor)
    assert sources(bench, "IMP-001") == ["first", "by hand", "file"], "who has looked again may go on"


@pytest.mark.parametrize("step", ["submit", "retire"])
def test_a_draft_that_was_submitted_or_retired_after_the_look_stays(
    bench: Bench, instructor: CheckingClient, step: str
) -> None:
    bring(bench, instructor, 来源="first")
    send(instructor, workbook([row(1, 来源="file")]))
    with bench.writing():
        actor = bench.actor("instructor.jn")
        item, scope = bank.item_visible_to(actor, look(bench, "IMP-001").id, lock=True)
        if step == "submit":
            review.submit(item, scope, submitted_by=actor)
        else:
            retiring.retire(item, scope, "test", retired_by=actor)
    confirm(bench, instructor)
    assert sources(bench, "IMP-001") == ["first"]
    assert outcomes(bench) == {"refused": 1}
    assert opened(bench).status is ImportStatus.FINISHED


def test_a_code_that_was_given_after_the_look_stays_with_its_item(bench: Bench, instructor: CheckingClient) -> None:
    send(instructor, workbook([row(1, 来源="file"), row(2)]))
    with bench.writing():
        scope = db.session.get_one(Scope, db.session.get_one(Item, bench.item_ids[0]).scope_id)
        body = {"stem": {"zh": "另一道题"}, "options": [], "key": [], "source": "by hand"}
        items.add_item(scope, code="IMP-001", type_name="A1", body=body, added_by=bench.actor("reviewer.jn"))
    confirm(bench, instructor)
    assert sources(bench, "IMP-001") == ["by hand"]
    assert outcomes(bench) == {"refused": 1, "whole": 1}
    assert any(
        "IMP-001 was given to another item" in message for _outcome, message in told(bench, opened(bench).id).values()
    )


def test_an_editor_and_an_import_at_one_draft_never_lose_each_others_work(
    bench: Bench, instructor: CheckingClient
) -> None:
    for number in range(1, 5):
        code = f"IMP-{number:03}"
        bring(bench, instructor, range(number, number + 1), 来源="first")
        send(instructor, workbook([row(number, 来源="file")]))
        import_id = opened(bench).id
        assert instructor.post(f"/items/imports/{import_id}/confirm").status_code == 302
        written, saved = at_once(partial(work, bench, import_id), partial(edit, bench, code))
        assert written is None
        if saved is None:
            assert sources(bench, code) == ["first", "by hand"]
            assert outcomes(bench) == {"refused": 1}
        else:
            assert isinstance(saved, Stale)
            assert sources(bench, code) == ["first", "file"]
            assert outcomes(bench) == {"with_losses": 1}


def work(bench: Bench, import_id: int) -> None:
    with bench.app.app_context():
        tasks.work(import_id)


def test_the_same_file_from_two_people_at_once_comes_in_once(
    bench: Bench, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Items with codes of their own and without: each is in the bank once, and both reports say where."""
    monkeypatch.setattr(services, "A_PIECE", 5)
    before = count(bench)
    file = workbook([row(number, 编号=f"IMP-{number:03}" if number % 2 else "") for number in range(1, 31)])
    ids = []
    for name in ("instructor.jn", "reviewer.jn"):
        client = as_(bench.people[name], "en")
        assert send(client, file).status_code == 302
        ids.append(opened(bench).id)
        assert client.post(f"/items/imports/{ids[-1]}/confirm").status_code == 302
    assert at_once(*[partial(work, bench, one) for one in ids]) == [None, None]
    assert count(bench) == before + 30
    with bench.looking():
        lines = list(db.session.scalars(select(ImportLine).where(ImportLine.import_id.in_(ids))))
        statuses = set(db.session.scalars(select(ItemImport.status).where(ItemImport.id.in_(ids))))
        stems = select(func.count(Item.stem_zh.distinct())).where(Item.id.in_([one.item_id for one in lines]))
        assert db.session.scalar(stems) == 30
    assert statuses == {ImportStatus.FINISHED}
    assert Counter(one.outcome.value for one in lines) == {"whole": 30, "there": 30}
    assert Counter(one.item_id for one in lines).most_common(1)[0][1] == 2


def test_a_line_that_says_the_same_and_was_chosen_comes_in_all_the_same(
    bench: Bench, instructor: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "A_PIECE", 1)
    before = count(bench)
    send(instructor, workbook([row(1), row(1, 编号="IMP-002")]))
    import_id = opened(bench).id
    page = f"/items/imports/{import_id}"
    assert instructor.post(f"{page}/confirm", data={"shown": ["2"], "chosen": ["2"]}).status_code == 302
    work(bench, import_id)
    assert count(bench) == before + 2


def test_a_report_is_read_in_the_language_of_its_reader(bench: Bench, as_: As) -> None:
    """Faults, places, what a line is like, what the job has to say: all of it was kept for somebody else."""
    chinese, english = as_(bench.people["instructor.jn"], "zh"), as_(bench.people["reviewer.jn"], "en")
    bring(bench, chinese)
    rows = [row(1, 来源="file"), row(3, 题型="谜语"), row(4, 答案="Z"), row(5), row(5, 编号="")]
    send(chinese, workbook(rows))
    page = f"/items/imports/{opened(bench).id}"
    told = {
        "zh": ["工作表“单选题”第 3 行", "题型：无法识别题型“谜语”", "将成为这道同编号草稿的下一个版本", "完全相同"],
        "en": [
            "Sheet 单选题, row 3",
            "The type “谜语” is not known",
            "Becomes the next version of the draft",
            "Says the same as",
        ],
    }
    for client, own, other in ((chinese, "zh", "en"), (english, "en", "zh")):
        text = main_text(client.get(page))
        assert [one for one in told[own] if one not in text] == []
        assert [one for one in told[other] if one in text] == []
    edit(bench, "IMP-001")
    confirm(bench, chinese)
    assert "又被改过，因此没有覆盖" in main_text(chinese.get(page))
    assert "was changed after this file was looked at" in main_text(english.get(page))


def test_lines_of_a_finished_import_say_what_became_of_them(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"], "zh")
    send(client, workbook([row(1), row(2, 题型="谜语"), row(1, 编号="")]))
    page = f"/items/imports/{opened(bench).id}"
    before = main_text(client.get(page))
    assert "可导入" in before
    confirm(bench, client)
    after = main_text(client.get(page))
    assert [one for one in ("可导入", "不能导入") if one in after] == []
    assert [one for one in ("已导入", "未导入", "已略过") if one not in after] == []


def test_a_report_that_is_older_than_both_languages_is_read_in_its_own(bench: Bench, as_: As) -> None:
    client = as_(bench.people["instructor.jn"], "zh")
    send(client, workbook([row(1), row(2, 题型="谜语")]))
    page = f"/items/imports/{opened(bench).id}"
    before = main_text(client.get(page))
    with bench.app.app_context():
        schema.downgrade("question_bank@question_bank_010")
        schema.upgrade()
    assert main_text(client.get(page)) == before
    english = main_text(as_(bench.people["instructor.jn"], "en").get(page))
    assert "无法识别题型“谜语”" in english
    confirm(bench, client)
    assert outcomes(bench) == {"whole": 1, "refused": 1}
