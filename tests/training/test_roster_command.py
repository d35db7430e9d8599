"""`anning users import`: the same checks as the pages, the same import, an exit status that scripts can trust."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from training.accounts.models import Person
from training.core.audit import AuditLine
from training.core.db import db, reading
from training.programmes.models import Cohort, Enrolment

pytestmark = pytest.mark.world
GOOD = "姓名,手机号,职业\n王芳,15000000001,护士\n李四,15000000002,医生\n"
BAD = GOOD + "赵五,1500,护士\n"


def run(app: Flask, tmp_path: Path, text: str, *options: str, cohort: str = "B-jn/C-jn") -> Any:
    path = tmp_path / "名单.csv"
    path.write_text(text, encoding="utf-8")
    return app.test_cli_runner().invoke(args=["users", "import", str(path), "--cohort", cohort, *options])


def here(app: Flask) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).where(Person.name.in_(["王芳", "李四", "赵五"]))) or 0


def test_a_good_roster_is_imported_once(app: Flask, tmp_path: Path) -> None:
    first = run(app, tmp_path, GOOD)
    assert (first.exit_code, first.exception) == (0, None), first.output
    second = run(app, tmp_path, GOOD, "--json")
    assert second.exit_code == 0
    assert json.loads(second.stdout)["rows"] == {"new": 0, "enrol": 0, "fill": 0, "same": 2, "fault": 0}
    assert here(app) == 2
    with app.app_context(), reading():
        cohort = db.session.scalars(select(Cohort.id).where(Cohort.code == "C-jn")).one()
        enrolled = select(func.count()).select_from(Enrolment).join(Person, Person.id == Enrolment.person_id)
        assert db.session.scalar(enrolled.where(Enrolment.cohort_id == cohort, Person.name == "王芳")) == 1
        assert db.session.scalar(select(func.count()).where(AuditLine.verb == "roster.import")) == 2


def test_a_dry_run_writes_nothing(app: Flask, tmp_path: Path) -> None:
    done = run(app, tmp_path, GOOD, "--dry-run")
    assert done.exit_code == 0
    assert "dry run" in done.output
    assert here(app) == 0


def test_faults_refuse_the_whole_with_status_one_and_are_told_by_row(app: Flask, tmp_path: Path) -> None:
    refused = run(app, tmp_path, BAD)
    assert refused.exit_code == 1
    assert "row 4" in refused.output
    assert here(app) == 0
    as_json = run(app, tmp_path, BAD, "--json")
    assert as_json.exit_code == 1
    told = json.loads(as_json.stdout)
    assert [(one["row"], one["field"], one["code"]) for one in told["faults"]] == [(4, "mobile", "mobile")]
    assert told["written"] is False


def test_the_good_rows_alone_are_imported_on_wish(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, BAD, "--only-good").exit_code == 0
    assert here(app) == 2


@pytest.mark.parametrize("cohort", ["B-jn/none", "none/C-jn", "0", "x", "9" * 30, ""])
def test_a_cohort_that_is_not_there_is_refused(app: Flask, tmp_path: Path, cohort: str) -> None:
    refused = run(app, tmp_path, GOOD, cohort=cohort)
    assert refused.exit_code == 1
    assert "no cohort" in refused.output
    assert here(app) == 0


@pytest.mark.parametrize("text", ["", "称呼,联络\n王芳,15000000001\n", "%PDF-1.4"])
def test_a_file_that_is_no_roster_is_refused(app: Flask, tmp_path: Path, text: str) -> None:
    refused = run(app, tmp_path, text)
    assert refused.exit_code == 1
    assert "Error: " in refused.output


def test_a_cohort_is_named_by_its_id_too(app: Flask, tmp_path: Path) -> None:
    assert world.PLACES
    with app.app_context(), reading():
        number = db.session.scalars(select(Cohort.id).where(Cohort.code == "C-qd")).one()
    assert run(app, tmp_path, GOOD, cohort=str(number)).exit_code == 0
    assert here(app) == 2
