"""A roster becomes people of a cohort in two steps: nothing is written before, everything or nothing then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.rosters import (
    checked,
    cohort_id,
    count,
    everything,
    faults,
    identity,
    imported,
    many,
    people_named,
    row,
    seen,
    sheet,
    upload,
)
from training.accounts import id_numbers
from training.accounts.models import Person, Profession
from training.core import clock, jobs
from training.core.audit import AuditLine
from training.core.db import db, reading
from training.core.keys import identity_key
from training.programmes.models import Enrolment
from training.programmes.roster.models import RosterDraft
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
OF_THE_WORLD = 2  # drafts that are there from the start


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.PEOPLE["coordinator.jn"][0])


@pytest.fixture
def url(app: Flask) -> str:
    """Where rosters of Jinan's cohort are uploaded."""
    return f"/cohorts/{cohort_id(app)}/roster/"


WRONG = {
    "no name": (row("", 手机号="15000000001"), "请填写姓名"),
    "long name": (row("王" * 81, 手机号="15000000001"), "最多 80 个字符"),
    "control": (row("王\x07芳", 手机号="15000000001"), "第 2 个字符（U+0007）无法显示"),
    "identity": (row("王芳", 身份证号="370102199001010010", 手机号="15000000001"), "身份证号无效"),
    "identity cut": (row("王芳", 身份证号="370102199001010000", 手机号="15000000001"), "末几位已丢失"),
    "mobile": (row("王芳", 手机号="1500000"), "不是 11 位手机号"),
    "email": (row("王芳", 邮箱="nobody"), "不是有效的邮箱地址"),
    "profession": (row("王芳", 手机号="15000000001", 职业="巫师"), "护士、"),
    "none": (row("王芳", 手机号="15000000001", 职业=""), "缺少职业"),
    "no login": (row("王芳"), "没有可用于登录的信息"),
    "staff number alone": (row("王芳", 工号="1"), "工号须与单位一起填写"),
}


def test_a_roster_is_looked_at_confirmed_and_its_people_are_enrolled(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    before = everything(app)
    data = sheet(
        row("王 芳", 身份证号=identity(1), 手机号="+86 150 0000 0001", 工作单位="jn医院", 性别="女"),
        row("买买提·艾力", 邮箱="Aili@Example.org", 职业="主管护师"),
        row("𠮷田", 工号="ａ 007", 工作单位="W-jn", 职业="社工"),
    )
    check = checked(coordinator, url, data)
    assert "导入 3 人" in main_text(coordinator.get(check))
    assert everything(app) == before
    done = coordinator.submit(check, action=check)
    assert "名单已导入" in main_text(coordinator.get(done.location))
    (person,) = people_named(app, "王芳")
    assert (person.mobile, person.password_hash, person.activated_at) == ("15000000001", "", None)
    with app.app_context():
        assert id_numbers.unseal(person.id_number_sealed or "", identity_key()) == identity(1)
    (aili,), (yoshida,) = people_named(app, "买买提·艾力"), people_named(app, "𠮷田")
    assert aili.email == "aili@example.org"
    assert (yoshida.staff_number, yoshida.profession) == ("A007", Profession.SOCIAL_WORKER)
    for one in (person, aili, yoshida):
        assert count(app, Enrolment, Enrolment.person_id == one.id, Enrolment.cohort_id == cohort_id(app)) == 1
        assert count(app, LedgerLine, LedgerLine.person_id == one.id) == 1
        assert count(app, AuditLine, AuditLine.verb == "person.add", AuditLine.object_id == str(one.id)) == 1
    assert count(app, AuditLine, AuditLine.verb == "roster.import") == 1


def test_the_same_file_twice_changes_nothing(app: Flask, coordinator: CheckingClient, url: str) -> None:
    data = many(12)
    imported(coordinator, url, data)
    before = everything(app)
    check = checked(coordinator, url, data)
    page = main_text(coordinator.get(check))
    assert "名单上的人都已在本班次" in page
    assert everything(app) == before


def test_namesakes_with_different_staff_numbers_stay_two(app: Flask, coordinator: CheckingClient, url: str) -> None:
    imported(coordinator, url, sheet(*(row("张伟", 工号=n, 工作单位="jn医院") for n in ("001", "002"))))
    assert [one.staff_number for one in people_named(app, "张伟")] == ["001", "002"]


def test_the_draft_holds_nothing_readable_and_is_emptied_by_the_import(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    check = checked(coordinator, url, sheet(row("王芳", 身份证号=identity(1), 手机号="15000000001")))
    with app.app_context(), reading():
        newest = db.session.scalars(select(RosterDraft).order_by(RosterDraft.id.desc())).first()
        kept = " ".join(map(str, newest.__dict__.values()))
    assert identity(1) not in kept
    assert "王芳" not in kept
    assert "15000000001" not in kept
    assert coordinator.submit(check, action=check).status_code == 302
    with app.app_context(), reading():
        draft = db.session.scalars(select(RosterDraft).where(RosterDraft.imported_at.is_not(None))).one()
    assert (draft.sealed, draft.result["new"]) == ("", 1)
    assert draft.imported_at is not None


def test_old_drafts_are_deleted_by_the_sweep(app: Flask, coordinator: CheckingClient, url: str) -> None:
    upload(coordinator, url, many(1))
    with app.app_context():
        assert jobs.run_sweeps()["rosters"] == 0
        with clock.frozen(clock.now() + timedelta(days=15)):
            assert jobs.run_sweeps()["rosters"] == 1 + OF_THE_WORLD
    assert count(app, RosterDraft) == 0


@pytest.mark.parametrize("kind", WRONG)
def test_a_fault_is_told_with_its_row_and_refuses_the_import(
    app: Flask, coordinator: CheckingClient, url: str, kind: str
) -> None:
    wrong, words = WRONG[kind]
    before = everything(app)
    check = checked(coordinator, url, sheet(row("李四", 手机号="15000000009"), wrong))
    page = coordinator.get(check)
    assert words in main_text(page)
    assert '<th scope="row" data-label="行">第 3 行</th>' in page.get_data(as_text=True)
    refused = coordinator.post(check, data={"seen": seen(page)})
    assert refused.status_code == 422
    assert everything(app) == before


def test_rows_without_faults_are_imported_alone_when_somebody_says_so(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    check = checked(coordinator, url, sheet(row("李四", 手机号="15000000009"), row("", 手机号="15000000001")))
    done = coordinator.post(check, data={"seen": seen(coordinator.get(check)), "rows": "good"})
    assert done.status_code == 302
    assert "有错误，未导入" in main_text(coordinator.get(done.location))
    assert len(people_named(app, "李四")) == 1
    assert count(app, Person, Person.mobile == "15000000001") == 0


def test_one_person_in_two_rows_is_a_fault_of_both(coordinator: CheckingClient, url: str) -> None:
    page = faults(coordinator, url, sheet(row("王芳", 手机号="15000000001"), row("李四", 手机号="150 0000 0001")))
    assert "第 3 行" in page
    assert "第 2 行" in page


def test_a_row_that_means_two_people_is_a_fault(coordinator: CheckingClient, url: str) -> None:
    one, other = (world.PEOPLE[name][0] for name in ("trainee.jn", "candidate"))
    page = faults(coordinator, url, sheet(row("甲乙9", 手机号=one, 邮箱="person13@example.org")))
    assert "属于两个不同的人" in page
    assert other not in page


def test_the_number_of_somebody_of_another_name_is_a_fault(app: Flask, coordinator: CheckingClient, url: str) -> None:
    page = faults(coordinator, url, sheet(row("王芳", 手机号=world.PEOPLE["candidate"][0])))
    assert "姓名不同" in page
    assert "甲乙13" not in page
