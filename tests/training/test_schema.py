"""The schema on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import conftest
from training.core import schema
from training.core.access import public
from training.core.db import after_commit, db, reading, transaction


def test_models_and_migrated_database_agree(app: Flask) -> None:
    with app.app_context():
        schema.check()
        assert schema.is_current()


def test_reading_cannot_write(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError), reading():
        db.session.execute(text("INSERT INTO throttle (key, since, tries) VALUES ('a', '2026-01-01', 1)"))


def test_what_no_transaction_opened_cannot_write(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError):
        db.session.execute(text("INSERT INTO throttle (key, since, tries) VALUES ('a', '2026-01-01', 1)"))


def test_ledger_refuses_update_and_delete(app: Flask) -> None:
    with app.app_context():
        for statement in ("UPDATE audit_line SET verb = 'x'", "DELETE FROM audit_line"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(
                    text(
                        "INSERT INTO audit_line (at, verb, object_type, object_id, details) "
                        "VALUES ('2026-01-01', 'a', 'b', 'c', '{}')"
                    )
                )
                db.session.execute(text(statement))


@pytest.fixture
def own(database: str, tmp_path: Path) -> Iterator[Flask]:
    """An application that has answered nothing yet and may get a route of the test's own."""
    made = conftest.build(database, tmp_path / "data")
    yield made
    conftest.dispose(made)


def test_a_refusal_keeps_nothing_of_what_the_view_had_begun(own: Flask) -> None:
    seen = []

    @public
    def half_done(status: int) -> tuple[str, int]:
        db.session.execute(
            text("INSERT INTO throttle (key, since, tries) VALUES (:key, '2026-01-01', 1)"), {"key": str(status)}
        )
        after_commit(lambda: seen.append(status))
        return "", status

    own.add_url_rule("/half-done/<int:status>", view_func=half_done, methods=["POST"])
    for status in (422, 409, 200):
        FlaskClient(own, own.response_class).post(f"/half-done/{status}", headers={"Sec-Fetch-Site": "same-origin"})
    with own.app_context(), reading():
        assert db.session.scalars(text("SELECT key FROM throttle")).all() == ["200"]
    assert seen == [200]
