"""A worker that is killed is replaced: what waits is done without anybody noticing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from flask import Flask

from tests.faults.servers import ANNING, Server


def _worker(server: Server, but: int = 0) -> int:
    """The id of the worker's process beside the server, waited for."""
    assert server.process is not None
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for child in psutil.Process(server.process.pid).children():
            try:
                if "worker" in child.cmdline() and child.pid != but and child.status() != psutil.STATUS_ZOMBIE:
                    return int(child.pid)
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.1)
    raise AssertionError("there is no worker")


@pytest.mark.world
@pytest.mark.one_database
def test_a_killed_worker_is_started_again_and_ends_with_the_server(app: Flask, database: str, tmp_path: Path) -> None:
    server = Server(database, tmp_path / "data", (*ANNING, "serve"))
    server.start()
    try:
        first = _worker(server)
        os.kill(first, signal.SIGKILL)
        second = _worker(server, but=first)
        assert server.process is not None
        server.process.terminate()
        server.process.wait(timeout=20)
        assert not psutil.pid_exists(second)
    finally:
        server.kill()
