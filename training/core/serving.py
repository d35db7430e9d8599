"""Serving: gunicorn's processes in front, one worker process beside them, both ending together."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import values

from training.core.logs import log

WORKER = [sys.executable, "-c", "from wsgi import main; main()", "worker", "--with-parent"]
RESTART_SECONDS = 2.0
CONNECTIONS = 4096  # kept by each process at most: everybody's in an examination of a province
OWN_FILES = 128  # what a process opens besides: database, queue, log, files that are sent


class Server(BaseApplication):
    """Gunicorn with its options given here instead of in a file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Serve `app`, loaded once before the processes fork."""
        self.application = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Give the application."""
        return self.application


def share_metrics(app: Flask, folder: Path) -> None:
    """Let all processes count into files in `folder`, emptied first, so that `/metrics` tells of all of them.

    Prometheus' client chooses this at its import, by the environment; chosen later, it holds for every counter that
    is first used from now on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    app.config["METRICS_DIR"] = str(folder)


class Worker:
    """The worker process beside the web processes: started again when it died, stopped with them."""

    def __init__(self) -> None:
        """Start it."""
        self._stopped = threading.Event()
        self._process = subprocess.Popen(WORKER)  # noqa: S603 - our own command line
        threading.Thread(target=self._watch, daemon=True, name="worker-watch").start()

    def _watch(self) -> None:
        """Work that waits must not wait for somebody to notice that nobody does it."""
        while True:
            self._process.wait()
            if self._stopped.wait(RESTART_SECONDS):
                return
            log.error("the worker died and is started again")
            self._process = subprocess.Popen(WORKER)  # noqa: S603 - our own command line

    def stop(self) -> None:
        """End it."""
        self._stopped.set()
        self._process.terminate()
        self._process.wait(timeout=15)


def connections_at_most() -> int:
    """How many connections a process can keep; lets this process and its children open as many files as that takes.

    Gunicorn's process dies when it accepts one connection more than it may open files (often 1,024 by default).
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OWN_FILES
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(files - OWN_FILES, files // 2)


def serve(app: Flask, *, host: str, port: int, processes: int, threads: int, with_worker: bool = True) -> None:
    """Serve until stopped; the worker starts once the server listens, and stops with it."""
    workers: list[Worker] = []

    def start_worker(_server: Any) -> None:
        if with_worker:
            workers.append(Worker())

    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "worker_connections": connections_at_most(),
        "backlog": CONNECTIONS,
        "preload_app": True,
        "graceful_timeout": 10,
        "timeout": 60,
        "keepalive": 30,
        "loglevel": "warning",
        "when_ready": start_worker,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 - a heartbeat file in memory
    }
    gc.collect()
    gc.freeze()  # what is loaded now stays: processes go on sharing it, and the collector need not come by it
    try:
        Server(app, options).run()
    finally:
        for worker in workers:
            worker.stop()


def end_with_parent() -> None:
    """End this process when its parent is gone, even when that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
