"""The marked-up copy of an instructor's own file, and the template."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from question_bank import item_types, vocabulary
from question_bank.exchange import labels, marked, sheets, template
from question_bank.item_types.about import LEVELS
from tests.question_bank.exchange.tables import HEAD, OPTIONS, book, csv_file, row
from training.core import sheets as core

GOOD = {"题型": "单选题", "题干": "甲", "答案": "A", **OPTIONS}


def comments(data: bytes) -> list[str]:
    """The places of the comments in a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        text = "".join(packed.read(one).decode() for one in packed.namelist() if "comments" in one)
    return re.findall(r'<comment ref="([A-Z]+[0-9]+)"', text)


def rows(data: bytes) -> dict[str, dict[int, tuple[str, ...]]]:
    return {sheet.name: {one.number: one.cells for one in sheet.rows} for sheet in core.read(data, "a.xlsx")}


def faulty() -> dict[str, Any]:
    return {
        "题库": [
            ["安宁疗护题库", "", "第一期"], [], list(HEAD),
            row(**GOOD), row(**{**GOOD, "题干": "乙", "答案": "G", "难度": "超难"}), [],
            row(**{**GOOD, "题型": "怪题"}),
        ],
        "说明": [["说明"], ["每题一行"]],
    }  # fmt: skip


def test_the_copy_holds_everything_and_marks_each_cell_at_fault() -> None:
    data = book(faulty())
    copy = marked.write(data, "题库.xlsx", sheets.read(data, "题库.xlsx"))
    before, after = rows(data), rows(copy)
    assert after["说明"] == before["说明"]
    assert set(after["题库"]) == set(before["题库"])
    for number, cells in before["题库"].items():
        assert after["题库"][number][: len(cells)] == cells
    assert sorted(comments(copy)) == ["B7", "D5", "M5"]
    words = {number: cells[len(HEAD)] for number, cells in after["题库"].items()}
    assert words[3] == "To correct"
    assert words[4] == ""
    assert [line.partition(":")[0] for line in words[5].split("\n")] == ["难度", "答案"]
    assert "怪题" in words[7]


def test_the_mended_copy_is_read_as_a_whole_and_marked_again_has_one_column_of_words() -> None:
    data = book(faulty())
    copy = marked.write(data, "题库.xlsx", sheets.read(data, "题库.xlsx"))
    again = marked.write(copy, "题库.xlsx", sheets.read(copy, "题库.xlsx"))
    assert rows(again) == rows(copy)
    mended = {name: [list(cells) for cells in found.values()] for name, found in rows(copy).items()}
    for cells in mended["题库"][2:]:
        cells[1], cells[12], cells[3] = ("单选题", "A", "易") if cells[1] != "题型" else ("题型", "答案", "难度")
    found = sheets.read(book(mended), "题库.xlsx")
    assert [(item.type, item.status) for item in found] == [("A1", "whole")] * 3


def test_a_csv_comes_back_as_a_workbook_with_its_merged_title_once() -> None:
    data = csv_file([HEAD, row(**{**GOOD, "答案": ""})], "gb18030")
    assert comments(marked.write(data, "题库.csv", sheets.read(data, "题库.csv"))) == ["M2"]
    data = book({"题库": [["题库", "", ""], HEAD, row(**GOOD)]}, {"题库": ["A1:C1"]})
    copy = marked.write(data, "a.xlsx", sheets.read(data, "a.xlsx"))
    assert [one for one in rows(copy)["题库"][1] if one] == ["题库"]


def test_a_formula_that_was_uploaded_stays_text() -> None:
    data = csv_file([HEAD, row(**{**GOOD, "题干": "=1+1", "答案": "Z"})])
    copy = marked.write(data, "a.csv", sheets.read(data, "a.csv"))
    with zipfile.ZipFile(io.BytesIO(copy)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
    assert rows(copy)["a"][2][6] == "=1+1"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_has_a_sheet_a_type_and_its_examples_are_left_out(language: str) -> None:
    data = template.write(language)
    assert sheets.read(data, "template.xlsx") == []
    found = rows(data)
    assert len(found) == 14
    first = next(iter(found.values()))
    assert first[1][:2] == (("编号", "题型") if language == "zh" else ("Item code", "Item type"))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
    assert '<dataValidation type="list"' in page
    assert 'state="frozen"' in page


def _coded(number: int, cells: tuple[str, ...]) -> list[str]:
    """A row of the template with a code of its own, so that it is no example any more."""
    return ["X-1" if place == 0 and number > 1 else text for place, text in enumerate(cells)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_examples_of_the_template_are_sound_items_of_every_type(language: str) -> None:
    data = template.write(language)
    named = {name: [_coded(number, cells) for number, cells in sheet.items()] for name, sheet in rows(data).items()}
    found = sheets.read(book(named), "template.xlsx")
    assert [(item.where, item.losses, item.refusals) for item in found if item.status != "whole"] == []
    assert {item.type for item in found} == {*item_types.names()} - {"choice", "hotspot", "A4"}


@pytest.mark.parametrize(
    ("language", "module"), [("zh", "心理、社会、灵性与哀伤"), ("en", "Psychosocial, spiritual and bereavement care")]
)
def test_module_competency_and_level_are_chosen_from_lists_and_come_back(language: str, module: str) -> None:
    data = template.write(language)
    title, cells = next(iter(rows(data).items()))
    heads = cells[1]
    places = {name: heads.index(labels.label(name, language)) for name in ("module", "competency", "level")}
    offered = _offered(data)
    for name in vocabulary.KINDS:
        assert offered[places[name]] == list(vocabulary.names_in(language, name).values())
    assert offered[places["level"]] == [labels.word("level", one, language) for one in LEVELS]
    keys = {"level": LEVELS} | {name: list(vocabulary.names_in(language, name)) for name in vocabulary.KINDS}
    for number in range(3):
        changed = _coded(2, cells[2])
        for name in places:
            changed[places[name]] = offered[places[name]][number]
        (item,) = sheets.read(book({title: [list(heads), changed]}), "template.xlsx")
        assert item.status == "whole"
        assert {name: item.body["about"][name] for name in places} == {name: keys[name][number] for name in places}
    assert module in offered[places["module"]]


def _offered(data: bytes) -> dict[int, list[str]]:
    """What the first sheet offers in each column that has a list, wherever its values stand."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        page = packed.read("xl/worksheets/sheet1.xml").decode()
    rules = re.findall(r'<dataValidation type="list"[^>]* sqref="([A-Z]+)2:[^"]*"><formula1>([^<]*)<', page)
    return {_place(column): _values(data, html.unescape(source)) for column, source in rules}


def _place(column: str) -> int:
    """The place of a column by its letters: 0 for A, 26 for AA."""
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _values(data: bytes, source: str) -> list[str]:
    if source.startswith('"'):
        return source.strip('"').split(",")
    sheet, column, last = re.fullmatch(r"'(.+)'!\$([A-Z])\$1:\$\2\$(\d+)", source).groups()  # type: ignore[union-attr]
    table = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()
    return [str(line[_place(column)]) for line in table[: int(last)]]


def test_an_item_written_over_an_example_is_named_and_not_passed_by() -> None:
    named = {name: list(map(list, sheet.values())) for name, sheet in rows(template.write("zh")).items()}
    stem = named["判断题"][0].index("题干")
    named["判断题"][1][stem] = "我自己写的题。"
    (found,) = sheets.read(book(named), "template.xlsx")
    assert found.name == "我自己写的题。"
    assert found.refusals[0].told(found.where).startswith("编号: Rows coded “Example” are not imported.")
