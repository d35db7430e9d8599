"""The administrator's pages: people are found and added, roles are given and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from training.accounts import passwords, services
from training.accounts.models import Person, Profession, RoleGrant
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.scopes import Scope, ScopeKind
from training.places import services as places

pytestmark = pytest.mark.world
NEW = {
    "name": "王芳",
    "mobile": "13700000001",
    "email": "",
    "profession": "nurse",
    "institution_id": "0",
    "password": "long enough 1",
}
NAUGHTY = [
    "𠮷䶮",
    "O'Brien; DROP TABLE person; --",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "٠١٢ עברית",
    "Ａ" * 80,
]


@pytest.fixture
def administrator(app: Flask) -> CheckingClient:
    return client_for(app, world.PEOPLE["administrator"][0])


def known(app: Flask, mobile: str) -> Person | None:
    with app.app_context(), reading():
        return db.session.scalar(select(Person).where(Person.mobile == mobile))


def scope_id(app: Flask, kind: ScopeKind) -> int:
    with app.app_context(), reading():
        return db.session.scalars(select(Scope.id).where(Scope.kind == kind).order_by(Scope.id)).first() or 0


def grants(app: Flask, person_id: int) -> list[RoleGrant]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id)))


def test_an_added_person_can_sign_in_with_the_first_password(app: Flask, administrator: CheckingClient) -> None:
    added = administrator.submit("/people/add", NEW)
    assert added.status_code == 302
    assert "王芳现在可以登录了" in main_text(administrator.get(added.location))
    response = client_for(app).post("/sign-in", data={"login": "13700000001", "password": NEW["password"]})
    assert response.status_code == 302


def test_adding_leaves_an_audit_line_by_the_administrator(app: Flask, administrator: CheckingClient) -> None:
    administrator.submit("/people/add", NEW)
    person = known(app, "13700000001")
    assert person is not None
    with app.app_context(), reading():
        line = db.session.scalars(
            select(AuditLine).where(AuditLine.verb == "person.add", AuditLine.object_id == str(person.id))
        ).one()
    assert line.actor_id == world.people(app)["administrator"].id


def test_a_login_that_is_taken_keeps_the_form_and_adds_nobody(app: Flask, administrator: CheckingClient) -> None:
    administrator.submit("/people/add", NEW)
    again = administrator.submit("/people/add", {**NEW, "name": "李四", "mobile": "+86 137 0000 0001"})
    assert again.status_code == 409
    assert "已有人使用 13700000001 登录" in main_text(again)
    assert 'value="李四"' in again.get_data(as_text=True)
    with app.app_context(), reading():
        assert db.session.scalar(select(func.count()).where(Person.mobile == "13700000001")) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填写此项"),
        ({"name": "王" * 81}, "最多 80 个字符"),
        ({"name": "王\x00芳"}, "第 2 个字符（U+0000）无法显示"),
        ({"mobile": ""}, "手机号和邮箱至少填写一项"),
        ({"mobile": "12345"}, "不是 11 位手机号"),
        ({"mobile": "", "email": "nobody"}, "不是有效的邮箱地址"),
        ({"password": "short"}, "长度须为 10 至 200 个字符"),
        ({"password": "x" * 201}, "长度须为 10 至 200 个字符"),
        ({"profession": "wizard"}, "职业"),
        ({"institution_id": "999999999"}, "工作单位"),
        ({"institution_id": "x"}, "工作单位"),
    ],
)
def test_a_wrong_entry_is_told_beside_its_field(
    app: Flask, administrator: CheckingClient, change: dict[str, str], words: str
) -> None:
    response = administrator.submit("/people/add", {**NEW, **change})
    assert response.status_code == 422
    assert words in main_text(response)
    assert known(app, "13700000001") is None


@pytest.mark.parametrize("name", NAUGHTY)
def test_names_of_every_kind_survive_as_they_were_typed(app: Flask, administrator: CheckingClient, name: str) -> None:
    added = administrator.submit("/people/add", {**NEW, "name": name})
    assert added.status_code == 302
    person = known(app, "13700000001")
    assert person is not None
    assert person.name == name
    assert administrator.get(added.location).status_code == 200
    found = administrator.get("/people/", query_string={"q": name})
    assert found.status_code == 200
    assert f'href="{added.location}"' in found.get_data(as_text=True)


@pytest.mark.parametrize("search", ["%", "_", "\\", "'", "zz<b>"])
def test_a_search_takes_signs_as_signs(administrator: CheckingClient, search: str) -> None:
    assert "没有找到" in main_text(administrator.get("/people/", query_string={"q": search}))


def test_people_are_found_by_name_and_by_a_number_however_written(app: Flask, administrator: CheckingClient) -> None:
    for search in ("甲乙11", "１３９ 0000 0013", "person11@"):
        page = main_text(administrator.get("/people/", query_string={"q": search}))
        assert "共 1 人" in page
        assert "甲乙11" in page


@pytest.mark.parametrize("query", [{"q": "a\x00"}, {"q": "x" * 81}])
def test_a_search_that_cannot_be_is_refused_with_the_page(administrator: CheckingClient, query: dict[str, str]) -> None:
    assert administrator.get("/people/", query_string=query).status_code == 422


@pytest.mark.parametrize("page", ["99999999999999999999", "0", "-1", "many"])
def test_a_page_that_is_not_there_does_no_harm(administrator: CheckingClient, page: str) -> None:
    assert administrator.get("/people/", query_string={"page": page}).status_code == 200


def test_a_role_is_given_and_opens_its_home_at_once(app: Flask, administrator: CheckingClient) -> None:
    person = world.people(app)["nobody"]
    base = scope_id(app, ScopeKind.BASE)
    given = administrator.post(f"/people/{person.id}/grants", data={"role": "coordinator", "scope_id": base})
    assert given.location == f"/people/{person.id}"
    assert "已获得基地管理员角色" in main_text(administrator.get(given.location))
    assert client_for(app, person).get("/cohorts/").status_code == 200


def test_giving_the_same_role_twice_changes_nothing(app: Flask, administrator: CheckingClient) -> None:
    person = world.people(app)["nobody"]
    data = {"role": "coordinator", "scope_id": scope_id(app, ScopeKind.BASE)}
    for _time in range(2):
        assert administrator.post(f"/people/{person.id}/grants", data=data).status_code == 302
    assert len(grants(app, person.id)) == 1


def test_an_ended_role_closes_its_pages_and_stays_in_the_list(app: Flask, administrator: CheckingClient) -> None:
    person = world.people(app)["coordinator.jn"]
    url = f"/people/{person.id}/grants/{grants(app, person.id)[0].id}/end"
    assert administrator.submit(f"/people/{person.id}", action=url).status_code == 302
    assert client_for(app, person).get("/cohorts/").status_code == 403
    assert "已终止" in main_text(administrator.get(f"/people/{person.id}"))
    before = grants(app, person.id)[0].ends_on
    assert administrator.post(url).status_code == 302
    assert grants(app, person.id)[0].ends_on == before


def test_a_role_may_be_given_and_ended_again_and_again_on_one_day(app: Flask, administrator: CheckingClient) -> None:
    person = world.people(app)["nobody"]
    data = {"role": "instructor", "scope_id": scope_id(app, ScopeKind.BASE)}
    for _time in range(3):
        assert administrator.post(f"/people/{person.id}/grants", data=data).status_code == 302
        held = grants(app, person.id)
        assert [one.ends_on for one in held] == [None]
        assert administrator.post(f"/people/{person.id}/grants/{held[0].id}/end").status_code == 302


def test_nobody_ends_their_own_administration(app: Flask, administrator: CheckingClient) -> None:
    person = world.people(app)["administrator"]
    response = administrator.post(f"/people/{person.id}/grants/{grants(app, person.id)[0].id}/end")
    assert response.status_code == 409
    assert grants(app, person.id)[0].ends_on is None


@pytest.mark.parametrize("data", [{"role": "trainee"}, {"role": "queen"}, {"scope_id": "0"}, {"scope_id": "x"}, {}])
def test_a_role_that_cannot_be_given_is_refused(
    app: Flask, administrator: CheckingClient, data: dict[str, str]
) -> None:
    person = world.people(app)["nobody"]
    sent = {"role": "officer", "scope_id": "1", **data} if data else {}
    assert administrator.post(f"/people/{person.id}/grants", data=sent).status_code == 422
    assert grants(app, person.id) == []


def test_a_grant_of_somebody_else_is_not_found_under_this_person(app: Flask, administrator: CheckingClient) -> None:
    people = world.people(app)
    grant = grants(app, people["coordinator.jn"].id)[0]
    assert administrator.post(f"/people/{people['nobody'].id}/grants/{grant.id}/end").status_code == 404
    assert administrator.get("/people/999999999999").status_code == 404


@pytest.mark.parametrize("name", ["coordinator.jn", "officer", "trainee.jn", "instructor.jn", "nobody"])
def test_only_administrators_see_people(app: Flask, name: str) -> None:
    person = world.people(app)[name]
    client = client_for(app, person)
    assert client.get("/people/").status_code == 403
    assert client.post("/people/add", data=NEW).status_code == 403
    data = {"role": "administrator", "scope_id": "1"}
    assert client.post(f"/people/{person.id}/grants", data=data).status_code == 403
    assert known(app, "13700000001") is None


def test_the_home_costs_the_same_however_many_people_there_are(app: Flask, administrator: CheckingClient) -> None:
    with counting(app, at_most=8) as before:
        administrator.get("/people/")
    with app.app_context(), transaction():
        for number in range(60):
            institution = places.add_institution(
                code=f"X-{number}", name_zh=f"医院{number}", name_en="X", city_code="370100", kind="hospital", beds=1
            )
            person = services.add_person(
                services.PersonData(
                    name=f"丙{number:02}",
                    mobile=f"136000000{number:02}",
                    email=None,
                    profession=Profession.NURSE,
                    institution_id=institution.id,
                ),
                password_hash="x",
                added_by=None,
            )
            scope = Scope(kind=ScopeKind.BASE, parent_id=1, path=f"/1/9{number}/", name_zh=f"基地{number}", name_en="B")
            db.session.add(scope)
            db.session.flush()
            db.session.add(
                RoleGrant(person_id=person.id, role="instructor", scope_id=scope.id, starts_on=person.created_at.date())
            )
    with counting(app, exactly=len(before)):
        page = administrator.get("/people/")
    assert "第 1 / 2 页" in main_text(page)
    assert administrator.get("/people/?page=2").status_code == 200
    with counting(app, at_most=8):
        administrator.get(f"/people/{world.people(app)['officer'].id}")


def test_the_command_adds_an_administrator_who_can_sign_in(app: Flask) -> None:
    runner = app.test_cli_runner()
    arguments = ["users", "add", "--name", "何静", "--login", "+86 137 0000 0009", "--password", "long enough 1"]
    done = runner.invoke(args=arguments)
    assert (done.exit_code, done.exception) == (0, None)
    client = client_for(app)
    client.post("/sign-in", data={"login": "13700000009", "password": "long enough 1"})
    client.post("/consent", data={"agree": "y"})
    assert client.get("/people/").status_code == 200
    again = runner.invoke(args=arguments)
    assert again.exit_code == 1
    assert "13700000009" in again.output


@pytest.mark.parametrize("change", [["--password", "short"], ["--login", "nobody"], ["--name", "a\x00b"]])
def test_the_command_refuses_what_the_page_refuses(app: Flask, change: list[str]) -> None:
    arguments = ["users", "add", "--name", "何静", "--login", "13700000009", "--password", "long enough 1", *change]
    assert app.test_cli_runner().invoke(args=arguments).exit_code in {1, 2}
    assert known(app, "13700000009") is None


@pytest.mark.one_database
def test_whoever_may_not_add_people_costs_no_hash(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []

    def hash_password(password: str) -> str:
        hashed.append(password)
        return "hash"

    monkeypatch.setattr(passwords, "hash_password", hash_password)
    for name, status in (("officer", 403), ("nobody", 403), ("administrator", 302)):
        assert client_for(app, world.PEOPLE[name][0]).post("/people/add", data=NEW).status_code == status
    assert len(hashed) == 1


def test_a_role_ended_twice_is_one_line_and_one_given_a_day_later_begins_anew(
    app: Flask, administrator: CheckingClient
) -> None:
    person = world.people(app)["nobody"]
    data = {"role": "instructor", "scope_id": scope_id(app, ScopeKind.REGION)}
    assert administrator.post(f"/people/{person.id}/grants", data=data).status_code == 302
    (grant,) = grants(app, person.id)
    for _click in range(2):
        assert administrator.post(f"/people/{person.id}/grants/{grant.id}/end").status_code == 302
    with app.app_context(), reading():
        ended = select(func.count()).where(AuditLine.verb == "grant.end", AuditLine.object_id == str(grant.id))
        assert db.session.scalar(ended) == 1
    with app.app_context(), transaction(), clock.frozen(clock.now() + timedelta(days=1)):
        scope = db.session.get_one(Scope, grant.scope_id)
        services.add_grant(db.session.get_one(Person, person.id), grant.role, scope, granted_by=None)
    first, second = sorted(grants(app, person.id), key=lambda one: one.id)
    assert first.ends_on == first.starts_on  # it stays ended: that day it was not held
    assert second.starts_on == first.starts_on + timedelta(days=1)
