"""Figures of essays: they count once the mark stands, never while it is open, and copy nothing that was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.analysis import queries, services, tasks
from question_bank.analysis.models import ItemFigures
from question_bank.marking.services import Given
from question_bank.models import AttemptItem
from tests.client import CheckingClient, main_text
from tests.question_bank.conftest import Bench, build
from tests.question_bank.essays import ONE, TWO, mark, sit
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


def sweep(bench: Bench) -> dict[int, ItemFigures]:
    """Count what is new; the figures by item."""
    with bench.app.app_context():
        tasks.count_what_is_new()
    with bench.looking():
        return {one.item_id: one for one in db.session.scalars(select(ItemFigures)) if one.item_id in bench.item_ids}


def test_an_essay_counts_its_share_once_the_mark_stands(app: Flask) -> None:
    bench = build(app, ONE, shuffle_items=False)
    first = sit(bench, "well written")
    sit(bench, name="other_trainee.jn")
    choice, essay = bench.item_ids
    found = sweep(bench)
    assert (found[essay].shown, found[essay].observed, found[essay].difficulty) == (1, 1, 0.0), "left empty"
    assert found[choice].observed == 1, "nothing of an attempt counts whose mark is open"
    mark(bench, first, given=Given({"a": 2, "b": 0}))
    found = sweep(bench)
    assert (found[essay].shown, found[essay].answered, found[essay].observed) == (2, 1, 2)
    assert found[essay].difficulty == 0.25, "half of the points, and none"
    assert (found[choice].observed, found[choice].difficulty) == (2, 1.0)


def test_one_mark_of_two_lets_nothing_count(app: Flask) -> None:
    bench = build(app, TWO, shuffle_items=False)
    attempt_id = sit(bench, "first", "second")
    mark(bench, attempt_id, 2)
    assert sweep(bench) == {}
    mark(bench, attempt_id, 3, Given({"a": 0, "b": 1}))
    assert [sweep(bench)[one].difficulty for one in bench.item_ids] == [1.0, 1.0, 0.25]


def test_a_marked_essay_is_of_the_rest_that_other_items_are_held_against(app: Flask) -> None:
    bench = build(app, TWO, shuffle_items=False)
    attempt_id = sit(bench, "first", "second")
    mark(bench, attempt_id, 2, Given({"a": 1, "b": 0}))
    mark(bench, attempt_id, 3, Given({"a": 3, "b": 0}))
    with bench.looking():
        rows = {row.item_id: row for row in queries.answers_to(bench.item_ids)}
    assert [(rows[one].share, rows[one].rest, rows[one].rest_points) for one in bench.item_ids] == [
        (1.0, 1.0, 2),
        (0.25, 1.75, 2),
        (0.75, 1.25, 2),
    ]


def test_a_text_of_before_people_marked_counts_nowhere(app: Flask) -> None:
    bench = build(app, ONE, shuffle_items=False)
    attempt_id = sit(bench)
    with bench.writing():
        of_essay = AttemptItem.attempt_id == attempt_id, AttemptItem.type == "essay"
        db.session.scalars(select(AttemptItem).where(*of_essay)).one().graded_answer = ["nobody marked this"]
    with bench.looking():
        rows: dict[int, Any] = {row.item_id: row for row in queries.answers_to(bench.item_ids)}
    choice, essay = bench.item_ids
    assert rows[essay].share is None
    assert (rows[choice].rest, rows[choice].rest_points) == (0.0, 0.0)
    assert (sweep(bench)[essay].observed, sweep(bench)[essay].difficulty) == (0, None)


def test_figures_copy_nothing_that_was_written(app: Flask) -> None:
    bench = build(app, ONE, shuffle_items=False)
    mark(bench, sit(bench, "words of a trainee"))
    essay = sweep(bench)[bench.item_ids[1]]
    assert essay.details["options"] == {}
    with bench.looking():
        assert services.differing(bench.item_ids) == [], "counting again changes nothing"


def test_the_page_says_when_an_essay_counts(app: Flask, as_: As) -> None:
    bench = build(app, ONE, shuffle_items=False)
    mark(bench, sit(bench, "words"))
    sweep(bench)
    page = main_text(as_(bench.people["instructor.jn"], "en").get(f"/items/{bench.item_ids[1]}"))
    assert "counts once the result of its attempt is decided" in " ".join(page.split())
    assert "29 are missing" in " ".join(page.split())
