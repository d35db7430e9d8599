"""The register: who sees what, searching, revoking, the document and its job."""

from __future__ import annotations

import hashlib
import unicodedata
from io import BytesIO

import pypdf
import pytest
from flask import Flask

from certificates.models import Certificate, CertificateDocument, CertificateStatus
from tests.certificates.conftest import Class
from tests.client import main_text
from tests.counting import counting
from training.accounts.models import Person
from training.core import jobs
from training.core.db import db, reading
from training.programmes.models import Enrolment
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
COORDINATOR = "13900000011"
FOREIGN_COORDINATOR = "13900000021"
OFFICER, CITY_OFFICER, FOREIGN_OFFICER = "13900000002", "13900000003", "13900000004"
TRAINEE, OTHER_TRAINEE = "13900000013", "13900000014"


def _of_the_trainee(group: Class) -> Certificate:
    """The certificate that the small world's first trainee at `jn` holds."""
    with group.app.app_context(), reading():
        held: Certificate = db.session.scalars(
            db.select(Certificate).join(Person, Person.id == Certificate.person_id).where(Person.mobile == TRAINEE)
        ).one()
    return held


def test_document_is_made_by_the_job_and_its_text_is_right(group: Class, app: Flask, as_):
    for name in ("李䶮", "陈𠮷"):
        group.enrol(name)
        certificate = group.issue(name)
        url = f"/certificates/{certificate.id}/document"
        waiting = as_(COORDINATOR).get(url)
        assert waiting.status_code == 202
        assert "正在制作" in main_text(waiting)
        with app.app_context():
            jobs.run("certificates:render", {"certificate_id": certificate.id})
            jobs.run("certificates:render", {"certificate_id": certificate.id})
        answer = as_(COORDINATOR).get(url)
        assert answer.mimetype == "application/pdf"
        text = unicodedata.normalize("NFKC", pypdf.PdfReader(BytesIO(answer.data)).pages[0].extract_text())
        for expected in (name, certificate.number, "安宁疗护骨干培训", "Palliative care leaders", "秋季班"):
            assert expected in text
        (stored,) = _documents(group, certificate)
        assert stored.sha256 == hashlib.sha256(answer.data).hexdigest()


def _documents(group: Class, certificate: Certificate) -> list[CertificateDocument]:
    with group.app.app_context(), reading():
        statement = db.select(CertificateDocument).where(CertificateDocument.certificate_id == certificate.id)
        return list(db.session.scalars(statement))


def test_file_name_is_given_in_ascii_and_in_utf8(group: Class, app: Flask, as_):
    certificate = _of_the_trainee(group)
    disposition = as_(COORDINATOR).get(f"/certificates/{certificate.id}/document").headers["Content-Disposition"]
    assert f'filename="{certificate.number}.pdf"' in disposition
    assert "filename*=UTF-8''%E7%94%B2" in disposition


def test_sweep_makes_what_a_lost_wake_up_left(group: Class, app: Flask):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    app.extensions["anning_queue"].flush()
    assert not _documents(group, certificate)
    with app.app_context():
        assert jobs.run_sweeps()["certificates"] == 1
        assert jobs.run_sweeps()["certificates"] == 0
    assert len(_documents(group, certificate)) == 1


def test_job_for_a_certificate_that_is_not_there_does_nothing(app: Flask):
    with app.app_context():
        jobs.run("certificates:render", {"certificate_id": 999999})


def test_who_sees_a_certificate(group: Class, as_):
    certificate = _of_the_trainee(group)
    urls = (f"/certificates/{certificate.id}", f"/certificates/{certificate.id}/document")
    for url in urls:
        for login in (COORDINATOR, OFFICER, CITY_OFFICER, TRAINEE):
            assert as_(login).get(url).status_code == 200
        for login in (FOREIGN_COORDINATOR, FOREIGN_OFFICER, OTHER_TRAINEE, "13900000023"):
            assert as_(login).get(url).status_code == 404
        for login in ("13900000001", "13900000012"):  # administrator, instructor
            assert as_(login).get(url).status_code == 403
    for login, status in ((COORDINATOR, 200), (OFFICER, 200), (TRAINEE, 403)):
        assert as_(login).get("/certificates/").status_code == status
    assert certificate.number in main_text(as_(CITY_OFFICER).get("/certificates/"))
    assert certificate.number not in main_text(as_(FOREIGN_OFFICER).get("/certificates/"))


def test_own_certificate_is_no_entry_of_ones_register(group: Class, as_, app: Flask, people):
    from training.accounts import services as accounts
    from training.core.access import Role
    from training.core.db import transaction
    from training.core.scopes import Scope
    from training.places.models import TrainingBase

    certificate = _of_the_trainee(group)
    with app.app_context(), transaction():
        scope = db.session.scalars(
            db.select(Scope).join(TrainingBase, TrainingBase.scope_id == Scope.id).where(TrainingBase.code == "B-qd")
        ).one()
        person = db.session.get_one(Person, people["trainee.jn"].id)
        accounts.add_grant(person, Role.COORDINATOR, scope, granted_by=None)
    assert certificate.number not in main_text(as_(TRAINEE).get("/certificates/"))
    assert as_(TRAINEE).get(f"/certificates/{certificate.id}").status_code == 200
    assert as_(TRAINEE).get(f"/certificates/{certificate.id}/revoke").status_code == 403


def test_register_is_searched_by_name_number_and_status(group: Class, as_):
    group.enrol("王敏")
    group.enrol("赵一")
    first, second = group.issue("王敏"), group.issue("赵一")
    group.revoke(second, "发错了人")
    coordinator = as_(COORDINATOR)
    for query, there, absent in (
        ("q=王", first, second),
        (f"q={second.number.lower().replace('-', ' ')}", second, first),
        (f"q={first.number[8:15]}", first, second),
        ("status=revoked", second, first),
        ("status=valid", first, second),
    ):
        words = main_text(coordinator.get(f"/certificates/?{query}"))
        assert there.number in words
        assert absent.number not in words
    assert "没有符合条件" in main_text(coordinator.get("/certificates/?q=%25&status=expired&page=99999"))
    assert coordinator.get("/certificates/?status=nonsense").status_code == 422
    assert coordinator.get("/certificates/?q=" + "长" * 81).status_code == 422


def test_revoking_needs_a_reason(group: Class, as_):
    certificate = _of_the_trainee(group)
    url = f"/certificates/{certificate.id}/revoke"
    for reason in ("", "   ", "字" * 501):
        assert as_(COORDINATOR).post(url, data={"reason": reason}).status_code == 422
    for login, status in ((OFFICER, 403), (TRAINEE, 403), (FOREIGN_COORDINATOR, 404)):
        assert as_(login).post(url, data={"reason": "越权"}).status_code == status
    assert _of_the_trainee(group).status is CertificateStatus.VALID


def test_revoking_is_recorded_once(group: Class, as_):
    certificate = _of_the_trainee(group)
    url = f"/certificates/{certificate.id}/revoke"
    assert as_(COORDINATOR).submit(url, {"reason": "字" * 500}).status_code == 302
    assert as_(COORDINATOR).post(url, data={"reason": "再一次"}).status_code == 409
    assert as_(COORDINATOR).post(url, data={"reason": ""}).status_code == 422
    assert as_(COORDINATOR).get(url).status_code == 200
    revoked = _of_the_trainee(group)
    assert (revoked.status, revoked.revoked_reason) == (CertificateStatus.REVOKED, "字" * 500)
    (line,) = group.all(LedgerLine, LedgerLine.outcome == "certificates:revoked")
    assert (line.measure, line.sign) == ("certified", -1)
    assert "已撤销" in main_text(as_(TRAINEE).get(f"/certificates/{certificate.id}"))


def test_home_of_the_trainee_and_cohort_of_the_coordinator_lead_there(group: Class, as_):
    certificate = _of_the_trainee(group)
    home = as_(TRAINEE).get("/learning/").get_data(as_text=True)
    for url in (f"/certificates/{certificate.id}/document", f"/verify/{certificate.number}"):
        assert f'href="{url}"' in home
    with group.app.app_context(), reading():
        cohort = db.session.scalars(
            db.select(Enrolment.cohort_id).where(Enrolment.id == certificate.enrolment_id)
        ).one()
    assert f'href="/certificates/{certificate.id}"' in as_(COORDINATOR).get(f"/cohorts/{cohort}").get_data(as_text=True)
    group.enrol("王敏")
    page = as_(COORDINATOR).get(f"/cohorts/{group.cohort_id}").get_data(as_text=True)
    assert f"/certificates/enrolments/{group.enrolments['王敏']}/issue" in page


def test_the_register_costs_the_same_for_one_and_for_many(group: Class, app: Flask, as_):
    coordinator = as_(COORDINATOR)
    with counting(app, at_most=3):
        coordinator.get("/certificates/")
    for number in range(4):
        group.enrol(f"学员{number}")
        group.issue(f"学员{number}")
    with counting(app, at_most=3):
        coordinator.get("/certificates/")


def test_single_pages_keep_their_query_budgets(group: Class, app: Flask, as_):
    asked_about = _of_the_trainee(group)
    group.enrol("李娜")
    certificate = group.issue("李娜")
    group.enrol("王敏")
    coordinator = as_(COORDINATOR)
    issue = f"/certificates/enrolments/{group.enrolments['王敏']}/issue"
    for url, budget in (
        (f"/certificates/{certificate.id}", 2),
        (f"/certificates/{asked_about.id}", 5),  # with its history, what its base was asked, what was handed in
        (f"/certificates/{certificate.id}/document", 3),
        (f"/certificates/{certificate.id}/revoke", 2),
        (issue, 5),  # with whether there is a photo
    ):
        with counting(app, at_most=budget):
            coordinator.get(url)
    with counting(app) as count:
        coordinator.post(issue)
    assert len(count) <= 28, count.told()  # with the message to the holder, a local number, a design and a photo
