"""The product's own server while it is used: what it, its database and the crowd take of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from benchmarks.servers import ROOT

PROGRAM = "from wsgi import main; main()"
EVERY = 5.0  # seconds between two looks at memory


class Site:
    """`anning serve` as it is started in earnest, its worker beside it, on a port of its own."""

    def __init__(self, url: str, folder: Path, server: int | None) -> None:
        """On the database at `url`, whose server is that process, if it has one."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "server.log"
        self.database = psutil.Process(server) if server else None
        environ = {"DATABASE_URL": url, "ANNING_DATA_DIR": str(folder), "ANNING_SECRET_KEY": "k" * 40}
        self.environ = {**os.environ, **environ, "ANNING_IDENTITY_KEY": "i" * 40, "PORT": str(self.port)}

    def __enter__(self) -> Self:
        """Start, and wait until it listens."""
        with self.log.open("wb") as log:
            command = [sys.executable, "-c", PROGRAM, "serve"]
            self.started = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        self.process = psutil.Process(self.started.pid)
        end = time.monotonic() + 60
        while time.monotonic() < end and self.started.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        raise RuntimeError(f"the server did not come up:\n{self.log.read_text()[-2000:]}")

    def __exit__(self, *_what: object) -> None:
        """End it."""
        self.started.terminate()
        self.started.wait(timeout=60)

    def parts(self) -> dict[str, list[psutil.Process]]:
        """The processes now, by what they do."""
        children = self.process.children(recursive=True)
        work = [one for one in children if "worker" in one.cmdline()]
        web = [self.process, *(one for one in children if one not in work)]
        database = [self.database, *self.database.children(recursive=True)] if self.database else []
        return {"web": web, "worker": work, "database": database}

    def cpu(self) -> dict[str, float]:
        """Seconds that each part has used, those of database connections that have ended included."""
        used = {name: _seconds(several) for name, several in self.parts().items()}
        if self.database is not None:
            ended = self.database.cpu_times()
            used["database"] += ended.children_user + ended.children_system
        return used

    def told_errors(self) -> bool:
        """Print the worst that the server has logged; returns whether there is any."""
        bad = [line for line in self.log.read_text().splitlines() if '"level": "error"' in line or "Traceback" in line]
        for line in bad[:5]:
            print(f"  logged: {line[:300]}", flush=True)
        return bool(bad)


def _seconds(several: list[psutil.Process]) -> float:
    total = 0.0
    for one in several:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _memory(several: list[psutil.Process]) -> float:
    """Megabytes, shared ones divided among those who share them."""
    total = 0.0
    for one in several:
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6


@dataclass(frozen=True)
class Spent:
    """Seconds of processor by part, their share of one processor, what others took, and memory at its peak."""

    seconds: dict[str, float]
    shares: dict[str, float]
    others: float
    memory_mb: float
    memory_told: str


class Watch:
    """Looks at the site from beginning to end."""

    def __init__(self, site: Site) -> None:
        """Of that site."""
        self.site = site
        self.peak: dict[str, float] = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self.before, self.all_before, self.begun = self.site.cpu(), _busy(), time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        """End."""
        self.ended.set()
        self.thread.join()
        after = self.site.cpu()
        self.used = {name: after[name] - self.before[name] for name in after}
        self.all_used, self.clock = _busy() - self.all_before, time.monotonic() - self.begun

    def _look(self) -> None:
        while not self.ended.wait(EVERY):
            now = {name: _memory(several) for name, several in self.site.parts().items()}
            if sum(now.values()) > sum(self.peak.values()):
                self.peak = now

    def spent(self, crowd_cpu: float, crowd_clock: float) -> Spent:
        """What was spent; the crowd has counted its own seconds."""
        seconds = {**self.used, "crowd": crowd_cpu}
        shares = {name: one / crowd_clock for name, one in seconds.items()}
        others = max(0.0, self.all_used - sum(seconds.values())) / self.clock
        told = ", ".join(f"{name} {one:.0f}" for name, one in self.peak.items())
        return Spent(seconds, shares, others, sum(self.peak.values()), told)


def _busy() -> float:
    """Seconds that the machine's processors have worked."""
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice + times.softirq + times.irq)
