"""Slips for a cohort: whom they are for, what stands on them, and that codes are shown once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.training import doors
from training.accounts import services
from training.accounts.models import AccessCode, CodePurpose, Profession
from training.core import scopes
from training.core.access import Role
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment

pytestmark = pytest.mark.world
COORDINATOR = world.PEOPLE["coordinator.jn"][0]


def coordinator(app: Flask, language: str = "zh") -> CheckingClient:
    return client_for(app, COORDINATOR, language)


def page_of(app: Flask) -> str:
    return f"/cohorts/{doors.cohort_id(app)}/codes"


def kept(app: Flask, **by: object) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(AccessCode).filter_by(**by)) or 0


def enrolment(app: Flask, person_id: int) -> int:
    with app.app_context(), reading():
        return db.session.scalars(select(Enrolment.id).where(Enrolment.person_id == person_id)).one()


def test_the_cohorts_page_leads_to_the_codes(app: Flask) -> None:
    page = coordinator(app).get(f"/cohorts/{doors.cohort_id(app)}")
    assert f'"{page_of(app)}"' in page.get_data(as_text=True)


def test_slips_are_for_those_without_a_password_and_each_code_works(app: Flask) -> None:
    doors.add_people(app, "S001", "S002", "S003")
    client = coordinator(app)
    assert "3 人尚未设置密码" in main_text(client.get(page_of(app)))
    printed = client.post(page_of(app))
    assert printed.status_code == 200
    words = main_text(printed)
    found = doors.GROUPED.findall(words)
    assert len(found) == 3
    for part in (
        "新人S001",
        "S001",
        "jn医院",
        "http://anning.test/activate",
        "Choose a password of your own",
        "请撕毁",
    ):
        assert part in words
    assert "甲乙" not in words.replace("甲乙5", "")
    nurse = client_for(app)
    assert nurse.get(f"/activate?at={doors.institution_id(app)}").location == "/activate"
    assert doors.activate(nurse, "S001", found[0]).status_code == 302
    assert "2 人尚未设置密码" in main_text(client.get(page_of(app)))


def test_codes_are_in_the_answer_that_makes_them_and_nowhere_else(app: Flask) -> None:
    doors.add_people(app, "S001")
    client = coordinator(app)
    (code,) = doors.GROUPED.findall(main_text(client.post(page_of(app))))
    assert code not in client.get(page_of(app)).get_data(as_text=True)
    with app.app_context(), reading():
        lines = str([vars(one) for one in db.session.scalars(select(AuditLine))])
    assert code not in lines
    assert "cohort.codes" in lines


def test_printing_again_says_so_and_replaces_the_codes(app: Flask) -> None:
    doors.add_people(app, "S001")
    client = coordinator(app)
    (first,) = doors.GROUPED.findall(main_text(client.post(page_of(app))))
    assert "再次打印会生成新代码" in main_text(client.get(page_of(app)))
    (second,) = doors.GROUPED.findall(main_text(client.post(page_of(app))))
    nurse = client_for(app)
    nurse.get(f"/activate?at={doors.institution_id(app)}")
    assert doors.activate(nurse, "S001", first).status_code == 422
    assert doors.activate(nurse, "S001", second).status_code == 302


def test_one_person_gets_a_slip_and_it_is_recorded(app: Flask) -> None:
    trainee = world.people(app)["trainee.jn"]
    client, number = coordinator(app), enrolment(app, trainee.id)
    address = f"/cohorts/{doors.cohort_id(app)}/enrolments/{number}/code"
    (code,) = doors.GROUPED.findall(main_text(client.post(address)))
    with app.app_context(), reading():
        line = db.session.scalars(select(AuditLine).where(AuditLine.verb == "person.code")).one()
    assert (line.object_id, line.details["purpose"]) == (str(trainee.id), "reset")
    assert client_for(app, trainee).get("/learning/").status_code == 200  # nothing ends before the code is used
    assert doors.activate(client_for(app), trainee.mobile or "", code).status_code == 302


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICER, Role.COORDINATOR, Role.INSTRUCTOR])
def test_nobody_gets_into_an_account_with_more_roles_by_enrolling_it(app: Flask, role: Role) -> None:
    (person_id,) = doors.add_people(app, "S001")
    with app.app_context(), transaction():
        services.add_grant(services.lock(person_id), role, scopes.root(), granted_by=None)
    client, number = coordinator(app), enrolment(app, person_id)
    before = kept(app)
    refused = client.post(f"/cohorts/{doors.cohort_id(app)}/enrolments/{number}/code")
    assert refused.status_code == 403
    assert "管理员" in main_text(refused)
    assert not doors.GROUPED.findall(main_text(client.post(page_of(app))))
    assert kept(app) == before


def test_who_left_the_cohort_gets_no_slip(app: Flask) -> None:
    (person_id,) = doors.add_people(app, "S001")
    client, number, cohort = coordinator(app), enrolment(app, person_id), doors.cohort_id(app)
    client.post(f"/cohorts/{cohort}/enrolments/{number}/withdraw", data={"reason": "换单位"})
    assert client.post(f"/cohorts/{cohort}/enrolments/{number}/code").status_code == 403
    assert not doors.GROUPED.findall(main_text(client.post(page_of(app))))


def test_strangers_make_no_codes(app: Flask) -> None:
    doors.add_people(app, "S001")
    stranger = client_for(app, world.PEOPLE["coordinator.qd"][0])
    assert stranger.post(page_of(app)).status_code == 404
    assert kept(app, purpose=CodePurpose.ACTIVATION) == 0


def test_people_are_found_by_name_and_bad_searches_are_told(app: Flask) -> None:
    doors.add_people(app, "S001", "S002")
    client = coordinator(app)
    assert "新人S002" not in main_text(client.get(page_of(app), query_string={"q": "S001"}))
    assert client.get(page_of(app), query_string={"q": "长" * 500}).status_code == 422
    assert client.get(page_of(app), query_string={"page": "99999999"}).status_code == 200


def fill(app: Flask, count: int) -> None:
    """Many people without a password, by the services that import them."""
    with app.test_request_context(), transaction():
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "C-jn")).one()
        people = [
            services.new_person(
                services.PersonData(
                    name=f"众人{number}", profession=Profession.NURSE, mobile=f"137{number:08}"
                ).normalised()
            )
            for number in range(count)
        ]
        db.session.add_all(people)
        db.session.flush()
        programmes.enrol_all(cohort, people, enrolled_by=None)


def test_hundreds_of_slips_cost_no_more_queries_than_a_few(app: Flask) -> None:
    fill(app, 300)
    client, page = coordinator(app), page_of(app)
    with counting(app, at_most=6) as count:
        printed = client.post(page)
    assert printed.get_data(as_text=True).count("slip-code") == 300
    assert sum("INSERT INTO access_code" in one for one in count.statements) <= 1
    with counting(app, at_most=6):
        assert client.get(page).status_code == 200
