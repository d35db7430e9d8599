"""Work after the answer: a queue that wakes a worker, and a sweep that finds what no wake-up reached.

The truth about a job is in its own tables: the queue carries a name and ids only. A job is a function registered under
a name; it opens its own transactions and may run twice without harm. A sweep is a function that looks for unfinished
work in the tables; the worker runs all of them every minute, so that a lost wake-up loses nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey

from training.core import db
from training.core.logs import log

Job = Callable[..., None]
_jobs: dict[str, Job] = {}
_sweeps: dict[str, Callable[[], int]] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Register a function as the job of that name."""

    def decorate(function: Job) -> Job:
        _jobs[name] = function
        return function

    return decorate


def sweep(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that finishes what is unfinished and returns how much it finished."""

    def decorate(function: Callable[[], int]) -> Callable[[], int]:
        _sweeps[name] = function
        return function

    return decorate


def enqueue(name: str, **arguments: Any) -> None:
    """Wake a worker for the job `name` once the present transaction has committed."""
    if name not in _jobs:
        raise KeyError(f"there is no job {name!r}")
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    db.after_commit(lambda: _wake(app, name, arguments))


def _wake(app: Flask, name: str, arguments: dict[str, Any]) -> None:
    """A failure to wake is only logged: what was committed stands, and the sweep will find it."""
    try:
        app.extensions["anning_run_job"](name, arguments)
    except Exception as error:  # noqa: BLE001 - whatever the queue's store raises
        log.warning("queue unreachable", job=name, error=str(error))


def run(name: str, arguments: dict[str, Any]) -> None:
    """Run one job here and now, inside an application context."""
    _jobs[name](**arguments)


def run_sweeps() -> dict[str, int]:
    """Run every sweep once; returns how much each finished. One that fails does not stop the others."""
    finished = {}
    for name, function in _sweeps.items():
        try:
            finished[name] = function()
        except Exception:  # noqa: BLE001 - the next minute tries again
            log.exception("sweep failed", sweep=name)
    return finished


def take_up(left: Sequence[int], work: Callable[[int], object], *, of: str) -> int:
    """Do what is left `of` something, by id; returns how many. One that fails is logged, and keeps no other waiting."""
    for one in left:
        try:
            work(one)
        except Exception:  # noqa: BLE001 - the next minute tries again
            log.exception("left unfinished", of=of, id=one)
    return len(left)


def init_app(app: Flask, queue: Huey) -> None:
    """Attach the queue: one task that runs any job by name within the application."""

    @queue.task(name="anning_job")  # type: ignore[untyped-decorator]
    def anning_job(name: str, arguments: dict[str, Any]) -> None:
        with app.app_context():
            run(name, arguments)

    app.extensions["anning_queue"] = queue
    app.extensions["anning_run_job"] = anning_job


def open_queue(database_url: str, sqlite_path: str) -> Huey:
    """The queue beside the database: in a SQLite file, or in PostgreSQL."""
    if database_url.startswith("sqlite"):
        return SqliteHuey("anning", filename=sqlite_path, results=False)
    return PostgresHuey("anning", dsn=database_url.replace("+psycopg", ""), results=False)


def work(app: Flask, *, sweep_seconds: int = 60) -> None:
    """Work until stopped: jobs as they come, the sweeps at the start and every `sweep_seconds`."""
    stopped = threading.Event()

    def sweep_for_ever() -> None:
        while not stopped.is_set():
            with app.app_context():
                run_sweeps()
            stopped.wait(sweep_seconds)

    threading.Thread(target=sweep_for_ever, daemon=True, name="sweep").start()
    consumer = app.extensions["anning_queue"].create_consumer(
        workers=1, periodic=False, check_worker_health=True, max_delay=1.0
    )
    try:
        consumer.run()
    finally:
        stopped.set()
