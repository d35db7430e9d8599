"""Several certificates are revoked for one reason, all or none; a batch hands out what is valid now."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from certificates.batches import services as batches
from certificates.lifecycle.models import CertificateEvent
from certificates.models import Certificate, CertificateStatus
from certificates.releasing.models import Needs
from certificates.tasks import render_document
from tests.certificates.conftest import Class
from tests.certificates.test_releases import COORDINATOR, OFFICER, STRANGER, hand_in, needs, work
from tests.client import main_text
from training.core.db import db, transaction
from training.programmes.models import Cohort

pytestmark = pytest.mark.world
REVOKED, VALID = CertificateStatus.REVOKED, CertificateStatus.VALID
DECISION = {"reason": "抽查发现实践学时不实。", "authority": "济卫安字〔2026〕7号", "key": "0e" * 16}


def issued(group: Class, *names: str) -> list[Certificate]:
    """A certificate for each."""
    for name in names:
        group.enrol(name)
    return [group.issue(name) for name in names]


def statuses(group: Class) -> list[CertificateStatus]:
    """How the certificates of the cohort stand, in the order of issue."""
    own = Certificate.enrolment_id.in_(group.enrolments.values())
    return [one.status for one in group.all(Certificate, own)]


def lines(*numbers: str) -> dict[str, str]:
    """The form filled in, one number a line."""
    return {**DECISION, "numbers": "\n".join(numbers)}


def test_several_are_looked_over_then_revoked_for_one_reason(group: Class, as_: Any, client: Any):
    first, second, third = issued(group, "王敏", "李强", "赵云")
    coordinator = as_(COORDINATOR, "en")
    sent = lines(f" {first.number.lower()} ", second.number.replace("-", ""), first.number, "", "AN-2026-000-000-000")
    review = coordinator.post("/certificates/revoke/review", data=sent)
    words = main_text(review)
    assert "To be revoked: 2" in words
    assert "王敏" in words
    assert "Left out: 1" in words
    assert statuses(group) == [VALID, VALID, VALID]
    again = lines(first.number, second.number)
    for _time in range(2):  # pressed twice
        assert coordinator.post("/certificates/revoke", data=again).status_code == 303
    assert statuses(group) == [REVOKED, REVOKED, VALID]
    events = group.all(CertificateEvent, CertificateEvent.certificate_id.in_([first.id, second.id]))
    assert [(one.reason, one.authority) for one in events] == [(DECISION["reason"], DECISION["authority"])] * 2
    assert "抽查发现实践学时不实。" in main_text(client.get(f"/verify/{second.number}"))
    assert third.status is VALID


def test_one_that_stands_otherwise_lets_none_be_revoked(group: Class, as_: Any):
    first, second = issued(group, "王敏", "李强")
    group.revoke(second, "另有原因")
    coordinator = as_(COORDINATOR, "en")
    answer = coordinator.post("/certificates/revoke", data=lines(first.number, second.number))
    assert answer.status_code == 409
    assert f"{second.number}: This certificate has already been revoked" in main_text(answer)
    assert statuses(group) == [VALID, REVOKED]


def test_nobody_revokes_what_is_not_theirs_or_without_a_reason(group: Class, as_: Any):
    [one] = issued(group, "王敏")
    assert as_(STRANGER).post("/certificates/revoke", data=lines(one.number)).status_code == 409
    assert as_(OFFICER).post("/certificates/revoke", data=lines(one.number)).status_code == 403
    for wrong in ({"reason": " "}, {"numbers": " \n"}, {"numbers": "\n".join(f"AN{n}" for n in range(51))}):
        for page in ("/certificates/revoke", "/certificates/revoke/review"):
            assert as_(COORDINATOR).post(page, data={**lines(one.number), **wrong}).status_code == 422
    assert statuses(group) == [VALID]


def test_a_batch_hands_out_what_is_valid_now_and_its_list_tells_of_all(group: Class, as_: Any):
    for name in ("王敏", "李强", "赵云", "周舟"):
        group.enrol(name)
    with group.app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, group.cohort_id)
        chosen = list(group.enrolments.values())
        batch_id = batches.open_batch(cohort, chosen, key="four", confirmed_by=group.actor("coordinator.jn")).id
    work(group.app, batch_id)
    kept, gone, resting, wrong = group.all(Certificate, Certificate.enrolment_id.in_(chosen))
    group.revoke(gone, "材料不实")
    assert as_(COORDINATOR).submit(f"/certificates/{resting.id}/suspend", {"reason": "存疑。"}).status_code == 303
    with group.app.app_context(), transaction():
        db.session.execute(text("UPDATE person SET name = '周洲' WHERE id = :id"), {"id": wrong.person_id})
    corrected = as_(COORDINATOR).submit(f"/certificates/{wrong.id}/correct?field=person_name", {"reason": "姓名有误。"})
    [new] = group.all(Certificate, Certificate.replaces_id == wrong.id)
    assert corrected.location == f"/certificates/{new.id}"
    page = f"/certificates/batches/{batch_id}"
    with group.app.app_context():
        render_document(new.id)
    with zipfile.ZipFile(io.BytesIO(as_(COORDINATOR).get(f"{page}/documents.zip").data)) as packed:
        assert sorted(packed.namelist()) == sorted([f"{kept.number} 王敏.pdf", f"{new.number} 周洲.pdf"])
    assert "The ZIP has 2 documents" in main_text(as_(COORDINATOR, "en").get(page))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(as_(COORDINATOR, "en").get(f"{page}/certificates.xlsx").data))
    rows = sheet.get_sheet_by_index(0).to_python()[1:]
    assert [(row[0], row[5]) for row in rows] == [
        (kept.number, "valid"),
        (gone.number, "revoked"),
        (resting.number, "suspended"),
        (wrong.number, "replaced"),
        (new.number, "valid"),
    ]


def test_whoever_had_one_revoked_gets_another_by_choice_alone(group: Class, as_: Any):
    [one] = issued(group, "王敏")
    group.enrol("李强")
    group.revoke(one, "材料不实")
    page = as_(COORDINATOR, "en").get(f"/certificates/cohorts/{group.cohort_id}/issue")
    assert f"the certificate {one.number} was revoked" in main_text(page)
    chosen = {name: f'value="{group.enrolments[name]}" checked' in page.text for name in ("王敏", "李强")}
    assert chosen == {"王敏": False, "李强": True}
    told = group.app.test_cli_runner().invoke(
        args=["certificates", "issue", "--cohort", "B-jn/T-1", "--by", COORDINATOR, "--dry-run", "--json"]
    )
    assert json.loads(told.stdout)["would_issue"] == ["李强"]


def test_whoever_waits_in_a_batch_is_not_counted_as_eligible(group: Class, as_: Any):
    group.enrol("王敏")
    needs(group, Needs.OFFICER)
    words = main_text(as_(COORDINATOR, "en").get("/certificates/batches/"))
    assert "1 people" in words
    hand_in(group, "王敏")
    assert "Eligible for a certificate now" not in main_text(as_(COORDINATOR, "en").get("/certificates/batches/"))
