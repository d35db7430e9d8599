"""Batches: chosen, reviewed, confirmed, issued line by line, steered, and taken away as ZIP and sheet."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from certificates import services as certificate_services
from certificates.batches import queries, services, tasks
from certificates.batches.models import Batch, BatchLine, BatchStatus, LineStatus
from certificates.models import Certificate, CertificateDocument
from tests.certificates.conftest import Class
from tests.client import client_for, main_text
from tests.counting import counting
from tests.pages import form_of
from training.accounts.models import RoleGrant
from training.core import clock, jobs, printing
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
COORDINATOR = "13900000011"
STRANGER = "13900000021"
OFFICER = "13900000003"
UNPRINTABLE = "王\U000323a0敏"


def open_batch(group: Class, *names: str, key: str = "k") -> int:
    """Confirm a batch for those people, as the page does; returns its id."""
    with group.app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, group.cohort_id)
        chosen = [group.enrolments[name] for name in names]
        return services.open_batch(cohort, chosen, key=key, confirmed_by=group.actor("coordinator.jn")).id


def work(app: Flask, batch_id: int) -> None:
    """One turn of the worker."""
    with app.app_context():
        tasks.work(batch_id)


def state(app: Flask, batch_id: int) -> tuple[BatchStatus, queries.Counts]:
    """Where the batch stands."""
    with app.app_context(), reading():
        batch = db.session.get_one(Batch, batch_id)
        return batch.status, queries.counts_of([batch])[batch_id]


def reason_of(group: Class, name: str) -> str:
    """Why the newest line of that person was refused, in English."""
    lines = group.all(BatchLine, BatchLine.enrolment_id == group.enrolments[name])
    assert lines[-1].status is LineStatus.REFUSED
    assert lines[-1].reason_zh != lines[-1].reason_en
    return str(lines[-1].reason_en)


def numbers(group: Class) -> list[str]:
    """The numbers issued in this cohort."""
    return [one.number for one in group.all(Certificate, Certificate.enrolment_id.in_(group.enrolments.values()))]


def choose(group: Class) -> str:
    return f"/certificates/cohorts/{group.cohort_id}/issue"


def test_in_three_steps_from_the_cohort_to_zip_and_sheet(group: Class, app: Flask, as_):
    for name in ("王敏", "李强", "陈静"):
        group.enrol(name)
    group.enrol("未完成", done=False)
    group.enrol(UNPRINTABLE)
    client = as_(COORDINATOR, "en")
    assert choose(group) in client.get(f"/cohorts/{group.cohort_id}").get_data(as_text=True)
    assert "Eligible for a certificate 4" in main_text(client.get("/cohorts/"))
    page = client.get(choose(group))
    assert sorted(form_of(page).values["enrolment"]) == sorted(
        str(group.enrolments[name]) for name in ("王敏", "李强", "陈静", UNPRINTABLE)
    )
    assert "未完成 has not completed the programme yet" in main_text(page)
    review = client.submit(choose(group))
    words = main_text(review)
    assert "3 certificates of the programme Palliative care leaders" in words
    assert "Left out: 1" in words
    assert "U+323A0" in words
    assert numbers(group) == []
    form = form_of(review)
    first = client.post(form.action, data=form.values)
    assert client.post(form.action, data=form.values).location == first.location  # sent twice, it is one batch
    batch_id = int(first.location.rsplit("/", 1)[1])
    assert "Look again" in main_text(client.get(first.location))
    work(app, batch_id)
    assert len(set(numbers(group))) == 3
    words = main_text(client.get(first.location))
    assert "Everything is done." in words
    assert f"Batch {batch_id}" in main_text(client.get("/certificates/batches/"))
    _zip_holds_the_documents(group, client.get(f"{first.location}/documents.zip"))
    _sheet_lists_them(group, client.get(f"{first.location}/certificates.xlsx"))


def _zip_holds_the_documents(group: Class, answer) -> None:
    issued = {one.number: one for one in group.all(Certificate, Certificate.programme_id == group.programme_id)}
    with group.app.app_context(), reading():
        kept = {one.certificate_id: one.pdf for one in db.session.scalars(select(CertificateDocument))}
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert sorted(packed.namelist()) == sorted(
            f"{one.number} {one.fields['person_name']}.pdf" for one in issued.values()
        )
        for name in packed.namelist():
            assert packed.read(name) == kept[issued[name.partition(" ")[0]].id]
    assert "T-1" in answer.headers["Content-Disposition"]


def _sheet_lists_them(group: Class, answer) -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    issued = group.all(Certificate, Certificate.programme_id == group.programme_id)
    assert rows[0][0] == "Certificate number"
    assert [row[0] for row in rows[1:]] == [one.number for one in issued]
    for row, one in zip(rows[1:], issued, strict=True):
        assert (row[1], row[4], row[6]) == (
            one.fields["person_name"], one.valid_until, f"http://anning.test/verify/{one.number}"
        )  # fmt: skip


def test_every_line_is_counted_and_audited_once(group: Class, app: Flask):
    names = [f"学员{number}" for number in "甲乙丙丁"]
    for name in names:
        group.enrol(name)
    batch_id = open_batch(group, *names)
    for _again in range(3):
        work(app, batch_id)
    status, counts = state(app, batch_id)
    assert (status, counts.issued, counts.printed, counts.refused) == (BatchStatus.FINISHED, 4, 4, 0)
    lines = group.all(LedgerLine, LedgerLine.activity_id == group.programme_id, LedgerLine.measure == "certified")
    assert len(lines) == 4
    audited = group.all(AuditLine, AuditLine.object_type == "certificate_batch", AuditLine.object_id == str(batch_id))
    assert [one.verb for one in audited] == ["certificate_batch.open", "certificate_batch.finish"]


def test_an_empty_or_foreign_choice_is_refused_with_a_sentence(group: Class, as_, app: Flask):
    group.enrol("王敏")
    client = as_(COORDINATOR, "en")
    assert "Nobody is chosen" in main_text(client.post(f"{choose(group)}/review", data={}))
    confirm = f"/certificates/cohorts/{group.cohort_id}/batches"
    key = "0" * 32
    with app.app_context(), reading():
        foreign = db.session.scalars(select(BatchLine.enrolment_id)).first()
    for data in ({}, {"key": key}, {"key": key, "enrolment": ["x", "9" * 30]}, {"key": key, "enrolment": [foreign]}):
        assert client.post(confirm, data=data).status_code == 422, data
    assert not group.all(Batch, Batch.cohort_id == group.cohort_id)


def test_strangers_and_other_roles_come_nowhere_near(group: Class, as_):
    group.enrol("王敏")
    batch_id = open_batch(group, "王敏")
    for page in (choose(group), f"/certificates/batches/{batch_id}", f"/certificates/batches/{batch_id}/documents.zip"):
        assert as_(STRANGER).get(page).status_code == 404
        assert as_("13900000013").get(page).status_code == 403
    assert as_(OFFICER).get(f"/certificates/batches/{batch_id}").status_code == 200
    assert as_(OFFICER).post(f"/certificates/batches/{batch_id}/pause").status_code == 403
    assert as_(STRANGER).post(f"/certificates/batches/{batch_id}/pause").status_code == 404


def test_a_batch_is_paused_resumed_and_stopped(group: Class, app: Flask, as_):
    names = [f"学员{number}" for number in "甲乙丙"]
    for name in names:
        group.enrol(name)
    batch_id, client = open_batch(group, *names), as_(COORDINATOR, "en")
    address = f"/certificates/batches/{batch_id}"
    client.post(f"{address}/pause")
    work(app, batch_id)
    assert state(app, batch_id)[1].issued == 0
    assert "It rests" in main_text(client.get(address))
    with clock.frozen(clock.now() + timedelta(hours=14)):  # over night
        with app.app_context():
            jobs.run_sweeps()
        assert state(app, batch_id)[1].issued == 0
        as_(COORDINATOR).post(f"{address}/resume")
        _one_line(app, batch_id)
    client.post(f"{address}/stop")
    work(app, batch_id)
    status, counts = state(app, batch_id)
    assert (status, counts.issued, counts.waiting) == (BatchStatus.STOPPED, 1, 2)
    assert "2 certificates stay unissued" in main_text(client.get(address))
    assert client.post(f"{address}/resume").status_code == 409
    assert client.post(f"{address}/stop").status_code == 302  # asked for twice
    second = open_batch(group, *names, key="rest")
    work(app, second)
    assert len(set(numbers(group))) == 3


def _one_line(app: Flask, batch_id: int) -> None:
    with app.app_context():
        worker = tasks.new_worker()
        with transaction():
            assert services.claim(batch_id, worker)
        tasks.turn(batch_id, worker, typefaces=printing.typefaces(), at_most=1)


def test_what_changed_meanwhile_refuses_that_line_alone(group: Class, app: Flask):
    for name in ("先发", "退出", UNPRINTABLE, "王敏"):
        group.enrol(name)
    batch_id = open_batch(group, "先发", "退出", UNPRINTABLE, "王敏")
    single = group.issue("先发")
    with app.app_context(), transaction():
        left = update(Enrolment).where(Enrolment.id == group.enrolments["退出"])
        db.session.execute(left.values(status=EnrolmentStatus.WITHDRAWN, withdrawn_reason="调离"))
    work(app, batch_id)
    status, counts = state(app, batch_id)
    assert (status, counts.issued, counts.refused) == (BatchStatus.FINISHED, 1, 3)
    assert single.number in reason_of(group, "先发")
    assert "withdrawn" in reason_of(group, "退出")
    assert "U+323A0" in reason_of(group, UNPRINTABLE)
    page = main_text(client_for(app, COORDINATOR, "en").get(f"/certificates/batches/{batch_id}"))
    assert "Could not be issued: 3" in page


def test_a_confirmer_whose_role_ended_issues_nothing_more(group: Class, app: Flask):
    for name in ("王敏", "李强"):
        group.enrol(name)
    batch_id = open_batch(group, "王敏", "李强")
    _one_line(app, batch_id)
    with app.app_context(), transaction():
        actor = group.actor("coordinator.jn")
        db.session.execute(
            update(RoleGrant)
            .where(RoleGrant.person_id == actor.id)
            .values(starts_on=clock.today() - timedelta(days=2), ends_on=clock.today())
        )
    work(app, batch_id)
    status, counts = state(app, batch_id)
    assert (status, counts.issued, counts.refused) == (BatchStatus.FINISHED, 1, 1)
    assert "may no longer issue" in reason_of(group, "李强")


def test_two_batches_at_the_same_moment_give_everybody_one_certificate(group: Class, app: Flask):
    names = [f"学员{number}" for number in "甲乙丙丁戊己庚辛"]
    for name in names:
        group.enrol(name)
    both = [open_batch(group, *names, key="one"), open_batch(group, *reversed(names), key="two")]
    with app.app_context():
        printing.typefaces()
    threads = [threading.Thread(target=work, args=(app, one)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers(group)) == len(set(numbers(group))) == len(names)
    stands = [state(app, one) for one in both]
    assert [status for status, _counts in stands] == [BatchStatus.FINISHED] * 2
    assert sum(counts.issued for _status, counts in stands) == len(names)
    refused = group.all(BatchLine, BatchLine.status == LineStatus.REFUSED, BatchLine.batch_id.in_(both))
    assert len(refused) == len(names)
    for line in refused:
        other = next(one for one in both if one != line.batch_id)
        assert f"issued already in batch {other} on" in line.reason_en


def test_the_sweep_goes_on_only_where_nobody_works(group: Class, app: Flask):
    group.enrol("王敏")
    batch_id = open_batch(group, "王敏")
    with app.app_context():
        with transaction():
            assert services.claim(batch_id, "lost")
        with transaction():
            assert not services.claim(batch_id, "other")
        jobs.run_sweeps()
        assert numbers(group) == []
        with clock.frozen(clock.now() + services.LEASE + timedelta(seconds=1)):
            jobs.run_sweeps()
            with transaction():
                line = db.session.scalars(select(BatchLine).where(BatchLine.batch_id == batch_id)).one()
                assert services.do_line(line.id, "lost", typefaces=None, site="") is None  # it has lost its lease
    assert len(numbers(group)) == 1


def test_a_worker_that_died_before_printing_leaves_no_document_behind(group: Class, app: Flask):
    for name in ("王敏", "李强"):
        group.enrol(name)
    batch_id = open_batch(group, "王敏", "李强")
    with app.app_context(), transaction():
        services.claim(batch_id, "dead")
        line_id = queries.first_waiting(batch_id)
        assert line_id is not None
        services.do_line(line_id, "dead", typefaces=None, site=printing.site())
        services.release(batch_id, "dead")
    assert state(app, batch_id)[1].unprinted == 1
    work(app, batch_id)
    assert state(app, batch_id)[1].printed == 2


def test_a_line_on_which_the_worker_stumbles_stops_no_other(group: Class, app: Flask, monkeypatch):
    for name in ("王敏", "李强"):
        group.enrol(name)
    batch_id = open_batch(group, "王敏", "李强")
    first, issue = group.enrolments["王敏"], certificate_services.issue

    def stumbling(candidate, **rest):
        if candidate.enrolment.id == first:
            raise ZeroDivisionError
        return issue(candidate, **rest)

    monkeypatch.setattr(certificate_services, "issue", stumbling)
    work(app, batch_id)
    status, counts = state(app, batch_id)
    assert (status, counts.issued, counts.refused) == (BatchStatus.FINISHED, 1, 1)
    assert "server's log" in reason_of(group, "王敏")


def test_pages_cost_the_same_for_few_and_for_many(group: Class, app: Flask, as_):
    client = as_(COORDINATOR)
    for number in range(2):
        group.enrol(f"甲{number}")
        group.enrol(f"乙{number}", done=False)
    batch_id = open_batch(group, "甲0")
    pages = (choose(group), f"/certificates/batches/{batch_id}", "/certificates/batches/")
    few = [_cost(app, client, page) for page in pages]
    for number in range(2, 12):
        group.enrol(f"甲{number}")
        group.enrol(f"乙{number}", done=False)
    open_batch(group, *[f"甲{number}" for number in range(2, 12)], key="many")
    assert [_cost(app, client, page) for page in pages] == few
    assert max(few) <= 8


def _cost(app: Flask, client, page: str) -> int:
    with counting(app) as count:
        assert client.get(page).status_code == 200
    return len(count)


def test_the_command_does_a_cohort_at_once(group: Class, app: Flask):
    for name in ("王敏", "李强"):
        group.enrol(name)
    group.enrol("未完成", done=False)
    run = app.test_cli_runner().invoke
    arguments = ["certificates", "issue", "--cohort", "B-jn/T-1", "--by", COORDINATOR]
    dry = run(args=[*arguments, "--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    assert (dry.exit_code, sorted(json.loads(dry.stdout)["would_issue"])) == (0, ["李强", "王敏"])
    assert numbers(group) == []
    done = run(args=[*arguments, "--json"])
    assert done.exit_code == 0, done.output
    outcome = json.loads(done.stdout)
    assert outcome["status"] == "finished"
    assert sorted(one["number"] for one in outcome["issued"]) == sorted(numbers(group))
    assert [one["name"] for one in outcome["left_out"]] == ["未完成"]
    again = run(args=arguments)
    assert (again.exit_code, len(numbers(group))) == (0, 2)
    assert re.search(r"left out: 3", again.stdout)
    for wrong in (["--cohort", "B-jn/none", "--by", COORDINATOR], ["--cohort", "B-jn/T-1", "--by", STRANGER]):
        assert run(args=["certificates", "issue", *wrong]).exit_code == 1
