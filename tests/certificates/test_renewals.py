"""Certificates that come to their end: reminders, each once, and renewal by what was learnt since or by evidence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.fields import CertificateFields
from certificates.lifecycle.models import CertificateEvent
from certificates.models import Certificate, CertificateStatus
from certificates.renewals import queries, rules, tasks
from certificates.renewals.models import Renewal, RenewalState
from certificates.rules import renewed_until
from tests.certificates.conftest import DONE, Class
from tests.client import client_for, main_text
from tests.world_lives import PDF
from training.accounts.models import NOTICE, Person
from training.activities import services as activities
from training.core import clock
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.messages.models import InboxEntry, Message
from training.progress import services as progress

pytestmark = pytest.mark.world
COORDINATOR, FOREIGN, OFFICER = "13900000011", "13900000021", "13900000002"


@contextmanager
def on(day: date, hour: int = 10) -> Iterator[None]:
    with clock.frozen(clock.at(datetime.combine(day, time(hour)))):
        yield


def issued(group: Class, name: str = "王敏") -> tuple[Certificate, date]:
    """A certificate, and its last day."""
    group.enrol(name)
    with group.app.app_context(), transaction():
        db.session.get_one(Person, group.people[name].id).notice_version = NOTICE
    certificate = group.issue(name)
    assert certificate.valid_until is not None
    return certificate, certificate.valid_until


def swept(app: Flask) -> int:
    with app.app_context():
        return tasks.remind()


def reminders(app: Flask, certificate: Certificate) -> list[str]:
    """Which reminders of that certificate arrived, in order, by days."""
    with app.app_context(), reading():
        keys = db.session.scalars(
            select(Message.key)
            .join(InboxEntry, InboxEntry.message_id == Message.id)
            .where(Message.key.startswith(f"certificate-end:{certificate.number}:"))
            .order_by(InboxEntry.id)
        )
        return [key.rpartition(":")[2] for key in keys]


def requests(group: Class, certificate: Certificate) -> list[Renewal]:
    return group.all(Renewal, Renewal.certificate_id == certificate.id)


@pytest.mark.one_database
def test_every_day_of_the_last_ninety_belongs_to_one_reminder() -> None:
    today = date(2026, 11, 30)
    for left in range(-3, 95):
        end = today + timedelta(days=left)
        expected = [days for days in (7, 30, 60, 90) if 0 <= left <= days][:1]
        assert [one.days for one in rules.due(today) if one.first <= end <= one.last] == expected


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("end", "today", "until"),
    [
        (date(2026, 12, 31), date(2026, 11, 1), date(2028, 12, 31)),  # in time: on from the old end
        (date(2026, 12, 31), date(2027, 2, 1), date(2029, 1, 31)),  # late: from the day of issue
        (None, date(2027, 2, 1), date(2029, 1, 31)),
    ],
)
def test_a_renewed_certificate_goes_on_from_the_old_end(end: date | None, today: date, until: date) -> None:
    assert renewed_until(end, today=today, months=24) == until
    assert renewed_until(end, today=today, months=0) is None


def test_the_holder_is_reminded_four_times_and_each_time_once(group: Class, app: Flask) -> None:
    certificate, end = issued(group)
    with on(end - timedelta(days=91)):
        swept(app)
        assert reminders(app, certificate) == []
    told: list[str] = []
    for days in (90, 60, 30, 7):
        told.append(str(days))
        for later in (0, 1):
            with on(end - timedelta(days=days - later)):
                swept(app)
                swept(app)
                assert reminders(app, certificate) == told
    with on(end + timedelta(days=1)):
        swept(app)
        assert reminders(app, certificate) == told
    with app.app_context(), reading():
        message = db.session.scalars(
            select(Message).where(Message.key == f"certificate-end:{certificate.number}:7")
        ).one()
    assert "有效期至" in message.body_zh
    assert "is valid until" in message.body_en
    assert message.url == f"/certificates/{certificate.id}"


def test_a_late_run_sends_what_is_due_now_and_nothing_that_was_missed(group: Class, app: Flask) -> None:
    certificate, end = issued(group)
    with on(end - timedelta(days=25)):
        swept(app)
        swept(app)
    assert reminders(app, certificate) == ["30"]


def test_nobody_is_reminded_at_night_nor_of_a_certificate_that_does_not_count(group: Class, app: Flask) -> None:
    certificate, end = issued(group)
    with on(end - timedelta(days=30), hour=23):
        assert swept(app) == 0
    group.revoke(certificate, "查实有误")
    with on(end - timedelta(days=30)):
        swept(app)
    assert reminders(app, certificate) == []


def holder(group: Class, name: str = "王敏") -> Any:
    return client_for(group.app, group.people[name].id)


def test_renewal_is_open_from_ninety_days_before_until_half_a_year_after_the_end(group: Class) -> None:
    certificate, end = issued(group)
    page = f"/certificates/{certificate.id}/renewal"
    for day, is_open in ((-91, False), (-90, True), (0, True), (180, True), (181, False)):
        with on(end + timedelta(days=day)):
            assert ('name="statement"' in holder(group).get(page).text) is is_open, day
            if not is_open:
                assert holder(group).post(page, data={"statement": "好"}).status_code == 422
    assert requests(group, certificate) == []


def test_asking_granting_and_the_new_certificate(group: Class, app: Flask, as_: Any, client: Any) -> None:
    certificate, end = issued(group)
    page = f"/certificates/{certificate.id}/renewal"
    with on(end - timedelta(days=40)):
        assert holder(group).submit(page, {"statement": " "}).status_code == 422, "nothing speaks for it"
        sent = {"statement": "参加省级学术会议两次。", "evidence": (io.BytesIO(PDF), "证明.pdf")}
        assert holder(group).submit(page, sent, content_type="multipart/form-data").status_code == 303
        assert holder(group).post(page, data={"statement": "再发一次"}).status_code == 303, "it is the one that waits"
        [asked] = requests(group, certificate)
        assert (asked.state, asked.statement) == (RenewalState.WAITING, "参加省级学术会议两次。")
        decide = f"/certificates/renewals/{asked.id}"
        listed = main_text(as_(COORDINATOR).get("/certificates/renewals/"))
        assert certificate.number in listed
        assert as_(COORDINATOR).get(f"{decide}/evidence").data == PDF
        for login, status in ((FOREIGN, 404), (OFFICER, 403)):
            assert as_(login).get(decide).status_code == status
            assert as_(login).get(f"{decide}/evidence").status_code == status
        answer = as_(COORDINATOR).submit(decide, {"reason": "学时达标。"}, action=f"{decide}/grant")
        assert answer.status_code == 303
        new = group.all(Certificate, Certificate.enrolment_id == certificate.enrolment_id)[-1]
        assert answer.headers["Location"] == f"/certificates/{new.id}"
        fields = CertificateFields.from_dict(new.fields)
        assert (fields.replaced_as, new.valid_until) == ("renewal", renewed_until(end, today=clock.today(), months=24))
        assert requests(group, certificate)[0].state is RenewalState.GRANTED
        assert "证书已被替换" in main_text(client.get(f"/verify/{certificate.number}"))
        assert "证书真实有效" in main_text(client.get(f"/verify/{new.number}"))
        assert as_(COORDINATOR).post(f"{decide}/grant", data={"reason": "再来"}).status_code == 409
        for reason in ("再来", ""):
            assert as_(COORDINATOR).post(f"{decide}/refuse", data={"refuse-reason": reason}).status_code == 409
    assert len(group.all(CertificateEvent, CertificateEvent.certificate_id == certificate.id)) == 1


def test_a_refusal_is_told_with_its_reason_and_one_may_ask_again(group: Class, app: Flask, as_: Any) -> None:
    certificate, end = issued(group)
    page = f"/certificates/{certificate.id}/renewal"
    with on(end - timedelta(days=40)):
        assert holder(group).submit(page, {"statement": "工作满两年。"}).status_code == 303
        decide = f"/certificates/renewals/{requests(group, certificate)[0].id}"
        assert as_(COORDINATOR).post(f"{decide}/refuse", data={"refuse-reason": " "}).status_code == 422
        refused = as_(COORDINATOR).submit(decide, {"refuse-reason": "请补交学时证明。"}, action=f"{decide}/refuse")
        assert refused.status_code == 303
        assert "请补交学时证明" in main_text(holder(group).get(page))
        assert holder(group).submit(page, {"statement": "已补交。"}).status_code == 303
        assert [one.state for one in requests(group, certificate)] == [RenewalState.REFUSED, RenewalState.WAITING]
        assert holder(group).submit(page, action=f"{page}/take-back").status_code == 303
        assert requests(group, certificate)[1].state is RenewalState.TAKEN_BACK
    with app.app_context(), reading():
        assert db.session.scalar(select(Message.id).where(Message.body_zh.contains("请补交学时证明"))) is not None
        assert db.session.get_one(Certificate, certificate.id).status is CertificateStatus.VALID


def test_class_hours_since_the_issue_count_and_those_before_it_do_not(group: Class, app: Flask) -> None:
    with app.app_context(), transaction():
        scope = db.session.scalars(select(Scope).where(Scope.name_en == "Base jn")).one()
        tasks_ = [
            activities.add_activity("test:task", scope_id=scope.id, title_zh=name, title_en=name, class_hours=hours)
            for name, hours in (("之前", Decimal(8)), ("之后", Decimal("6.5")))
        ]
    group.enrol("王敏")
    person_id = group.people["王敏"].id

    def done(index: int) -> None:
        with app.app_context(), transaction():
            progress.record(person_id, tasks_[index], DONE, client_key=f"since:{index}", authority=None)

    done(0)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        certificate = group.issue("王敏")
    with clock.frozen(clock.now() + timedelta(days=30)):
        done(1)
    with app.app_context(), reading():
        learned = queries.learned_since(certificate)
    assert ([one.title_zh for one in learned.activities], learned.hours) == (["之后"], Decimal("6.5"))


def test_evidence_that_is_no_document_is_refused_and_nothing_is_asked(group: Class) -> None:
    certificate, end = issued(group)
    page = f"/certificates/{certificate.id}/renewal"
    with on(end - timedelta(days=40)):
        for content, name in ((b"MZ\x90\x00", "证明.pdf"), (b"", "空.pdf"), (b"<html>", "证明.docx")):
            sent = {"statement": "好", "evidence": (io.BytesIO(content), name)}
            answer = holder(group).submit(page, sent, content_type="multipart/form-data")
            assert answer.status_code == 422, name
    assert requests(group, certificate) == []


def test_what_was_written_for_a_renewal_goes_with_the_person(group: Class, app: Flask) -> None:
    from training.privacy import erasure

    certificate, end = issued(group)
    with on(end - timedelta(days=40)):
        sent = {"statement": "我叫王敏。", "evidence": (io.BytesIO(PDF + b"%own"), "王敏.pdf")}
        page = f"/certificates/{certificate.id}/renewal"
        assert holder(group).submit(page, sent, content_type="multipart/form-data").status_code == 303
        with app.app_context(), transaction():
            erasure.erase(db.session.get_one(Person, certificate.person_id).id, by=None)
    [asked] = requests(group, certificate)
    assert (asked.statement, asked.file_id, asked.file_name, asked.state) == ("", None, None, RenewalState.TAKEN_BACK)
