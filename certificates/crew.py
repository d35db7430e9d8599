"""A crew: processes that make certificates, one for each core, so that a large batch keeps none of them idle.

Each makes one certificate at a time and touches no database; what it made is kept by whoever ordered it. Where one is
lost, its order is lost with it, and the sweep of certificates makes it.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO, cast

from certificates.making import Needs, Order

MOST = 4
Kept = Callable[[bytes], None]


class CrewLost(Exception):
    """No process of the crew is left, or one did not make what was ordered; the message says why."""


@dataclass(eq=False)
class _Member:
    """One process, what it hears and says, and what becomes of the document on which it is at work."""

    process: subprocess.Popen[str]
    hears: IO[str]
    says: IO[str]
    keep: Kept | None = None

    def tell(self, value: object) -> None:
        """Say something to it, as one line."""
        self.hears.write(f"{json.dumps(value)}\n")
        self.hears.flush()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """So many processes; `close` sends them home, and they go by themselves when this process ends, however it ends."""

    def __init__(self, needs: Needs, size: int) -> None:
        self.needs = needs
        self._members = [_started() for _place in range(size)]
        for one in self._members:
            one.tell(asdict(needs))

    @property
    def size(self) -> int:
        """How many processes are left."""
        return len(self._members)

    def order(self, order: Order, keep: Kept) -> None:
        """Have a certificate made by whoever is free first, and hand its bytes to `keep` then; raises `CrewLost`."""
        while self._members and all(one.keep for one in self._members):
            self._take()
        free = next((one for one in self._members if one.keep is None), None)
        if free is None:
            raise CrewLost("No process is left that makes certificates.")
        try:
            free.tell(order.as_dict())
        except OSError as error:
            self._dismiss(free)
            raise CrewLost("A process that makes certificates has ended.") from error
        free.keep = keep

    def settle(self) -> None:
        """Wait until everything that was ordered is made and kept; raises `CrewLost` for what was not."""
        while any(one.keep for one in self._members):
            self._take()

    def close(self) -> None:
        """Send everybody home; what is not made by now is not kept."""
        for one in list(self._members):
            self._dismiss(one)

    def _dismiss(self, one: _Member) -> None:
        one.process.kill()
        one.process.communicate()
        self._members.remove(one)

    def _take(self) -> None:
        """Keep what is made, once something is."""
        ready = wait([one.says.fileno() for one in self._members if one.keep])
        for one in [one for one in self._members if one.says.fileno() in ready]:
            line, keep, one.keep = one.says.readline(), one.keep, None
            if not line:
                self._dismiss(one)
                raise CrewLost("A process that makes certificates has ended.")
            answer = json.loads(line)
            if "fault" in answer:
                raise CrewLost(answer["fault"])
            if keep is not None:
                keep(base64.b64decode(answer["document"]))


def _started() -> _Member:
    process = subprocess.Popen(
        [sys.executable, "-m", "certificates.making"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    return _Member(process, *cast("tuple[IO[str], IO[str]]", (process.stdin, process.stdout)))
