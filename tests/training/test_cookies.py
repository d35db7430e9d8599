"""A cookie that was found genuine is remembered, and still is nobody else's, of no other key, and for no longer."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient


@pytest.fixture
def small() -> Flask:
    """An application of two addresses: one writes a list into the session, one adds to it and leaves it unsaved."""
    from training.core import cookies

    app = Flask("small")
    app.secret_key = "k" * 40
    cookies.init_app(app)

    @app.get("/write")
    def write() -> str:
        session["told"] = ["first"]
        return "written"

    @app.get("/read")
    def read() -> list[str]:
        told: list[str] = session.get("told", [])
        told.append("here")
        return told

    return app


def sent(client: FlaskClient, value: str) -> list[str]:
    """What is read with that cookie."""
    client.set_cookie("session", value)
    found: list[str] = client.get("/read").get_json()
    return found


def written(app: Flask) -> str:
    client = app.test_client()
    client.get("/write")
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def test_what_one_request_changes_without_saving_the_next_one_does_not_see(small: Flask) -> None:
    cookie, client = written(small), small.test_client()
    assert [sent(client, cookie) for _time in range(3)] == [["first", "here"]] * 3


def test_a_cookie_that_was_changed_says_nothing(small: Flask) -> None:
    cookie, client = written(small), small.test_client()
    sent(client, cookie)
    assert sent(client, cookie[:-1] + ("A" if cookie[-1] != "A" else "B")) == ["here"]
    assert sent(client, "") == ["here"]


def test_a_remembered_cookie_ends_with_its_key_and_with_its_time(small: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie, client = written(small), small.test_client()
    assert sent(client, cookie) == ["first", "here"]
    small.secret_key = "j" * 40
    assert sent(client, cookie) == ["here"]
    small.secret_key = "k" * 40
    assert sent(client, cookie) == ["first", "here"]
    later = time.time() + small.permanent_session_lifetime.total_seconds() + timedelta(minutes=1).total_seconds()
    monkeypatch.setattr(time, "time", lambda: later)
    assert sent(client, cookie) == ["here"]
