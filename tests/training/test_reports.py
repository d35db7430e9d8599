"""The provincial report: page, command and a naive count say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests import world
from tests.client import main_text
from tests.counting import counting
from training.core.db import db, reading
from training.reports.completion import Row, by_city

NAIVE = """
SELECT l.city_code, count(DISTINCT l.person_id || '-' || l.activity_id)
FROM ledger_line l JOIN activity a ON a.id = l.activity_id
WHERE a.kind = 'training:programme' AND l.measure = :measure AND l.sign = 1
  AND NOT EXISTS (SELECT 1 FROM ledger_line back WHERE back.person_id = l.person_id AND back.activity_id = l.activity_id
                  AND back.measure = l.measure AND back.sign = -1 AND back.id > l.id)
GROUP BY l.city_code
"""


def command_report(app: Flask) -> dict[str, Any]:
    result = app.test_cli_runner().invoke(args=["reports", "completion", "--by", "city", "--json"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.output)
    return report


@pytest.mark.sample
def test_command_equals_a_naive_count_over_the_ledger(app: Flask) -> None:
    report = command_report(app)
    assert report["by"] == "city"
    assert len(report["rows"]) == 16
    with app.app_context(), reading():
        for measure in ("enrolled", "completed", "certified"):
            naive = {row[0]: row[1] for row in db.session.execute(text(NAIVE), {"measure": measure})}
            assert {row["code"]: row[measure] for row in report["rows"] if row[measure]} == naive
            assert report["total"][measure] == sum(naive.values()) > 0


@pytest.mark.sample
def test_page_table_and_chart_show_what_the_command_prints(app: Flask, as_: Callable[..., Any]) -> None:
    report = command_report(app)
    officer = officer_of_the_sample(app)
    page = as_(officer).get("/province/").text
    rows = re.findall(r"<tr><th scope=\"row\"[^>]*>(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    shown = {name: [cell.strip() for cell in re.findall(r">([^<]*)</td>", cells)] for name, cells in rows}
    for row in [*report["rows"], {**report["total"], "name_zh": "合计"}]:
        share = "–" if row["completion_percent"] is None else f"{row['completion_percent']:g}%"
        assert shown[row["name_zh"]] == [str(row["enrolled"]), str(row["completed"]), share, str(row["certified"])]
        if row["enrolled"] and row["name_zh"] != "合计":
            assert f'width="{row["completion_percent"]:g}' in page


@pytest.mark.sample
def test_report_counts_at_most_eight_queries(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(officer_of_the_sample(app))
    with counting(app, at_most=8):
        assert client.get("/province/").status_code == 200


@pytest.mark.sample
def test_rebuild_changes_nothing(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["progress", "rebuild", "--json"])
    assert json.loads(result.output) == {"steps_changed": 0, "counters_changed": 0}


@pytest.mark.world
def test_an_officer_of_a_city_sees_that_city_alone(app: Flask, as_: Callable[..., Any]) -> None:
    page = main_text(as_(world.people(app)["officer.qd"]).get("/province/"))
    assert "青岛市" in page
    assert "济南市" not in page


def test_a_province_without_people_is_told_what_to_do_first(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["reports", "completion"])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("合计\t0\t0\t0")


def test_wrong_option_is_misuse(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["reports", "completion", "--by", "colour"])
    assert result.exit_code == 2


def test_share_of_nobody_is_no_number() -> None:
    report = by_city([("370100", "济南市", "Jinan"), ("370200", "青岛市", "Qingdao")], {("370100", "enrolled"): 3})
    assert report.rows[0].completion_percent == 0
    assert report.rows[1].completion_percent is None
    assert report.total == Row("", "合计", "Total", enrolled=3)


def officer_of_the_sample(app: Flask) -> int:
    with app.app_context(), reading():
        return int(db.session.execute(text("SELECT person_id FROM role_grant WHERE role = 'officer'")).scalar_one())
