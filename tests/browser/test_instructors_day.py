"""An instructor's day: the template filled in, faults mended from the marked sheet, reviewed, approved, in a quiz."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import staff
from tests.browser.sites import DESK, PHONE, fits
from training.core import sheets
from training.core.workbooks import Column, SheetOut, write_xlsx

pytestmark = pytest.mark.xdist_group("browser")
Visit = Callable[..., Page]
Book = dict[str, list[list[str]]]
ITEMS = 20
THINGS = "锅萝树典铃腐棚角井机琴场壶塔亭罐钟馄枇联"
DOINGS = ["清早擦拭", "雨天收回", "登记出借", "请人讲解", "节前清点", "轮流照看", "换到阴处", "落了灰尘"]


def test_an_instructor_brings_items_in_has_them_approved_and_composes_a_quiz(visit: Visit, tmp_path: Path) -> None:
    """Twenty items with three faults, by what the pages show."""
    page, reviewer = visit(staff("instructor"), size=DESK), visit(staff("instructor", "SAMPLE-BASE-QD"), size=PHONE)
    book = _filled(_read(_template(page, tmp_path)))
    faults = _with_faults(book)
    _send(page, _write(book, tmp_path / "我的题.xlsx"))
    for row, words in faults.items():
        line = page.locator("tbody tr").filter(has_text=f"“判断题”第 {row} 行")
        expect(line.locator("li")).to_contain_text(words)
    fits(page)
    marked = _read(_marked(page, tmp_path))
    for row, words in faults.items():
        assert words in marked["判断题"][row - 1][-1]
    _mend(marked)
    page.get_by_role("button", name="放弃这次导入").click()
    _send(page, _write(marked, tmp_path / "改好.xlsx"))
    expect(page.get_by_text("不能导入", exact=True)).to_be_visible()
    _come_in(page)
    _submit(page)
    _approve(reviewer)
    _compose(page)


def _template(page: Page, folder: Path) -> Path:
    page.get_by_role("link", name="导入试题").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载模板").click()
    assert waiting.value.suggested_filename == "试题模板.xlsx"
    waiting.value.save_as(folder / "template.xlsx")
    return folder / "template.xlsx"


def _read(path: Path) -> Book:
    found = sheets.read(path.read_bytes(), path.name)
    return {one.name: [list(row.cells) for row in one.rows] for one in found}


def _write(book: Book, path: Path) -> Path:
    path.write_bytes(
        write_xlsx([SheetOut(name, [Column(head) for head in rows[0]], rows[1:]) for name, rows in book.items()])
    )
    return path


def _filled(book: Book) -> Book:
    """The sheet of judgements with items below its example; the others as they were."""
    head = book["判断题"][0]
    for number in range(ITEMS):
        stem = (
            f"{THINGS[number]}{DOINGS[number % 8]}，要先问过{THINGS[-number - 1]}旁边{DOINGS[-(number % 7) - 1]}的人。"
        )
        cells = {"编号": f"DAY-{number:02d}", "题型": "判断题", "题目分类": "一天", "题干": stem, "答案": "对"}
        book["判断题"].append([cells.get(one, "") for one in head])
    return book


def _with_faults(book: Book) -> dict[int, str]:
    """Three faults, and what is said of each by its row."""
    rows, head = book["判断题"], book["判断题"][0]
    rows[4][head.index("答案")] = "不一定"
    rows[9][head.index("题干")] = ""
    rows[14][head.index("题型")] = "谜语"
    return {5: "答案：“不一定”不是判断题的答案。", 10: "题干：请填写此项。", 15: "题型：无法识别题型“谜语”。"}


def _mend(book: Book) -> None:
    rows, head = book["判断题"], book["判断题"][0]
    rows[4][head.index("答案")] = "错"
    rows[9][head.index("题干")] = "竹椅白天摆在门外，夜里收进屋。"
    rows[14][head.index("题型")] = "判断题"


def _send(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="上传并查看").click()
    page.wait_for_url(re.compile(r"/items/imports/\d+$"))


def _marked(page: Page, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载标出错误的表格").click()
    assert waiting.value.suggested_filename == "我的题（已标错）.xlsx"
    waiting.value.save_as(folder / "marked.xlsx")
    return folder / "marked.xlsx"


def _come_in(page: Page) -> None:
    page.locator("main .actions button").first.click()
    page.get_by_role("link", name="去我的草稿").click(timeout=30_000)
    expect(page.locator("tbody tr").filter(has_text="DAY-")).to_have_count(ITEMS)


def _submit(page: Page) -> None:
    """Those of the category: another journey may have left drafts of its own."""
    _filter(page)
    page.locator(".bar select").select_option(label="提交审核")
    page.get_by_role("button", name=f"处理全部 {ITEMS} 道").click()
    page.get_by_role("button", name="查看将怎样修改").click()
    page.get_by_role("button", name=f"提交审核 {ITEMS} 道题").click()
    expect(page.locator("#progress")).to_contain_text(f"已修改 {ITEMS} 道题", timeout=30_000)


def _approve(page: Page) -> None:
    """On a phone: what waits, looked at; one press opens the word of warning, the next approves all that is left."""
    page.goto("/items/")
    page.get_by_role("link", name=re.compile(r"审核 \d+ 道题")).click()
    while page.get_by_text("DAY-").count():
        page.get_by_text("通过其余未决定的题").click()
        fits(page)
        page.get_by_role("button", name="确定通过并保存").click()
        expect(page.get_by_role("status").first).to_contain_text("已通过")


def _filter(page: Page) -> None:
    page.locator("select[name=category]").select_option(label="一天")
    page.get_by_role("button", name="查找").click()


def _compose(page: Page) -> None:
    page.get_by_role("link", name="题库").first.click()
    _filter(page)
    expect(page.locator("tbody tr").filter(has_text="已通过")).to_have_count(ITEMS)
    page.get_by_role("link", name="勾选本页全部").click()
    page.locator(".bar select").select_option(label="用这些题组卷")
    page.locator(".bar button[value=ticked]").click()
    page.locator("[name=title_zh]").fill("一天的小测")
    page.locator("[name=title_en]").fill("A day's quiz")
    page.get_by_role("button", name="保存测验").click()
    page.wait_for_url(re.compile(r"/quizzes/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("一天的小测")
