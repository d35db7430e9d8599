"""A backup comes back whole, on either kind of database, or not at all."""

from __future__ import annotations

import json
import resource
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from tests import conftest, world
from tests.migrations import databases
from training.core import backup, groundwork, schema
from training.core.db import WRITE, db, reading, transaction
from training.core.scopes import Scope, ScopeKind

KEPT = "ab/" + "c" * 62


@pytest.fixture(params=["to_sqlite", "to_postgresql"])
def elsewhere(request: pytest.FixtureRequest, lent: conftest.Lent, tmp_path: Path) -> Iterator[Flask]:
    """An application on another database that holds nothing, not even tables."""
    if request.param == "to_sqlite":
        with lent.on(f"sqlite:///{tmp_path / 'elsewhere.db'}", tmp_path / "elsewhere") as made:
            yield made
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create(None)
    with lent.on(cluster.url(name), tmp_path / "elsewhere") as made:
        yield made
    cluster.drop(name)


@pytest.fixture
def empty(lent: conftest.Lent, tmp_path: Path) -> Iterator[Flask]:
    """The same, on SQLite alone."""
    with lent.on(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path / "empty") as made:
        yield made


@pytest.fixture
def archive(app: Flask, tmp_path: Path) -> Path:
    """A backup of the test's database with one stored file."""
    _store(app, KEPT, b"a picture")
    path = tmp_path / "backup.zip"
    result = run(app, "backup", path)
    assert result.exit_code == 0, result.output
    return path


def _store(app: Flask, name: str, content: bytes) -> None:
    path: Path = app.extensions["anning_settings"].data_dir / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _stored(app: Flask) -> dict[str, bytes]:
    """The stored files by name, without what is still coming in."""
    folder: Path = app.extensions["anning_settings"].data_dir / "files"
    found = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: content for name, content in found.items() if not name.startswith("incoming")}


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(one) for one in arguments])


def rows(app: Flask) -> dict[str, list[str]]:
    """All rows of all tables, read by the models and not by the code under test."""
    with app.app_context(), reading() as connection:
        return {
            table.name: sorted(repr([_plain(cell) for cell in row]) for row in connection.execute(select(table)))
            for table in backup.tables()
        }


def _plain(cell: Any) -> Any:
    """PostgreSQL keeps the keys of a JSON object in an order of its own."""
    return json.dumps(cell, sort_keys=True) if isinstance(cell, dict | list) else cell


def nulls(app: Flask) -> dict[str, int]:
    """How many cells of each column are NULL, as the database counts: a JSON null is none."""
    with app.app_context(), reading() as connection:
        return {
            str(column): connection.execute(
                text(f'SELECT count(*) FROM "{column.table.name}" WHERE "{column.name}" IS NULL')
            ).scalar_one()
            for table in backup.tables()
            for column in table.columns
        }


def _restored(path: Path, app: Flask) -> dict[str, Any]:
    result = run(app, "restore", path, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.output)
    return told


def _assert_same(app: Flask, elsewhere: Flask) -> None:
    assert rows(elsewhere) == rows(app)
    assert nulls(elsewhere) == nulls(app)
    for arguments in (("reports", "completion", "--by", "city", "--json"), ("schema", "check")):
        results = [run(one, *arguments) for one in (app, elsewhere)]
        assert [one.exit_code for one in results] == [0, 0]
        assert results[0].output == results[1].output


def _odd_rows(app: Flask) -> None:
    """Rows that only a careful copy brings over: a parent with a later id than its child, and unusual texts."""
    odd = {"kind": ScopeKind.REGION, "name_zh": '引"号,\u2028𠮷\t\\', "name_en": "Zoë\n'); --"}
    with app.app_context(), transaction():
        for number, parent in ((901, 1), (900, 901)):
            db.session.add(Scope(id=number, parent_id=parent, path=f"/{parent}/{number}/", **odd))
            db.session.flush()


@pytest.mark.world
def test_the_world_moves_to_either_kind_of_database(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    _odd_rows(app)
    _store(app, KEPT, b"a picture")
    _store(app, "incoming/half", b"not there yet")
    path = tmp_path / "backup.zip"
    made = json.loads(run(app, "backup", path, "--json").output)
    told = _restored(path, elsewhere)
    assert told["tables"] == made["tables"] == {name: len(those) for name, those in rows(app).items()}
    assert told["differing"] == {"steps": 0, "counters": 0}
    assert (told["files"], told["database"]) == (len(_stored(app)), _kind(app))
    _assert_same(app, elsewhere)
    assert _stored(elsewhere) == _stored(app)
    assert _stored(elsewhere)[KEPT] == b"a picture"


def _kind(app: Flask) -> str:
    with app.app_context():
        return db.engine.dialect.name


@pytest.mark.world
def test_what_was_restored_is_guarded_and_goes_on(archive: Path, elsewhere: Flask) -> None:
    _restored(archive, elsewhere)
    with elsewhere.app_context():
        guarded = databases.triggers()
        assert {"ledger_line", "audit_line", "certificate"} <= {table for table, _name in guarded}
        for statement in ("UPDATE ledger_line SET outcome = 'x'", "DELETE FROM audit_line"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))
        with pytest.raises(DBAPIError), transaction():  # a child without a parent waits for no end of a transaction
            db.session.execute(text("UPDATE scope SET parent_id = 987654 WHERE parent_id = 1"))
            db.session.execute(text("UPDATE scope SET parent_id = 1 WHERE parent_id = 987654"))
        with transaction():
            last = max(db.session.scalars(select(Scope.id)))
            added = Scope(kind=ScopeKind.REGION, parent_id=1, path="/1/new/", name_zh="新", name_en="New")
            db.session.add(added)
            db.session.flush()
            assert added.id == last + 1
    arguments = ("users", "add", "--name", "甲", "--login", "13911112222", "--password", "long-enough-1")
    result = run(elsewhere, *arguments)
    assert result.exit_code == 0, result.output


@pytest.mark.sample
def test_the_sample_moves_with_its_documents(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    documents = [tmp_path / "before.pdf", tmp_path / "after.pdf"]
    assert run(app, "certificates", "export", "--one", "--output", documents[0]).exit_code == 0
    path = tmp_path / "backup.zip"
    assert run(app, "backup", path).exit_code == 0
    result = run(elsewhere, "restore", path)
    assert result.exit_code == 0, result.output
    assert "Counted anew: 0 steps and 0 counters differed." in result.output
    _assert_same(app, elsewhere)
    assert run(elsewhere, "certificates", "export", "--one", "--output", documents[1]).exit_code == 0
    assert documents[0].read_bytes() == documents[1].read_bytes()
    again = tmp_path / "again.zip"
    assert run(elsewhere, "backup", again).exit_code == 0
    assert elsewhere.test_client().get("/").status_code in {200, 302}


@pytest.mark.world
def test_rows_are_fetched_and_written_some_at_a_time(
    app: Flask, elsewhere: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "ROWS_AT_ONCE", 3)
    fetched, written = [], []

    def seen(_c: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.startswith("SELECT ledger_line.id"):
            fetched.append((context.execution_options.get("yield_per"), isinstance(cursor, psycopg.ServerCursor)))
        if statement.startswith("INSERT INTO ledger_line"):
            written.append(len(parameters) if executemany else 1)

    path = tmp_path / "backup.zip"
    for one in (app, elsewhere):
        with one.app_context():
            event.listen(db.engine, "after_cursor_execute", seen)
    assert run(app, "backup", path).exit_code == 0
    assert fetched == [(3, _kind(app) == "postgresql")]
    lines = _restored(path, elsewhere)["tables"]["ledger_line"]
    assert lines > 6
    assert max(written) == 3
    assert sum(written) == lines


@pytest.mark.world
def test_a_backup_is_one_state_while_others_write(app: Flask, tmp_path: Path, empty: Flask) -> None:
    before = rows(app)
    path = tmp_path / "backup.zip"

    def write(_more: int, _total: int) -> None:
        with engine.begin() as other:
            other.execute(text("UPDATE person SET name = 'changed meanwhile'"))

    with app.app_context():
        engine = db.engine.execution_options(**WRITE)
        backup.make(path, told=write)
    _restored(path, empty)
    assert rows(app) != before
    assert rows(empty) == before


@pytest.mark.world
@pytest.mark.one_database
def test_a_file_that_is_there_stays_without_force(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    path.write_text("precious")
    result = run(app, "backup", path)
    assert (result.exit_code, path.read_text()) == (1, "precious")
    assert "there already" in result.output
    assert run(app, "backup", path, "--force").exit_code == 0
    assert path.read_bytes().startswith(b"PK")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(app, "backup", tmp_path / "no" / "folder.zip").exit_code == 1


@pytest.mark.world
@pytest.mark.one_database
def test_a_full_disk_is_told_and_leaves_no_half_file(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    rows(app)  # the database's own files are opened
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (36_000, hard))
    try:
        result = run(app, "backup", folder / "backup.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result.exit_code == 1
    assert "Nothing was left behind" in result.output
    assert list(folder.iterdir()) == []


@pytest.mark.world
def test_a_database_that_holds_something_is_refused(archive: Path, app: Flask) -> None:
    before = rows(app)
    shutil.rmtree(app.extensions["anning_settings"].data_dir / "files")
    result = run(app, "restore", archive)
    assert result.exit_code == 1
    assert "not empty" in result.output
    assert rows(app) == before


@pytest.mark.world
def test_regions_that_init_db_brought_give_way(archive: Path, app: Flask, elsewhere: Flask) -> None:
    with elsewhere.app_context():
        schema.upgrade()
        assert groundwork.bring()["regions"]
    _restored(archive, elsewhere)
    assert rows(elsewhere) == rows(app)


@pytest.mark.world
@pytest.mark.one_database
def test_stored_files_that_are_there_are_refused(archive: Path, empty: Flask) -> None:
    _store(empty, KEPT, b"another picture")
    result = run(empty, "restore", archive)
    assert result.exit_code == 1
    assert "stored files" in result.output


@pytest.mark.world
@pytest.mark.one_database
def test_other_schemas_are_refused_on_both_sides(archive: Path, app: Flask, empty: Flask, tmp_path: Path) -> None:
    with empty.app_context():
        schema.upgrade()
        schema.downgrade("certificates@-1")
    result = run(empty, "restore", archive)
    assert result.exit_code == 1
    assert "older schema" in result.output
    with app.app_context():
        schema.downgrade("certificates@-1")
    result = run(app, "backup", tmp_path / "other.zip")
    assert result.exit_code == 1
    assert "init-db" in result.output
    assert not (tmp_path / "other.zip").exists()


@pytest.mark.world
def test_a_restore_that_fails_late_leaves_nothing(
    archive: Path, app: Flask, elsewhere: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.core import restore

    def fail(_connection: Any) -> None:
        raise DBAPIError("the very last statement", None, Exception("pulled the plug"))

    monkeypatch.setattr(restore, "_set_sequences", fail)
    assert run(elsewhere, "restore", archive).exit_code != 0
    data: Path = elsewhere.extensions["anning_settings"].data_dir
    assert not list(data.glob("files*"))
    assert {name for name, those in rows(elsewhere).items() if those} == {"credit_class"}
    monkeypatch.undo()
    assert _restored(archive, elsewhere)["files"] == len(_stored(app))


def test_an_empty_database_moves_too(app: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    assert run(app, "backup", path).exit_code == 0
    with elsewhere.app_context():
        schema.upgrade()
    _restored(path, elsewhere)
    _assert_same(app, elsewhere)
    with elsewhere.app_context():
        world.build()
