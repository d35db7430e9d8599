"""Workbooks and CSV files as instructors make them, for the tests about sheets of items."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

HEAD = (
    *("序号", "题型", "题目分类", "难度", "组号", "共用题干", "题干"),
    *("选项A", "选项B", "选项C", "选项D", "选项E", "答案", "解析", "知识点", "分值", "来源"),
)
OPTIONS = {"选项A": "口服", "选项B": "皮下", "选项C": "静脉", "选项D": "肌注", "选项E": "直肠"}


def row(head: Sequence[str] = HEAD, **cells: str) -> list[str]:
    """A row under the head."""
    return [cells.get(one, "") for one in head]


def csv_file(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    """Rows as CSV."""
    kept = io.StringIO()
    csv.writer(kept).writerows(rows)
    return kept.getvalue().encode(encoding)


def book(sheets: Mapping[str, Sequence[Sequence[Any]]], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """Rows as a workbook; `merged` are ranges such as `A2:A4` whose first cell counts, by sheet."""
    kept = io.BytesIO()
    workbook = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        page = workbook.add_worksheet(name)
        for number, cells in enumerate(rows):
            page.write_row(number, 0, cells)
        for span in (merged or {}).get(name, ()):
            first = span.split(":")[0]
            column, number = ord(first[0]) - ord("A"), int(first[1:]) - 1
            page.merge_range(span, rows[number][column])
    workbook.close()
    return kept.getvalue()
