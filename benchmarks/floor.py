"""The floor: what a bare Flask application with plain SQL costs for one saved answer and for one page.

It does the least that is honest: a signed session cookie names the person, the answer is one upsert that is committed
before the reply, the page is a template with two selects. A whole attempt is sat in the same seven requests (or with
twenty single answers): a paper is drawn and kept, its page is made of what was drawn and saved, handing in marks it.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from typing import Any

from flask import Flask, jsonify, redirect, render_template_string, request, session

from question_bank.samples import all_items

PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul><article>{{ text }}</article></body></html>"""
PAPER = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<form method="post" action="/attempt/{{ attempt }}/answers">{% for item in items %}
<fieldset><legend>{{ item.stem }}</legend>
{% for option in item.options %}<label><input type="radio" name="{{ item.position }}-choice" value="{{ option.id }}"
{% if option.id == item.answer %} checked{% endif %}> {{ option.text.zh }}{% if marked %} {{ option.explanation.zh }}
{% endif %}</label>{% endfor %}{% if marked %}<p>{{ "right" if item.answer == item.key else "wrong" }}</p>{% endif %}
</fieldset>{% endfor %}<button>Save</button></form></body></html>"""
ITEMS = 20
TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_answer (attempt INTEGER, position INTEGER, answer TEXT, saved TIMESTAMP, "
    "PRIMARY KEY (attempt, position))",
    "CREATE TABLE IF NOT EXISTS floor_lesson (id INTEGER PRIMARY KEY, title TEXT, body TEXT)",
    "CREATE TABLE IF NOT EXISTS floor_item (id INTEGER PRIMARY KEY, body TEXT)",
    "CREATE TABLE IF NOT EXISTS floor_attempt (id INTEGER PRIMARY KEY, person INTEGER, score INTEGER)",
    "CREATE TABLE IF NOT EXISTS floor_paper (attempt INTEGER, position INTEGER, item INTEGER, drawn TEXT, "
    "PRIMARY KEY (attempt, position))",
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
        chosen = [one for one in all_items() if one["type"] == "A1" and not one.get("pictures")][:ITEMS]
        insert = "INSERT INTO floor_item VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
        self.execute_many(insert, [(number, json.dumps(body)) for number, body in enumerate(chosen)])
        self.execute("COMMIT")

    def execute_many(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run one statement for each row."""
        self.connection.cursor().executemany(statement.replace("?", self.mark), rows)

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

    _show_attempts(app, store)
    _take_attempts(app, store)
    return app


def _show_attempts(app: Flask, store: Store) -> None:
    """The pages of an attempt; that of its items is compiled once."""
    page = app.jinja_env.from_string(PAPER)

    @app.get("/quiz/<int:quiz>")
    def landing(quiz: int) -> Any:
        attempts = store.execute("SELECT score FROM floor_attempt WHERE person = ?", (session["person"],)).fetchall()
        title = store.execute("SELECT title FROM floor_lesson WHERE id = ?", (quiz,)).fetchone()[0]
        return render_template_string(PAGE, title=title, names=[row[0] for row in attempts], text="")

    @app.get("/attempt/<int:attempt>")
    def paper(attempt: int) -> Any:
        score = store.execute("SELECT score FROM floor_attempt WHERE id = ?", (attempt,)).fetchone()[0]
        return page.render(title="Quiz", attempt=attempt, items=_drawn(store, attempt), marked=score is not None)


def _take_attempts(app: Flask, store: Store) -> None:
    """What is done in an attempt: beginning, answering, handing in."""

    @app.post("/attempt/<int:attempt>/start")
    def start(attempt: int) -> Any:
        items = store.execute("SELECT id, body FROM floor_item").fetchall()
        random.shuffle(items)
        rows = []
        for position, (item, body) in enumerate(items, start=1):
            order = [one["id"] for one in json.loads(body)["options"]]
            random.shuffle(order)
            rows.append((attempt, position, item, json.dumps(order)))
        store.execute("BEGIN")
        store.execute("INSERT INTO floor_attempt VALUES (?, ?, NULL)", (attempt, session["person"]))
        store.execute_many("INSERT INTO floor_paper VALUES (?, ?, ?, ?)", rows)
        store.execute("COMMIT")
        return redirect(f"/attempt/{attempt}")

    @app.post("/attempt/<int:attempt>/answers")
    def answers(attempt: int) -> Any:
        rows = [
            (attempt, int(name.partition("-")[0]), value)
            for name, value in request.form.items()
            if name.endswith("-choice")
        ]
        store.execute("BEGIN")
        store.execute("SELECT score FROM floor_attempt WHERE id = ? AND person = ?", (attempt, session["person"]))
        store.execute_many(
            "INSERT INTO floor_answer VALUES (?, ?, ?, CURRENT_TIMESTAMP) ON CONFLICT (attempt, position) "
            "DO UPDATE SET answer = excluded.answer, saved = excluded.saved",
            rows,
        )
        store.execute("COMMIT")
        return (
            jsonify(saved=True)
            if request.accept_mimetypes.best == "application/json"
            else redirect(f"/attempt/{attempt}")
        )

    @app.post("/attempt/<int:attempt>/hand-in")
    def hand_in(attempt: int) -> Any:
        store.execute("BEGIN")
        right = sum(item["answer"] == item["key"] for item in _drawn(store, attempt))
        store.execute("UPDATE floor_attempt SET score = ? WHERE id = ?", (right, attempt))
        store.execute("COMMIT")
        return redirect(f"/attempt/{attempt}")


def _drawn(store: Store, attempt: int) -> list[dict[str, Any]]:
    """The items of an attempt with what was drawn and answered."""
    rows = store.execute(
        "SELECT p.position, i.body, p.drawn, a.answer FROM floor_paper p JOIN floor_item i ON i.id = p.item "
        "LEFT JOIN floor_answer a ON a.attempt = p.attempt AND a.position = p.position "
        "WHERE p.attempt = ? ORDER BY p.position",
        (attempt,),
    ).fetchall()
    return [_drawn_item(*row) for row in rows]


def _drawn_item(position: int, body: str, drawn: str, answer: str | None) -> dict[str, Any]:
    known = json.loads(body)
    by_id = {one["id"]: one for one in known["options"]}
    options = [by_id[one] for one in json.loads(drawn)]
    stem, key = known["stem"]["zh"], known["key"][0]
    return {"position": position, "stem": stem, "options": options, "key": key, "answer": answer}
