"""The guides: open to everyone in both languages, found from every page, and true to the words of the interface."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask import Flask

from tests import wording, world
from tests.client import client_for, main_text
from tests.pages import Page, words
from training.accounts import services
from training.core import guide
from training.core.access import ROLE_LABELS, Role
from training.core.db import db, transaction
from training.core.i18n import LANGUAGES
from training.core.scopes import Scope
from training.places.models import TrainingBase

FOLDER = wording.ROOT / "docs" / "guide"
EVERY = [(role, language) for role in Role for language in LANGUAGES]
LAST_PART = {"zh": "遇到问题时", "en": "If something goes wrong"}
FILLED = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
STRONG = re.compile(r"<strong>(.*?)</strong>", re.DOTALL)
PARTS = re.compile(r"<h2>(.*?)</h2>")
PEOPLE = {role: "officer" if role is Role.OFFICER else f"{role}.jn" for role in Role} | {
    Role.ADMINISTRATOR: "administrator"
}


def _of(role: Role, language: str) -> guide.Guide:
    return guide.read(FOLDER / f"{role}.{language}.md")


def _interface(language: str) -> set[str]:
    """Every text of the interface in that language, an ellipsis where it is filled in, without a full stop."""
    side = 0 if language == "en" else 1
    return {FILLED.sub("…", pair[side]).rstrip(".。") for pair in wording.messages()}


def test_there_is_a_guide_for_each_role_in_each_language_and_nothing_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{role}.{language}.md" for role, language in EVERY}


@pytest.mark.parametrize(("role", "language"), EVERY)
def test_what_stands_in_bold_is_a_word_of_the_interface(role: Role, language: str) -> None:
    quoted = {html.unescape(one) for one in STRONG.findall(_of(role, language).body)}
    assert len(quoted) >= 10
    gone = sorted(quoted - _interface(language))
    assert not gone, f"the interface has no such words (any more): {gone}"


@pytest.mark.parametrize(("role", "language"), EVERY)
def test_a_guide_begins_at_home_and_ends_with_what_may_go_wrong(role: Role, language: str) -> None:
    found = _of(role, language)
    assert found.title
    assert found.body.startswith("<p>")
    assert "**" not in found.body, "a word that is meant to be bold is not"
    parts = PARTS.findall(found.body)
    assert 4 <= len(parts) <= 7
    assert parts[-1] == LAST_PART[language]
    assert found.body.count("<ol>") == len(parts) - 1, "each job is a list of numbered steps"


@pytest.mark.parametrize("role", list(Role))
def test_a_chinese_guide_is_short(role: Role) -> None:
    text = (FOLDER / f"{role}.zh.md").read_text(encoding="utf-8")
    assert 350 <= len(re.findall("[\u4e00-\u9fff]", text)) <= 700


@pytest.mark.one_database
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guide_opens_without_signing_in(app: Flask, language: str) -> None:
    client = client_for(app, None, language)
    for role in Role:
        response = client.get(f"/guide/{role}")
        assert response.status_code == 200
        page = Page(response)
        assert [words(one) for one in page.named("h1")] == [_of(role, language).title]
        others = {one.get("href") for one in page.named("a")}
        assert {f"/guide/{one}" for one in Role if one is not role} <= others
    assert client.get("/guide/visitor").status_code == 404


@pytest.mark.one_database
def test_a_guide_that_is_missing_is_told_and_crashes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(guide, "guide_path", lambda role, _language: tmp_path / role)
    response = client_for(app, None, "en").get("/guide/trainee")
    assert response.status_code == 404
    assert "This guide is missing" in main_text(response)


def _help(app: Flask, who: str | None, path: str) -> str:
    """Where the help of the foot leads from that page: the address, after the redirect if there is one."""
    client = client_for(app, world.people(app)[who] if who else None, "en")
    page = Page(client.get(path, follow_redirects=True))
    foot = next(one for one in page.named("footer"))
    target = next(str(one.get("href")) for one in foot.iter("a") if words(one) == "Help")
    return client.get(target, follow_redirects=True).request.path


@pytest.mark.world
@pytest.mark.parametrize("role", list(Role))
def test_help_leads_from_the_home_to_the_guide_of_the_role(app: Flask, role: Role) -> None:
    assert _help(app, PEOPLE[role], "/") == f"/guide/{role}"


@pytest.mark.world
@pytest.mark.one_database
def test_help_leads_to_all_guides_where_no_role_is_known(app: Flask) -> None:
    for who, path in ((None, "/sign-in"), (None, "/no-such-page"), ("nobody", "/welcome")):
        assert _help(app, who, path) == "/guide/"
    text = main_text(client_for(app, None, "en").get("/guide/"))
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert all(str(label) in text for label in ROLE_LABELS.values())


@pytest.mark.world
@pytest.mark.one_database
def test_help_follows_the_workplace_that_was_chosen(app: Flask) -> None:
    person = world.people(app)["coordinator.jn"]
    with app.app_context(), transaction():
        base = db.session.query(TrainingBase).filter_by(code="B-qd").one()
        services.add_grant(person, Role.INSTRUCTOR, db.session.get_one(Scope, base.scope_id), granted_by=None)
        place = f"{Role.INSTRUCTOR}:{base.scope_id}"
    client = client_for(app, person)
    assert client.get("/guide/").location == "/guide/coordinator"
    client.post("/workplace", data={"workplace": place})
    assert client.get("/guide/").location == "/guide/instructor"
