"""A PostgreSQL server for the tests: its own cluster in memory, run by an unprivileged user, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg


def find_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, newest version first; None when there is no server."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found and shutil.which("postgres") else None


class Cluster:
    """One running server, reached over a socket in its own folder, which is in memory or below `parent`."""

    def __init__(self, programs: Path, *, durable: bool = False, parent: Path | None = None) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="anning-pg-", dir=parent or (memory if memory.is_dir() else None)))
        self.user = self._unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        data = self.folder / "data"
        self._run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "anning",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ]
        )
        careless = [] if durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        options = ["-k", self.folder, *careless, "-c", "listen_addresses=", "-c", "max_connections=60"]
        self.command = [str(part) for part in (programs / "postgres", "-D", data, *options)]
        self.start()

    def start(self) -> None:
        """Start the server on the folder, and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, user=self.user, stdout=subprocess.DEVNULL, stderr=log)
        self._wait()

    def crash(self) -> None:
        """End the server at once, as a failing machine would: it recovers from its log at the next start."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=20)

    @staticmethod
    def _unprivileged() -> str | None:
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                pwd.getpwnam(name)
            except KeyError:
                continue
            return name
        raise RuntimeError("there is no unprivileged user to run PostgreSQL as")

    def _run(self, command: list[object]) -> None:
        subprocess.run([str(part) for part in command], user=self.user, check=True, capture_output=True)

    def _wait(self) -> None:
        for _attempt in range(100):
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                import time

                time.sleep(0.1)
            else:
                return
        raise RuntimeError("PostgreSQL did not come up")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://anning@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=anning dbname=postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, name: str | None, template: str = "template0") -> str:
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # fast: does not wait for connections left open
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)
