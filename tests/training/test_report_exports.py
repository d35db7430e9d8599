"""One report five times: page, XLSX, CSV, JSON and a naive recount of the ledger say the same, whatever happened."""

from __future__ import annotations

import csv
import html
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.client import CheckingClient
from tests.counting import counting
from tests.training import report_histories as histories
from training.core.audit import AuditLine
from training.core.db import db, reading
from training.reports.completion import SHOWN
from training.reports.question import DIMENSIONS

Table = list[list[str]]
PAIRS = [*((one, "") for one in DIMENSIONS), *itertools.combinations(DIMENSIONS, 2)]


def address(by: str, across: str = "", **more: Any) -> str:
    return "/reports/completion?" + urlencode({"by": by, "across": across, **more}, doseq=True)


def on_screen(page: str) -> Table:
    """The cells of the page's table: head without its first cell's words, rows, total."""
    table = page[page.index("<table>") : page.index("</table>")]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def plain(value: Any, share: bool) -> str:
    """A cell of a file as the screen writes it."""
    if value in ("", None):
        return "–"
    return f"{float(value):,.1f}".removesuffix(".0") + ("%" if share else "")


def in_file(rows: list[list[Any]], shown: list[str]) -> Table:
    """The table of a file, its notes left out, written as the screen writes it."""
    width = len(rows[0])
    end = next(place for place, row in enumerate(rows) if row[0] == "合计") + 1
    made = [[str(cell).removeprefix("'") for cell in rows[0]]]
    for row in rows[1:end]:
        row = [*row, *[""] * (width - len(row))]
        figures = [plain(cell, shown[place] == "share") for place, cell in enumerate(row[1:])]
        made.append([str(row[0]).removeprefix("'"), *figures])
    return made


def downloaded(client: CheckingClient, page: str, kind: str) -> list[list[Any]]:
    query = page.partition("?")[2]
    response = client.post(f"/reports/completion/export?{query}", data={"format": kind})
    assert response.status_code == 200
    assert f".{kind}" in response.headers["Content-Disposition"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
    assert len(book.sheet_names) == 2
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def as_json(app: Flask, *arguments: str) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["reports", "completion", "--json", *arguments])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.output)
    return report


def shares(counts: dict[str, int]) -> float | None:
    return round(100 * counts["completed"] / counts["enrolled"], 1) if counts["enrolled"] else None


def told(report: dict[str, Any], shown: str) -> Table:
    """The rows of the JSON as the screen writes them."""
    key = "completion_percent" if shown == "share" else shown
    rows = []
    for row in [*report["rows"], {"name_zh": "合计", **report["total"]}]:
        if "columns" in row:
            figures = [plain(cell[key], shown == "share") for cell in [*row["columns"], row]]
        else:
            keys = [("completion_percent" if one == "share" else one) for one in SHOWN]
            figures = [plain(row[one], one == "completion_percent") for one in keys]
        rows.append([row["name_zh"], *figures])
    return rows


def counted(report: dict[str, Any]) -> dict[tuple[str, ...], Counter[str]]:
    """The JSON as `histories.count` gives it: cells with anybody in them."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in report["rows"]:
        for cell in row.get("columns", [None]):
            figures = row if cell is None else cell
            counts = Counter({name: figures[name] for name in ("enrolled", "completed", "certified") if figures[name]})
            assert figures["completion_percent"] == shares(figures)
            if counts:
                found[(row["code"],) if cell is None else (row["code"], cell["code"])] = counts
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_page_sheet_csv_json_and_a_naive_recount_are_equal(app: Flask, as_: Callable[..., Any], seed: int) -> None:
    with app.app_context():
        history = histories.live(seed)
        with reading():
            naive = histories.held()
    assert len(naive) > 10
    client = as_(history.staff["officer"])
    for number, (by, across) in enumerate(PAIRS):
        if number % 2 and across:
            by, across = across, by
        if across == "institution":
            by, across = across, by  # hundreds of institutions are rows, never columns
        arguments = [part for one in (by, across) if one for part in ("--by", one)]
        report = as_json(app, *arguments)
        assert counted(report) == histories.count(naive, *[one for one in (by, across) if one])
        show = SHOWN[number % len(SHOWN)]
        page = address(by, across, show=show)
        screen = on_screen(client.get(page).text)
        columns = ["share" if across and show == "share" else ""] * 99 if across else list(SHOWN)
        assert screen[1:] == told(report, show), (by, across)
        assert in_file(downloaded(client, page, "xlsx"), columns) == screen
        assert in_file(downloaded(client, page, "csv"), columns) == screen


def test_filters_months_and_order_hold_for_every_kind(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(3)
        with reading():
            naive = histories.held()
    client = as_(history.staff["officer"])
    asked: dict[str, Any] = {
        "city": ["370100", "371300"],
        "profession": ["nurse", "physician"],
        "since": "2026-02",
        "until": "2026-05",
        "sort": "-enrolled",
    }
    wanted = [
        one
        for one in naive
        if one.values["city"] in asked["city"]
        and one.values["profession"] in asked["profession"]
        and "2026-02" <= one.values["month"] <= "2026-05"
    ]
    assert 3 < len(wanted) < len(naive)
    pairs = [(name, value) for name, given in asked.items() for value in ([given] if isinstance(given, str) else given)]
    filters = [part for name, value in pairs for part in ("--filter", f"{name}={value}")]
    for by, across in (("institution", ""), ("institution", "month"), ("programme", "profession")):
        report = as_json(app, *[part for one in (by, across) if one for part in ("--by", one)], *filters)
        assert counted(report) == histories.count(wanted, *[one for one in (by, across) if one])
        assert histories.is_sorted([-row["enrolled"] for row in report["rows"]])
        page = address(by, across, **asked)
        screen = on_screen(client.get(page).text)
        assert screen[1:] == told(report, "enrolled")
        for kind in ("xlsx", "csv"):
            assert in_file(downloaded(client, page, kind), [""] * 99 if across else list(SHOWN)) == screen


def test_pages_put_together_are_what_the_download_holds(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(4, acts=40)
        _fill_with_institutions(250)
    client = as_(history.staff["officer"])
    page = address("institution", sort="-completed")
    first = client.get(page).text
    assert "下载的文件包含全部行" in first
    screens = [on_screen(client.get(f"{page}&page={number}").text) for number in (1, 2, 3)]
    assert [len(one) for one in screens] == [102, 102, len(screens[2])]
    assert all(one[-1] == screens[0][-1] for one in screens)  # the total is that of all rows
    rows = [screens[0][0], *(row for one in screens for row in one[1:-1]), screens[0][-1]]
    assert in_file(downloaded(client, page, "xlsx"), list(SHOWN)) == rows


def _fill_with_institutions(number: int) -> None:
    """As many institutions with one person counted at each, past the services: only the reading is tested here."""
    from training.core.db import transaction
    from training.places import services as places
    from training.programmes.models import Programme
    from training.progress.models import Rollup

    with transaction():
        programme = db.session.scalars(select(Programme.activity_id)).first()
        for one in range(number):
            made = places.add_institution(
                code=f"X{one}", name_zh=f"机构{one}", name_en=f"X {one}", city_code="370100", kind="hospital", beds=0
            )
            db.session.add(
                Rollup(
                    activity_id=programme,
                    measure="enrolled",
                    city_code="370100",
                    base_id=0,
                    institution_id=made.id,
                    profession="nurse",
                    month="2026-03",
                    people=1,
                )
            )


def test_every_page_takes_at_most_eight_queries_whatever_the_rows(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(5, acts=60)
    client = as_(history.staff["officer"])
    pages = [address(by, across) for by, across in PAIRS]
    pages += ["/province/", "/reports/completion/people?institution=H1&base=B0&city=370100&programme=P0"]
    before = {}
    for page in pages:
        with counting(app, at_most=8) as count:
            assert client.get(page).status_code == 200
        before[page] = len(count)
    with app.app_context():
        _fill_with_institutions(250)
    for page in pages:
        with counting(app, exactly=before[page]):
            assert client.get(page).status_code == 200


def test_a_download_is_recorded_and_says_what_its_figures_mean(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(6, acts=30)
    client = as_(history.staff["officer"], "en")
    page = address("base", "month", show="completed", city="370100")
    response = client.post(f"/reports/completion/export?{page.partition('?')[2]}", data={"format": "xlsx"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
    notes = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name("Definitions").to_python()}
    assert notes["Filter"] == "City: Jinan"
    assert notes["Shown"] == "Completed"
    assert "once for each programme" in notes["Completed"]
    assert "100%" in notes["Share by month"]
    rows = downloaded(client, page, "csv")
    assert ["Filter", "City: Jinan"] in rows
    with app.app_context(), reading():
        lines = db.session.scalars(select(AuditLine).where(AuditLine.verb == "report.export")).all()
    assert [line.actor_id for line in lines] == [history.staff["officer"]] * 2
    assert "city=370100" in lines[0].details["query"]


def test_a_name_that_a_spreadsheet_would_run_is_defused(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(7, acts=60)
    rows = downloaded(as_(history.staff["officer"]), address("institution"), "csv")
    names = [row[0] for row in rows[1:] if row and "医院" in row[0]]
    assert names
    assert all(name.startswith("'=医院") for name in names)
