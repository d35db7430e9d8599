"""A crew of processes makes certificates: whole, by the key that was meant, and nobody stays behind."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.batches import services, tasks
from certificates.batches.models import BatchStatus
from certificates.crew import Crew, CrewLost
from certificates.design import house_design
from certificates.fields import CertificateFields
from certificates.making import Needs, Order
from certificates.models import CertificateDocument
from certificates.signing.keys import DocumentKey, development_key
from tests.certificates.conftest import NODE_MODULES, ROOT, Class
from tests.certificates.signed import MOMENT
from tests.certificates.test_signing import validated
from training.core import jobs, printing
from training.core.db import db, reading, transaction
from training.programmes.models import Cohort

HIRING = """
import os, sys, time
from certificates.crew import Crew
from certificates.making import Needs
crew = Crew(Needs(*sys.argv[1:]), 2)
print(*(one.process.pid for one in crew._members), flush=True)
time.sleep(60)
"""


@pytest.fixture
def needs(tmp_path: Path) -> Needs:
    development_key(tmp_path / "key.pem")
    return Needs(str(NODE_MODULES), str(ROOT / "build" / "fonts"), str(tmp_path / "key.pem"))


@pytest.fixture
def key(needs: Needs) -> DocumentKey:
    return needs.fetched().key


@pytest.fixture
def crew(needs: Needs) -> Iterator[Crew]:
    hired = Crew(needs, 2)
    yield hired
    hired.close()


def order(certificate: CertificateFields, name: str, key: DocumentKey) -> Order:
    return Order(dataclasses.replace(certificate, person_name=name), None, None, "code", MOMENT, key.fingerprint)


def test_an_order_is_the_same_on_the_other_side(certificate: CertificateFields, key: DocumentKey) -> None:
    one = order(certificate, "李䶮", key)
    assert Order.from_dict(json.loads(json.dumps(one.as_dict()))) == one
    other = dataclasses.replace(one, design=house_design(), photo=b"\xff\xd8\x00")
    assert Order.from_dict(json.loads(json.dumps(other.as_dict()))) == other


def test_each_is_made_once_and_is_sound(crew: Crew, certificate: CertificateFields, key: DocumentKey) -> None:
    made: dict[str, bytes] = {}
    names = ["王敏", "李䶮", "Margaret O’Connell", "陈𠮷"]
    for name in names:
        crew.order(order(certificate, name, key), partial(made.__setitem__, name))
    crew.settle()
    assert set(made) == set(names)
    for document in made.values():
        assert validated(document).bottom_line


def test_what_cannot_be_made_keeps_no_other(crew: Crew, certificate: CertificateFields, key: DocumentKey) -> None:
    made: list[bytes] = []
    crew.order(order(certificate, "\U000323a0", key), made.append)
    with pytest.raises(CrewLost, match="CharactersMissing"):
        crew.settle()
    other = dataclasses.replace(order(certificate, "王敏", key), key="0" * 64)
    crew.order(other, made.append)
    with pytest.raises(CrewLost, match="exchanged"):
        crew.settle()
    assert made == []
    crew.order(order(certificate, "王敏", key), made.append)
    crew.settle()
    assert len(made) == 1
    assert crew.size == 2


def test_whoever_is_killed_takes_one_order_along(crew: Crew, certificate: CertificateFields, key: DocumentKey) -> None:
    made: list[bytes] = []
    crew.order(order(certificate, "王敏", key), made.append)
    os.kill(crew._members[0].process.pid, signal.SIGKILL)
    with pytest.raises(CrewLost, match="has ended"):
        crew.settle()
    crew.order(order(certificate, "李强", key), made.append)
    crew.settle()
    assert (len(made), crew.size) == (1, 1)
    os.kill(crew._members[0].process.pid, signal.SIGKILL)
    crew._members[0].process.wait()
    with pytest.raises(CrewLost):
        crew.order(order(certificate, "李强", key), made.append)
    with pytest.raises(CrewLost, match="No process is left"):
        crew.order(order(certificate, "李强", key), made.append)


def test_nobody_stays_behind_whoever_hired_them(needs: Needs) -> None:
    arguments = [sys.executable, "-c", HIRING, needs.node_modules, needs.cut_fonts, needs.key]
    hiring = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert hiring.stdout is not None
    hired = [psutil.Process(int(one)) for one in hiring.stdout.readline().split()]
    assert len(hired) == 2
    hiring.kill()
    hiring.communicate()
    _gone, alive = psutil.wait_procs(hired, timeout=30)
    assert alive == []


@pytest.fixture
def large(group: Class, monkeypatch: pytest.MonkeyPatch) -> int:
    """A batch of six, which counts as a large one, on two cores."""
    monkeypatch.setattr(tasks, "WORTH_A_CREW", 3)
    monkeypatch.setattr(tasks, "cores", lambda: 2)
    for number in range(6):
        group.enrol(f"学员{number}")
    with group.app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, group.cohort_id)
        chosen = list(group.enrolments.values())
        return services.open_batch(cohort, chosen, key="large", confirmed_by=group.actor("coordinator.jn")).id


def documents(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(CertificateDocument)) or 0


def turn(app: Flask, batch_id: int) -> BatchStatus:
    with app.app_context():
        worker = tasks.new_worker()
        with transaction():
            assert services.claim(batch_id, worker)
        return tasks.turn(batch_id, worker, typefaces=printing.typefaces(), at_most=3)


@pytest.mark.world
def test_a_large_batch_is_made_by_a_crew_that_goes_home(app: Flask, large: int) -> None:
    before = documents(app)
    assert turn(app, large) is BatchStatus.RUNNING
    assert documents(app) == before + 3
    assert tasks._crew is not None
    assert tasks._crew.size == 2
    assert turn(app, large) is BatchStatus.FINISHED
    assert documents(app) == before + 6
    assert tasks._crew is None


@pytest.mark.world
def test_a_crew_that_dies_loses_no_document(app: Flask, large: int) -> None:
    before = documents(app)
    assert turn(app, large) is BatchStatus.RUNNING
    assert tasks._crew is not None
    for one in tasks._crew._members:
        one.process.kill()
        one.process.wait()
    assert turn(app, large) is BatchStatus.FINISHED
    began = time.monotonic()
    while documents(app) < before + 6 and time.monotonic() - began < 60:
        with app.app_context():
            jobs.run_sweeps()
    assert documents(app) == before + 6
