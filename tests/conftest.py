"""The parts every test may use: both real databases, an application on each, and clients for each role.

A test that asks for `app` runs once on SQLite and once on PostgreSQL, each time on its own copy of a migrated (or, with
the marker `sample`, sample-filled) database with real commits.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from huey import MemoryHuey

from tests import postgres
from training.app import create_app
from training.core import sample, schema
from training.settings import Settings
from wsgi import PACKAGES


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sample: the test's database is filled with the sample data")
    config.addinivalue_line("markers", "one_database: SQLite is enough for this test")


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


def build(url: str, folder: Path) -> Flask:
    """An application on that database."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings.from_environ(
        {
            "ANNING_DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "ANNING_SECRET_KEY": "k" * 40,
            "ANNING_SAMPLE_MODE": "1",
            "ANNING_PUBLIC_URL": "http://anning.test",
        }
    )
    app = create_app(settings, PACKAGES, queue=MemoryHuey("test", immediate=False))
    app.testing = True
    return app


def dispose(app: Flask) -> None:
    """Close the pool of an application."""
    from training.core.db import db

    with app.app_context():
        db.engine.dispose()


def _fill(url: str, folder: Path, with_sample: bool) -> None:
    app = build(url, folder)
    with app.app_context():
        schema.upgrade()
        if with_sample:
            sample.load()
    dispose(app)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    return {}


@pytest.fixture(scope="session")
def postgres_templates() -> dict[bool, str]:
    return {}


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own."""
    with_sample = request.node.get_closest_marker("sample") is not None
    if request.param == "sqlite":
        yield _copy_sqlite(request, tmp_path, with_sample)
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    templates: dict[bool, str] = request.getfixturevalue("postgres_templates")
    if with_sample not in templates:
        name = cluster.create(None)
        _fill(cluster.url(name), tmp_path / "template", with_sample)
        templates[with_sample] = name
    name = cluster.create(None, template=templates[with_sample])
    yield cluster.url(name)
    cluster.drop(name)


def _copy_sqlite(request: pytest.FixtureRequest, tmp_path: Path, with_sample: bool) -> str:
    templates: dict[bool, Path] = request.getfixturevalue("sqlite_templates")
    if with_sample not in templates:
        folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("template")
        _fill(f"sqlite:///{folder / 'template.db'}", folder, with_sample)
        templates[with_sample] = folder / "template.db"
    copy = tmp_path / "anning.db"
    shutil.copyfile(templates[with_sample], copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on this test's database."""
    made = build(database, tmp_path / "data")
    yield made
    dispose(made)
