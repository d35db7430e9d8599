"""The floor: what a bare Flask application with plain SQL costs for one saved answer and for one page.

It does the least that is honest: a signed session cookie names the person, the answer is one upsert that is committed
before the reply, the page is a template with two selects.
"""

from __future__ import annotations

import os
import sqlite3
from typing import Any

from flask import Flask, jsonify, render_template_string, request, session

PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul><article>{{ text }}</article></body></html>"""
TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_answer (attempt INTEGER, position INTEGER, answer TEXT, saved TIMESTAMP, "
    "PRIMARY KEY (attempt, position))",
    "CREATE TABLE IF NOT EXISTS floor_lesson (id INTEGER PRIMARY KEY, title TEXT, body TEXT)",
)


class Store:
    """One connection a process to either database, with a single way of writing parameters."""

    def __init__(self, url: str) -> None:
        """Connect, and make the two tables."""
        self.mark = "?" if url.startswith("sqlite") else "%s"
        self.connection = _connect(url)
        self.execute("BEGIN")
        for table in TABLES:
            self.execute(table)
        for number in range(3):
            insert = "INSERT INTO floor_lesson VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING"
            self.execute(insert, (number, f"Lesson {number}", "text " * 600))
        self.execute("COMMIT")

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        """Run one statement."""
        return self.connection.execute(statement.replace("?", self.mark), values)


def _connect(url: str) -> Any:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def make_app() -> Flask:
    """The bare application on `DATABASE_URL`."""
    app = Flask("floor")
    app.secret_key = "k" * 40
    store = Store(os.environ["DATABASE_URL"])

    @app.get("/enter")
    def enter() -> str:
        session["person"] = 1
        return "in"

    @app.post("/answer/<int:attempt>/<int:position>")
    def answer(attempt: int, position: int) -> Any:
        if "person" not in session:
            return "", 401
        store.execute("BEGIN")
        store.execute(
            "INSERT INTO floor_answer VALUES (?, ?, ?, CURRENT_TIMESTAMP) ON CONFLICT (attempt, position) "
            "DO UPDATE SET answer = excluded.answer, saved = excluded.saved",
            (attempt, position, request.form["choice"]),
        )
        store.execute("COMMIT")
        return jsonify(saved=True)

    @app.get("/lesson/<int:number>")
    def lesson(number: int) -> Any:
        if "person" not in session:
            return "", 401
        title, body = store.execute("SELECT title, body FROM floor_lesson WHERE id = ?", (number,)).fetchone()
        names = [row[0] for row in store.execute("SELECT title FROM floor_lesson ORDER BY id").fetchall()]
        return render_template_string(PAGE, title=title, names=names, text=body)

    return app
