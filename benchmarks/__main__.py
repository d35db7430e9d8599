"""`make bench`: every figure on a line of its own: name, value, unit, limit, `ok` or `over`.

A limit is a multiple of a floor measured in the same run, in turns with what it limits; milliseconds stand beside.
`BENCH=<part of a name>` picks figures. Exits 1 when one is over.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import psutil

from benchmarks.bank import QUESTIONS, ROWS, Bank
from benchmarks.batch import peak_of_a_batch
from benchmarks.roster import seconds_of_a_roster
from benchmarks.scenes import (
    SIGN_IN_PASSWORD,
    AnningAttempts,
    AnningSaving,
    AnningScene,
    FloorAttempts,
    FloorScene,
    prepare,
)
from benchmarks.servers import cpu_seconds, serving
from benchmarks.signed import CORES, MANY, spent, thousand
from tests import postgres
from tests.hall.filling import fill_plain

ROUNDS = 30
REQUESTS = 100  # in turns this short, whatever else the machine does falls on both alike
ATTEMPTS = 4  # in a turn


@dataclass(frozen=True)
class Figure:
    """A ratio with its limit and what it was made of, in milliseconds of CPU (server and database)."""

    name: str
    value: float
    limit: float
    floor_ms: float
    own_ms: float
    of: str = "a request"

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return (
            f"{self.name:34} {self.value:6.2f} x floor   limit {self.limit:4.1f}   {verdict:4}   "
            f"(Anning {self.own_ms:.2f} ms, floor {self.floor_ms:.2f} ms CPU {self.of})"
        )


@dataclass(frozen=True)
class Memory:
    """The peak of many as a multiple of the peak of few, in MB of resident memory."""

    name: str
    value: float
    limit: float
    few_mb: float
    many_mb: float

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return (
            f"{self.name:34} {self.value:6.2f} x few     limit {self.limit:4.1f}   {verdict:4}   "
            f"(200 certificates {self.many_mb:.0f} MB, 20 certificates {self.few_mb:.0f} MB at the peak)"
        )


@dataclass(frozen=True)
class Seconds:
    """Seconds on the clock, of what somebody waits for; its limit is theirs."""

    name: str
    value: float
    limit: float

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return f"{self.name:34} {self.value:6.2f} s         limit {self.limit:4.1f}   {verdict:4}"


@dataclass(frozen=True)
class Waited:
    """What bringing a file in took, or a page: CPU of house and database, or MB at the peak; `beside` on the clock."""

    name: str
    value: float
    limit: float
    unit: str
    beside: str = ""

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return f"{self.name:34} {self.value:6.1f} {self.unit:9} limit {self.limit:4.0f}   {verdict:4}   {self.beside}"


@dataclass(frozen=True)
class Signed:
    """A signed certificate's CPU as a part of what the same page takes by WeasyPrint alone, unsigned."""

    name: str
    value: float
    limit: float
    naive_ms: float
    own_ms: float

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return (
            f"{self.name:34} {self.value:6.2f} x naive   limit {self.limit:4.2f}   {verdict:4}   "
            f"(Anning {self.own_ms:.0f} ms, naive {self.naive_ms:.0f} ms CPU a certificate)"
        )


@dataclass(frozen=True)
class Rate:
    """Certificates a second of one core's time; at least so many."""

    name: str
    rate: float
    least: float

    @property
    def value(self) -> float:
        """The rate, so that more is less: figures are over when their value is above their limit."""
        return -self.rate

    @property
    def limit(self) -> float:
        """The least rate, likewise."""
        return -self.least

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.rate >= self.least else "over"
        return f"{self.name:34} {self.rate:6.1f} a second  limit {self.least:4.1f}   {verdict:4}   (of one core's time)"


def measure(
    name: str,
    limit: float,
    floor: Callable[[], None],
    own: Callable[[], None],
    processes: list[psutil.Process],
    *,
    each: int = REQUESTS,
    of: str = "a request",
) -> Figure:
    """The ratio of the sums over `ROUNDS` turns of both, after one warm-up each; a turn does it `each` times."""
    floor()
    own()
    spent = {floor: 0.0, own: 0.0}
    for _round in range(ROUNDS):
        for run in spent:
            before = cpu_seconds(*processes)
            run()
            spent[run] += cpu_seconds(*processes) - before
    to_ms = 1000 / each / ROUNDS
    return Figure(name, spent[own] / spent[floor], limit, spent[floor] * to_ms, spent[own] * to_ms, of)


@dataclass(frozen=True)
class Databases:
    """A kind of database: URLs for the floor, Anning, rosters, a full bank, attempts; its server, if it has one."""

    name: str
    floor_url: str
    own_url: str
    roster_url: str
    bank_url: str
    exam_url: str
    server: list[psutil.Process]


@contextmanager
def databases(folder: Path) -> Iterator[list[Databases]]:
    """What to measure on: SQLite, and PostgreSQL where its server is installed."""

    def url(name: str) -> str:
        return f"sqlite:///{folder / name}.db"

    found = [Databases("sqlite", url("floor"), url("anning"), url("roster"), url("bank"), url("exam"), [])]
    programs = postgres.find_programs()
    cluster = postgres.Cluster(programs, durable=True) if programs else None
    if cluster is None:
        print("PostgreSQL's server is not installed: measured on SQLite alone", file=sys.stderr)
    else:
        floor, own, roster, bank, exam = (cluster.url(cluster.create(None)) for _ in range(5))
        found.append(Databases("postgresql", floor, own, roster, bank, exam, [psutil.Process(cluster.process.pid)]))
    try:
        yield found
    finally:
        if cluster is not None:
            cluster.stop()


def lesson_figure(on: Databases, wanted: str) -> Iterator[Figure]:
    """A lesson read again by a trainee of the sample."""
    name = f"lesson-page-{on.name}"
    if wanted not in name:
        return
    with tempfile.TemporaryDirectory() as data:
        environ = environ_of(on.own_url, data) | {"ANNING_SAMPLE_MODE": "1"}
        login = prepare(environ)
        with beside_the_floor(on, environ) as (floor_port, own_port, processes):
            floor, own = FloorScene(floor_port, REQUESTS), AnningScene(own_port, REQUESTS, login, SIGN_IN_PASSWORD)
            yield measure(name, 3.0, floor.read_lesson, own.read_lesson, processes)


def attempt_figures(on: Databases, wanted: str) -> Iterator[Figure]:
    """An answer saved by itself; a whole attempt of twenty items, answers saved all at once or one by one."""
    limits = {"save-answer": 2.5, "attempt-batched": 3.0, "attempt-single": 2.5}
    chosen = {kind: limit for kind, limit in limits.items() if wanted in f"{kind}-{on.name}"}
    if not chosen:
        return
    with tempfile.TemporaryDirectory() as data:
        turns = ROUNDS + 1
        hall = fill_plain(on.exam_url, Path(data), turns + 2 * ATTEMPTS * turns)
        cookies, quiz = [cookie for _id, cookie in hall.people], hall.quizzes["plain"]
        with beside_the_floor(on, environ_of(on.exam_url, data)) as (floor_port, own_port, processes):
            saved, saving = FloorScene(floor_port, REQUESTS), AnningSaving(own_port, REQUESTS, quiz, cookies[:turns])
            floor, own = FloorAttempts(floor_port, ATTEMPTS), AnningAttempts(own_port, ATTEMPTS, quiz, cookies[turns:])
            runs = {
                "save-answer": (saved.save_answers, saving.save_answers, REQUESTS, "a request"),
                "attempt-batched": (floor.batched, own.batched, ATTEMPTS, "an attempt"),
                "attempt-single": (floor.single, own.single, ATTEMPTS, "an attempt"),
            }
            for kind, limit in chosen.items():
                floor_run, own_run, each, of = runs[kind]
                yield measure(f"{kind}-{on.name}", limit, floor_run, own_run, processes, each=each, of=of)


def environ_of(url: str, data: str) -> dict[str, str]:
    """The settings of Anning on that database."""
    keys = {"ANNING_SECRET_KEY": "k" * 40, "ANNING_LOG_LEVEL": "WARNING"}
    return {"DATABASE_URL": url, "ANNING_DATA_DIR": data, **keys}


@contextmanager
def beside_the_floor(on: Databases, environ: dict[str, str]) -> Iterator[tuple[int, int, list[psutil.Process]]]:
    """The floor and Anning served: the port of each, and all processes whose time counts."""
    with (
        serving("benchmarks.floor:make_app", {"DATABASE_URL": on.floor_url}) as (floor_port, floor_process),
        serving("wsgi:app", environ) as (own_port, own_process),
    ):
        yield floor_port, own_port, [floor_process, own_process, *on.server]


def batch_memory(wanted: str) -> Iterator[Memory]:
    """What issuing 200 certificates in a batch needs at its peak, beside what 20 need; on SQLite."""
    if wanted in "batch-memory":
        with tempfile.TemporaryDirectory() as folder:
            few, many = (peak_of_a_batch(Path(folder) / str(people), people) for people in (20, 200))
        yield Memory("batch-memory", many / few, 1.2, few, many)


def signed_certificates(wanted: str) -> Iterator[Signed | Rate | Waited]:
    """A signed certificate beside naive WeasyPrint of the same page; a thousand of them on both cores."""
    if wanted in "certificate-signed":
        one = spent()
        yield Signed("certificate-signed", one.own_ms / one.naive_ms, 0.25, one.naive_ms, one.own_ms)
    if wanted in "certificate-batch":
        run = thousand()
        yield Rate("certificate-batch", run.per_core, 16.0)
        yield Waited("certificate-batch-memory", run.peak_mb, 400, "MB", f"({MANY} signed, {CORES} processes)")


def rosters(name: str, url: str, wanted: str) -> Iterator[Seconds]:
    """What a coordinator waits for with 2,000 people: the check, from the upload on; the import; enrolling them all."""
    limits = {"check": 5.0, "write": 5.0, "enrol": 3.0}
    if any(wanted in f"roster-{part}-{name}" for part in limits):
        with tempfile.TemporaryDirectory() as folder:
            taken = seconds_of_a_roster(url, Path(folder))
        yield from (Seconds(f"roster-{part}-{name}", getattr(taken, part), limit) for part, limit in limits.items())


def bank_figures(on: Databases, wanted: str) -> Iterator[Waited]:
    """50,000 questions brought in, then 5,000 rows beside 100,000 items, then pages of that bank."""
    name = on.name
    kinds = ("gift", "gift-memory", "workbook", "list", "page", "filter", "search", "search-rare", "preview")
    if not any(wanted in f"bank-{kind}-{name}" for kind in kinds):
        return
    with tempfile.TemporaryDirectory() as folder:
        bank = Bank(on.bank_url, Path(folder), on.server)
        gift, _more = (bank.bring(bank.gift(mark), QUESTIONS) for mark in ("甲", "乙"))
        yield Waited(f"bank-gift-{name}", gift.cpu, 60, "s CPU", f"({gift.clock:.1f} s on the clock)")
        yield Waited(f"bank-gift-memory-{name}", gift.peak_mb, 300, "MB")
        book = bank.bring(bank.workbook("表"), ROWS)
        yield Waited(f"bank-workbook-{name}", book.cpu, 10, "s CPU", f"({book.clock:.1f} s on the clock)")
        for kind, seconds in bank.pages():
            yield Waited(f"bank-{kind}-{name}", seconds * 1000, 100, "ms CPU")


def main() -> int:
    """Measure what is wanted; returns the exit status."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    over = False
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as found:
        for on in found:
            for figure in chain(lesson_figure(on, wanted), attempt_figures(on, wanted)):
                over = _told(figure) or over
            for seconds in rosters(on.name, on.roster_url, wanted):
                over = _told(seconds) or over
            for waited in bank_figures(on, wanted):
                over = _told(waited) or over
    for signed in signed_certificates(wanted):
        over = _told(signed) or over
    for memory in batch_memory(wanted):
        over = _told(memory) or over
    return 1 if over else 0


def _told(figure: Figure | Memory | Seconds | Waited | Signed | Rate) -> bool:
    """Print a figure; returns whether it is over its limit."""
    print(figure.line(), flush=True)
    return figure.value > figure.limit


if __name__ == "__main__":
    sys.exit(main())
