"""Certificates by where they stand: what is counted, listed and downloaded equals a recount by hand."""

from __future__ import annotations

import csv
import html
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text, update

from certificates import queries
from certificates.lifecycle import replacing
from certificates.lifecycle import services as lifecycle
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, Replacement
from tests import world
from tests.certificates.conftest import Class
from tests.counting import counting
from training.accounts.models import Person, Profession, RoleGrant
from training.core import clock
from training.core.db import db, reading, transaction
from training.places.models import Institution
from training.reports.question import DIMENSIONS

FIGURES = ("issued", "valid", "expiring", "expired", "suspended", "revoked", "superseded")
DECIDED = {"suspended", "revoked", "superseded"}
REGISTER = """
SELECT c.number, c.status, c.valid_until, b.code AS base, p.code AS programme,
       l.city_code AS city, i.code AS institution, l.profession AS profession, s.path
FROM certificate c JOIN training_base b ON b.id = c.base_id JOIN programme p ON p.activity_id = c.programme_id
JOIN scope s ON s.id = c.scope_id
JOIN ledger_line l ON l.person_id = c.person_id AND l.activity_id = c.programme_id
     AND l.outcome IN ('certificates:issued', 'certificates:reissued')
     AND l.client_key LIKE '%' || c.number || '%'
LEFT JOIN institution i ON i.id = l.institution_id
"""
pytestmark = pytest.mark.world


def issue_many(app: Flask, group: Class, seed: int = 1) -> None:
    """Certificates of the last four years, some suspended, replaced or revoked, of people who moved afterwards."""
    chance = random.Random(seed)
    now = clock.now()
    with app.app_context(), transaction():
        db.session.execute(update(RoleGrant).values(starts_on=date(2020, 1, 1)))  # the coordinator served then too
    days = [*(chance.randrange(1400) for _one in range(12)), 730, 731, 732, 641, 640, 639]  # and about the edges
    for number, ago in enumerate(days):
        with clock.frozen(now - timedelta(days=ago)):
            group.enrol(f"人{number}")
            _move(app, group, f"人{number}", chance)
            certificate = group.issue(f"人{number}")
        _move(app, group, f"人{number}", chance)
        if chance.random() < 0.25:
            group.revoke(certificate, "姓名有误")
        elif number % 3 == 0:
            _treat(group, certificate, replaced=number % 2 == 0)


def _treat(group: Class, certificate: Certificate, *, replaced: bool) -> None:
    """Make a duplicate of it, or suspend it."""
    with group.app.app_context(), transaction():
        by = group.actor("coordinator.jn")
        entry, ground = queries.entry_visible_to(by, certificate.id), Ground("核对。")
        if not replaced:
            lifecycle.suspend(entry, ground, until=None, suspended_by=by)
            return
        candidate = queries.candidate_for(by, certificate.enrolment_id)
        site = "http://anning.test"
        replacing.replace(candidate, entry, Replacement.DUPLICATE, ground, by=by, typefaces=None, site=site)


def _move(app: Flask, group: Class, name: str, chance: random.Random) -> None:
    with app.app_context(), transaction():
        person = db.session.get_one(Person, group.people[name].id)
        person.profession = chance.choice(list(Profession)[:3])
        place = chance.choice(["W-jn", "W-qd"])
        person.institution_id = db.session.scalar(select(Institution.id).where(Institution.code == place))


def recount(app: Flask, *, under: str = "") -> list[dict[str, Any]]:
    """The register line by line with its standings, worked out here."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    lines = []
    with app.app_context(), reading():
        for row in db.session.execute(text(REGISTER)).mappings():
            end = row["valid_until"] and date.fromisoformat(str(row["valid_until"])[:10])
            standings = {"issued"}
            if row["status"] in DECIDED:
                standings.add(row["status"])
            elif end is not None and end < today:
                standings.add("expired")
            else:
                standings |= {"valid"} | ({"expiring"} if end and (end - today).days <= 90 else set())
            lines.append({**row, "month": end.strftime("%Y-%m") if end else "-", "standings": standings})
    return [line for line in lines if line["path"].startswith(under)]


def counted(lines: list[dict[str, Any]], dimension: str) -> Counter[tuple[int, ...]]:
    """How often each row of figures must occur."""
    figures: dict[str, Counter[str]] = {}
    for line in lines:
        figures.setdefault(line[dimension] or "-", Counter()).update(line["standings"])
    return Counter(tuple(one[name] for name in FIGURES) for one in figures.values())


def on_screen(page: str) -> list[list[str]]:
    table = page[page.index("<table>") : page.index("</table>")]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def test_page_files_and_a_naive_recount_are_equal(app: Flask, group: Class, as_: Callable[..., Any]) -> None:
    issue_many(app, group)
    client = as_(world.people(app)["officer"])
    lines = recount(app)
    whole = Counter(name for line in lines for name in line["standings"])
    assert all(whole[name] for name in FIGURES)
    assert whole["issued"] == sum(whole[name] for name in ("valid", "expired", *DECIDED))
    for dimension in DIMENSIONS:
        screen = on_screen(client.get(f"/reports/certificates/?by={dimension}").text)
        figures = [tuple(map(int, row[1:])) for row in screen[1:]]
        assert Counter(figures[:-1]) == counted(lines, dimension), dimension
        assert figures[-1] == tuple(whole[name] for name in FIGURES)
        for kind in ("xlsx", "csv"):
            assert downloaded(client, dimension, kind) == screen, (dimension, kind)


def downloaded(client: Any, dimension: str, kind: str) -> list[list[str]]:
    response = client.post(f"/reports/certificates/export?by={dimension}", data={"format": kind})
    assert response.status_code == 200
    rows: list[list[Any]]
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(response.get_data()))
        rows = [list(row) for row in book.get_sheet_by_index(0).to_python()]
    end = next(place for place, row in enumerate(rows) if row[0] == "合计") + 1
    return [rows[0], *([row[0], *(str(int(cell)) for cell in row[1:])] for row in rows[1:end])]


def test_every_figure_leads_to_exactly_the_certificates_it_counts(
    app: Flask, group: Class, as_: Callable[..., Any]
) -> None:
    issue_many(app, group, seed=2)
    client = as_(world.people(app)["officer"])
    numbers = {line["number"] for line in recount(app)}
    opened = 0
    for dimension in ("city", "profession", "month"):
        page = client.get(f"/reports/certificates/?by={dimension}").text
        found = re.findall(r'<td class="num"><a href="(/reports/certificates/list[^"]*)">(\d+)</a>', page)
        for url, number in found:
            listed = re.findall(r'translate="no">(AN[^<]*|[A-Z0-9-]{8,})</a>', client.get(html.unescape(url)).text)
            assert len(set(listed)) == len(listed) == int(number), url
            assert set(listed) <= numbers
            opened += 1
    assert opened > 20


def test_each_sees_the_register_of_their_own_scope_alone(app: Flask, group: Class, as_: Callable[..., Any]) -> None:
    group.enrol("甲")
    group.issue("甲")
    people = world.people(app)
    assert len(recount(app)) == 3  # one of each place of the small world, and this one
    seen = {"officer": 3, "officer.jn": 2, "officer.qd": 1, "coordinator.jn": 2, "coordinator.qd": 1}
    for who, number in seen.items():
        screen = on_screen(as_(people[who]).get("/reports/certificates/?by=base").text)
        assert screen[-1][1] == str(number), who
    for who in ("trainee.jn", "instructor.jn", "administrator"):
        assert as_(people[who]).get("/reports/certificates/").status_code == 403


def test_filters_narrow_and_the_pages_take_few_queries(app: Flask, group: Class, as_: Callable[..., Any]) -> None:
    issue_many(app, group, seed=3)
    client = as_(world.people(app)["officer"])
    wanted = [one for one in recount(app) if one["city"] == "370100" and one["profession"] in {"nurse", "physician"}]
    assert wanted
    query = "by=programme&city=370100&profession=nurse&profession=physician"
    with counting(app, at_most=8):
        screen = on_screen(client.get(f"/reports/certificates/?{query}").text)
    assert [int(cell) for cell in screen[-1][1:]] == [
        sum(name in one["standings"] for one in wanted) for name in FIGURES
    ]
    with counting(app, at_most=8):
        assert client.get(f"/reports/certificates/list?{query}&standing=valid").status_code == 200


def test_what_cannot_be_meant_is_refused(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(world.people(app)["officer"], "en")
    assert client.get("/reports/certificates/list?standing=lost").status_code == 422
    assert client.get("/reports/certificates/?by=colour").status_code == 422
    assert client.get("/reports/certificates/?base=nowhere").status_code == 404


def test_the_reports_lead_to_each_other(app: Flask, as_: Callable[..., Any]) -> None:
    client = as_(world.people(app)["officer"])
    assert 'href="/reports/certificates/"' in client.get("/reports/completion").text
    assert 'href="/reports/completion"' in client.get("/reports/certificates/").text
