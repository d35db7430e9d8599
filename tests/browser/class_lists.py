"""The roster of a class of 60 invented people, as a base would send it, with five faults that people really make."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter

from tests.rosters import identity
from training.core import sheets

HEAD = ("姓名", "身份证号", "手机号", "职业")
SIZE = 60
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "春夏秋冬梅兰"


def mobile(number: int) -> str:
    """The mobile number of that person."""
    return f"1391234{number:04d}"


def name(number: int) -> str:
    """A name nobody else on the list has."""
    return SURNAMES[number % 10] + GIVEN[number // 10] + "桂芬芳荣娟华萍琴英珍"[number % 10]


def right_rows() -> list[list[str]]:
    """The list as it should be."""
    return [[name(one), identity(one), mobile(one), "护士" if one % 4 else "医生"] for one in range(SIZE)]


def faults() -> dict[int, dict[str, str]]:
    """Wrong cells by row of the sheet: check digit, number too short, unknown profession, a person twice, no name."""
    rows = right_rows()
    number = rows[5][1]
    return {
        7: {"身份证号": number[:-1] + ("1" if number[-1] != "1" else "2")},
        13: {"手机号": rows[11][2][:-1]},
        19: {"职业": "宇航员"},
        25: dict(zip(HEAD, rows[22], strict=True)),
        31: {"姓名": ""},
    }


def wrong_rows() -> list[list[str]]:
    """The list as it was sent."""
    rows = right_rows()
    for number, cells in faults().items():
        for head, text in cells.items():
            rows[number - 2][HEAD.index(head)] = text
    return rows


def write(path: Path, head: tuple[str, ...] | list[str], rows: list[list[str]]) -> Path:
    """A sheet as Excel saves it, every cell text."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("名单")
        for number, cells in enumerate([list(head), *rows]):
            for place, text in enumerate(cells):
                sheet.write_string(number, place, text)
    path.write_bytes(kept.getvalue())
    return path


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a sheet that the house gave back."""
    (sheet,) = sheets.read(path.read_bytes(), path.name)
    head, *rows = sheet.rows
    return list(head.cells), [list(row.cells) for row in rows]
