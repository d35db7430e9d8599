"""Maker and checker: a batch waits for a second person where its place needs one, who is never its maker."""

from __future__ import annotations

import json
import threading

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from certificates import queries as register
from certificates import services as certificates
from certificates.batches import services as batches
from certificates.batches import tasks
from certificates.batches.models import Batch, BatchStatus
from certificates.models import Certificate
from certificates.releasing.models import Needs
from certificates.releasing.services import set_rule
from tests.certificates.conftest import Class
from tests.client import client_for, main_text
from tests.pages import form_of
from training.accounts.models import Person
from training.core import printing
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.errors import Conflict
from training.core.scopes import Scope
from training.messages.models import InboxEntry, Message
from training.places.models import Region, TrainingBase
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus

pytestmark = pytest.mark.world
COORDINATOR = "13900000011"
COLLEAGUE = "13900000016"  # stands in for the coordinator
STRANGER = "13900000021"
OFFICER = "13900000003"


def needs(group: Class, what: Needs) -> None:
    """Set what the base `jn` needs, as an officer does."""
    with group.app.app_context(), transaction():
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        set_rule(db.session.get_one(Scope, base.scope_id), what, set_by=group.actor("officer.jn"))


def hand_in(group: Class, *names: str) -> int:
    """Hand a batch in as the page does."""
    with group.app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, group.cohort_id)
        chosen = [group.enrolments[name] for name in names]
        return batches.open_batch(cohort, chosen, key="-".join(names), confirmed_by=group.actor("coordinator.jn")).id


def status(group: Class, batch_id: int) -> BatchStatus:
    """Where it stands."""
    [batch] = group.all(Batch, Batch.id == batch_id)
    return BatchStatus(batch.status)


def issued(group: Class) -> int:
    """How many certificates of the cohort there are."""
    return len(group.all(Certificate, Certificate.enrolment_id.in_(group.enrolments.values())))


def work(app: Flask, batch_id: int) -> None:
    """One turn of the worker."""
    with app.app_context():
        tasks.work(batch_id)


def told(group: Class, mobile: str, batch_id: int) -> list[str]:
    """The titles of somebody's messages about a batch, in English."""
    with group.app.app_context(), reading():
        statement = (
            select(Message.title_en)
            .join(InboxEntry, InboxEntry.message_id == Message.id)
            .join(Person, Person.id == InboxEntry.person_id)
            .where(Person.mobile == mobile, Message.key.startswith(f"certificate-batch:{batch_id}:"))
        )
        return list(db.session.scalars(statement.order_by(Message.id)))


def test_a_batch_waits_until_a_second_person_releases_it(group: Class, app: Flask, as_):
    for name in ("王敏", "李强"):
        group.enrol(name)
    needs(group, Needs.OFFICER)
    maker, officer = as_(COORDINATOR, "en"), as_(OFFICER, "en")
    review = maker.submit(f"/certificates/cohorts/{group.cohort_id}/issue")
    assert "once a second person has released them" in main_text(review)
    form = form_of(review)
    address = maker.post(form.action, data=form.values).location
    batch_id = int(address.rsplit("/", 1)[1])
    work(app, batch_id)
    assert (status(group, batch_id), issued(group)) == (BatchStatus.AWAITING, 0)
    assert "Nothing is issued until a second person has released it." in main_text(maker.get(address))
    assert told(group, OFFICER, batch_id) == ["A batch of certificates waits for your release"]
    assert "For whom: 2 people" in main_text(officer.get(f"{address}/release"))
    assert officer.post(f"{address}/release").status_code == 303
    assert officer.post(f"{address}/release").status_code == 303  # pressed twice
    work(app, batch_id)
    assert (status(group, batch_id), issued(group)) == (BatchStatus.FINISHED, 2)
    assert told(group, COORDINATOR, batch_id) == [f"Batch {batch_id} is released"]
    audited = group.all(AuditLine, AuditLine.object_type == "certificate_batch", AuditLine.object_id == str(batch_id))
    assert [one.verb.partition(".")[2] for one in audited] == ["open", "release", "finish"]


@pytest.mark.parametrize(("what", "allowed"), [(Needs.COLLEAGUE, 303), (Needs.OFFICER, 403)])
def test_a_colleague_releases_where_a_colleague_is_enough(group: Class, as_, what: Needs, allowed: int):
    group.enrol("王敏")
    needs(group, what)
    batch_id = hand_in(group, "王敏")
    assert as_(COLLEAGUE).post(f"/certificates/batches/{batch_id}/release").status_code == allowed


@pytest.mark.parametrize("what", [Needs.COLLEAGUE, Needs.OFFICER])
def test_the_maker_never_releases_their_own(group: Class, app: Flask, as_, what: Needs):
    group.enrol("王敏")
    needs(group, what)
    batch_id = hand_in(group, "王敏")
    maker = as_(COORDINATOR, "en")
    answer = maker.post(f"/certificates/batches/{batch_id}/release")
    assert answer.status_code == 403
    assert "somebody else releases it" in main_text(answer)
    assert "You cannot release this batch" in main_text(maker.get(f"/certificates/batches/{batch_id}/release"))
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        values = {"status": "running", "decided_by_id": Batch.confirmed_by_id, "decided_at": Batch.confirmed_at}
        db.session.execute(update(Batch).where(Batch.id == batch_id).values(values))
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Batch).where(Batch.id == batch_id).values(status="running"))


def test_a_batch_sent_back_issues_nothing_and_its_maker_reads_why(group: Class, app: Flask, as_):
    group.enrol("王敏")
    needs(group, Needs.COLLEAGUE)
    batch_id = hand_in(group, "王敏")
    address, officer = f"/certificates/batches/{batch_id}", as_(OFFICER, "en")
    assert officer.post(f"{address}/send-back", data={"reason": " "}).status_code == 422
    assert officer.post(f"{address}/send-back", data={"reason": "姓名有误。"}).status_code == 303
    assert officer.post(f"{address}/release").status_code == 409
    work(app, batch_id)
    assert (status(group, batch_id), issued(group)) == (BatchStatus.RETURNED, 0)
    assert "姓名有误。" in main_text(as_(COORDINATOR).get(address))
    assert told(group, COORDINATOR, batch_id) == [f"Batch {batch_id} was sent back"]
    assert "1 people are eligible" in main_text(
        as_(COORDINATOR, "en").get(f"/certificates/cohorts/{group.cohort_id}/issue")
    )


def test_who_has_dropped_out_is_told_before_the_button_and_gets_nothing(group: Class, app: Flask, as_):
    for name in ("王敏", "李强"):
        group.enrol(name)
    needs(group, Needs.OFFICER)
    batch_id = hand_in(group, "王敏", "李强")
    with app.app_context(), transaction():
        left = update(Enrolment).where(Enrolment.id == group.enrolments["李强"])
        db.session.execute(left.values(status=EnrolmentStatus.WITHDRAWN, withdrawn_reason="调离"))
    address = f"/certificates/batches/{batch_id}/release"
    words = main_text(as_(OFFICER, "en").get(address))
    assert "Dropped out since it was handed in: 1" in words
    assert "李强 was withdrawn" in words
    assert "Release: issue 1 certificates" in words
    as_(OFFICER).post(address)
    work(app, batch_id)
    assert issued(group) == 1


def test_a_single_certificate_waits_too(group: Class, app: Flask, as_):
    enrolment_id = group.enrol("王敏")
    needs(group, Needs.COLLEAGUE)
    client = as_(COORDINATOR, "en")
    page = f"/certificates/enrolments/{enrolment_id}/issue"
    assert "Hand in for release" in main_text(client.get(page))
    first = client.post(page)
    assert client.post(page).location == first.location  # pressed twice it is one batch
    with app.app_context():
        faces = printing.typefaces()
        with pytest.raises(Conflict), transaction():
            actor = group.actor("coordinator.jn")
            candidate = register.candidate_for(actor, enrolment_id)
            certificates.issue(candidate, issued_by=actor, typefaces=faces, site="")
    assert issued(group) == 0


def test_a_maker_takes_a_waiting_batch_back(group: Class, as_):
    group.enrol("王敏")
    needs(group, Needs.OFFICER)
    batch_id = hand_in(group, "王敏")
    as_(COORDINATOR).post(f"/certificates/batches/{batch_id}/stop")
    assert status(group, batch_id) is BatchStatus.STOPPED
    assert as_(OFFICER).post(f"/certificates/batches/{batch_id}/release").status_code == 409
    assert as_(STRANGER).post(f"/certificates/batches/{batch_id}/release").status_code == 404


def test_two_who_decide_at_the_same_moment_decide_once(group: Class, app: Flask):
    group.enrol("王敏")
    needs(group, Needs.COLLEAGUE)
    batch_id = hand_in(group, "王敏")
    answers: list[int] = []

    def decide(mobile: str, act: str) -> None:
        answer = client_for(app, mobile).post(f"/certificates/batches/{batch_id}/{act}", data={"reason": "姓名有误"})
        answers.append(answer.status_code)

    threads = [threading.Thread(target=decide, args=one) for one in ((OFFICER, "release"), (COLLEAGUE, "send-back"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    decided = group.all(AuditLine, AuditLine.object_type == "certificate_batch", AuditLine.object_id == str(batch_id))
    assert len(decided) == 2


def test_the_nearest_rule_holds_and_only_an_officer_sets_it(group: Class, app: Flask, as_):
    officer = as_(OFFICER, "en")
    with app.app_context(), reading():
        base = db.session.scalars(select(TrainingBase.scope_id).where(TrainingBase.code == "B-jn")).one()
        city = db.session.scalars(select(Region.scope_id).where(Region.code == "370100")).one()
    for scope_id, what in ((city, "officer"), (base, "colleague")):
        answer = officer.post("/certificates/releases", data={"scope_id": scope_id, "needs": what})
        assert answer.status_code == 303
    group.enrol("王敏")
    [batch] = group.all(Batch, Batch.id == hand_in(group, "王敏"))
    assert batch.needs is Needs.COLLEAGUE
    assert as_(COORDINATOR).post("/certificates/releases", data={}).status_code == 403
    for wrong in ({"scope_id": 1, "needs": "nobody"}, {"scope_id": base, "needs": "x"}, {}):
        assert officer.post("/certificates/releases", data=wrong).status_code == 422


def test_the_command_hands_in_and_issues_nothing(group: Class, app: Flask):
    group.enrol("王敏")
    needs(group, Needs.OFFICER)
    arguments = ["certificates", "issue", "--cohort", "B-jn/T-1", "--by", COORDINATOR, "--json"]
    outcome = app.test_cli_runner().invoke(args=arguments)
    assert (outcome.exit_code, json.loads(outcome.stdout)["status"]) == (1, "awaiting")
    assert issued(group) == 0
