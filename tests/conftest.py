"""The parts every test may use: both real databases, an application on each, and clients for each role.

A test that asks for `app` runs once on SQLite and once on PostgreSQL, each time on its own copy of a migrated (or, with
the marker `sample`, sample-filled) database with real commits.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from huey import MemoryHuey
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Dialect, event, make_url
from werkzeug.routing import Rule

from tests import postgres, wording
from tests.client import CheckingClient, client_for
from training.app import create_app
from training.core import sample, schema
from training.settings import Settings
from wsgi import PACKAGES


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sample: the test's database is filled with the sample data")
    config.addinivalue_line("markers", "world: the test's database holds the small world of tests/world.py")
    config.addinivalue_line("markers", "one_database: SQLite is enough for this test")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues that are newer than their compiled form: `make test` has done it, an editor has not."""
    if hasattr(session.config, "workerinput"):
        return
    for package in wording.PACKAGES:
        source = wording.ROOT / package / "translations/zh/LC_MESSAGES/messages.po"
        target = source.with_suffix(".mo")
        if source.exists() and not (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            compiled = io.BytesIO()
            write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale="zh"))
            target.write_bytes(compiled.getvalue())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize(
            "database", ["sqlite"] if one else ["sqlite", "postgresql"], indirect=True, scope="function"
        )


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of our own for this test process; skips without one, fails under CI."""
    programs = postgres.find_programs()
    if programs is None:
        reason = "PostgreSQL's server is not installed: the tests on it did not run"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = postgres.Cluster(programs)
    try:
        yield server
    finally:
        server.stop()


class RememberedRule(Rule):
    """A route whose builder of addresses is compiled once a process: 230 of them are half of an application's start."""

    _builders: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


Flask.url_rule_class = RememberedRule


def build(url: str, folder: Path) -> Flask:
    """A new application on that database."""
    app = create_app(_settings(url, folder), PACKAGES, queue=MemoryHuey("test", immediate=False))
    app.testing = True
    app.test_client_class = CheckingClient
    _share_templates(app)
    return app


def _settings(url: str, folder: Path) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    _share_fonts(folder)
    return Settings.from_environ(
        {
            "ANNING_DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "ANNING_SECRET_KEY": "k" * 40,
            "ANNING_IDENTITY_KEY": "i" * 40,
            "ANNING_SAMPLE_MODE": "1",
            "ANNING_PUBLIC_URL": "http://anning.test",
        }
    )


def _share_templates(app: Flask) -> None:
    """Let every test application load the templates that the one before compiled: compiling takes a third of a run."""
    folder = wording.ROOT / "build" / "test-templates"
    folder.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))


def _share_fonts(folder: Path) -> None:
    """Let every test application find the fonts cut for the one before: cutting takes seconds."""
    shared = wording.ROOT / "build" / "test-fonts"
    shared.mkdir(parents=True, exist_ok=True)
    if not (folder / "fonts").exists():
        (folder / "fonts").symlink_to(shared)


SHARED_FILES = wording.ROOT / "build" / "test-files"


def _share_files(source: Path, target: Path) -> None:
    """A copied database names files that people sent: they are copied beside it."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def dispose(app: Flask) -> None:
    """Close the pool of an application."""
    from training.core.db import db

    with app.app_context():
        db.engine.dispose()


def _contents(request: pytest.FixtureRequest) -> str:
    """What the test's markers ask its database to hold."""
    return next((name for name in ("sample", "world") if request.node.get_closest_marker(name)), "nothing")


def _fill(url: str, folder: Path, contents: str) -> None:
    app = build(url, folder)
    with app.app_context():
        schema.upgrade()
        if contents == "sample":
            sample.load(small=True)
        if contents == "world":
            from tests import world as small_world

            small_world.build()
    dispose(app)
    _share_files(folder / "files", SHARED_FILES)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {}


@pytest.fixture(scope="session")
def postgres_templates() -> dict[str, str]:
    return {}


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own."""
    contents = _contents(request)
    if request.param == "sqlite":
        yield _copy_sqlite(request, tmp_path, contents)
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    templates: dict[str, str] = request.getfixturevalue("postgres_templates")
    if contents not in templates:
        name = cluster.create(None)
        _fill(cluster.url(name), tmp_path / "template", contents)
        templates[contents] = name
    name = cluster.create(None, template=templates[contents])
    yield cluster.url(name)
    cluster.drop(name)


def _copy_sqlite(request: pytest.FixtureRequest, tmp_path: Path, contents: str) -> str:
    templates: dict[str, Path] = request.getfixturevalue("sqlite_templates")
    if contents not in templates:
        folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("template")
        _fill(f"sqlite:///{folder / 'template.db'}", folder, contents)
        templates[contents] = folder / "template.db"
    copy = tmp_path / "anning.db"
    shutil.copyfile(templates[contents], copy)
    return f"sqlite:///{copy}"


class Lent:
    """Applications that tests use one after the other: building one costs as much as the test itself.

    What a test may change is put back: the configuration, the settings, the queue; its engine connects to the database
    of the test that has it.
    """

    def __init__(self) -> None:
        self._idle: dict[str, list[tuple[Flask, dict[str, Any]]]] = {}

    @contextmanager
    def on(self, url: str, folder: Path) -> Iterator[Flask]:
        """An application on that database, back among the idle ones afterwards."""
        idle = self._idle.setdefault(make_url(url).get_backend_name(), [])
        app, config = idle.pop() if idle else self._new(url, folder)
        app.config.clear()
        app.config.update(config, SQLALCHEMY_DATABASE_URI=url)
        app.extensions["anning_settings"] = _settings(url, folder)
        app.extensions["anning_signing_keys"].clear()
        try:
            yield app
        finally:
            dispose(app)
            app.extensions["anning_queue"].flush()
            idle.append((app, config))

    @staticmethod
    def _new(url: str, folder: Path) -> tuple[Flask, dict[str, Any]]:
        from training.core.db import db

        app = build(url, folder)
        with app.app_context():
            engine = db.engine

        @event.listens_for(engine, "do_connect")
        def connect_to_the_present_one(
            dialect: Dialect, _record: object, args: list[Any], named: dict[str, Any]
        ) -> None:
            args[:], present = dialect.create_connect_args(make_url(app.config["SQLALCHEMY_DATABASE_URI"]))
            named |= present

        return app, dict(app.config)


@pytest.fixture(scope="session")
def lent() -> Lent:
    """The applications of this test process."""
    return Lent()


@pytest.fixture
def app(request: pytest.FixtureRequest, database: str, lent: Lent, tmp_path: Path) -> Iterator[Flask]:
    """The application on this test's database."""
    if _contents(request) != "nothing":
        _share_files(SHARED_FILES, tmp_path / "data" / "files")
    with lent.on(database, tmp_path / "data") as made:
        yield made


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """Somebody who has not signed in, reading Chinese."""
    return client_for(app)


@pytest.fixture
def english(app: Flask) -> CheckingClient:
    """Somebody who has not signed in, reading English."""
    return client_for(app, language="en")


@pytest.fixture
def as_(app: Flask) -> Callable[..., CheckingClient]:
    """A client signed in: `as_(person)`, `as_("13800000001")`, `as_(person, "en")`."""

    def signed_in(who: Any, language: str = "zh") -> CheckingClient:
        return client_for(app, who, language)

    return signed_in


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for the network: {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say on which databases the tests ran, and what was left out for want of one."""
    passed = [report.nodeid for report in terminalreporter.stats.get("passed", [])]
    skipped = [report.nodeid for report in terminalreporter.stats.get("skipped", [])]
    for name, title in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        ran, left = (sum(f"[{name}" in one for one in several) for several in (passed, skipped))
        terminalreporter.write_line(f"on {title}: {ran} tests passed" + (f", {left} skipped" if left else ""))
