"""The editor of programmes: rows become a tree and back, versions rise, and strangers find nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.client import CheckingClient, client_for
from training.activities.models import Activity
from training.core import clock
from training.core.db import db, reading
from training.core.errors import Invalid
from training.programmes import queries, rows, trees
from training.programmes.models import Enrolment, Programme
from training.programmes.rows import Row
from training.programmes.trees import Group

pytestmark = pytest.mark.world

TREE: trees.Tree = (7, Group("甲", "A", 1, (8, Group("乙", "B", None, (9, 10)))), 11)


def test_rows_become_a_tree_and_back(app: Flask) -> None:
    with app.test_request_context():
        assert rows.to_tree(rows.of_tree(TREE)) == TREE
        assert rows.to_tree(rows.with_spare(rows.of_tree(TREE))) == TREE
        assert rows.to_tree([Row("2", "5"), Row("1", "4"), Row("3", "")]) == (4, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        [Row("1", "4"), Row("1", "5")],
        [Row("", "4")],
        [Row("x", "4")],
        [Row("1", "4"), Row("2", "5", inside="1")],
        [Row("1", "4", inside="2"), Row("2", "all", title_zh="组", title_en="G")],
        [Row("1", "all", inside="1", title_zh="组", title_en="G")],
        [Row("1", "4", inside="9" * 30)],
    ],
)
def test_rows_that_make_no_tree_are_told(app: Flask, wrong: list[Row]) -> None:
    with app.test_request_context(), pytest.raises(Invalid):
        rows.to_tree(wrong)


def there(app: Flask, place: str = "jn") -> tuple[int, list[int]]:
    """The programme of a place and what it asks for."""
    with app.app_context(), reading():
        number = db.session.scalars(select(Programme.activity_id).where(Programme.code == f"P-{place}")).one()
        version = db.session.get_one(Activity, number).version
        return number, trees.hurdles(trees.read(number, version))


def typed(asked: list[int], **changes: Any) -> dict[str, Any]:
    """The form as sent: all that was asked for, in one group of which one is enough."""
    sent: dict[str, Any] = {
        "code": "P-jn",
        "title_zh": "安宁疗护培训",
        "title_en": "Palliative care training",
        "valid_months": "24",
        "version": "1",
        "rows": len(asked) + 1,
        "place-1": "1",
        "what-1": "some",
        "least-1": "1",
        "zh-1": "任选",
        "en-1": "Either",
        "credits": 1,
        "class-c1": "II",
        "amount-c1": "5.0",
        "from-c1": "2026-01-01",
    }
    for number, one in enumerate(asked, start=2):
        sent |= {f"place-{number}": number, f"what-{number}": one, f"inside-{number}": 1}
    return sent | changes


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["coordinator.jn"])


def test_a_changed_programme_is_a_new_version_for_new_people_alone(app: Flask, coordinator: CheckingClient) -> None:
    number, asked = there(app)
    assert coordinator.get(f"/programmes/{number}/edit").status_code == 200
    answer = coordinator.post(f"/programmes/{number}/edit", data=typed(asked))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = coordinator.get(answer.location).get_data(as_text=True)
    assert "任选" in page
    assert re.search(r"5(\.0)?</span>", page)
    with app.app_context(), reading():
        assert db.session.get_one(Activity, number).version == 2
        assert trees.read(number, 2) == (Group("任选", "Either", 1, tuple(asked)),)
        assert trees.hurdles(trees.read(number, 1)) == asked
        kept = select(Enrolment.programme_version).where(Enrolment.programme_id == number)
        assert set(db.session.scalars(kept)) == {1}
        assert [one.class_code for one in queries.credits_of(number, clock.today())] == ["II"]
    stale = coordinator.post(f"/programmes/{number}/edit", data=typed(asked))
    assert stale.status_code == 409


def test_more_rows_keep_what_was_typed_and_save_nothing(app: Flask, coordinator: CheckingClient) -> None:
    number, asked = there(app)
    page = coordinator.post(f"/programmes/{number}/edit", data=typed(asked, do="rows", code="typed"))
    assert 'value="typed"' in page.get_data(as_text=True)
    with app.app_context(), reading():
        assert db.session.get_one(Activity, number).version == 1


def test_a_new_programme_is_added_with_its_rows(app: Flask, coordinator: CheckingClient) -> None:
    _number, asked = there(app)
    assert coordinator.get("/programmes/new").status_code == 200
    sent = typed(asked, code="NEW", version="")
    with app.app_context(), reading():
        people = world.people(app)
    assert people
    scope = re.search(r'name="scope_id" value="(\d+)"', coordinator.get("/programmes/new").get_data(as_text=True))
    assert scope is not None
    answer = coordinator.post("/programmes/new", data=sent | {"scope_id": scope[1]})
    assert answer.status_code == 303
    assert coordinator.post("/programmes/new", data=sent | {"scope_id": scope[1]}).status_code == 409
    assert "NEW" in coordinator.get("/programmes/").get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        {"least-1": "9"},
        {"en-1": ""},
        {"what-2": "999999"},
        {"what-2": "9" * 40},
        {"amount-c1": "x"},
        {"amount-c1": "NaN"},
        {"from-c1": ""},
        {"class-c1": "IX"},
        {"valid_months": "x"},
        {"version": "x"},
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(
    app: Flask, coordinator: CheckingClient, change: dict[str, str]
) -> None:
    number, asked = there(app)
    answer = coordinator.post(f"/programmes/{number}/edit", data=typed(asked, **change))
    assert answer.status_code in (409, 422)
    with app.app_context(), reading():
        assert db.session.get_one(Activity, number).version == 1
        assert queries.all_credits_of(number) == []


def test_another_places_programme_and_activities_are_not_there(app: Flask, coordinator: CheckingClient) -> None:
    number, asked = there(app, "qd")
    assert coordinator.get(f"/programmes/{number}").status_code == 404
    assert coordinator.get(f"/programmes/{number}/edit").status_code == 404
    assert coordinator.post(f"/programmes/{number}/edit", data=typed(asked)).status_code == 404
    own, _own_asked = there(app)
    assert coordinator.post(f"/programmes/{own}/edit", data=typed(asked)).status_code == 422
    assert client_for(app, world.people(app)["trainee.jn"]).get("/programmes/").status_code == 403
    assert client_for(app, world.people(app)["officer"]).get(f"/programmes/{number}").status_code == 200


def test_a_coordinator_waives_asks_again_and_moves_on_pages(app: Flask, coordinator: CheckingClient) -> None:
    number, asked = there(app)
    with app.app_context(), reading():
        person = world.person_id("other_trainee.jn")
        one = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person)).one()
        page = f"/cohorts/{one.cohort_id}/enrolments/{one.id}"
    assert coordinator.get(f"{page}/requirements").status_code == 200
    step = f"{page}/requirements/{asked[-1]}"
    assert coordinator.get(f"{step}/waive").status_code == 200
    assert coordinator.post(f"{step}/waive", data={"reason": ""}).status_code == 422
    assert coordinator.post(f"{step}/waive", data={"reason": "已有证书"}).status_code == 303
    assert "已有证书" in coordinator.get(f"{page}/requirements").get_data(as_text=True)
    trainee = client_for(app, world.people(app)["other_trainee.jn"])
    assert "已有证书" in trainee.get("/learning/").get_data(as_text=True)
    assert coordinator.post(f"{step}/ask-again", data={"reason": "误操作"}).status_code == 303
    assert coordinator.get(f"{page}/version").status_code == 200
    assert coordinator.post(f"{page}/version", data={"reason": "换"}).status_code == 409
    coordinator.post(f"/programmes/{number}/edit", data=typed(asked))
    assert coordinator.post(f"{page}/version", data={"reason": "换"}).status_code == 303
    other = client_for(app, world.people(app)["coordinator.qd"])
    assert other.get(f"{page}/requirements").status_code == 404
    assert other.post(f"{step}/waive", data={"reason": "x"}).status_code == 404


def test_the_enter_key_saves(app: Flask) -> None:
    page = client_for(app, world.people(app)["coordinator.jn"], "en").get("/programmes/new").get_data(as_text=True)
    first = re.search(r"<button[^>]*>\s*(.*?)\s*</button>", page.partition("<main")[2])
    assert first is not None
    assert first[1] == "Save"
