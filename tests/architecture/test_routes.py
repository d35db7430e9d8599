"""The walk: every route, with every role and none, on objects of one's own and of strangers.

Nobody declares an expectation here: the view's own `access` and the scope of the object's place say what must happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from werkzeug.routing import Rule

from tests import world
from tests.architecture.objects import Case, cases
from tests.client import client_for
from training.accounts.models import Person
from training.core import access
from training.core.access import ANYONE, Role

# Who stands for a role at which place; "" is everywhere.
ACTORS = {
    "trainee.jn": (Role.TRAINEE, "jn"),
    "other_trainee.jn": (Role.TRAINEE, "jn"),
    "trainee.qd": (Role.TRAINEE, "qd"),
    "instructor.jn": (Role.INSTRUCTOR, "jn"),
    "instructor.qd": (Role.INSTRUCTOR, "qd"),
    "supervisor.jn": (Role.SUPERVISOR, "jn"),
    "supervisor.qd": (Role.SUPERVISOR, "qd"),
    "coordinator.jn": (Role.COORDINATOR, "jn"),
    "coordinator.qd": (Role.COORDINATOR, "qd"),
    "officer": (Role.OFFICER, ""),
    "officer.jn": (Role.OFFICER, "jn"),
    "administrator": (Role.ADMINISTRATOR, ""),
    "nobody": (None, "jn"),
}
PUBLIC = ("nobody", "trainee.jn", "coordinator.jn")  # enough of them where the role decides nothing
SECONDS = {"other_trainee.jn", "officer.jn"}  # a second person of a role: asked in one language
SHARDS = 4
REFUSED_INPUT = {400, 409, 422, 429}
# What a POST must name in its body before an object is looked for: the endpoint, the field, a text or whose id.
BODIES = {
    "programmes.enrol_post": {"person_id": "candidate"},
    "courses.bookmark": {"heading": "first"},
    "courses.keep_position": {"seconds": "7"},
}
MACHINES = {"core.healthz", "core.readyz", "core.metrics"}


def walked(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    """Every rule with its method and what its view declares; the one that takes roles away comes last."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint == "people.end_grant", str(one))):
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule, method, getattr(app.view_functions[rule.endpoint], "access", None)


@pytest.mark.one_database
def test_every_view_declares_its_access(app: Flask) -> None:
    known = {ANYONE, *access.permissions()}
    undeclared = [f"{method} {rule}" for rule, method, declared in walked(app) if declared not in known]
    assert not undeclared, undeclared


@pytest.mark.one_database
def test_every_address_changes_things_by_post_alone(app: Flask) -> None:
    others = [f"{method} {rule}" for rule, method, _declared in walked(app) if method not in {"GET", "POST"}]
    assert not others, others


@pytest.mark.one_database
def test_every_permission_is_held_by_a_role_and_asked_for_somewhere(app: Flask) -> None:
    assert all(access.permissions().values())
    from tests.architecture.sources import python

    text = "\n".join(path.read_text(encoding="utf-8") for path in python() if path.stem != "permissions")
    idle = [name for name in access.permissions() if f"Permission.{_member(name)}" not in text]
    assert not idle, idle


def _member(permission: str) -> str:
    from certificates import permissions as certificates
    from courses import permissions as courses
    from question_bank import permissions as bank
    from training.accounts import permissions as accounts
    from training.messages import permissions as messages
    from training.places import permissions as places
    from training.practice import permissions as practice
    from training.privacy import permissions as privacy
    from training.programmes import permissions as programmes
    from training.progress import permissions as progress
    from training.reports import permissions as reports

    for module in (
        certificates,
        courses,
        bank,
        accounts,
        messages,
        places,
        practice,
        privacy,
        programmes,
        progress,
        reports,
    ):
        for one in module.Permission:
            if one.value == permission:
                return str(one.name)
    raise AssertionError(f"{permission} is in no package's permissions.py")


def expected(actor: str, rule: Rule, declared: str, case: Case) -> str:
    """`denied`, `strange` or `open`, from the declaration and the places alone."""
    if declared == ANYONE:
        return "open"
    holders = access.permissions()[declared]
    role, place = ACTORS[actor]
    if role not in holders:
        return "denied"
    if not rule.arguments or (not place and not case.alone):
        return "open"
    if place != case.place:
        return "strange"
    if (role is Role.TRAINEE or case.alone) and case.owner not in {None, actor}:
        return "strange"
    return "open"


def request_once(
    app: Flask, person: Person, url: str, method: str, language: str, body: dict[str, Any], examines: bool
) -> int:
    """Ask, and return the status; the client examines the page meanwhile."""
    client = client_for(app, person, language)
    client.examines = examines
    return (client.get(url) if method == "GET" else client.post(url, data=body)).status_code


def fault_of(answer: str, method: str, status: int) -> str | None:
    """What is wrong with the status, or None."""
    opened = 200 <= status < 400 or (method == "POST" and status in REFUSED_INPUT)
    fits = {"denied": status == 403, "strange": status == 404, "open": opened}[answer]
    return None if fits else f"{status} where {answer} was expected"


def walk_route(app: Flask, people: dict[str, Person], rule: Rule, method: str, declared: str) -> list[str]:
    """The faults of one route over all people and objects."""
    faults, opened = [], 0
    looks = str(app.config["SQLALCHEMY_DATABASE_URI"]).startswith("sqlite")
    given = BODIES.get(rule.endpoint, {})
    body = {name: people[value].id if value in people else value for name, value in given.items()}
    for case in cases(app, rule):
        with app.test_request_context():
            url = app.url_for(rule.endpoint, **case.values)
        for actor in PUBLIC if declared == ANYONE else ACTORS:
            answer = expected(actor, rule, declared, case)
            if answer == "denied" and ACTORS[actor][1] == "qd":
                continue  # one of a role is enough where the role alone decides
            several = looks and answer == "open" and method == "GET" and actor not in SECONDS
            for language in ("zh", "en") if several else ("zh",):
                told = f"{method} {url} as {actor} in {language}"
                try:
                    # Pages are looked at once, on SQLite; "not allowed" says the same to everybody.
                    status = request_once(app, people[actor], url, method, language, body, answer == "open" and looks)
                except AssertionError as error:
                    faults.append(f"{told}: {error}")
                    opened += 1
                    continue
                fault = fault_of(answer, method, status)
                faults += [f"{told}: {fault}"] if fault else []
                opened += answer == "open" and fault is None
        faults += _anonymous_faults(app, url, method, declared)
    return faults if opened else [*faults, f"{method} {rule}: no role can open any object"]


def _anonymous_faults(app: Flask, url: str, method: str, declared: str) -> list[str]:
    if declared == ANYONE:
        return []
    client = client_for(app)
    response = client.get(url) if method == "GET" else client.post(url, data={})
    if response.status_code == 302 and response.headers["Location"].startswith("/sign-in"):
        return []
    return [f"{method} {url} without signing in: {response.status_code} {response.headers.get('Location', '')}"]


@pytest.mark.world
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_route_opens_to_whom_it_should_and_to_nobody_else(
    app: Flask, monkeypatch: pytest.MonkeyPatch, shard: int
) -> None:
    # No step of the walk changes what the next one finds.
    monkeypatch.setattr(Connection, "commit", Connection.rollback)
    people = world.people(app)
    faults = []
    for rule, method, declared in list(walked(app))[shard::SHARDS]:
        if rule.endpoint not in MACHINES:
            try:
                faults += walk_route(app, people, rule, method, declared)
            except AssertionError as error:
                faults.append(str(error))
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


@pytest.mark.world
def test_a_changed_password_ends_the_session(app: Flask) -> None:
    person = world.people(app)["coordinator.jn"]
    client = client_for(app, person)
    assert client.get("/cohorts/").status_code == 200
    with client.session_transaction() as session:
        session["_user_id"] = f"{person.id}:0123456789abcdef"
    assert client.get("/cohorts/").status_code == 302


@pytest.mark.world
@pytest.mark.one_database
def test_every_post_asks_for_the_csrf_token(app: Flask) -> None:
    person = world.people(app)["administrator"]
    for rule, method, _declared in walked(app):
        if method != "POST":
            continue
        for case in cases(app, rule)[:1]:
            with app.test_request_context():
                url = app.url_for(rule.endpoint, **case.values)
            response = client_for(app, person).post(url, data={}, csrf=False)
            assert response.status_code == 400, f"{url}: {response.status_code}"
