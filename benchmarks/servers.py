"""Real servers to measure: one gunicorn process before an application, and the CPU time it and its database use."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import psutil

ROOT = Path(__file__).resolve().parent.parent


def peak_mb(process: int | str = "self") -> float:
    """The peak of a process's resident memory in MB. `ru_maxrss` will not do: it begins with the parent's."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found, "the kernel tells no peak of memory"
    return int(found[1]) / 1024


class Visitor:
    """A browser of few words: one kept connection, a jar of cookies."""

    def __init__(self, port: int) -> None:
        """Visit the server on that port."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, *, json: bool = False) -> tuple[int, str]:
        """One request; returns status and text (or the address a redirect leads to)."""
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if json:
            headers["Accept"] = "application/json"
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return response.status, response.getheader("Location") or text

    def token(self, page: str) -> str:
        """The CSRF token in a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, "the page has no CSRF token"
        return found[1]


SERVE = """
import sys
from importlib import import_module
from training.core.serving import serve
module, name, port = sys.argv[1:]
made = getattr(import_module(module), name)
app = made() if name == "make_app" else made
serve(app, host="127.0.0.1", port=int(port), processes=1, threads=4, with_worker=False)
"""


@contextmanager
def serving(application: str, environ: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """Serve `module:name` as `anning serve` does, in one process with four threads; yields port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, *application.split(":"), str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(port: int) -> None:
    for _attempt in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not come up")


def cpu_seconds(*processes: psutil.Process) -> float:
    """CPU time that the processes and their living children have used so far, in seconds."""
    total = 0.0
    for parent in processes:
        for process in (parent, *parent.children(recursive=True)):
            try:
                spent = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += spent.user + spent.system
    return total
