"""The life of a certificate after its issue: suspended, reinstated, corrected, duplicated; its history and chain."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from certificates.fields import CertificateFields
from certificates.lifecycle.models import CertificateEvent, EventKind
from certificates.models import Certificate, CertificateStatus
from tests.certificates.conftest import Class
from tests.client import main_text
from tests.counting import counting
from training.accounts.models import Person
from training.core import clock
from training.core.db import db, reading, transaction
from training.messages.models import Message
from training.progress.models import LedgerLine, Rollup

pytestmark = pytest.mark.world
COORDINATOR, FOREIGN, OFFICER, TRAINEE = "13900000011", "13900000021", "13900000002", "13900000013"
STATUSES = ("valid", "suspended", "revoked", "superseded")
LEGAL = {
    ("valid", "suspended"),
    ("suspended", "valid"),
    *((old, new) for old in ("valid", "suspended") for new in ("revoked", "superseded")),
}


def issued(group: Class, name: str = "王敏") -> Certificate:
    group.enrol(name)
    return group.issue(name)


def the(group: Class, certificate: Certificate) -> Certificate:
    [now] = group.all(Certificate, Certificate.id == certificate.id)
    return now  # type: ignore[no-any-return]


def newest(group: Class, certificate: Certificate) -> Certificate:
    return group.all(Certificate, Certificate.enrolment_id == certificate.enrolment_id)[-1]  # type: ignore[no-any-return]


def events(group: Class, certificate: Certificate) -> list[CertificateEvent]:
    return group.all(CertificateEvent, CertificateEvent.certificate_id == certificate.id)


def suspend(as_: Any, certificate: Certificate, **more: str) -> None:
    page = f"/certificates/{certificate.id}/suspend"
    assert as_(COORDINATOR).submit(page, {"reason": "身份信息有疑问。", **more}).status_code == 303


def put(app: Flask, certificate_id: int, status: str) -> None:
    """Set a status by hand, with what the table's own rules ask for."""
    revoked = "clock_at, issued_by_id, 'x'" if status == "revoked" else "NULL, NULL, NULL"
    at, by, why = revoked.replace("clock_at", "issued_at").split(", ")
    with app.app_context(), transaction():
        db.session.execute(
            text(
                f"UPDATE certificate SET status = '{status}', revoked_at = {at}, revoked_by_id = {by}, "
                f"revoked_reason = {why} WHERE id = {certificate_id}"
            )
        )


@pytest.mark.parametrize("old", STATUSES)
def test_the_database_allows_the_legal_changes_of_a_status_alone(group: Class, app: Flask, old: str) -> None:
    for number, new in enumerate(STATUSES):
        one = issued(group, f"王{number}")
        if old != "valid":
            put(app, one.id, old)
        if (old, new) in LEGAL:
            put(app, one.id, new)
            assert the(group, one).status == new
            continue
        with pytest.raises(DBAPIError, match="certificate is frozen"):
            put(app, one.id, new)
        assert the(group, one).status == old


@pytest.mark.parametrize("column", ["number", "valid_until", "issued_at", "fields", "replaces_id", "replaced_as"])
def test_what_is_frozen_stays_so_while_the_status_changes(group: Class, app: Flask, column: str) -> None:
    first, second = issued(group, "王一"), issued(group, "王二")
    values = {"number": "'X'", "valid_until": "NULL", "issued_at": "rendered.at", "fields": "'{}'"}
    value = values.get(column, str(first.id) if column == "replaces_id" else "'renewal'")
    value = value.replace("rendered.at", "(SELECT max(enrolled_at) FROM enrolment) ")
    with app.app_context(), pytest.raises(DBAPIError), transaction():
        db.session.execute(
            text(f"UPDATE certificate SET status = 'suspended', {column} = {value} WHERE id = {second.id}")
        )


def test_suspending_is_told_with_reason_authority_and_day_and_ends(group: Class, as_: Any, client: Any) -> None:
    one = issued(group)
    day = clock.today() + timedelta(days=20)
    suspend(as_, one, authority="济卫安字〔2026〕7号", until=day.isoformat())
    assert the(group, one).status is CertificateStatus.SUSPENDED
    with counting(group.app, at_most=3):
        page = main_text(client.get(f"/verify/{one.number}"))
    for told in ("证书真实，但已暂停使用", "身份信息有疑问。", "济卫安字〔2026〕7号", "暂时不要采信"):
        assert told in page
    assert "济卫安字〔2026〕7号" in main_text(as_(COORDINATOR).get(f"/certificates/{one.id}"))
    assert "暂停使用" in main_text(as_(COORDINATOR).get("/certificates/?status=suspended"))
    assert as_(COORDINATOR).submit(f"/certificates/{one.id}/reinstate", {"reason": "已核实。"}).status_code == 303
    assert the(group, one).status is CertificateStatus.VALID
    assert [each.kind for each in events(group, one)] == [EventKind.SUSPENDED, EventKind.REINSTATED]
    assert events(group, one)[1].authority == "jn培训基地", "left empty it is the issuer's"
    again = main_text(client.get(f"/verify/{one.number}"))
    assert "证书真实有效" in again
    assert "身份信息有疑问" not in again, "a suspension that is over is nobody's business"
    with group.app.app_context(), reading():
        assert len(db.session.scalars(select(Message.id).where(Message.key.like("certificate-event:%"))).all()) >= 2


def test_what_is_sent_twice_happens_once(group: Class, as_: Any) -> None:
    one = issued(group)
    key = secrets.token_hex(16)
    for act, kind in (("suspend", EventKind.SUSPENDED), ("duplicate", EventKind.SUPERSEDED)):
        sent = {"reason": "核对。", "key": key[::-1] if act == "duplicate" else key}
        if act == "duplicate":
            assert as_(COORDINATOR).submit(f"/certificates/{one.id}/reinstate", {"reason": "好。"}).status_code == 303
        answers = [as_(COORDINATOR).post(f"/certificates/{one.id}/{act}", data=sent) for _time in range(2)]
        assert [each.status_code for each in answers] == [303, 303]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert [each.kind for each in events(group, one)].count(kind) == 1
    assert as_(COORDINATOR).post(f"/certificates/{one.id}/duplicate", data={"reason": "再来"}).status_code == 409
    assert as_(COORDINATOR).post(f"/certificates/{one.id}/suspend", data={"reason": "再来"}).status_code == 409


def test_a_suspended_certificate_is_the_one_its_enrolment_has(group: Class, as_: Any) -> None:
    one = issued(group)
    suspend(as_, one)
    assert group.issue("王敏").id == one.id
    assert as_(COORDINATOR).post(f"/certificates/{one.id}/duplicate", data={"reason": "遗失"}).status_code == 422
    group.revoke(one, "查实有误")
    assert the(group, one).status is CertificateStatus.REVOKED
    assert group.issue("王敏").id != one.id


@pytest.mark.parametrize("act", ["suspend", "reinstate", "duplicate", "correct"])
def test_no_reason_is_refused_and_changes_nothing(group: Class, as_: Any, act: str) -> None:
    one = issued(group)
    for data in ({"reason": " "}, {"reason": "字" * 501}, {"reason": "好", "authority": "字" * 201}):
        assert as_(COORDINATOR).post(f"/certificates/{one.id}/{act}", data=data).status_code == 422
    if act == "suspend":
        late = {"reason": "好", "until": (clock.today() - timedelta(days=1)).isoformat()}
        assert as_(COORDINATOR).post(f"/certificates/{one.id}/suspend", data=late).status_code == 422
    for login, status in ((OFFICER, 403), (TRAINEE, 403), (FOREIGN, 404)):
        assert as_(login).post(f"/certificates/{one.id}/{act}", data={"reason": "越权"}).status_code == status
    assert the(group, one).status is CertificateStatus.VALID
    assert events(group, one) == []


def test_a_duplicate_says_what_the_lost_paper_said_and_each_names_the_other(
    group: Class, as_: Any, client: Any, english: Any
) -> None:
    one = issued(group)
    assert as_(COORDINATOR).submit(f"/certificates/{one.id}/duplicate", {"reason": "证书遗失。"}).status_code == 303
    old, new = the(group, one), newest(group, one)
    assert (old.status, new.status, new.replaces_id) == (CertificateStatus.SUPERSEDED, CertificateStatus.VALID, old.id)
    before, after = (CertificateFields.from_dict(each.fields) for each in (old, new))
    own = {"number", "verify_url", "issued_on", "replaced_as", "replaces", "first_issued_on"}
    assert {name for name in vars(before) if getattr(before, name) != getattr(after, name)} <= own
    assert (after.replaced_as, after.replaces, after.first_issued_on) == ("duplicate", old.number, before.issued_on)
    for asking, replaced, valid in (
        (client, "证书已被替换", "证书真实有效"),
        (english, "replaced by another one", "genuine and valid"),
    ):
        with counting(group.app, at_most=3):
            page = asking.get(f"/verify/{old.number}")
        assert replaced in main_text(page)
        assert f'href="/verify/{new.number}"' in page.text
        assert "证书遗失" not in page.text, "why it was replaced is for staff"
        with counting(group.app, at_most=3):
            page = asking.get(f"/verify/{new.number}")
        assert valid in main_text(page)
        assert f'href="/verify/{old.number}"' in page.text
    for each, other in ((old, new), (new, old)):
        assert f'href="/certificates/{other.id}"' in as_(COORDINATOR).get(f"/certificates/{each.id}").text
    assert "证书遗失" in main_text(as_(COORDINATOR).get(f"/certificates/{old.id}"))


def test_a_correction_prints_anew_what_was_chosen_alone(group: Class, app: Flask, as_: Any) -> None:
    one = issued(group, "王晓敏")
    page = f"/certificates/{one.id}/correct"
    assert "与现有资料一致" in main_text(as_(COORDINATOR).get(page))
    assert as_(COORDINATOR).post(page, data={"reason": "好", "field": "person_name"}).status_code == 422
    with app.app_context(), transaction():
        person = db.session.get_one(Person, one.person_id)
        person.name = "王小敏"
        db.session.get_one(Person, one.person_id)
        db.session.execute(text("UPDATE cohort SET name = '冬季班' WHERE id = :id"), {"id": group.cohort_id})
    first = main_text(as_(COORDINATOR).get(page))
    assert "王小敏" in first
    assert "冬季班" in first
    assert as_(COORDINATOR).post(page, data={"reason": "好"}).status_code == 422, "nothing was chosen"
    second = f"{page}?field=person_name"
    assert "新旧证书对照" in main_text(as_(COORDINATOR).get(second))
    assert as_(COORDINATOR).submit(second, {"reason": "姓名有误。"}).status_code == 303
    fields = CertificateFields.from_dict(newest(group, one).fields)
    assert (fields.person_name, fields.cohort_name, fields.replaced_as) == ("王小敏", "秋季班", "correction")
    assert newest(group, one).valid_until == one.valid_until, "a correction is no renewal"
    assert CertificateFields.from_dict(the(group, one).fields).person_name == "王晓敏"


def test_a_chain_of_three_is_shown_whole_and_leads_to_the_newest(group: Class, as_: Any, client: Any) -> None:
    one = issued(group)
    for _time in range(2):
        page = f"/certificates/{newest(group, one).id}/duplicate"
        assert as_(COORDINATOR).submit(page, {"reason": "遗失。"}).status_code == 303
    chain = group.all(Certificate, Certificate.enrolment_id == one.enrolment_id)
    assert len(chain) == 3
    for each in chain:
        page = client.get(f"/verify/{each.number}").text
        assert all(other.number in page for other in chain)
    assert f'href="/verify/{chain[-1].number}"' in client.get(f"/verify/{one.number}").text
    first = CertificateFields.from_dict(chain[-1].fields).first_issued_on
    assert first == CertificateFields.from_dict(one.fields).issued_on


def test_who_was_certified_counts_once_however_often_the_paper_was_replaced(group: Class, app: Flask, as_: Any) -> None:
    def certified() -> int:
        with app.app_context(), reading():
            counted = select(func.coalesce(func.sum(Rollup.people), 0)).where(
                Rollup.activity_id == group.programme_id, Rollup.measure == "certified"
            )
            return int(db.session.scalar(counted) or 0)

    one = issued(group)
    assert as_(COORDINATOR).submit(f"/certificates/{one.id}/duplicate", {"reason": "遗失。"}).status_code == 303
    suspend(as_, newest(group, one))
    assert certified() == 1
    group.revoke(newest(group, one), "查实有误")
    assert certified() == 0
    lines = group.all(LedgerLine, LedgerLine.activity_id == group.programme_id, LedgerLine.measure == "certified")
    assert [line.outcome.partition(":")[2] for line in lines] == ["issued", "reissued", "revoked"]


def test_a_certificate_revoked_by_command_has_its_authority(group: Class, app: Flask) -> None:
    one = issued(group)
    run = app.test_cli_runner().invoke
    args = ["certificates", "revoke", one.number.lower(), "--reason", "材料不实。", "--authority", "济卫〔2026〕3号"]
    assert run(args=[*args, "--by", FOREIGN]).exit_code == 1
    assert run(args=[*args, "--by", "nobody@example.org"]).exit_code == 1
    assert run(args=["certificates", "revoke", one.number, "--by", COORDINATOR]).exit_code == 2
    assert the(group, one).status is CertificateStatus.VALID
    result = run(args=[*args, "--by", COORDINATOR, "--json"])
    told = json.loads(result.output)
    assert (result.exit_code, told["status"], told["authority"]) == (0, "revoked", "济卫〔2026〕3号")
    assert run(args=[*args, "--by", COORDINATOR]).exit_code == 1, "once is enough"
    [event] = events(group, one)
    assert (event.kind, event.reason, event.authority) == (EventKind.REVOKED, "材料不实。", "济卫〔2026〕3号")
