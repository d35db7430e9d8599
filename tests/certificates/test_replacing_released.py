"""A certificate that takes another one's place waits for a second person too, where its base needs one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certificates import queries as register
from certificates.batches.models import Batch, BatchLine, BatchReplacement, BatchStatus
from certificates.lifecycle import replacing
from certificates.lifecycle.history import Ground
from certificates.models import Certificate, CertificateDocument, CertificateStatus, Replacement
from certificates.releasing.models import Needs
from certificates.renewals.models import Renewal, RenewalState
from certificates.services import ReleaseNeeded
from tests.certificates.conftest import Class
from tests.certificates.test_releases import COLLEAGUE, COORDINATOR, OFFICER, STRANGER, needs, status, told, work
from tests.certificates.test_renewals import issued as issued_with_end
from tests.certificates.test_renewals import on
from tests.client import client_for, main_text
from training.accounts.models import Person
from training.core import clock
from training.core.db import db, reading, transaction
from training.messages.models import InboxEntry, Message

pytestmark = pytest.mark.world
VALID, SUPERSEDED = CertificateStatus.VALID, CertificateStatus.SUPERSEDED


def issued(group: Class, name: str = "王敏") -> Certificate:
    """A certificate issued before its base needs a second person."""
    group.enrol(name)
    certificate = group.issue(name)
    needs(group, Needs.COLLEAGUE)
    return certificate


def chain(group: Class, first: Certificate) -> list[CertificateStatus]:
    """How the certificates of an enrolment stand, the first issued coming first."""
    return [one.status for one in group.all(Certificate, Certificate.enrolment_id == first.enrolment_id)]


def hand_in(as_: Any, page: str, *, action: str | None = None, reason: str = "证书遗失。") -> int:
    """Hand a replacement in as its page does; returns the batch's id."""
    answer = as_(COORDINATOR).submit(page, {"reason": reason}, action=action)
    assert answer.status_code == 303
    assert "/batches/" in answer.location
    return int(answer.location.rsplit("/", 1)[1])


def release(as_: Any, group: Class, batch_id: int) -> str:
    """Release it as a colleague does, let the worker turn, and return the words of the batch's page in English."""
    assert as_(COLLEAGUE).post(f"/certificates/batches/{batch_id}/release").status_code == 303
    work(group.app, batch_id)
    assert status(group, batch_id) is BatchStatus.FINISHED
    return str(main_text(as_(COORDINATOR, "en").get(f"/certificates/batches/{batch_id}")))


def heard(group: Class, person_id: int) -> list[str]:
    """What somebody was told about their certificates, in English."""
    with group.app.app_context(), reading():
        statement = select(Message.body_en).join(InboxEntry, InboxEntry.message_id == Message.id)
        mine = statement.where(InboxEntry.person_id == person_id, Message.key.startswith("certificate:"))
        return list(db.session.scalars(mine.order_by(Message.id)))


def test_a_duplicate_waits_and_the_old_one_stays_in_force_until_the_release(group: Class, as_: Any, client: Any):
    one = issued(group)
    page = f"/certificates/{one.id}"
    assert "Hand in for release" in main_text(as_(COORDINATOR, "en").get(f"{page}/duplicate"))
    batch_id = hand_in(as_, f"{page}/duplicate")
    work(group.app, batch_id)
    assert chain(group, one) == [VALID]
    assert "证书真实有效" in main_text(client.get(f"/verify/{one.number}"))
    own = as_(COORDINATOR, "en").get(page)
    assert "Another certificate is to take its place (duplicate) and waits for its release." in main_text(own)
    assert f"/certificates/{one.id}/correct" not in own.text
    look = main_text(as_(COLLEAGUE, "en").get(f"/certificates/batches/{batch_id}/release"))
    for words in ("Both papers beside each other", one.number, "证书遗失。", "Release: issue the new certificate"):
        assert words in look
    assert "duplicate" in main_text(as_(COLLEAGUE, "en").get("/certificates/batches/"))
    assert len(heard(group, one.person_id)) == 1, "the holder knows of the first one alone"
    assert "Everything is done." in release(as_, group, batch_id)
    assert chain(group, one) == [SUPERSEDED, VALID]
    [old, new] = group.all(Certificate, Certificate.enrolment_id == one.enrolment_id)
    assert (new.replaces_id, new.replaced_as) == (old.id, Replacement.DUPLICATE)
    assert f"The certificate {new.number} has taken the place of {old.number}" in heard(group, one.person_id)[1]
    with group.app.app_context(), reading():
        assert db.session.get(CertificateDocument, new.id) is not None
    assert told(group, COORDINATOR, batch_id) == [f"Batch {batch_id} is released"]


def test_what_is_sent_twice_is_one_batch_and_a_second_form_is_refused(group: Class, as_: Any):
    one = issued(group)
    page, key = f"/certificates/{one.id}/duplicate", "0f" * 16
    maker = as_(COORDINATOR, "en")
    answers = [maker.post(page, data={"reason": "证书遗失。", "key": key}) for _time in range(2)]
    assert answers[0].location == answers[1].location
    needs(group, Needs.NOBODY)  # from now on nobody is needed, but what waits goes on waiting
    assert maker.post(page, data={"reason": "证书遗失。", "key": key}).location == answers[0].location
    again = maker.post(page, data={"reason": "再来一次。", "key": key[::-1]})
    assert again.status_code == 409
    assert "waits for its release in batch" in main_text(again)
    assert "waits for its release in batch" in main_text(maker.get(page))
    assert len(group.all(Batch, Batch.cohort_id == group.cohort_id)) == 1


def test_nobody_goes_past_the_release(group: Class, as_: Any):
    one = issued(group)
    with group.app.app_context(), pytest.raises(ReleaseNeeded), transaction():
        by = group.actor("coordinator.jn")
        candidate = register.candidate_for(by, one.enrolment_id)
        entry = register.entry_visible_to(by, one.id)
        replacing.replace(candidate, entry, Replacement.DUPLICATE, Ground("遗失"), by=by, typefaces=None, site="")
    batch_id = hand_in(as_, f"/certificates/{one.id}/duplicate")
    for who, expected in ((COORDINATOR, 403), (STRANGER, 404)):
        assert as_(who).post(f"/certificates/batches/{batch_id}/release").status_code == expected
    assert chain(group, one) == [VALID]


def test_a_correction_is_looked_over_and_prints_what_was_chosen_alone(group: Class, as_: Any):
    one = issued(group, "王晓敏")
    with group.app.app_context(), transaction():
        db.session.get_one(Person, one.person_id).name = "王小敏"
    batch_id = hand_in(as_, f"/certificates/{one.id}/correct?field=person_name", reason="姓名有误。")
    look = main_text(as_(OFFICER).get(f"/certificates/batches/{batch_id}/release"))
    assert "王晓敏" in look
    assert "王小敏" in look
    release(as_, group, batch_id)
    [old, new] = group.all(Certificate, Certificate.enrolment_id == one.enrolment_id)
    assert (old.fields["person_name"], new.fields["person_name"]) == ("王晓敏", "王小敏")
    assert new.replaced_as is Replacement.CORRECTION


@pytest.mark.parametrize("ending", ["send-back", "stop"])
def test_what_is_sent_back_or_withdrawn_changes_nothing_and_can_be_handed_in_again(group: Class, as_: Any, ending: str):
    one = issued(group)
    page = f"/certificates/{one.id}/duplicate"
    batch_id = hand_in(as_, page)
    who = COLLEAGUE if ending == "send-back" else COORDINATOR
    assert as_(who).post(f"/certificates/batches/{batch_id}/{ending}", data={"reason": "请附声明"}).status_code in (
        302,
        303,
    )
    assert chain(group, one) == [VALID]
    release(as_, group, hand_in(as_, page))
    assert chain(group, one) == [SUPERSEDED, VALID]


@pytest.mark.parametrize(("act", "then"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_one_that_was_suspended_or_revoked_in_between_is_not_replaced(group: Class, as_: Any, act: str, then: str):
    one = issued(group)
    batch_id = hand_in(as_, f"/certificates/{one.id}/duplicate")
    assert as_(COORDINATOR).submit(f"/certificates/{one.id}/{act}", {"reason": "材料存疑。"}).status_code in (302, 303)
    look = main_text(as_(COLLEAGUE, "en").get(f"/certificates/batches/{batch_id}/release"))
    assert "Dropped out since it was handed in: 1" in look
    assert f"stands otherwise than when this was handed in: {then}" in look
    words = release(as_, group, batch_id)
    assert f"stands otherwise than when this was handed in: {then}" in words
    assert chain(group, one) == [CertificateStatus(then)]
    [line] = group.all(BatchLine, BatchLine.batch_id == batch_id)
    assert one.number in line.reason_zh


def test_a_request_to_renew_is_open_until_the_release_and_its_holder_is_told_then(group: Class, as_: Any):
    one, end = issued_with_end(group)
    needs(group, Needs.OFFICER)
    with on(end - timedelta(days=20)):
        mobile = group.people["王敏"].mobile
        assert (
            as_(mobile).submit(f"/certificates/{one.id}/renewal", {"statement": "参加了学术会议。"}).status_code == 303
        )
        [request] = group.all(Renewal, Renewal.certificate_id == one.id)
        page = f"/certificates/renewals/{request.id}"
        batch_id = hand_in(as_, page, action=f"{page}/grant", reason="继续教育合格。")
        maker = as_(COORDINATOR, "en")
        assert "The renewed certificate waits for its release" in main_text(maker.get(page))
        assert "being released" in main_text(maker.get("/certificates/renewals/"))
        assert "1 request waits" in main_text(maker.get("/certificates/renewals/")), (
            "another holder's, and this one not"
        )
        refused = maker.post(f"{page}/refuse", data={"refuse-reason": "不续"})
        assert refused.status_code == 409
        assert "Withdraw that first" in main_text(refused)
        assert "has not decided yet" in main_text(as_(mobile, "en").get(f"/certificates/{one.id}/renewal"))
        [request] = group.all(Renewal, Renewal.certificate_id == one.id)
        assert request.state is RenewalState.WAITING
        assert as_(OFFICER).post(f"/certificates/batches/{batch_id}/release").status_code == 303
        work(group.app, batch_id)
        [request] = group.all(Renewal, Renewal.certificate_id == one.id)
        assert request.state is RenewalState.GRANTED
        assert chain(group, one) == [SUPERSEDED, VALID]
        assert "has taken the place" in heard(group, one.person_id)[-1]


def test_a_request_that_its_holder_took_back_is_not_granted_at_the_release(group: Class, as_: Any):
    one, end = issued_with_end(group)
    needs(group, Needs.OFFICER)
    with on(end - timedelta(days=20)):
        mobile = group.people["王敏"].mobile
        as_(mobile).submit(f"/certificates/{one.id}/renewal", {"statement": "参加了学术会议。"})
        [request] = group.all(Renewal, Renewal.certificate_id == one.id)
        page = f"/certificates/renewals/{request.id}"
        batch_id = hand_in(as_, page, action=f"{page}/grant")
        assert as_(mobile).post(f"/certificates/{one.id}/renewal/take-back").status_code == 303
        as_(OFFICER).post(f"/certificates/batches/{batch_id}/release")
        work(group.app, batch_id)
        words = main_text(as_(COORDINATOR, "en").get(f"/certificates/batches/{batch_id}"))
        assert "The holder has taken the request for renewal back." in words
        assert chain(group, one) == [VALID]


def at_once(app: Flask, *acts: Callable[[Any], Any]) -> list[int]:
    """Do several acts of the coordinator at the same moment; returns the statuses of the answers, in order."""
    ready, answers = threading.Barrier(len(acts)), dict[int, int]()

    def do(place: int, act: Callable[[Any], Any]) -> None:
        client = client_for(app, COORDINATOR)
        ready.wait()
        answers[place] = act(client).status_code

    threads = [threading.Thread(target=do, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[place] for place in range(len(acts))]


def sending(page: str, reason: str) -> Callable[[Any], Any]:
    """Send a form about a certificate."""
    return lambda client: client.post(page, data={"reason": reason})


@pytest.mark.parametrize("what", list(Needs)[:2])
def test_two_replacements_at_the_same_moment_are_one(group: Class, app: Flask, what: Needs):
    one = issued(group)
    needs(group, what)
    page = f"/certificates/{one.id}/duplicate"
    assert sorted(at_once(app, sending(page, "遗失。"), sending(page, "污损。"))) == [303, 409]
    handed_in = group.all(Batch, Batch.cohort_id == group.cohort_id)
    assert (len(handed_in), len(chain(group, one))) == ((0, 2) if what is Needs.NOBODY else (1, 1))


def test_a_revocation_and_a_replacement_at_the_same_moment_end_it_once(group: Class, app: Flask):
    one = issued(group)
    needs(group, Needs.NOBODY)
    page = f"/certificates/{one.id}"
    revoked, replaced = at_once(app, sending(f"{page}/revoke", "材料不实。"), sending(f"{page}/duplicate", "遗失。"))
    assert (revoked, replaced) in {(302, 409), (409, 303)}
    expected = [CertificateStatus.REVOKED] if replaced == 409 else [SUPERSEDED, VALID]
    assert chain(group, one) == expected


def test_a_revocation_while_the_worker_replaces_ends_it_once(group: Class, app: Flask, as_: Any):
    one = issued(group)
    batch_id = hand_in(as_, f"/certificates/{one.id}/duplicate")
    as_(COLLEAGUE).post(f"/certificates/batches/{batch_id}/release")
    worker = threading.Thread(target=work, args=(app, batch_id))
    worker.start()
    [revoked] = at_once(app, sending(f"/certificates/{one.id}/revoke", "材料不实。"))
    worker.join()
    [line] = group.all(BatchLine, BatchLine.batch_id == batch_id)
    if revoked == 409:
        assert chain(group, one) == [SUPERSEDED, VALID]
    else:
        assert (revoked, chain(group, one)) == (302, [CertificateStatus.REVOKED])
        assert "stands otherwise" in line.reason_en


def test_an_erased_holder_leaves_the_reason_too(group: Class, app: Flask, as_: Any):
    from certificates import erasing

    one = issued(group)
    batch_id = hand_in(as_, f"/certificates/{one.id}/duplicate", reason="王敏的证书遗失。")
    with app.app_context(), transaction():
        erasing._forget_replacements(db.session.get_one(Person, one.person_id), "已删除-1")
    with app.app_context(), reading():
        assert db.session.get_one(BatchReplacement, batch_id).reason == "已删除-1的证书遗失。"
    assert clock.today() >= one.issued_at.date()
