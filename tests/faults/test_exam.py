"""In the midst of an examination something breaks: every acknowledged answer is there, nobody is handed in early."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from flask import Flask
from sqlalchemy import func, select

from question_bank.models import AnswerEvent, Attempt, AttemptStatus, HandedInBy
from tests import postgres
from tests.conftest import dispose
from tests.faults.network import Network
from tests.faults.servers import ANNING, Server
from tests.faults.test_killed_worker import _worker as worker_of
from tests.hall.comparing import compare
from tests.hall.crowd import Plan, Told, come
from tests.hall.filling import CODE, Hall, fill, prepare
from training.core import clock, jobs
from training.core.db import db, reading

PEOPLE = 20
EACH = 16  # answers
pytestmark = pytest.mark.world


@dataclass
class Sitting:
    """An examination that goes on in a thread of its own."""

    hall: Hall
    told: Told = field(default_factory=Told)

    def begin(self, port: int) -> threading.Thread:
        """Let everybody come within a second, and think so long that all of them are there when something breaks."""
        people = [list(one) for one in self.hall.people]
        plan = Plan(
            port, self.hall.quizzes["exam"], CODE, people, 0.3, [0.05, 0.3], rush=False, seconds=60, patient=True
        )

        def run() -> None:
            self.told = asyncio.run(come(plan))

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def saved(self) -> int:
        """How many answers are saved by now."""
        own = select(Attempt.id).where(Attempt.quiz_id == self.hall.quizzes["exam"])
        with self.hall.app.app_context(), reading():
            return db.session.scalar(select(func.count()).where(AnswerEvent.attempt_id.in_(own))) or 0

    def until(self, share: float) -> None:
        """Wait until so much of everything is answered."""
        end = time.monotonic() + 30
        while self.saved() < share * PEOPLE * EACH:
            assert time.monotonic() < end, "the examination does not go on"
            time.sleep(0.05)

    def require_standstill(self, before: float = 0.5) -> None:
        """Nothing more is saved once what was under way has come through, `before` such a share of all answers."""
        last, now = -1, self.saved()
        end = time.monotonic() + 10
        while now != last:
            assert time.monotonic() < end, "answers are saved all the same"
            time.sleep(0.5)
            last, now = now, self.saved()
        assert now < before * PEOPLE * EACH, "answers were saved until there were no more"

    def require_whole(self) -> None:
        """Nothing lost, nothing that nobody sent, everybody handed in by themselves and marked by the key."""
        assert self.told.errors == []
        with self.hall.app.app_context():
            found = compare(self.told)
            assert (found.lost, found.unknown, found.misjudged) == (0, 0, 0), found
            assert found.acknowledged == PEOPLE * EACH
            with reading():
                ends = db.session.execute(
                    select(Attempt.status, Attempt.handed_in_by, func.count())
                    .where(Attempt.quiz_id == self.hall.quizzes["exam"])
                    .group_by(Attempt.status, Attempt.handed_in_by)
                ).all()
            self._require_eyes()
        assert [tuple(one) for one in ends] == [(AttemptStatus.HANDED_IN, HandedInBy.PERSON, PEOPLE)]

    def _require_eyes(self) -> None:
        """The comparison sees an answer that was changed, one that nobody remembers, one that was never saved."""
        person, lines = next(iter(self.told.answers.items()))
        right = [list(line) for line in lines]
        for wrong, expected in (
            ([[*lines[0][:2], ["z"]], *lines[1:]], (1, 0)),
            (lines[:-1], (0, 1)),
            ([*lines, [EACH + 1, 1, ["a"]]], (1, 0)),
        ):
            self.told.answers[person] = wrong
            found = compare(self.told)
            assert (found.lost, found.unknown) == expected
        self.told.answers[person] = right


@pytest.fixture
def sitting(app: Flask) -> Sitting:
    """A session on this test's database that admits twenty people whose papers are drawn."""
    return Sitting(prepare(app, PEOPLE, ("exam",)))


@contextmanager
def served(database: str, folder: Path, *program: str) -> Iterator[Server]:
    """The product's server, worker included, or another program."""
    server = Server(database, folder, program or (*ANNING, "serve"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


def kill_processes(sitting: Sitting, server: Server) -> None:
    """Kill the worker and a web process while the other one goes on, then both."""
    sitting.until(0.15)
    os.kill(worker_of(server), signal.SIGKILL)
    first = web_processes(server)
    os.kill(first[0], signal.SIGKILL)
    sitting.until(0.4)
    for one in web_processes(server):
        os.kill(one, signal.SIGKILL)


def web_processes(server: Server) -> list[int]:
    """The ids of both web processes, waited for."""
    assert server.process is not None
    end = time.monotonic() + 20
    while time.monotonic() < end:
        children = psutil.Process(server.process.pid).children()
        living = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
        found = [one.pid for one in living if "worker" not in one.cmdline()]
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise AssertionError("a web process that was killed is not replaced")


@pytest.mark.one_database
def test_processes_are_killed(sitting: Sitting, database: str, tmp_path: Path) -> None:
    with served(database, tmp_path / "data") as server:
        thread = sitting.begin(server.port)
        kill_processes(sitting, server)
        thread.join()
    assert sitting.told.failed or sitting.told.sent_again, "nobody has noticed anything"
    sitting.require_whole()


@pytest.mark.one_database
def test_the_network_the_disk_and_the_clock_fail_in_turn(sitting: Sitting, database: str, tmp_path: Path) -> None:
    """Each for a while: nobody gets through, files may not grow, the clock is wrong by a quarter of an hour."""
    offset = tmp_path / "offset"
    offset.write_text("0")
    with served(database, tmp_path / "data", str(Path(__file__).parent / "jumping_server.py"), str(offset)) as server:
        network = Network(server.port)
        thread = sitting.begin(network.port)
        sitting.until(0.15)
        network.cut()
        sitting.require_standstill()
        network.heal()
        sitting.until(0.3)
        with full_disk(server):
            sitting.require_standstill()
        for share, seconds in ((0.5, 900), (0.65, -900), (0.8, 0)):
            sitting.until(share)
            offset.write_text(str(seconds))
            jump = clock.now() + timedelta(seconds=seconds)
            with sitting.hall.app.app_context(), clock.frozen(jump):
                jobs.run_sweeps()  # which hand in what is due by that clock
        thread.join()
        network.close()
    failed = " ".join(sitting.told.failed)
    assert "Error" in failed, "nobody has noticed that the network was cut"
    assert "save: 500" in failed, "nobody has noticed that files could not grow"  # to SQLite an I/O error
    sitting.require_whole()


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """The files of the server's processes may not grow."""
    assert server.process is not None
    everyone = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    before = [one.rlimit(resource.RLIMIT_FSIZE) for one in everyone]
    for one, limits in zip(everyone, before, strict=True):
        one.rlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    yield
    for one, limits in zip(everyone, before, strict=True):
        one.rlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def closing_connections(sitting: Sitting) -> Iterator[None]:
    """Leave no connection to a server that ends."""
    try:
        yield
    finally:
        dispose(sitting.hall.app)


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """A file system in memory of this test's own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    disk = SmallDisk(Path(tempfile.mkdtemp(prefix="anning-disk-")))
    disk.folder.chmod(0o755)  # the server's own user comes through it
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.folder], check=False).returncode:
        disk.folder.rmdir()
        pytest.skip("this machine mounts no file system")
    yield disk
    subprocess.run(["umount", "--lazy", disk.folder], check=True)
    disk.folder.rmdir()


@dataclass(frozen=True)
class SmallDisk:
    """A file system that somebody else can fill."""

    folder: Path

    def leave(self, spare: int) -> None:
        """Take all but so many bytes of what is left, so that the rest is taken in no time."""
        found = os.statvfs(self.folder)
        (self.folder / "most").write_bytes(bytes(found.f_bavail * found.f_frsize - spare))

    @contextmanager
    def full(self) -> Iterator[None]:
        """Something else has taken every block that is left."""
        taken = self.folder / "taken"
        with taken.open("wb", buffering=0) as file:
            with pytest.raises(OSError, match="No space left"):
                while file.write(bytes(4096)):
                    pass
            yield
        taken.unlink()
        (self.folder / "most").unlink()


def test_the_disk_of_postgresql_is_full(small_disk: SmallDisk, tmp_path: Path) -> None:
    """Tables cannot grow: what is not written is not acknowledged, and comes once there is room again."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed")
    cluster = postgres.Cluster(programs, durable=True, parent=small_disk.folder)
    try:
        database = cluster.url(cluster.create(None))
        sitting = Sitting(fill(database, tmp_path / "data", PEOPLE, ("exam",)))
        with closing_connections(sitting), served(database, tmp_path / "data") as server:
            cluster.execute("SELECT pg_switch_wal()")  # the log has room: without, the server falls, as it does above
            cluster.execute("CREATE TABLE a_new_segment ()")
            small_disk.leave(1 << 20)
            thread = sitting.begin(server.port)
            sitting.until(0.02)
            with small_disk.full():  # what tables hold in reserve is still filled
                sitting.require_standstill(before=0.95)
            thread.join()
            assert "save: 507" in sitting.told.failed, "nobody has noticed that the disk was full"
            assert "No space left on device" in (cluster.folder / "log").read_text()
            sitting.require_whole()
    finally:
        cluster.stop()


@pytest.fixture
def own_cluster() -> Iterator[postgres.Cluster]:
    """A durable PostgreSQL of this test's own, which may be crashed."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed")
    cluster = postgres.Cluster(programs, durable=True)
    yield cluster
    cluster.stop()


def test_processes_are_killed_and_postgresql_crashes(own_cluster: postgres.Cluster, tmp_path: Path) -> None:
    database = own_cluster.url(own_cluster.create(None))
    sitting = Sitting(fill(database, tmp_path / "data", PEOPLE, ("exam",)))
    with served(database, tmp_path / "data") as server:
        thread = sitting.begin(server.port)
        kill_processes(sitting, server)
        sitting.until(0.65)
        dispose(sitting.hall.app)
        own_cluster.crash()
        time.sleep(0.3)
        own_cluster.start()
        thread.join()
    assert "save: 500" in sitting.told.failed, "nobody has noticed that the database was away"
    sitting.require_whole()
    dispose(sitting.hall.app)
