"""Writing tables: every kind of value comes back as it went in, and no text is run."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from training.core.downloads import attachment, download
from training.core.workbooks import CSV, XLSX, Cell, Column, SheetOut, Value, write_csv, write_xlsx

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =1", '=HYPERLINK("http://x","y")', "http://example.org"]


def read(content: bytes, sheet: int = 0) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)


def sheet_xml(content: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_every_kind_of_value_stays_what_it_is() -> None:
    moment = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    row: list[Value] = ["00123", 7, 2.5, Decimal("41.7"), date(2026, 3, 1), moment, True, None, 370202199001011237, ""]
    content = write_xlsx([SheetOut("数据", ["a"] * len(row), [row])])
    told = read(content)[1]
    assert told[:4] == ["00123", 7, 2.5, 41.7]
    assert told[4] == date(2026, 3, 1)
    assert told[5] == datetime(2026, 11, 22, 2, 30)  # noqa: DTZ001 - in a sheet the local time stands without a zone
    assert told[6] is True
    assert told[7] == ""
    assert told[8] == "370202199001011237"  # longer than a number of Excel keeps


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    content = write_xlsx([SheetOut("s", ["head"], [[text], [Cell(text, fault=text)]], total=[text], notes=[text])])
    assert "<f>" not in sheet_xml(content)
    assert "hyperlink" not in sheet_xml(content)
    assert [row[0] for row in read(content)] == ["head", text, text, text, "", text]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_back_from_both_kinds_of_file(text: str) -> None:
    told = read(write_xlsx([SheetOut("s", ["h"], [["x", text]])]))
    assert (told[1][1] if len(told[1]) > 1 else "") == text
    (_head, row) = csv.reader(io.StringIO(write_csv(["h"], [["x", text]]).decode("utf-8-sig"), newline=""))
    assert row[1] == text or row[1] == "'" + text


def test_equal_tables_are_equal_files() -> None:
    sheets = [SheetOut("s", [Column("h", 30)], [[1, Cell("x", fault="wrong")]], notes=["a note"])]
    assert write_xlsx(sheets) == write_xlsx(sheets)


def test_head_stays_in_sight_and_a_fault_is_coloured_with_its_words() -> None:
    content = write_xlsx([SheetOut("s", [Column("name", 30)], [[Cell("张三", fault="没有这个单位")]])])
    assert '<pane ySplit="1"' in sheet_xml(content)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert "没有这个单位" in parts.read("xl/comments1.xml").decode()
        assert "FFF8E2DD" in parts.read("xl/styles.xml").decode()


def test_names_of_sheets_are_made_fit_for_excel() -> None:
    wanted = ["a/b:c?", "A B C", "", "很长" * 30, "很长" * 30, "'quoted'"]
    content = write_xlsx([SheetOut(name, [], [["x"]]) for name in wanted])
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names[:3] == ["a b c", "A B C 2", "1"]
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(len(name) <= 31 for name in names)


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    told = read(write_xlsx([SheetOut("s", ["h"], [["长" * 40_000]])]))[1][0]
    assert isinstance(told, str)
    assert len(told) == 32_767
    assert told.endswith("长…")


def test_csv_opens_in_excel_and_runs_nothing() -> None:
    content = write_csv([Column("姓名"), "=head"], [[text, -1.5] for text in FORMULAS])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") >= len(FORMULAS) + 1
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["姓名", "'=head"]
    for text, row in zip(FORMULAS, rows[1:], strict=True):
        assert row == [text if text.startswith("http") else "'" + text, "-1.5"]


def test_csv_writes_days_and_moments_as_people_sort_them() -> None:
    moment = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    content = write_csv([], [[date(2026, 3, 1), moment, None, Decimal("1.50"), Cell("x", fault="y")]])
    assert content.decode("utf-8-sig") == "2026-03-01,2026-11-22 02:30,,1.50,x\r\n"


def test_a_download_is_named_in_chinese_and_for_old_browsers() -> None:
    assert attachment("培训 2026.xlsx") == (
        "attachment; filename=\"2026.xlsx\"; filename*=UTF-8''%E5%9F%B9%E8%AE%AD%202026.xlsx"
    )
    assert attachment('培训";x.csv').startswith('attachment; filename="x.csv"; ')
    assert attachment("培训.csv").startswith('attachment; filename="anning.csv"; ')
    assert attachment("a\r\nb.csv").isprintable()


def test_a_download_carries_its_kind() -> None:
    with Flask("test").test_request_context():
        assert download(b"x", "a.csv", CSV).headers["Content-Type"] == "text/csv; charset=utf-8"
        assert download(b"x", "a.xlsx", XLSX).mimetype == XLSX
