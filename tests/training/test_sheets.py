"""Sheets that people send: whatever the bytes are, they are read within bounds or refused with a sentence."""

from __future__ import annotations

import datetime
import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from training.core import sheets, xlsx
from training.core.errors import DomainError, Invalid

HEADS = {"姓名", "手机号", "邮箱"}
XML = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def book(*fillers: Callable[[Any, Any], None], **options: Any) -> bytes:
    """A workbook whose sheets the functions fill."""
    kept = io.BytesIO()
    workbook = xlsxwriter.Workbook(kept, {"in_memory": True, **options})
    for filler in fillers:
        filler(workbook.add_worksheet(), workbook)
    workbook.close()
    return kept.getvalue()


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """A workbook with parts put in or exchanged."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name) if name in changes else old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return made.getvalue()


def plain(sheet: Any, _workbook: Any) -> None:
    sheet.write_row(0, 0, ["姓名", "手机号"])
    sheet.write_row(1, 0, ["王芳", "13800000001"])


def with_sheet(xml: str) -> bytes:
    """A workbook whose sheet has that XML."""
    return repacked(book(plain), {"xl/worksheets/sheet1.xml": (XML + xml + "</worksheet>").encode()})


def cells(data: bytes, name: str = "a.xlsx") -> list[tuple[int, tuple[str, ...]]]:
    (sheet,) = sheets.read(data, name)
    return [(row.number, row.cells) for row in sheet.rows]


def test_values_are_read_as_people_see_them() -> None:
    def fill(sheet: Any, workbook: Any) -> None:
        sheet.write_number(0, 0, 13800000001)
        sheet.write_string(0, 1, "00123")
        sheet.write_datetime(0, 2, datetime.date(2026, 1, 2), workbook.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(0, 3, 1.5)
        sheet.write_formula(0, 4, '="a"&"b"', None, "ab")
        sheet.write_boolean(0, 5, True)
        sheet.write_rich_string(0, 6, "王", workbook.add_format({"bold": True}), "芳", "𠮷")
        sheet.write_string(0, 7, "  买买提·艾力 ")
        sheet.write_formula(0, 8, "=1/0", None, "#DIV/0!")

    assert cells(book(fill)) == [
        (1, ("13800000001", "00123", "2026-01-02", "1.5", "ab", "TRUE", "王芳𠮷", "买买提·艾力"))
    ]


def test_the_head_is_found_below_titles_and_in_merged_cells_and_its_repetition_is_left_out() -> None:
    def fill(sheet: Any, _workbook: Any) -> None:
        sheet.merge_range("A1:D1", "第一期学员名单")
        sheet.merge_range("A3:A4", "姓名")
        sheet.merge_range("B3:C3", "联系")
        sheet.write_row(3, 1, ["手机号", "邮箱"])
        sheet.merge_range("D5:D7", "市医院")
        sheet.write_row(4, 0, ["王芳"])
        sheet.write_row(5, 0, ["姓名", "手机号", "邮箱"])
        sheet.write_row(6, 0, ["李四"])
        sheet.write_row(7, 0, ["姓名", "手机号", "邮箱"])

    (sheet,) = sheets.read(book(fill), "a.xlsx")
    head = sheet.head(HEADS.__contains__)
    assert (head.number, head.cells[:3]) == (4, ("姓名", "手机号", "邮箱"))
    assert [(row.number, row.cells[0], row.cells[3]) for row in sheet.below(head)] == [
        (5, "王芳", "市医院"),
        (6, "姓名", "市医院"),
        (7, "李四", "市医院"),
    ]


def test_rows_keep_their_numbers_when_blank_ones_lie_between_and_a_stray_mark_stands_in_the_last() -> None:
    def fill(sheet: Any, workbook: Any) -> None:
        plain(sheet, workbook)
        for row in range(2, 90):
            sheet.write_blank(row, 0, None, workbook.add_format({"bold": True}))
        sheet.write_row(90, 0, ["李四"])
        sheet.write_row(1_048_575, 1, ["."])

    assert [number for number, _cells in cells(book(fill))] == [1, 2, 91, 1_048_576]


def test_a_million_blank_formatted_rows_take_neither_time_nor_memory() -> None:
    blank = "".join(
        f'<row r="{n}" spans="1:2" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>'
        for n in range(2, 1_048_577)
    )
    data = with_sheet(
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>' + blank + "</sheetData>"
    )
    assert len(data) < sheets.LARGEST_FILE
    assert cells(data) == [(1, ("姓名",))]  # within `xlsx.PATIENCE`, or it would be refused
    tracemalloc.start()
    sheets.read(data, "a.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64e6
    assert len(cells(b"a,b\n" + b",\n" * 1_048_576, "a.csv")) == 1


def test_a_sheet_made_to_be_slow_is_refused_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = ("<c" + ' r="A1' * 33) * 50_000  # each tag is searched some thousand ways for its end
    monkeypatch.setattr(xlsx, "PATIENCE", 0.5)
    with pytest.raises(Invalid, match="holds too much"):
        sheets.read(with_sheet("<sheetData>" + slow + "</sheetData>"), "a.xlsx")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8-sig", b""), ("gb18030", b""), ("utf-16", b""), ("utf-16-le", b""), ("utf-16-be", b"")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_delimiter(encoding: str, mark: bytes, delimiter: str) -> None:
    text = f'name{delimiter}mobile\r\n王芳{delimiter}013\r\n\r\n"a{delimiter}b\nc"{delimiter}𠮷\r\n'
    assert cells(mark + text.encode(encoding), "名单.csv") == [
        (1, ("name", "mobile")),
        (2, ("王芳", "013")),
        (4, (f"a{delimiter}b\nc", "𠮷")),
    ]


def test_a_delimiter_that_excel_is_told_of_is_no_row() -> None:
    assert cells("sep=;\r\n姓名;a,b\r\n".encode(), "a.csv") == [(1, ("姓名", "a,b"))]


def encrypted() -> bytes:
    return xlsx.OLE + b"\0" * 600 + xlsx.ENCRYPTED + b"\0" * 600


def bomb() -> bytes:
    return repacked(book(plain), {"xl/worksheets/sheet1.xml": b"<a>" + b" " * (100 << 20)})


def lying_zip() -> bytes:
    """A zip whose directory says that its sheet is small."""
    data = bytearray(book(plain))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    return bytes(data).replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))


def rows(number: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, number + 1))


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.xlsx", lambda: b"", "empty"),
    "blank": ("a.csv", lambda: b" \r\n\t ", "empty"),
    "only delimiters": ("a.csv", lambda: b",,\n,,\n", "blank cells"),
    "blank workbook": ("a.xlsx", lambda: book(lambda _sheet, _workbook: None), "blank cells"),
    "too large": ("a.csv", lambda: b"a" * (sheets.LARGEST_FILE + 1), "10 MB"),
    "macros": ("a.xlsm", lambda: repacked(book(plain), {"xl/vbaProject.bin": b"x"}), "macros"),
    "encrypted": ("a.xlsx", encrypted, "password"),
    "old workbook": ("a.xls", lambda: xlsx.OLE + b"\0" * 2000, "old kind"),
    "renamed csv": ("a.xlsx", lambda: "姓名\n王芳\n".encode(), "ends in .xlsx"),
    "renamed xlsx": ("a.csv", lambda: book(plain), "ends in .csv"),
    "other zip": ("a.xlsx", lambda: repacked(book(plain), {})[:0] + other_zip(), "no .xlsx workbook"),
    "pdf": ("a.csv", lambda: b"%PDF-1.7 x", "no table"),
    "page": ("a.csv", lambda: b"<html><table>", "no table"),
    "binary": ("a.csv", lambda: bytes(range(256)) * 20, "no table"),
    "bomb": ("a.xlsx", bomb, "far too large"),
    "cut": ("a.xlsx", lambda: book(plain)[:-200], "damaged"),
    "lying": ("a.xlsx", lying_zip, "damaged"),
    "too many rows": ("a.xlsx", lambda: with_sheet(f"<sheetData>{rows(5001)}</sheetData>"), "5000 filled rows"),
    "too many rows in csv": ("a.csv", lambda: b"a\n" * 5001, "5000 filled rows"),
    "too many columns": ("a.xlsx", lambda: with_sheet(far_column()), "beyond column 200"),
    "too many columns in csv": ("a.csv", lambda: b"a," * 200 + b"a", "beyond column 200"),
    "cells without a place": (
        "a.xlsx",
        lambda: with_sheet("<sheetData><row><c><v>1</v></c></row></sheetData>"),
        "damaged",
    ),
    "rows out of order": ("a.xlsx", lambda: with_sheet(disorder()), "damaged"),
    "open quotation": ("a.csv", lambda: b'a,b\n"' + b"x" * 200_000, "quotation mark"),
    "utf-16 xml": (
        "a.xlsx",
        lambda: repacked(book(plain), {"xl/worksheets/sheet1.xml": XML.encode("utf-16")}),
        "damaged",
    ),
}


def other_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("word/document.xml", "<a/>")
    return made.getvalue()


def far_column() -> str:
    return '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row></sheetData>'


def disorder() -> str:
    return '<sheetData><row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_refused_with_what_to_do(kind: str) -> None:
    name, make, words = REFUSED[kind]
    with pytest.raises(Invalid) as refused:
        sheets.read(make(), name)
    sentence = str(refused.value.message)
    assert words in sentence
    assert sentence.endswith(".")


def test_a_corner_that_a_hostile_sheet_names_is_never_allocated() -> None:
    far = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="GR1048576"><v>7</v></c></row></sheetData>'
    assert (
        cells(with_sheet(far + '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'))[0][0]
        == 1_048_576
    )


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(["a.xlsx", "a.csv", "a", "a.xls", "\0", "名单.CSV"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    for one in (data, b"PK\x03\x04" + data, xlsx.OLE + data, b"\xff\xfe" + data, b"\xef\xbb\xbf" + data):
        read_or_refuse(one, name)


def read_or_refuse(data: bytes, name: str) -> None:
    """Anything but a `DomainError` gets through here and fails the test."""
    with suppress(DomainError):
        found = sheets.read(data, name)
        assert all(isinstance(cell, str) for sheet in found for row in sheet.rows for cell in row.cells)


def test_damaged_workbooks_are_read_or_refused() -> None:
    chance = random.Random(20261122)
    whole = book(plain, plain)
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    for _time in range(400):
        data = bytearray(whole)
        for _change in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read_or_refuse(bytes(data), "a.xlsx")
    for _time in range(1_200):
        name = chance.choice(sorted(parts))
        part = bytearray(parts[name])
        begin = chance.randrange(len(part))
        kind = chance.randrange(3)
        if kind == 0:
            del part[begin : begin + chance.randint(1, 60)]
        elif kind == 1:
            part[begin:begin] = part[begin : begin + chance.randint(1, 60)]
        else:
            part[begin : begin + 3] = chance.choice(
                [b"999", b"-1", b"\xff\xfe\x00", b"<c>", b'"', b"</row>", b"A1048576"]
            )
        read_or_refuse(repacked(whole, {name: bytes(part)}), "a.xlsx")
