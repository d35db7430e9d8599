"""Issuing a batch of certificates in a process of its own, and what memory it needs at its peak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.servers import ROOT, peak_mb

COORDINATOR = "13900000011"  # of the small world of the tests
COHORT = "B-jn/T-1"
ISSUE = ["certificates", "issue", "--cohort", COHORT, "--by", COORDINATOR, "--json"]


def peak_of_a_batch(folder: Path, people: int) -> float:
    """The peak of resident memory, in MB, of `anning certificates issue` for so many people."""
    folder.mkdir(parents=True)
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'anning.db'}",
        "ANNING_DATA_DIR": str(folder),
        "ANNING_SECRET_KEY": "k" * 40,
        "ANNING_LOG_LEVEL": "ERROR",
    }
    subprocess.run([sys.executable, "-m", "benchmarks.batch", str(people)], cwd=ROOT, env=environ, check=True)
    with (folder / "outcome").open("wb") as outcome:
        subprocess.run([sys.executable, "-m", "benchmarks.batch"], cwd=ROOT, env=environ, stdout=outcome, check=True)
    if len(json.loads((folder / "outcome").read_text())["issued"]) != people:
        raise RuntimeError("the batch did not issue a certificate to everybody")
    return float((folder / "peak").read_text())


def prepare(people: int) -> None:
    """A cohort of so many who have completed it, in the small world of the tests; and the fonts cut."""
    from tests import world
    from tests.certificates.conftest import open_class
    from training.core import printing, schema
    from wsgi import make_app

    register_kind()
    app = make_app()
    with app.app_context():
        schema.upgrade()
        printing.typefaces()
        world.build()
    cohort = open_class(app)
    for number in range(people):
        cohort.enrol(f"学员{number}")


def register_kind() -> None:
    """The kind of activity that the cohort's programme requires."""
    from training.activities import kinds

    kinds.register(kinds.ActivityKind(name="test:task", label="task", measure="completed"))


def issue() -> None:
    """Run `anning certificates issue` in this process."""
    from wsgi import main

    register_kind()
    sys.argv = ["anning", *ISSUE]
    try:
        main()
    finally:
        (Path(os.environ["ANNING_DATA_DIR"]) / "peak").write_text(str(peak_mb()))


if __name__ == "__main__":
    if sys.argv[1:]:
        prepare(int(sys.argv[1]))
    else:
        issue()
