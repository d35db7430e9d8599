"""Whatever is sent, the answer is a sentence with a right status, and nothing is half done."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests import pages, world
from tests.architecture.objects import cases
from tests.client import client_for, main_text
from tests.migrations import databases
from tests.pages import Page
from training.accounts.models import Person
from training.core import access
from training.core.access import ANYONE, Role

HUGE = 10**18 + 7
ODD_IDS = ("0", str(HUGE), str(10**30), "-1", "1e3", "%00", "1%0A", "abc", "１")
ODD_TEXTS = {
    "a control character": "a\x00b\x07c",
    "a lone surrogate": "a%ED%A0%80b",
    "far too long": "长" * 20_000,
    "code": "<script>alert(1)</script>'\"--{{ 7*7 }}${7*7}",
    "line separators": "a\u2028b\u2029c\u0085d",
    "nothing but space": " \u3000\u200b ",
    "a number where there should be none": "99999999999999999999",
    "a wrong choice": "no-such-choice",
}
ENDS = ("/discard", "/erase", "/end", "/remove", "/close", "act>", "/withdraw")
BY_ROLE = {
    Role.TRAINEE: "other_trainee.jn",
    Role.INSTRUCTOR: "instructor.jn",
    Role.SUPERVISOR: "supervisor.jn",
    Role.COORDINATOR: "coordinator.jn",
    Role.OFFICER: "officer",
    Role.ADMINISTRATOR: "administrator",
}


def who_may(people: dict[str, Person], declared: str) -> Person | None:
    """Somebody whom the declaration lets in."""
    if declared == ANYONE:
        return None
    return people[BY_ROLE[sorted(access.permissions()[declared])[0]]]


def declaration(app: Flask, rule: Rule) -> str:
    """What the view declares of its access."""
    return str(getattr(app.view_functions[rule.endpoint], "access", ""))


def posts(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route that takes a POST, with its declaration; what takes objects away comes last."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (str(one).endswith(ENDS), str(one))):
        if "POST" in (rule.methods or set()):
            yield rule, declaration(app, rule)


def address(app: Flask, rule: Rule, person: Person | None) -> str:
    """The route's address with objects that the person may touch."""
    own = [one for one in cases(app, rule) if one.place == "jn"]
    owner = next((name for name, (mobile, _r, _w) in world.PEOPLE.items() if person and mobile == person.mobile), None)
    case = next((one for one in own if one.owner == owner), own[0])
    with app.test_request_context():
        return app.url_for(rule.endpoint, **case.values)


def form_fields(app: Flask, person: Person | None, url: str) -> dict[str, Any]:
    """The fields of the form at that address, as it stands; none where it has no page of its own."""
    client = client_for(app, person, "en")
    client.examines = False  # the page is looked at elsewhere; here it only tells its fields
    response = client.get(url)
    if response.status_code != 200 or response.mimetype != "text/html":
        return {}
    forms = [one for one in Page(response).named("form") if (one.get("method") or "").lower() == "post"]
    actions = {(one.get("action") or "").partition("?")[0] for one in forms}
    if url not in actions:
        return {}
    return pages.form_of(response, url).values


@pytest.mark.world
@pytest.mark.one_database
def test_odd_ids_in_addresses_are_simply_not_found(app: Flask) -> None:
    people = world.people(app)
    for rule in app.url_map.iter_rules():
        names = [name for name in rule.arguments if name.endswith("_id")]
        if "GET" not in (rule.methods or set()) or not names:
            continue
        client = client_for(app, who_may(people, declaration(app, rule)))
        for odd in ODD_IDS:
            path = rule.rule
            for part in rule.rule.split("/"):
                if part.startswith("<"):
                    path = path.replace(part, odd)
            assert client.get(path).status_code == 404, path


@pytest.mark.world
@pytest.mark.one_database
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_wrong_methods_are_refused(app: Flask, method: str) -> None:
    client = client_for(app, world.people(app)["administrator"])
    for rule in app.url_map.iter_rules():
        path = rule.rule if not rule.arguments else address(app, rule, None)
        response = client.open(path, method=method, headers={"X-CSRFToken": client.token()})
        assert response.status_code in {400, 405}, f"{method} {path}: {response.status_code}"


@pytest.mark.world
@pytest.mark.one_database
@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_odd_texts_in_every_field_are_refused_or_kept_whole(app: Flask, kind: str) -> None:
    _try_everywhere(app, kind)


@pytest.mark.world
def test_what_a_database_could_not_keep_never_reaches_it(app: Flask) -> None:
    _try_everywhere(app, "a control character")


def _try_everywhere(app: Flask, kind: str) -> None:
    people = world.people(app)
    tried = 0
    everyone = [(rule, who_may(people, declared)) for rule, declared in posts(app)]
    addresses = [(address(app, rule, person), person) for rule, person in everyone]  # before anything is changed
    for url, person in addresses:
        present = form_fields(app, person, url)
        names = [name for name in present if name != "csrf_token"] or [
            "choice",
            "heading",
            "reason",
            "lang",
            "person_id",
        ]
        client = client_for(app, person, "en")
        response = client.post(url, data={**present, **dict.fromkeys(names, ODD_TEXTS[kind])})
        assert response.status_code in {200, 204, 302, 303, 400, 403, 404, 409, 413, 422, 429}, (
            f"{url}: {response.status_code}"
        )
        tried += 1
        if kind == "far too long" and len(present) > 1:
            assert response.status_code not in {302, 303}, f"{url} took a text of 20,000 characters"
    assert tried > 10


@pytest.mark.world
@pytest.mark.one_database
def test_refused_forms_change_nothing(app: Flask) -> None:
    people = world.people(app)
    with app.app_context():
        before = databases.rows()
    for rule, declared in posts(app):
        person = who_may(people, declared)
        url = address(app, rule, person)
        response = client_for(app, person).post(url, data={"x": "1"}, csrf=False)
        assert response.status_code == 400, url
    with app.app_context():
        assert databases.rows() == before


@pytest.mark.world
@pytest.mark.one_database
def test_a_body_larger_than_allowed_is_refused_with_a_sentence(app: Flask) -> None:
    client = client_for(app, world.people(app)["administrator"], "en")
    response = client.post("/people/add", data={"name": "x" * (3 * 1024 * 1024)})
    assert response.status_code == 413
    assert "2 MB" in main_text(response)


@pytest.mark.world
@pytest.mark.one_database
def test_odd_questions_in_addresses_do_no_harm(app: Flask) -> None:
    people = world.people(app)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "core.metrics":
            continue
        person = who_may(people, declaration(app, rule))
        url = address(app, rule, person)
        for odd in (
            "page=0",
            "page=-1",
            f"page={HUGE}",
            f"page={10**40}",
            "page=a",
            "q=%00",
            "q=%25_%27",
            "lang=xx",
            "by=%3Cb%3E",
        ):
            response = client_for(app, person).get(f"{url}?{odd}")
            assert response.status_code < 500, f"{url}?{odd}"


@pytest.mark.world
@pytest.mark.one_database
def test_script_in_a_name_is_shown_as_text(app: Flask) -> None:
    people = world.people(app)
    name = '<img src=x onerror="alert(1)">'
    administrator = client_for(app, people["administrator"], "en")
    data = {"name": name, "mobile": "13911112222", "password": "a-long-password", "profession": "nurse"}
    added = administrator.submit("/people/add", data, action="/people/add")
    assert added.status_code == 302
    page = administrator.get(added.headers["Location"]).get_data(as_text=True)
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


def naughty_strings() -> list[str]:
    """The Big List of Naughty Strings, where it is at hand."""
    places = [Path(os.environ["SHARED_DATA"])] if "SHARED_DATA" in os.environ else []
    places.append(Path(__file__).resolve().parents[3] / "shared" / "data")
    for place in places:
        path = place / "security" / "blns.json"
        if path.exists():
            return list(json.loads(path.read_text(encoding="utf-8")))
    pytest.skip("the Big List of Naughty Strings (../shared/data/security/blns.json) is not at hand")


@pytest.mark.world
@pytest.mark.one_database
def test_naughty_names_survive_unchanged_or_are_refused(app: Flask) -> None:
    """As the name of a cohort, the shortest way from a form to a list: what is taken comes back letter by letter."""
    coordinator = client_for(app, world.people(app)["coordinator.jn"], "en")
    page = coordinator.get("/cohorts/open")
    form = pages.form_of(page, "/cohorts/open")
    taken = 0
    for number, text in enumerate(naughty_strings()):
        dates = {"starts_on": "2026-12-01", "ends_on": "2027-02-01"}
        data = {**form.values, **dates, "code": f"N{number}", "name": text}
        data.pop("csrf_token")
        response = coordinator.post("/cohorts/open", data=data)
        assert response.status_code in {302, 422}, repr(text)
        if response.status_code == 302:
            taken += 1
            shown = pages.Page(coordinator.get(response.headers["Location"]))
            heading = "".join(shown.named("h1")[0].itertext())
            assert " ".join(_kept(text).split()) in " ".join(heading.split()), repr(text)
    assert taken > 200


def _kept(text: str) -> str:
    from training.core.forms import clean

    return clean(text) or ""
