"""Every migration goes down and up again on a filled database, on both kinds; what is not its own stays as it was."""

from __future__ import annotations

import pytest
from alembic.script import Script, ScriptDirectory
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import world
from tests.migrations import databases
from training.core import schema
from training.core.db import db, transaction

APPEND_ONLY = (
    "requirement",
    "ledger_line",
    "audit_line",
    "answer_event",
    "essay_mark",
    "regrade_line",
    "ruling",
    "recheck",
    "certificate_document",
    "certificate_signature",
    "signature_key",
    "certificate_event",
    "lesson_version",
    "course_lesson",
    "lesson_media",
    "prerequisite",
    "dialogue_version",
    "dialogue_step",
)


def of_package(table: str) -> str:
    """Whose table it is; triggers of the bank keep the search beside its own tables."""
    if table.startswith("item_search"):
        return "question_bank"
    return schema.package_of(table) or ""


def revisions(package: str) -> list[Script]:
    """A package's migrations, newest first."""
    scripts = ScriptDirectory.from_config(schema.config())
    return [one for one in scripts.walk_revisions() if one.revision.startswith(f"{package}_")]


@pytest.mark.world
@pytest.mark.parametrize("package", ["certificates", "courses", "question_bank"])
def test_a_package_goes_and_comes_back_alone(app: Flask, package: str) -> None:
    with app.app_context():
        before, guarded, called = databases.rows(), databases.triggers(), databases.functions()
        own = {name for name in before if of_package(name) == package}
        assert own
        assert all(before[name] for name in own if name != "lesson_place"), "the world leaves a table of it empty"
        for script in revisions(package):
            schema.downgrade(f"{package}@{script.down_revision or 'base'}")
            left = databases.rows()
            assert {name: count for name, count in before.items() if name not in own} == {
                name: count for name, count in left.items() if name not in own
            }
        assert not own & set(databases.rows()), "a table is left behind"
        assert databases.triggers() == {one for one in guarded if one[0] not in own}
        schema.upgrade()
        schema.check()
        assert databases.triggers() == guarded
        assert databases.functions() == called
        assert {name: count for name, count in databases.rows().items() if name not in own} == {
            name: count for name, count in before.items() if name not in own
        }


@pytest.mark.world
def test_everything_goes_and_comes_back(app: Flask) -> None:
    with app.app_context():
        before, guarded, called = databases.rows(), databases.triggers(), databases.functions()
        schema.downgrade("base")
        assert databases.rows() == {}
        assert databases.triggers() == set()
        assert databases.functions() == set()
        schema.upgrade()
        schema.check()
        assert schema.is_current()
        assert databases.triggers() == guarded
        assert databases.functions() == called
        world.build()
        assert databases.rows() == before


@pytest.mark.world
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_shell_cannot_change_what_is_append_only(app: Flask, table: str) -> None:
    with app.app_context():
        before = databases.rows()[table]
        assert before
        column = {"ledger_line": "outcome", "audit_line": "verb", "certificate_document": "sha256"}.get(table, "")
        column = column or {
            "lesson_version": "title_zh",
            "dialogue_version": "title_zh",
            "dialogue_step": "turn",
            "lesson_media": "name",
            "prerequisite": "requires_id",
            "regrade_line": "at",
            "ruling": "reason",
            "recheck": "reason",
            "certificate_event": "reason",
            "certificate_signature": "signed_at",
            "signature_key": "development",
        }.get(table, "position")
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))
        assert databases.rows()[table] == before


@pytest.mark.world
def test_a_certificate_can_neither_be_changed_nor_deleted(app: Flask) -> None:
    with app.app_context():
        for statement in ("UPDATE certificate SET number = 'X'", "DELETE FROM certificate"):
            with pytest.raises(DBAPIError), transaction():
                db.session.execute(text(statement))
