"""The audit trail that administrators read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import wording, world
from tests.client import client_for
from tests.counting import counting
from tests.pages import main_text
from training.accounts import services
from training.core import audit, scopes
from training.core.access import Role
from training.core.db import transaction

pytestmark = pytest.mark.world


def test_who_did_what_is_shown_newest_first_and_found(app: Flask) -> None:
    named = world.people(app)
    administrator = client_for(app, named["administrator"], "en")
    page = administrator.get("/audit/")
    assert page.status_code == 200
    assert "certificate issued" in main_text(page)
    found = main_text(administrator.get("/audit/?verb=certificate.issue&who=13900000011"))
    assert named["coordinator.jn"].name in found
    assert named["coordinator.qd"].name not in found
    assert "Nothing found" in main_text(administrator.get("/audit/?last=2001-01-01"))
    assert administrator.get("/audit/?first=yesterday").status_code == 422
    assert administrator.get("/audit/?before=99999999999999999999999").status_code == 200


def test_older_lines_follow_page_by_page(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        for number in range(120):
            audit.record(None, "person.add", named["candidate"], number=number)
    administrator = client_for(app, named["administrator"], "en")
    seen: list[str] = []
    address = "/audit/?verb=person.add"
    while address:
        text = administrator.get(address).get_data(as_text=True)
        seen += re.findall(r"number: (\d+)", text)
        older = re.search(r'href="(/audit/\?[^"]*before=[^"]*)"', text)
        address = older.group(1).replace("&amp;", "&") if older else ""
    assert seen == [str(number) for number in reversed(range(120))]


def test_an_administrator_of_one_place_does_not_read_it(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        root = scopes.root()
        below = scopes.add_scope(scopes.ScopeKind.REGION, root, "某省", "Some province")
        services.add_grant(services.lock(named["candidate"].id), Role.ADMINISTRATOR, below, granted_by=None)
    assert client_for(app, named["candidate"]).get("/audit/").status_code == 403


@pytest.mark.one_database
def test_every_verb_is_told_in_words(app: Flask) -> None:
    known = set(audit.words())
    used: set[str] = set()
    for package in wording.PACKAGES:
        for path in (wording.ROOT / package).rglob("*.py"):
            used |= verbs_in(path)
    assert len(used) > 20
    assert used <= known, f"not described: {sorted(used - known)}"


def verbs_in(path: Path) -> set[str]:
    """The verbs that a source records: the dotted text among the first arguments."""
    text = path.read_text(encoding="utf-8")
    return set(re.findall(r"audit\.record\(\s*[^,]+,\s*\"([a-z-]+\.[a-z-]+)\"", text))


@pytest.mark.one_database
def test_every_detail_is_told_under_a_name(app: Flask) -> None:
    calls = [call for package in wording.PACKAGES for path in _sources(package) for call in _records(path)]
    told = {one.arg for call in calls for one in call.keywords if one.arg}
    assert len(told) > 20
    assert told <= set(audit.names()), f"not named: {sorted(told - set(audit.names()))}"


def _sources(package: str) -> Iterator[Path]:
    return (wording.ROOT / package).rglob("*.py")


def _records(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
            yield node


def test_a_line_names_people_and_says_its_details_in_words(app: Flask) -> None:
    named = world.people(app)
    candidate = named["candidate"]
    with app.app_context(), transaction():
        audit.record(None, "person.revise", candidate, fields=["name"], passed=True)
        audit.record(None, "grant.end", scopes.root(), person_id=candidate.id, role="coordinator")
    text = main_text(client_for(app, named["administrator"]).get("/audit/"))
    assert f"{candidate.name} 字段：名称 · 合格：是" in text
    assert f"人员：{candidate.name} · 角色：基地管理员" in text


def test_a_page_costs_four_queries_whatever_its_length(app: Flask) -> None:
    administrator = client_for(app, world.people(app)["administrator"])
    with counting(app, at_most=4):
        administrator.get("/audit/")
