"""Issuing: to whom, once, frozen, counted, and never with a character that no font has."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from certificates import rules, serials
from certificates.fields import CertificateFields
from certificates.models import Certificate, CertificateDocument, CertificateStatus
from tests.certificates.conftest import Class
from tests.client import client_for, main_text
from training.accounts.models import Person
from training.core import clock, fonts, printing
from training.core.audit import AuditLine
from training.core.db import db, transaction
from training.progress.models import LedgerLine, Rollup

pytestmark = pytest.mark.world
COORDINATOR = "13900000011"
FOREIGN_COORDINATOR = "13900000021"


def _url(group: Class, name: str) -> str:
    return f"/certificates/enrolments/{group.enrolments[name]}/issue"


def test_unfinished_programme_is_refused_with_the_open_step(group: Class, as_):
    group.enrol("王敏", done=False)
    page = as_(COORDINATOR).get(_url(group, "王敏"))
    assert "尚未完成培训项目" in main_text(page)
    assert "作业" in main_text(page)
    answer = as_(COORDINATOR).post(_url(group, "王敏"))
    assert answer.status_code == 422
    assert "作业" in main_text(answer)
    assert not group.all(Certificate, Certificate.enrolment_id == group.enrolments["王敏"])


def test_completed_programme_is_certified_counted_and_audited(group: Class, as_):
    group.enrol("王敏")
    answer = as_(COORDINATOR).submit(_url(group, "王敏"))
    assert answer.status_code == 302
    (certificate,) = group.all(Certificate, Certificate.enrolment_id == group.enrolments["王敏"])
    assert serials.is_valid(certificate.number)
    assert certificate.valid_until == rules.last_valid_day(clock.today(), 24)
    fields = CertificateFields.from_dict(certificate.fields)
    assert (fields.person_name, fields.programme.en) == ("王敏", "Palliative care leaders")
    assert fields.profession == ("护士", "Nurse")
    assert fields.verify_url == f"http://anning.test/verify/{certificate.number}"
    (line,) = group.all(LedgerLine, LedgerLine.client_key == f"certificate:{certificate.number}:issued")
    assert (line.measure, line.sign, line.authority_id) == ("certified", 1, certificate.issued_by_id)
    assert _certified(group) == 1
    assert group.all(AuditLine, AuditLine.verb == "certificate.issue", AuditLine.object_id == str(certificate.id))
    assert as_(COORDINATOR, "en").get(answer.location).status_code == 200


def _certified(group: Class) -> int:
    with group.app.app_context(), db.engine.connect() as connection:
        return (
            connection.scalar(
                db.select(db.func.sum(Rollup.people)).where(
                    Rollup.activity_id == group.programme_id, Rollup.measure == "certified"
                )
            )
            or 0
        )


def test_sent_twice_it_is_one_certificate(group: Class, as_):
    group.enrol("王敏")
    coordinator = as_(COORDINATOR)
    first, second = coordinator.post(_url(group, "王敏")), coordinator.post(_url(group, "王敏"))
    assert first.location == second.location
    assert len(group.all(Certificate, Certificate.enrolment_id == group.enrolments["王敏"])) == 1
    assert coordinator.get(_url(group, "王敏")).location == first.location


def test_two_coordinators_at_once_issue_one(group: Class, app: Flask):
    group.enrol("王敏")
    with app.app_context():
        printing.typefaces()
    clients = [client_for(app, COORDINATOR) for _ in range(2)]
    barrier, locations = threading.Barrier(2), []

    def post(client):
        barrier.wait()
        locations.append(client.post(_url(group, "王敏")).location)

    threads = [threading.Thread(target=post, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(locations) == 2
    assert len(set(locations)) == 1
    assert _certified(group) == 1


def test_the_database_holds_one_certificate_in_force_for_an_enrolment(group: Class, app: Flask):
    group.enrol("王敏")
    first = group.issue("王敏")
    values = {column.name: getattr(first, column.name) for column in Certificate.__table__.columns}
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        db.session.add(Certificate(**{**values, "id": None, "number": "AN-2026-000-000-000"}))


def test_strangers_cannot_issue(group: Class, as_):
    group.enrol("王敏")
    assert as_(FOREIGN_COORDINATOR).get(_url(group, "王敏")).status_code == 404
    assert as_(FOREIGN_COORDINATOR).post(_url(group, "王敏")).status_code == 404
    for login in ("13900000002", "13900000013", "13900000012"):  # officer, trainee, instructor
        assert as_(login).post(_url(group, "王敏")).status_code == 403
    assert not group.all(Certificate, Certificate.enrolment_id == group.enrolments["王敏"])


def test_a_character_without_glyph_is_refused_by_name_and_nothing_is_written(group: Class, as_):
    group.enrol("王\U000323a0敏")
    for answer in (
        as_(COORDINATOR).get(_url(group, "王\U000323a0敏")),
        as_(COORDINATOR).post(_url(group, "王\U000323a0敏")),
    ):
        words = main_text(answer)
        assert "王\U000323a0敏" in words
        assert "U+323A0" in words
    assert answer.status_code == 422
    assert not group.all(Certificate, Certificate.enrolment_id == group.enrolments["王\U000323a0敏"])
    assert not group.all(
        LedgerLine, LedgerLine.outcome == "certificates:issued", LedgerLine.activity_id == group.programme_id
    )


def test_missing_fonts_are_a_sentence(group: Class, app: Flask, monkeypatch):
    group.enrol("王敏")
    client = client_for(app, COORDINATOR)
    client.crashes_allowed = True
    monkeypatch.setattr(printing, "_found", {})
    monkeypatch.setattr(fonts, "find_typefaces", _none)
    assert "缺少字体" in main_text(client.get(_url(group, "王敏")))
    answer = client.post(_url(group, "王敏"))
    assert answer.status_code == 503
    assert "缺少字体" in main_text(answer)


def _none(*_paths: object) -> None:
    raise fonts.FontsMissing("no font")


def test_what_was_printed_stays_when_the_person_is_renamed(group: Class, app: Flask, as_):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    with app.app_context(), transaction():
        db.session.execute(update(Person).where(Person.id == certificate.person_id).values(name="王小敏"))
    page = main_text(as_(COORDINATOR).get(f"/certificates/{certificate.id}"))
    assert "王敏" in page
    assert "王小敏" not in page


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE certificate SET number = 'AN-2026-000-000-000' WHERE id = :id",
        "UPDATE certificate SET fields = '{}' WHERE id = :id",
        "UPDATE certificate SET issued_at = '2020-01-01' WHERE id = :id",
        "UPDATE certificate SET valid_until = '2099-01-01' WHERE id = :id",
        "DELETE FROM certificate WHERE id = :id",
        "UPDATE certificate_document SET pdf = '' WHERE certificate_id = :id",
        "DELETE FROM certificate_document WHERE certificate_id = :id",
    ],
)
def test_the_database_refuses_changes_of_what_was_issued(app: Flask, statement: str):
    with app.app_context(), db.engine.connect() as connection:
        number = connection.scalar(db.select(CertificateDocument.certificate_id).limit(1))
    with app.app_context(), pytest.raises(DBAPIError, match=r"frozen|kept for ever|append-only"), transaction():
        db.session.execute(text(statement), {"id": number})


def test_the_database_keeps_a_revocation(group: Class, app: Flask):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    group.revoke(certificate, "重名，发错了人")
    with app.app_context(), pytest.raises(DBAPIError, match="frozen"), transaction():
        db.session.execute(
            update(Certificate)
            .where(Certificate.id == certificate.id)
            .values(status=CertificateStatus.VALID, revoked_at=None, revoked_by_id=None, revoked_reason=None)
        )


def test_revoking_takes_the_count_back_and_lets_another_be_issued(group: Class):
    group.enrol("王敏")
    first = group.issue("王敏")
    group.revoke(first, "姓名录入有误")
    assert _certified(group) == 0
    second = group.issue("王敏")
    assert second.number != first.number
    assert _certified(group) == 1


def test_validity_and_periods_are_counted_by_the_calendar():
    day = clock.today().replace
    assert rules.last_valid_day(day(2024, 2, 29), 12) == day(2025, 2, 27)
    assert rules.last_valid_day(day(2026, 5, 20), 24) == day(2028, 5, 19)
    assert rules.last_valid_day(day(2026, 5, 20), 0) is None
    last = day(2026, 5, 20)
    assert rules.standing("valid", valid_until=last, today=last) is rules.Standing.VALID
    assert rules.standing("valid", valid_until=last, today=last + timedelta(days=1)) is rules.Standing.EXPIRED
    assert rules.standing("revoked", valid_until=None, today=last) is rules.Standing.REVOKED
    assert rules.standing("suspended", valid_until=last, today=last + timedelta(days=1)) is rules.Standing.SUSPENDED
