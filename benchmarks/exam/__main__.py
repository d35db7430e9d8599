"""`make bench-exam`: the figures, one a line: name, value, unit, limit, `ok` or `over`; exits 1 when one is over.

    VUS=3000 THINK=30-90 DATABASE=postgresql make bench-exam

`VUS` people, `THINK` seconds for each of eight pages, `DATABASE` postgresql or sqlite. Sitting `ramp`: they come over
180 seconds (in proportion to the thinking), answer sixteen items one by one and hand in. Sitting `rush`: they begin
in the same second. Then every answer is compared.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.exam.watching import Site, Spent, Watch
from benchmarks.servers import ROOT
from tests import postgres
from tests.hall.comparing import Compared, compare
from tests.hall.crowd import ROUNDS, Plan, Told
from tests.hall.filling import CODE, Hall, fill

DEFAULT_VUS = {"postgresql": 3000, "sqlite": 300}
RAMP, THOUGHT = 180.0, 60.0  # seconds: of the public reference, for thirty to ninety seconds of thought
GRACE = 120.0
SITTINGS = ("rush", "ramp")
PAGES = ("landing", "start", "paper", "hand-in", "result")


@dataclass(frozen=True)
class Figure:
    """A figure as it is printed; without a limit it only tells."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    beside: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it misses its limit."""
        return self.limit is not None and self.value > self.limit

    def line(self) -> str:
        """The figure as it is printed."""
        verdict = "" if self.limit is None else "over" if self.is_over else "ok"
        limit = "" if self.limit is None else f"limit {self.limit:g}"
        return f"{self.name:34} {self.value:9.1f} {self.unit:6} {limit:12} {verdict:4}   {self.beside}".rstrip()


@contextmanager
def database(name: str, folder: Path) -> Iterator[tuple[str, int | None]]:
    """A fresh database of that kind: its address, and the process of its server if it has one."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'exam.db'}", None
        return
    programs = postgres.find_programs()
    if programs is None:
        sys.exit("PostgreSQL's server is not installed; .ci/setup test installs it, or set DATABASE=sqlite.")
    cluster = postgres.Cluster(programs, durable=True)
    try:
        yield cluster.url(cluster.create(None)), cluster.process.pid
    finally:
        cluster.stop()


def sit(hall: Hall, site: Site, sitting: str, think: list[float], folder: Path) -> tuple[Told, Spent]:
    """Let everybody sit one sitting, watched."""
    scale = sum(think) / 2 / THOUGHT
    rush = sitting == "rush"
    ramp = RAMP * scale / 4 if rush else RAMP * scale  # before a rush they open the quiz's page
    seconds = ramp + think[1] * (1 if rush else ROUNDS) + GRACE
    people = [list(one) for one in hall.people]
    plan = Plan(site.port, hall.quizzes[sitting], CODE, people, ramp, think, rush, seconds)
    sent, result = folder / "plan.json", folder / "result.json"
    sent.write_text(json.dumps(asdict(plan)))
    with Watch(site) as watch:
        command = [sys.executable, "-m", "tests.hall.crowd", str(sent), str(result)]
        subprocess.run(command, cwd=ROOT, check=True, timeout=seconds + GRACE)
    told = Told(**json.loads(result.read_text()))
    return told, watch.spent(told.cpu, told.clock)


def _ms(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1] * 1000 if len(times) > 1 else 0.0


def figures(sitting: str, told: Told, compared: Compared, spent: Spent) -> Iterator[Figure]:
    """What a sitting came to."""
    pages = [one for kind in PAGES for one in told.times.get(kind, [])]
    answers = f"({compared.acknowledged} acknowledged, all compared)"
    yield Figure(f"{sitting}-errors", len(told.errors), "", 0, f"({sum(map(len, told.times.values()))} requests)")
    yield Figure(f"{sitting}-lost-answers", compared.lost, "", 0, answers)
    yield Figure(f"{sitting}-unknown-answers", compared.unknown, "", 0)
    yield Figure(f"{sitting}-misjudged", compared.misjudged, "", 0, f"({len(told.handed_in)} handed in)")
    limit = 500 if sitting == "ramp" else None
    yield Figure(f"{sitting}-page-p50", _ms(pages, 50), "ms")
    each = ", ".join(f"{kind} {_ms(told.times.get(kind, []), 95):.0f}" for kind in PAGES)
    yield Figure(f"{sitting}-page-p95", _ms(pages, 95), "ms", limit, f"({each})")
    yield Figure(f"{sitting}-page-p99", _ms(pages, 99), "ms")
    yield Figure(f"{sitting}-save-p95", _ms(told.times.get("save", []), 95), "ms")
    if sitting == "rush":
        yield Figure("rush-first-page", told.first_page, "s", 40, "(the last one's, from the moment they pressed)")
    yield from spent_figures(sitting, spent)
    kept = f"(a kept connection was closed {told.opened_again} times, {told.sent_again} of them under a request)"
    yield Figure(f"{sitting}-wire", told.bytes / 1e6, "MB", None, kept)


def spent_figures(sitting: str, spent: Spent) -> Iterator[Figure]:
    """What the machine gave for it: percent of one processor, and memory."""
    for name, share in spent.shares.items():
        yield Figure(f"{sitting}-cpu-{name}", share * 100, "%", None, f"({spent.seconds[name]:.1f} s)")
    yield Figure(f"{sitting}-cpu-others", spent.others * 100, "%", None, "(of one processor, what else ran here)")
    yield Figure(f"{sitting}-memory", spent.memory_mb, "MB", None, f"({spent.memory_told})")


def main() -> int:
    """Fill, serve, let them sit, compare, print; returns the exit status."""
    name = os.environ.get("DATABASE") or "postgresql"
    number = int(os.environ.get("VUS") or DEFAULT_VUS[name])
    think = [float(one) for one in (os.environ.get("THINK") or "30-90").split("-")]
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    over = False
    print(
        f"{number} people, {think[0]:g}-{think[1]:g} s of thought a page, {name}, {os.cpu_count()} processors",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as made, database(name, Path(made)) as (url, server):
        folder = Path(made)
        hall = fill(url, folder, number, SITTINGS)
        with Site(url, folder, server) as site:
            for sitting in SITTINGS:
                told, spent = sit(hall, site, sitting, think, folder)
                with hall.app.app_context():
                    compared = compare(told)
                for figure in figures(sitting, told, compared, spent):
                    print(figure.line(), flush=True)
                    over = over or figure.is_over
                for error in sorted(set(told.errors))[:10]:
                    print(f"  {told.errors.count(error)} × {error}", flush=True)
            over = site.told_errors() or over
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
