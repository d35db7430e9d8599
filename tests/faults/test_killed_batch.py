"""Workers killed -9 a hundred times in a batch: every number once, no one twice, none lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.batches import services
from certificates.batches.models import Batch, BatchLine, BatchStatus, LineStatus
from certificates.models import Certificate, CertificateDocument
from tests.certificates.conftest import Class, group, task_kind
from tests.wording import ROOT
from training.core.db import db, reading, transaction
from training.programmes.models import Cohort
from training.progress.models import LedgerLine, Rollup

__all__ = ["group", "task_kind"]  # fixtures
pytestmark = pytest.mark.world
PROGRAM = str(Path(__file__).with_name("issuing_workers.py"))


def open_batch(group: Class, people: int) -> int:
    """A cohort of so many who have completed it, all in one batch; returns the batch's id."""
    for number in range(people):
        group.enrol(f"学员{number}")
    with group.app.app_context(), transaction():
        cohort = db.session.get_one(Cohort, group.cohort_id)
        chosen = list(group.enrolments.values())
        return services.open_batch(cohort, chosen, key="killed", confirmed_by=group.actor("coordinator.jn")).id


def run(database: str, folder: Path, *arguments: object) -> int:
    """Let the workers live and die; returns how many were killed while lines waited."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANNING_")} | {
        "DATABASE_URL": database,
        "ANNING_DATA_DIR": str(folder),
        "ANNING_SECRET_KEY": "k" * 40,
        "ANNING_LOG_LEVEL": "ERROR",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["last"] == 0, done.stderr[-3000:]
    return int(told["in_the_midst"])


def assert_everybody_has_one(group: Class, batch_id: int, people: int) -> None:
    """Register, lines, ledger and counters all say: each person one certificate, each number once."""
    certificates = group.all(Certificate, Certificate.programme_id == group.programme_id)
    assert Counter(one.enrolment_id for one in certificates) == dict.fromkeys(group.enrolments.values(), 1)
    assert len({one.number for one in certificates}) == people
    lines = group.all(BatchLine, BatchLine.batch_id == batch_id)
    assert {one.status for one in lines} == {LineStatus.ISSUED}
    assert sorted(one.certificate_id for one in lines) == [one.id for one in certificates]
    (batch,) = group.all(Batch, Batch.id == batch_id)
    assert batch.status is BatchStatus.FINISHED
    told = group.all(LedgerLine, LedgerLine.activity_id == group.programme_id, LedgerLine.measure == "certified")
    assert Counter(one.person_id for one in told) == {one.person_id: 1 for one in certificates}
    with group.app.app_context(), reading():
        counted = select(func.sum(Rollup.people)).where(
            Rollup.activity_id == group.programme_id, Rollup.measure == "certified"
        )
        assert db.session.scalar(counted) == people


def test_a_hundred_kills_in_a_batch_of_two_hundred(group: Class, database: str, tmp_path: Path) -> None:
    batch_id = open_batch(group, 200)
    assert run(database, tmp_path / "data", batch_id, 100, 0.04, "do-not-print") >= 90
    assert_everybody_has_one(group, batch_id, 200)


@pytest.mark.one_database
def test_killed_while_printing_every_document_comes_out_in_the_end(
    group: Class, database: str, tmp_path: Path, app: Flask
) -> None:
    batch_id = open_batch(group, 12)
    assert run(database, tmp_path / "data", batch_id, 10, 1.0, "print") >= 4
    assert_everybody_has_one(group, batch_id, 12)
    with app.app_context(), reading():
        documents = select(CertificateDocument.pdf).join(
            BatchLine, BatchLine.certificate_id == CertificateDocument.certificate_id
        )
        printed = list(db.session.scalars(documents.where(BatchLine.batch_id == batch_id)))
    assert len(printed) == 12
    assert all(one.startswith(b"%PDF-") and b"%%EOF" in one[-32:] for one in printed)
