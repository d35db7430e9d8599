"""The reports: who sees what, where figures lead, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests import world
from tests.client import main_text
from tests.counting import counting
from tests.training import report_histories as histories
from training.core.db import db, reading
from training.reports.completion import MEASURES, SHOWN, Label, Row, tabulate
from training.reports.question import DIMENSIONS, FILTERS, Question, read

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
    assert list(report) == ["by", "rows", "total"]
    assert report["by"] == "city"
    assert len(report["rows"]) == 16
    with app.app_context(), reading():
        for measure in ("enrolled", "completed", "certified"):
            naive = {row[0]: row[1] for row in db.session.execute(text(NAIVE), {"measure": measure})}
            assert {row["code"]: row[measure] for row in report["rows"] if row[measure]} == naive
            assert report["total"][measure] == sum(naive.values()) > 0


@pytest.mark.sample
def test_home_table_and_chart_show_what_the_command_prints(app: Flask, as_: Callable[..., Any]) -> None:
    report = command_report(app)
    page = as_(officer_of_the_sample(app)).get("/province/").text
    rows = re.findall(r"<tr><th scope=\"row\"[^>]*>(.*?)</th>(.*?)</tr>", page, re.DOTALL)
    shown = {
        re.sub(r"<[^>]+>", "", name): [cell.strip() for cell in re.findall(r">([^<]*)</td>", cells)]
        for name, cells in rows
    }
    for row in [*report["rows"], {**report["total"], "name_zh": "合计"}]:
        share = "–" if row["completion_percent"] is None else f"{row['completion_percent']:g}%"
        assert shown[row["name_zh"]] == [str(row["enrolled"]), str(row["completed"]), share, str(row["certified"])]
        if row["enrolled"] and row["name_zh"] != "合计":
            told = f"{row['completion_percent']:g}%：{row['enrolled']} 人中 {row['completed']} 人"
            assert f'aria-label="{row["name_zh"]} {told}"' in page


@pytest.mark.sample
def test_home_takes_at_most_eight_queries(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(officer_of_the_sample(app))
    with counting(app, at_most=8):
        assert client.get("/province/").status_code == 200


@pytest.mark.sample
def test_rebuild_changes_nothing(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["progress", "rebuild", "--json"])
    assert json.loads(result.output) == {"steps_changed": 0, "counters_changed": 0}


@pytest.mark.world
def test_an_officer_of_a_city_sees_that_city_alone(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(world.people(app)["officer.qd"])
    for address in ("/province/", "/reports/completion", "/reports/completion?by=base"):
        page = main_text(client.get(address))
        assert "青岛" in page or "qd培训基地" in page
        assert "济南" not in page
        assert "jn培训基地" not in page


def test_each_role_is_counted_what_lies_in_its_scope_alone(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(11)
        with reading():
            naive = histories.held()
    seen = {
        "officer": naive,
        "officer of a city": [one for one in naive if one.values["city"] == "370100"],
        "coordinator": [one for one in naive if one.values["base"] == "B1"],
    }
    for who, wanted in seen.items():
        page = as_(history.staff[who]).get("/reports/completion?by=programme").text
        total = page[page.index("<tfoot>") : page.index("</tfoot>")]
        figures = [int(one) for one in re.findall(r">(\d+)(?:</a>)?</td>", total)]
        assert figures == [sum(one.measure == measure for one in wanted) for measure in MEASURES], who
        assert 0 < len(wanted) <= len(naive)
        assert people_listed(as_(history.staff[who]), "/reports/completion/people") == sorted(
            f"人{history.people.index(one.person)}" for one in wanted if one.measure == "enrolled"
        )


@pytest.mark.parametrize("seed", [21, 22])
def test_every_figure_leads_to_exactly_the_people_it_counts(app: Flask, as_: Callable[..., Any], seed: int) -> None:
    with app.app_context():
        history = histories.live(seed)
        with reading():
            naive = histories.held()
    client = as_(history.staff["officer"])
    opened = 0
    for by, across in (("city", "month"), ("base", "profession"), ("institution", "programme"), ("month", "")):
        for measure in MEASURES:
            page = client.get(f"/reports/completion?by={by}&across={across}&show={measure}").text
            table = page[page.index("<tbody>") : page.index("</tfoot>")]
            for url, number in re.findall(
                r'<td class="num"><a href="(/reports/completion/people[^"]*)">(\d+)</a>', table
            ):
                asked = read(pair for pair in parsed(url))
                if asked.show != measure:
                    continue  # without columns all figures stand side by side
                wanted = sorted(
                    f"人{history.people.index(one.person)}"
                    for one in naive
                    if one.measure == measure and fits(asked, one.values)
                )
                assert len(wanted) == int(number), url
                assert people_listed(client, unescape(url)) == wanted, url
                opened += 1
    assert opened > 40


def parsed(url: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(unescape(url).partition("?")[2])


def fits(asked: Question, values: dict[str, str]) -> bool:
    named = all(not asked.codes(one) or values[one] in asked.codes(one) for one in FILTERS)
    return named and (asked.since or "0") <= values["month"] <= (asked.until or "9")


def people_listed(client: Any, url: str) -> list[str]:
    page = client.get(url).text
    return sorted(re.findall(r'<th scope="row"[^>]*><span translate="no">(.*?)</span>', page))


def test_a_name_leads_one_dimension_down_until_the_people_are_left(app: Flask, as_: Callable[..., Any]) -> None:
    with app.app_context():
        history = histories.live(31)
    client = as_(history.staff["officer"])
    url, seen = "/reports/completion", []
    while not url.startswith("/reports/completion/people"):
        page = client.get(url).text
        body = page[page.index("<tbody>") : page.index("</tbody>")]
        row = next(one for one in body.split("<tr>")[1:] if re.search(r"people[^>]*>\d", one))
        url = unescape(re.findall(r'<a href="([^"]*)"', row)[0])
        seen.append(url)
        assert len(seen) < 9
    assert len(seen) == len(DIMENSIONS)
    assert people_listed(client, url)


@pytest.mark.world
def test_the_list_of_people_is_for_those_who_read_reports_and_leads_to_cohorts_for_their_keepers(
    app: Flask, as_: Callable[..., Any]
) -> None:
    people = world.people(app)
    for who, status in (("trainee.jn", 403), ("instructor.jn", 403), ("coordinator.jn", 200), ("officer", 200)):
        response = as_(people[who]).get("/reports/completion/people")
        assert response.status_code == status, who
        if status == 200:
            assert ('href="/cohorts/' in response.text.partition("<main")[2]) == (who == "coordinator.jn")


@pytest.mark.world
def test_filters_are_shown_as_chips_that_take_themselves_away(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(world.people(app)["officer"], "en")
    page = client.get("/reports/completion?by=base&city=370100&profession=nurse&since=2026-01").text
    chips = {
        re.sub(r"<[^>]+>", "", told).strip(): unescape(url)
        for url, told in re.findall(r'<li><a href="([^"]*)"><span data-content>(.*?)</span>', page)
    }
    assert chips == {
        "City: Jinan": "/reports/completion?by=base&since=2026-01&profession=nurse",
        "Profession: Nurse": "/reports/completion?by=base&since=2026-01&city=370100",
        "Month: 2026-01 to …": "/reports/completion?by=base&city=370100&profession=nurse",
    }
    assert '<option selected value="2026-01">' in page


@pytest.mark.world
@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("by=colour", 422, "colour"),
        ("since=2026-13", 422, "2026-13"),
        ("since=2026-05&until=2026-03", 422, "Turn them round"),
        ("sort=height", 422, "height"),
        ("city=999999", 404, "999999"),
        ("base=" + "x" * 100, 422, "Choose fewer"),
        ("&".join(f"city={number}" for number in range(300)), 422, "Choose fewer"),
        ("institution=%00", 422, "cannot be read"),
        ("page=0", 200, ""),
        ("page=99999999999999999999", 200, ""),
        ("lang=en&utm=1", 200, ""),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused_in_words(
    app: Flask, as_: Callable[..., Any], query: str, status: int, words: str
) -> None:
    client = as_(world.people(app)["officer"], "en")
    for page in ("/reports/completion", "/reports/completion/people"):
        response = client.get(f"{page}?{query}")
        assert response.status_code == status
        assert words in response.text


def test_a_province_without_people_is_told_what_to_do_first(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["reports", "completion"])
    assert result.exit_code == 0
    assert result.output.splitlines()[-1].startswith("合计\t0\t0\t0")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--by", "colour"),
        ("--by", "city", "--by", "base", "--by", "month"),
        ("--filter", "colour=red"),
        ("--filter", "city"),
        ("--filter", "city=0"),
        ("--filter", "since=May"),
    ],
)
def test_wrong_option_is_misuse(app: Flask, arguments: tuple[str, ...]) -> None:
    result = app.test_cli_runner().invoke(args=["reports", "completion", *arguments])
    assert result.exit_code == 2


def label(code: str) -> Label:
    return Label(code=code, name_zh=code, name_en=code)


def test_share_of_nobody_is_no_number_and_stands_last() -> None:
    counts = {("a", "", "enrolled"): 3, ("c", "", "enrolled"): 2, ("c", "", "completed"): 1}
    report = tabulate(["city"], map(label, "abc"), [], counts)
    assert [row.completion_percent for row in report.rows] == [0, None, 50]
    assert report.total == Row(code="", name_zh="合计", name_en="Total", enrolled=5, completed=1)
    assert [row.code for row in report.sorted_by("-share").rows] == ["c", "a", "b"]
    assert [row.code for row in report.sorted_by("share").rows] == ["a", "c", "b"]
    assert [row.code for row in report.sorted_by("-name").rows] == ["c", "b", "a"]


CODES = st.text("abcdefgh-", min_size=1, max_size=4)
QUESTIONS = st.builds(
    lambda by, across, show, filters, since, sort, page: read(
        [
            ("by", by),
            ("across", across),
            ("show", show),
            *filters,
            ("since", since),
            ("sort", sort),
            ("page", str(page)),
        ]
    ),
    st.sampled_from(DIMENSIONS),
    st.sampled_from(["", *DIMENSIONS]),
    st.sampled_from(SHOWN),
    st.lists(st.tuples(st.sampled_from(FILTERS), CODES), max_size=6),
    st.sampled_from(["", "2026-01", "2025-12"]),
    st.sampled_from(["", "name", "-name", "enrolled", "-share"]),
    st.integers(1, 30),
)


@given(QUESTIONS)
def test_the_address_of_a_question_asks_the_same_question(question: Question) -> None:
    assert read(question.pairs()) == question
    assert question.across != "institution"


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(MEASURES)), st.integers(0, 99)
    )
)
def test_rows_columns_and_totals_add_up(counts: dict[tuple[str, str, str], int]) -> None:
    report = tabulate(["city", "month"], map(label, "abc"), map(label, "xy"), counts)
    for measure in MEASURES:
        whole = sum(number for (_row, _column, one), number in counts.items() if one == measure)
        assert report.total.value(measure) == whole
        assert sum(row.value(measure) or 0 for row in report.rows) == whole
        assert sum(cell.value(measure) or 0 for cell in report.total.cells) == whole


def officer_of_the_sample(app: Flask) -> int:
    """One of the two of the province."""
    officers = text("SELECT min(person_id) FROM role_grant WHERE role = 'officer'")
    with app.app_context(), reading():
        return int(db.session.execute(officers).scalar_one())
