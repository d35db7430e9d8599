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
from pathlib import Path

import psutil

from benchmarks.batch import peak_of_a_batch
from benchmarks.scenes import SIGN_IN_PASSWORD, AnningScene, FloorScene, prepare
from benchmarks.servers import cpu_seconds, serving
from tests import postgres

ROUNDS = 30
REQUESTS = 100  # in turns this short, whatever else the machine does falls on both alike


@dataclass(frozen=True)
class Figure:
    """A ratio with its limit and what it was made of, in milliseconds of CPU a request (server and database)."""

    name: str
    value: float
    limit: float
    floor_ms: float
    own_ms: float

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "ok" if self.value <= self.limit else "over"
        return (
            f"{self.name:34} {self.value:6.2f} x floor   limit {self.limit:4.1f}   {verdict:4}   "
            f"(Anning {self.own_ms:.2f} ms, floor {self.floor_ms:.2f} ms CPU a request)"
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


def measure(
    name: str, limit: float, floor: Callable[[], None], own: Callable[[], None], processes: list[psutil.Process]
) -> Figure:
    """The ratio of the sums over `ROUNDS` turns of both, after one warm-up each."""
    floor()
    own()
    spent = {floor: 0.0, own: 0.0}
    for _round in range(ROUNDS):
        for run in spent:
            before = cpu_seconds(*processes)
            run()
            spent[run] += cpu_seconds(*processes) - before
    to_ms = 1000 / REQUESTS / ROUNDS
    return Figure(name, spent[own] / spent[floor], limit, spent[floor] * to_ms, spent[own] * to_ms)


@contextmanager
def databases(folder: Path) -> Iterator[list[tuple[str, str, str, list[psutil.Process]]]]:
    """For each database: its name, the floor's URL, Anning's URL, and its server's process if it has one."""
    found: list[tuple[str, str, str, list[psutil.Process]]] = [
        ("sqlite", f"sqlite:///{folder / 'floor.db'}", f"sqlite:///{folder / 'anning.db'}", [])
    ]
    programs = postgres.find_programs()
    cluster = postgres.Cluster(programs, durable=True) if programs else None
    if cluster is None:
        print("PostgreSQL's server is not installed: measured on SQLite alone", file=sys.stderr)
    else:
        urls = [cluster.url(cluster.create(None)) for _ in range(2)]
        found.append(("postgresql", urls[0], urls[1], [psutil.Process(cluster.process.pid)]))
    try:
        yield found
    finally:
        if cluster is not None:
            cluster.stop()


def figures_on(name: str, floor_url: str, own_url: str, server: list[psutil.Process], wanted: str) -> Iterator[Figure]:
    """The figures on one database."""
    with tempfile.TemporaryDirectory() as data:
        environ = {
            "DATABASE_URL": own_url,
            "ANNING_DATA_DIR": data,
            "ANNING_SECRET_KEY": "k" * 40,
            "ANNING_SAMPLE_MODE": "1",
            "ANNING_LOG_LEVEL": "WARNING",
        }
        login = prepare(environ)
        with (
            serving("benchmarks.floor:make_app()", {"DATABASE_URL": floor_url}) as (floor_port, floor_process),
            serving("wsgi:app", environ) as (own_port, own_process),
        ):
            floor = FloorScene(floor_port, REQUESTS)
            own = AnningScene(own_port, REQUESTS, login, SIGN_IN_PASSWORD)
            processes = [floor_process, own_process, *server]
            for figure, limit, floor_run, own_run in (
                ("save-answer", 2.5, floor.save_answers, own.save_answers),
                ("lesson-page", 3.0, floor.read_lesson, own.read_lesson),
            ):
                full_name = f"{figure}-{name}"
                if wanted in full_name:
                    yield measure(full_name, limit, floor_run, own_run, processes)


def batch_memory(wanted: str) -> Iterator[Memory]:
    """What issuing 200 certificates in a batch needs at its peak, beside what 20 need; on SQLite."""
    if wanted in "batch-memory":
        with tempfile.TemporaryDirectory() as folder:
            few, many = (peak_of_a_batch(Path(folder) / str(people), people) for people in (20, 200))
        yield Memory("batch-memory", many / few, 1.2, few, many)


def main() -> int:
    """Measure what is wanted; returns the exit status."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    over = False
    with tempfile.TemporaryDirectory() as folder, databases(Path(folder)) as found:
        for name, floor_url, own_url, server in found:
            for figure in figures_on(name, floor_url, own_url, server, wanted):
                print(figure.line(), flush=True)
                over = over or figure.value > figure.limit
    for memory in batch_memory(wanted):
        print(memory.line(), flush=True)
        over = over or memory.value > memory.limit
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
