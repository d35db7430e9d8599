"""The question bank at its size: files brought in by the command people use, and pages of a bank of 100,000 items."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psutil

from benchmarks.servers import ROOT, cpu_seconds
from question_bank.samples import all_items
from tests import world
from tests.client import CheckingClient, client_for
from tests.conftest import build
from training.core import schema
from training.core.workbooks import SheetOut, write_xlsx

QUESTIONS, ROWS = 50_000, 5_000
BANK = "B-jn"
ASKED = 15
SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\~=#{}:"})
PROGRAM = """
import os, pathlib
from benchmarks.servers import peak_mb
from wsgi import main
try:
    main()
finally:
    pathlib.Path(os.environ["PEAK"]).write_text(str(peak_mb()))
"""


@dataclass(frozen=True)
class Brought:
    """What bringing a file in took: seconds of CPU (command and database), on the clock, and MB at the peak."""

    cpu: float
    clock: float
    peak_mb: float


class Bank:
    """The small world of the tests on one database, whose first base's bank is filled with made-up items."""

    def __init__(self, url: str, folder: Path, server: list[psutil.Process]) -> None:
        """Build the world; `server` is that of the database, if it has one."""
        self.url, self.folder, self.server = url, folder, server
        self.app = build(url, folder)
        with self.app.app_context():
            schema.upgrade()
            world.build()
        self.texts = Random(5)
        sample = [one for one in all_items() if one["type"] == "A1"]
        self.stems = [one["stem"]["zh"] for one in sample]
        self.options = [option["text"]["zh"] for one in sample for option in one["options"]]

    def questions(self, number: int, mark: str) -> Iterator[tuple[str, list[str]]]:
        """So many stems with five options each, put together from the sample's."""
        for place in range(number):
            first, second = self.texts.choice(self.stems), self.texts.choice(self.stems)
            stem = f"{first[: len(first) // 2]}{second[len(second) // 2 :]}（{mark} {place}）"
            yield stem.replace("\n", " "), self.texts.sample(self.options, 5)

    def gift(self, mark: str) -> Path:
        """A file of 50,000 questions."""
        path = self.folder / f"{mark}.gift"
        with path.open("w", encoding="utf-8") as file:
            for stem, options in self.questions(QUESTIONS, mark):
                right, *wrong = (one.replace("\n", " ").translate(SPECIAL) for one in options)
                lines = "\n".join([f"={right}", *(f"~{one}" for one in wrong)])
                file.write(f"{stem.translate(SPECIAL)} {{\n{lines}\n}}\n\n")
        return path

    def workbook(self, mark: str) -> Path:
        """A workbook of 5,000 rows."""
        head = ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "选项E", "答案"]
        rows = [["单选题", stem, *options, "A"] for stem, options in self.questions(ROWS, mark)]
        path = self.folder / f"{mark}.xlsx"
        path.write_bytes(write_xlsx([SheetOut("单选题", head, rows)]))
        return path

    def bring(self, file: Path, expected: int) -> Brought:
        """Bring a file in by `anning questions import`, from the start of the program to its end."""
        output, peak = self.folder / "told.json", self.folder / "peak"
        environ = {**os.environ, "DATABASE_URL": self.url, "ANNING_DATA_DIR": str(self.folder)}
        environ |= {"ANNING_SECRET_KEY": "k" * 40, "ANNING_LOG_LEVEL": "WARNING", "PEAK": str(peak)}
        words = [sys.executable, "-c", PROGRAM, "questions", "import", str(file), "--bank", BANK, "--json"]
        begun, before = time.perf_counter(), self._database()
        with output.open("wb") as told:
            running = subprocess.Popen(words, cwd=ROOT, env=environ, stdout=told, stderr=subprocess.DEVNULL)
            _pid, status, used = os.wait4(running.pid, 0)
        clock = time.perf_counter() - begun
        cpu = used.ru_utime + used.ru_stime + self._database() - before
        running.returncode = os.waitstatus_to_exitcode(status)
        counts = _counts(output)
        if running.returncode or counts["whole"] + counts["with_losses"] != expected:
            raise RuntimeError(f"{file.name} did not come in whole: {counts}")
        return Brought(cpu, clock, float(peak.read_text()))

    def pages(self) -> Iterator[tuple[str, float]]:
        """Seconds of CPU (house and database) of each kind of page an instructor asks for, names first."""
        client = client_for(self.app, world.people(self.app)["instructor.jn"])
        client.examines = False  # the pages are examined in the tests
        typed: dict[str, Any] = {"stem_zh": self.stems[0]}
        typed |= {f"options-{place}-text_zh": text for place, text in enumerate(self.options[:5])}
        yield "list", self._cpu(client, "/items/")
        yield "page", self._cpu(client, "/items/?page=2000")
        yield "filter", self._cpu(client, "/items/?type=A1&state=draft&page=40")
        yield "search", self._cpu(client, "/items/?q=%E5%90%97%E5%95%A1")
        yield "search-rare", self._cpu(client, "/items/?q=49999")
        yield "preview", self._cpu(client, "/items/preview?type=A1", typed)

    def _database(self) -> float:
        """Seconds of CPU that the database's server has used, those of connections that have ended included."""
        ended = 0.0
        for one in self.server:
            times = one.cpu_times()
            ended += times.children_user + times.children_system
        return cpu_seconds(*self.server) + ended

    def _cpu(self, client: CheckingClient, address: str, typed: dict[str, Any] | None = None) -> float:
        """The mean of fifteen requests, after one that warms up."""
        before = 0.0
        for place in range(ASKED + 1):
            answer = client.post(address, data=typed) if typed else client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")
            if not place:
                before = time.process_time() + self._database()
        return (time.process_time() + self._database() - before) / ASKED


def _counts(output: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads(output.read_text(encoding="utf-8"))["counts"]
    return found
