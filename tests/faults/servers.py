"""The real server in a process group of its own, to be asked over HTTP and to be killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
from flask import Flask

from tests.client import CheckingClient, client_for
from tests.wording import ROOT
from training.accounts.models import Person

ANNING = ["-c", "from wsgi import main; main()"]
DYING = [str(Path(__file__).parent / "dying_server.py")]
GONE = (OSError, http.client.HTTPException)  # what a client sees of a server that died


@dataclass
class Server:
    """A server on a database; `program` is the product's own, or one of the tests' that wraps it."""

    database: str
    folder: Path
    program: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> None:
        """Start, and wait until it answers."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        arguments = list(self.program) or [*ANNING, "serve", "--without-worker"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ANNING_")} | {
            "DATABASE_URL": self.database,
            "ANNING_DATA_DIR": str(self.folder),
            "ANNING_SECRET_KEY": "k" * 40,
            "PORT": str(self.port),
            "ANNING_PROCESSES": "2",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                if ask(self.port, "GET", "/readyz").status == 200:
                    return
            except GONE:
                time.sleep(0.05)
        raise AssertionError(f"the server did not come up:\n{(self.folder / 'server.log').read_text()[-3000:]}")

    def kill(self) -> None:
        """End every process of it at once, without a word."""
        if self.process is None:
            return
        try:
            everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            everyone = []
        for one in everyone:
            try:
                os.kill(one.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait(timeout=10)
        psutil.wait_procs(everyone[1:], timeout=10)
        self.process = None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str
    location: str

    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        return dict(json.loads(self.body))


def ask(port: int, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body.encode(), dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.read().decode(), response.headers.get("Location", ""))
    finally:
        connection.close()


@dataclass(frozen=True)
class Visitor:
    """Somebody in a browser, whose requests go over the network."""

    cookie: str
    token: str

    def post(self, server: Server, path: str, data: Mapping[str, Any], *, json_wanted: bool = False) -> Answer:
        """Post a form as a page of theirs does."""
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        headers["Accept"] = "application/json" if json_wanted else "text/html"
        body = urlencode({**data, "csrf_token": self.token}, doseq=True)
        return ask(server.port, "POST", path, body, headers)


def visitor(app: Flask, person: Person | None) -> Visitor:
    """Sign somebody in by a session that the server, having the same key, takes for its own; None stays a stranger."""
    client: CheckingClient = client_for(app, person, "en")
    token = client.token()
    cookie = client.get_cookie("anning")
    assert cookie is not None
    return Visitor(f"anning={cookie.value}; lang=en", token)


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Do all acts at the same moment and return their answers in order."""
    barrier = threading.Barrier(len(acts))
    answers: list[Answer | None] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait()
        answers[place] = acts[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one is not None for one in answers)
    return [one for one in answers if one is not None]
