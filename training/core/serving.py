"""Serving: gunicorn's processes in front, one worker process beside them, both ending together."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import values

WORKER = [sys.executable, "-c", "from wsgi import main; main()", "worker", "--with-parent"]


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


def serve(app: Flask, *, host: str, port: int, processes: int, threads: int, with_worker: bool = True) -> None:
    """Serve until stopped; the worker beside it stops with it."""
    worker = subprocess.Popen(WORKER) if with_worker else None  # noqa: S603 - our own command line
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
        "preload_app": True,
        "graceful_timeout": 10,
        "timeout": 60,
        "keepalive": 30,
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 - a heartbeat file in memory
    }
    try:
        Server(app, options).run()
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=15)


def end_with_parent() -> None:
    """End this process when its parent is gone, even when that was killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
