"""What a roster must never do: overwrite or tell what is others', import twice, or leave half of it behind."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text, update

from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.rosters import (
    HEAD,
    checked,
    cohort_id,
    count,
    everything,
    faults,
    fields,
    identity,
    imported,
    institutions,
    many,
    people_named,
    row,
    seen,
    sheet,
    upload,
)
from training.accounts import id_numbers
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core import sheets
from training.core.audit import AuditLine
from training.core.db import db, transaction
from training.core.keys import identity_key
from training.programmes.models import Enrolment
from training.programmes.roster import columns
from training.programmes.roster.models import RosterDraft

pytestmark = pytest.mark.world
OF_THE_WORLD = 2  # drafts that are there from the start


@pytest.fixture
def coordinator(app: Flask) -> CheckingClient:
    return client_for(app, world.PEOPLE["coordinator.jn"][0])


@pytest.fixture
def url(app: Flask) -> str:
    """Where rosters of Jinan's cohort are uploaded."""
    return f"/cohorts/{cohort_id(app)}/roster/"


def not_asked_yet(app: Flask, person: Person) -> None:
    """Somebody who has not signed in yet, and so has not been asked about their data."""
    with app.app_context(), transaction():
        db.session.execute(update(Person).where(Person.id == person.id).values(notice_version=None))


def test_an_identity_number_that_somebody_left_out_is_not_brought_back(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    candidate = world.people(app)["candidate"]
    data = sheet(row(candidate.name, 手机号=candidate.mobile or "", 身份证号=identity(5)))
    imported(coordinator, url, data)
    (after,) = people_named(app, candidate.name)
    assert after.id_number_index is None
    assert "名单上的人都已在本班次" in faults(coordinator, url, data)


def test_known_people_keep_their_data_and_empty_fields_are_filled(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    candidate = world.people(app)["candidate"]
    not_asked_yet(app, candidate)
    data = sheet(
        row(candidate.name, 手机号=candidate.mobile or "", 邮箱="other@example.org", 身份证号=identity(5), 职业="医生")
    )
    check = checked(coordinator, url, data)
    page = main_text(coordinator.get(check))
    assert "保留系统中已有的邮箱" in page
    assert "已填入：身份证号" in page
    assert str(candidate.email) not in page
    assert coordinator.submit(check, action=check).status_code == 302
    (after,) = people_named(app, candidate.name)
    assert (after.email, after.profession) == (candidate.email, Profession.NURSE)
    with app.app_context():
        assert after.id_number_index == id_numbers.index(identity(5), identity_key())
    before = everything(app)
    assert "名单上的人都已在本班次" in faults(coordinator, url, data)
    assert everything(app) == before


@pytest.mark.parametrize("name", ["officer", "instructor.jn", "other_trainee.qd"])
def test_data_of_staff_and_of_other_bases_people_is_never_filled(
    app: Flask, coordinator: CheckingClient, url: str, name: str
) -> None:
    person = world.people(app)[name]
    imported(coordinator, url, sheet(row(person.name, 手机号=person.mobile or "", 身份证号=identity(6))))
    (after,) = people_named(app, person.name)
    assert after.id_number_index is None
    assert count(app, Enrolment, Enrolment.person_id == person.id, Enrolment.cohort_id == cohort_id(app)) == 1


def test_no_second_way_in_is_filled_for_an_activated_account(app: Flask, coordinator: CheckingClient, url: str) -> None:
    with app.app_context(), transaction():
        data = accounts.PersonData(name="已激活", mobile="15000000077", profession=Profession.NURSE)
        accounts.add_person(data, password_hash="x", added_by=None)
    imported(coordinator, url, sheet(row("已激活", 手机号="15000000077", 邮箱="thief@example.org")))
    assert people_named(app, "已激活")[0].email is None


def test_an_identity_number_says_only_known_here(app: Flask, coordinator: CheckingClient, url: str) -> None:
    with app.app_context(), transaction():
        data = accounts.PersonData(
            name="外地人", mobile="15000000088", email="far@example.org", profession=Profession.NURSE,
            id_number=identity(8),
        )  # fmt: skip
        accounts.add_person(data, added_by=None)
    page = faults(coordinator, url, sheet(row("王芳", 身份证号=identity(8), 手机号="15000000001")))
    assert "保留系统中已有的姓名" in page
    assert not any(secret in page for secret in ("外地人", "15000000088", "far@example.org"))


def test_an_unknown_institution_is_chosen_once_or_added(app: Flask, coordinator: CheckingClient, url: str) -> None:
    rows = [row(f"学员{n}", 工号=str(n), 工作单位=("jn 医院" if n else "Jn 医院安宁病区")) for n in range(3)]
    rows.append(row("学员9", 工号="9", 工作单位="山东新开医院"))
    sent = upload(coordinator, url, sheet(*rows))
    page = coordinator.get(sent.location)
    assert main_text(page).count("对应") >= 2
    ids = {one.code: one.id for one in institutions(app)}
    assert f'<optgroup label="名称相近"><option value="{ids["W-jn"]}"' in page.get_data(as_text=True)
    added = coordinator.submit(f"{sent.location}/institution", {"name_zh": "山东新开医院", "name_en": "New Hospital"})
    assert added.location == sent.location
    (made,) = [one for one in institutions(app) if one.name_en == "New Hospital"]
    assert made.city_code == "370100"
    assert count(app, AuditLine, AuditLine.verb == "institution.add") == 1
    again = coordinator.submit(f"{sent.location}/institution", {"name_zh": "山东新开医院", "name_en": "Other"})
    assert again.status_code == 409
    (word,) = [name for name in fields(coordinator.get(sent.location)) if name.startswith("word-")]
    chosen = coordinator.submit(sent.location, {word: str(ids["W-jn"])}, action=sent.location)
    assert coordinator.submit(chosen.location, action=chosen.location).status_code == 302
    assert {one.institution_id for n in range(3) for one in people_named(app, f"学员{n}")} == {ids["W-jn"]}
    assert people_named(app, "学员9")[0].institution_id == made.id


def test_a_column_is_corrected_and_new_words_for_places_are_asked_for(coordinator: CheckingClient, url: str) -> None:
    data = sheet(("王芳", "15000000001", "某医院"), head=("称呼", "联络", "来自"))
    sent = upload(coordinator, url, data)
    refused = coordinator.submit(sent.location, action=sent.location)
    assert refused.status_code == 422
    assert "没有选定姓名列" in main_text(refused)
    mapping = {"column-0": "name", "column-1": "mobile", "column-2": "institution", "profession": "nurse"}
    twice = coordinator.submit(sent.location, {**mapping, "column-2": "name"}, action=sent.location)
    assert twice.status_code == 422
    asked = coordinator.submit(sent.location, mapping, action=sent.location)
    assert asked.location == sent.location
    assert "某医院" in main_text(coordinator.get(sent.location))
    assert coordinator.submit(sent.location, action=sent.location).location.endswith("/check")


def test_confirming_twice_imports_once(app: Flask, coordinator: CheckingClient, url: str) -> None:
    check = checked(coordinator, url, many(3))
    data = {"seen": seen(coordinator.get(check))}
    first, second = (coordinator.post(check, data=data) for _click in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert count(app, Person, Person.name.startswith("学员")) == 3


def test_what_changed_since_somebody_looked_is_shown_and_asked_again(
    app: Flask, coordinator: CheckingClient, url: str
) -> None:
    check = checked(coordinator, url, many(3))
    data = {"seen": seen(coordinator.get(check)), "seen-new": "3"}
    imported(coordinator, url, many(1))
    before = everything(app)
    changed = coordinator.post(check, data=data)
    assert changed.status_code == 409
    assert "情况有变" in main_text(changed)
    assert everything(app) == before
    assert coordinator.post(check, data={"seen": seen(changed)}).status_code == 302
    assert count(app, Person, Person.name.startswith("学员")) == 3


def test_the_returned_sheet_holds_ones_own_rows_with_the_faults_in_words(coordinator: CheckingClient, url: str) -> None:
    check = checked(
        coordinator, url, sheet(row("李四", 手机号="15000000009"), row("王芳", 手机号="1500", 科室="三病区"))
    )
    answer = coordinator.get(check.replace("/check", "/faults.xlsx"))
    (back,) = sheets.read(answer.data, "x.xlsx")
    assert back.rows[0].cells[:-1] == HEAD
    assert back.rows[1].cells[-1] == ""
    assert back.rows[2].cells[:-1] == row("王芳", 手机号="1500", 科室="三病区")
    assert "11 位手机号" in back.rows[2].cells[-1]
    assert columns.guess(back.rows[0].cells)[-1] == ""


def test_the_template_reads_as_a_roster_itself(coordinator: CheckingClient, url: str) -> None:
    for client in (coordinator,):
        first, notes = sheets.read(client.get(f"{url}template.xlsx").data, "x.xlsx")
        assert [one.value for one in columns.Field] == columns.guess(first.rows[0].cells)
        assert len(first.rows) == 2
        assert len(notes.rows) > 3


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", "姓名,手机号\n".encode()])
def test_a_file_that_is_no_roster_is_told_beside_the_field(
    app: Flask, coordinator: CheckingClient, url: str, data: bytes
) -> None:
    refused = upload(coordinator, url, data)
    assert refused.status_code == 422
    assert "error-summary" in refused.get_data(as_text=True)
    assert coordinator.post(url, data={}).status_code == 422
    assert count(app, RosterDraft) == OF_THE_WORLD


def test_a_roster_may_be_larger_than_other_forms_and_no_larger_than_its_bound(
    coordinator: CheckingClient, url: str
) -> None:
    large = many(10) + b"," * (3 << 20)
    assert upload(coordinator, url, large).status_code == 302
    assert upload(coordinator, url, b"x" * (11 << 20)).status_code == 413


def test_a_discarded_roster_is_gone(app: Flask, coordinator: CheckingClient, url: str) -> None:
    draft = upload(coordinator, url, many(1)).location
    assert coordinator.submit(draft, action=f"{draft}/discard").location == url
    assert coordinator.get(draft).status_code == 404
    assert count(app, RosterDraft) == OF_THE_WORLD


def test_a_roster_of_another_cohort_is_not_found(app: Flask, coordinator: CheckingClient, url: str) -> None:
    other = f"/cohorts/{cohort_id(app, 'qd')}/roster/"
    draft = upload(client_for(app, world.PEOPLE["coordinator.qd"][0]), other, many(1)).location
    for path in (draft, f"{draft}/check", f"{draft}/faults.xlsx", draft.replace(other, url)):
        assert coordinator.get(path).status_code == 404
    assert coordinator.post(f"{draft}/check", data={"seen": "x"}).status_code == 404
    assert upload(coordinator, other, many(1)).status_code == 404
    assert upload(client_for(app, world.PEOPLE["officer"][0]), url, many(1)).status_code == 403


def test_two_thousand_people_cost_as_many_statements_as_twenty(
    app: Flask, coordinator: CheckingClient, url: str, record_property: Any
) -> None:
    looked, written = [], []
    for number, first in ((20, 0), (400, 1_000)):
        check = checked(coordinator, url, many(number, first))
        with counting(app) as looking:
            page = coordinator.get(check)
        with counting(app) as writing:
            assert coordinator.post(check, data={"seen": seen(page)}).status_code == 302
        looked.append(len(looking))
        written.append(len(writing))
    assert looked[0] == looked[1] <= 20
    assert written[0] == written[1] <= 70


def test_a_full_disk_refuses_the_import_and_nothing_is_written(
    app: Flask, database: str, coordinator: CheckingClient, url: str
) -> None:
    if not database.startswith("sqlite"):
        pytest.skip("PostgreSQL's disk cannot be filled by a setting")
    check = checked(coordinator, url, many(600))
    data = {"seen": seen(coordinator.get(check))}
    before = everything(app)
    with app.app_context():
        with db.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        db.engine.dispose()
        limit = lambda raw, _record: raw.execute(f"PRAGMA max_page_count={pages + 4}")  # noqa: E731
        from sqlalchemy import event

        event.listen(db.engine, "connect", limit)
    coordinator.crashes_allowed = True
    refused = coordinator.post(check, data=data)
    assert refused.status_code == 507
    assert "磁盘" in main_text(refused)
    coordinator.crashes_allowed = False
    assert everything(app) == before
    with app.app_context():
        event.remove(db.engine, "connect", limit)
        db.engine.dispose()
    assert coordinator.post(check, data=data).status_code == 302
    assert count(app, Person, Person.name.startswith("学员")) == 600
