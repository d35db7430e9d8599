"""The homes: what comes next, what is done, what is missing; and what each page costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.client import client_for, main_text
from tests.counting import counting
from training.accounts import queries as accounts
from training.accounts import services as people
from training.accounts.models import NOTICE, Person, Profession
from training.activities import kinds
from training.activities import services as activities
from training.activities.models import Activity
from training.core import clock
from training.core.access import Actor, Role
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.places import services as places
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment
from training.progress import outcomes, services, words

pytestmark = pytest.mark.world
KIND = "test:task"


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    """A kind of activity of the test's own, opened at the trainee's home."""
    kinds.register(
        kinds.ActivityKind(
            name=KIND,
            label="任务",
            measure="completed",
            endpoint="progress.home",
            words={"not_done": lambda _figures: "还差这一项"},
        )
    )
    yield
    kinds._kinds.pop(KIND)


def _task(number: int, scope_id: int) -> Activity:
    return activities.add_activity(KIND, scope_id=scope_id, title_zh=f"任务{number}", title_en=f"Task {number}")


def enrol_somewhere_else(person: Person, number: int, coordinator: Person) -> tuple[Cohort, Enrolment, list[Activity]]:
    """One more enrolment whose base, programme, cohort and tasks are all its own."""
    institution = places.add_institution(
        code=f"H-{number}", name_zh=f"医院{number}", name_en=f"H {number}", city_code="370100", kind="hospital", beds=1
    )
    base = places.add_base(institution, code=f"B-{number}", name_zh=f"基地{number}", name_en=f"Base {number}")
    scope = db.session.get_one(Scope, base.scope_id)
    people.add_grant(coordinator, Role.COORDINATOR, scope, granted_by=None)
    tasks = [_task(number * 10 + one, base.scope_id) for one in range(2)]
    programme = programmes.add_programme(
        code=f"P-{number}",
        title_zh=f"项目{number}",
        title_en=f"Programme {number}",
        scope_id=base.scope_id,
        requires=tasks,
        valid_months=12,
    )
    days = {"starts_on": clock.today(), "ends_on": clock.today() + timedelta(days=90)}
    cohort = programmes.open_cohort(base, programme, code="1", name=f"班{number}", opened_by=None, **days)
    return cohort, programmes.enrol(cohort, person, enrolled_by=None), tasks


def actor_of(person: Person) -> Actor:
    actor = accounts.load_actor(f"{person.id}:{person.stamp}")
    assert actor is not None
    return actor


def test_the_trainee_sees_the_next_step_first_then_the_path(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        _cohort, _enrolment, tasks = enrol_somewhere_else(named["candidate"], 1, named["coordinator.jn"])
        programme_tasks = [one.id for one in tasks]
    client = client_for(app, named["candidate"])
    page = main_text(client.get("/learning/"))
    assert page.index("接下来") < page.index("任务10") < page.index("项目1")
    assert "开始学习" in page
    assert "还差这一项" in page
    with app.app_context(), transaction():
        first = db.session.get_one(Activity, programme_tasks[0])
        services.record(named["candidate"].id, first, outcomes.COMPLETED, client_key="t1", authority=None)
    page = main_text(client.get("/learning/"))
    assert page.index("任务11") < page.index("任务10")
    assert "继续学习" in page
    assert "1 / 2" in page
    with app.app_context(), transaction():
        second = db.session.get_one(Activity, programme_tasks[1])
        services.record(named["candidate"].id, second, outcomes.COMPLETED, client_key="t2", authority=None)
    page = main_text(client.get("/learning/"))
    assert "全部要求都已完成" in page
    assert "结业" in page


def test_somebody_with_a_role_but_no_enrolment_is_told_who_enrols(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        scope = db.session.scalars(select(Scope).order_by(Scope.id)).first()
        assert scope is not None
        people.add_grant(named["nobody"], Role.TRAINEE, scope, granted_by=None)
    for language, sentence in (("zh", "您还没有加入班次"), ("en", "You are in no cohort yet")):
        assert sentence in main_text(client_for(app, named["nobody"], language).get("/learning/"))


def test_the_trainees_home_costs_the_same_with_many_enrolments(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        enrol_somewhere_else(named["candidate"], 1, named["coordinator.jn"])
    client = client_for(app, named["candidate"])
    with counting(app, at_most=8) as one:
        assert client.get("/learning/").status_code == 200
    with app.app_context(), transaction():
        for number in range(2, 8):
            enrol_somewhere_else(named["candidate"], number, named["coordinator.jn"])
    with counting(app, exactly=len(one)):
        page = main_text(client.get("/learning/"))
    assert all(f"项目{number}" in page for number in range(1, 8))


def test_the_bases_home_costs_the_same_with_many_cohorts(app: Flask) -> None:
    named = world.people(app)
    client = client_for(app, named["coordinator.jn"])
    with counting(app, at_most=8) as one:
        assert client.get("/cohorts/").status_code == 200
    with app.app_context(), transaction():
        for number in range(1, 8):
            enrol_somewhere_else(named["candidate"], number, named["coordinator.jn"])
    with counting(app, exactly=len(one)):
        page = main_text(client.get("/cohorts/"))
    assert all(f"班{number}" in page for number in range(1, 8))


def test_the_cohorts_page_costs_the_same_with_many_people(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        cohort, _enrolment, _tasks = enrol_somewhere_else(named["candidate"], 1, named["coordinator.jn"])
        cohort_id = cohort.id
    client = client_for(app, named["coordinator.jn"])
    with counting(app, at_most=8) as one:
        assert client.get(f"/cohorts/{cohort_id}").status_code == 200
    with app.app_context(), transaction():
        for number in range(12):
            person = _newcomer(number)
            programmes.enrol(db.session.get_one(Cohort, cohort_id), person, enrolled_by=None)
    with counting(app, exactly=len(one)):
        page = main_text(client.get(f"/cohorts/{cohort_id}"))
    assert page.count("0 / 2") == 13
    assert page.count("还差这一项") == 13  # of each the step to go on with


def _newcomer(number: int) -> Person:
    institution = places.add_institution(
        code=f"N-{number}", name_zh=f"单位{number}", name_en="N", city_code="370200", kind="hospital", beds=0
    )
    person = people.add_person(
        people.PersonData(
            name="王芳",
            mobile=f"135000000{number:02}",
            email=None,
            profession=Profession.NURSE,
            institution_id=institution.id,
        ),
        password_hash="x",
        added_by=None,
    )
    person.notice_version = NOTICE
    return person


def test_a_package_adds_what_can_be_done_beside_each_person(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        cohort, enrolment, _tasks = enrol_somewhere_else(named["candidate"], 1, named["coordinator.jn"])
    asked = []

    def offers(actor: Actor, shown: Cohort, several: object) -> Mapping[int, list[words.CohortAction]]:
        asked.append((actor.id, shown.id, several))
        return {enrolment.id: [("发证", "/x", "primary"), ("已发证", None, "good"), ("重发", "/y", "post")]}

    monkeypatch.setattr(words, "_cohort_actions", [offers])
    response = client_for(app, named["coordinator.jn"]).get(f"/cohorts/{cohort.id}")
    assert len(asked) == 1
    assert asked[0][:2] == (named["coordinator.jn"].id, cohort.id)
    text = response.get_data(as_text=True)
    assert '<a href="/x" class="button primary"' in text
    assert 'action="/y"' in text
    assert "已发证" in main_text(response)


def test_a_package_says_how_long_the_next_step_takes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        enrol_somewhere_else(named["candidate"], 1, named["coordinator.jn"])
    monkeypatch.setattr(words, "_minutes", dict.fromkeys(kinds.names(), lambda ids: dict.fromkeys(ids, 25)))
    assert "约 25 分钟" in main_text(client_for(app, named["candidate"]).get("/learning/"))


def test_somebody_with_two_roles_is_led_to_the_first_and_sees_both(app: Flask) -> None:
    named = world.people(app)
    with app.app_context(), transaction():
        enrol_somewhere_else(named["coordinator.jn"], 1, named["coordinator.jn"])
    client = client_for(app, named["coordinator.jn"])
    assert client.get("/").location == "/learning/"
    assert "基地管理员 · jn培训基地" in client.get("/learning/").get_data(as_text=True)


@pytest.mark.sample
def test_the_sample_has_every_stage_and_tells_namesakes_apart(app: Flask) -> None:
    with app.app_context(), reading():
        cohort = db.session.scalars(select(Cohort.id).where(Cohort.code == "JC-02")).one()
    page = main_text(client_for(app, "13800000002").get(f"/cohorts/{cohort}"))
    assert "李䶮" in page
    assert "陈𠮷" in page
    assert page.count("王芳") >= 2
    assert "手机尾号 0008" in page
    assert "手机尾号 0009" in page
    assert "已退班" in page
