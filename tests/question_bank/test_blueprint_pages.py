"""The editor of sections and draws, and what pages say of them: to instructors beforehand, to trainees afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.blueprints import queries, tasks
from question_bank.blueprints.rules import Criteria, Draw, Section
from question_bank.models import Attempt, ItemVersion
from question_bank.queries import attempts
from question_bank.services import answers, sitting
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import drawn
from tests.question_bank.conftest import Bench
from tests.question_bank.drawn import HARD, TWO, compose, retire
from training.activities.models import Activity
from training.core.db import db

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
RULES = {"time_limit_minutes": "30", "pass_percent": "60", "attempts_allowed": "2", "resit_wait_hours": "0"}


@pytest.fixture
def bank(app: Flask) -> Bench:
    return drawn.bank(app)


@pytest.fixture
def instructor(bank: Bench, as_: As) -> CheckingClient:
    return as_(bank.people["instructor.jn"], "en")


def form(bench: Bench, **more: str) -> dict[str, str]:
    """What the form of a new quiz sends: both fixed items, two sections, one draw in the second."""
    first, second = bench.item_ids
    with bench.looking():
        scope_id = drawn.own_scope(bench).id
    return {
        "scope_id": str(scope_id),
        "title_zh": "抽题考试",
        "title_en": "Drawn examination",
        **RULES,
        "critical_limit": "2",
        "shuffle_items": "y",
        "sections-0-title_zh": "单选",
        "sections-0-title_en": "Single",
        "sections-0-policy": "",
        "sections-1-title_zh": "多选",
        "sections-1-title_en": "Several",
        "sections-1-policy": "plus_minus",
        "draws-0-count": "2",
        "draws-0-points": "3",
        "draws-0-section": "2",
        "draws-0-type": "X",
        "draws-0-module": "pain",
        "draws-0-difficulty_min": "4",
        f"order_{first}": "1",
        f"section_{first}": "1",
        f"order_{second}": "1",
        f"section_{second}": "2",
        **more,
    }


def newest(bench: Bench) -> Any:
    with bench.looking():
        return db.session.scalars(select(Activity).order_by(Activity.id.desc()).limit(1)).one()


def test_an_instructor_composes_a_quiz_of_sections_and_draws(bank: Bench, instructor: CheckingClient) -> None:
    sent = instructor.submit("/quizzes/new", form(bank))
    quiz = newest(bank)
    assert sent.location == f"/quizzes/{quiz.id}"
    with bank.looking():
        plan = queries.blueprint_of(quiz.id, 1)
        assert plan.sections == (Section(1, "单选", "Single"), Section(2, "多选", "Several", "plus_minus"))
        assert plan.draws == (Draw(1, 2, 2, 3, Criteria(type="X", module="pain", difficulty_min=4)),)
        assert [row.section for row in queries.placed_in(quiz.id, 1)] == [1, 2]
    page = main_text(instructor.get(sent.location))
    assert "fits: 3 for 2 places" in page
    assert "2 or more: not passed, whatever the points" in page
    edited = instructor.get(f"/quizzes/{quiz.id}/edit").text
    assert 'name="draws-0-count"' in edited
    again = instructor.submit(f"/quizzes/{quiz.id}/edit", {})
    assert again.location == f"/quizzes/{quiz.id}"
    with bank.looking():
        assert queries.blueprint_of(quiz.id, 2) == plan


def test_a_row_is_added_and_what_was_typed_stays(bank: Bench, instructor: CheckingClient) -> None:
    for wanted, name in (("add-sections", "sections-2-title_zh"), ("add-draws", "draws-1-count")):
        page = instructor.post("/quizzes/new", data=form(bank, do=wanted))
        assert page.status_code == 200
        assert f'name="{name}"' in page.text
        assert 'value="抽题考试"' in page.text
        assert 'value="Several"' in page.text
        assert "Please look at this again" not in page.text
    assert newest(bank).title_zh != "抽题考试"


def test_the_form_says_how_many_items_fit(bank: Bench, instructor: CheckingClient) -> None:
    page = instructor.post("/quizzes/new", data=form(bank, do="fit"))
    assert "fits: 3 for 2 places" in main_text(page)


def test_a_foreign_bank_tells_nothing_of_what_it_has(bank: Bench, as_: As) -> None:
    stranger = as_(bank.people["instructor.qd"], "en")
    assert "fits:" not in main_text(stranger.post("/quizzes/new", data=form(bank, do="fit")))


def test_a_simple_quiz_shows_nothing_of_sections(bank: Bench, instructor: CheckingClient) -> None:
    page = instructor.get(f"/quizzes/{bank.quiz_id}/edit").text
    assert 'id="parts">' in page
    assert f'name="section_{bank.item_ids[0]}"' not in page
    assert 'name="sections-0' not in page
    assert "fits:" not in instructor.get(f"/quizzes/{bank.quiz_id}").text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"draws-0-count": "9"}, "wanted are 9 items, 3 fit"),
        ({"draws-0-count": ""}, "Fill this in."),
        ({"draws-0-count": "101"}, "A whole number from 1 to 100."),
        ({"draws-0-difficulty_max": "2"}, "the lowest difficulty is above the highest"),
        ({"draws-0-section": "7"}, "stands in section 3, which there is not"),
        ({"draws-0-section": "\x00"}, "stands in section 3, which there is not"),
        ({"sections-1-title_zh": "", "sections-1-title_en": "", "sections-1-policy": ""}, "which there is not"),
        ({"draws-0-category": "99999999999999999999"}, "Not a valid choice"),
        ({"draws-0-type": "Z\x00"}, "Not a valid choice"),
        ({"draws-0-module": "a\x00"}, "cannot be printed"),
        ({"sections-0-policy": "worse"}, "Not a valid choice"),
        ({"critical_limit": "21"}, "A whole number from 1 to 20."),
    ],
)
def test_what_cannot_be_is_told_and_not_saved(
    bank: Bench, instructor: CheckingClient, changed: dict[str, str], told: str
) -> None:
    for do in ("save", "fit"):
        page = instructor.post("/quizzes/new", data=form(bank, do=do) | changed)
        assert page.status_code == (422 if do == "save" else 200)
        assert do == "fit" or told in main_text(page)
    assert newest(bank).title_zh != "抽题考试"


def test_two_items_may_have_one_place_in_two_sections_but_not_in_one(bank: Bench, instructor: CheckingClient) -> None:
    page = instructor.post("/quizzes/new", data=form(bank) | {f"section_{bank.item_ids[1]}": "1"})
    assert page.status_code == 422
    assert "has this place too" in main_text(page)


def test_instructors_are_warned_before_anybody_stands_at_a_closed_door(bank: Bench, instructor: CheckingClient) -> None:
    compose(bank, HARD, sections=TWO)
    assert "cannot be started" not in instructor.get("/quizzes/").text
    for code in ("D-8", "D-9"):
        retire(bank, code)
    with bank.app.app_context():
        tasks.look_at_quizzes()
    assert "wanted are 2 items, 1 fit" in main_text(instructor.get(f"/quizzes/{bank.quiz_id}"))
    assert "cannot be started: too few items" in main_text(instructor.get("/quizzes/"))
    assert "Quizzes that nobody can start" in main_text(instructor.get("/items/"))


def test_a_trainee_at_a_quiz_that_cannot_be_drawn_is_told_kindly(bank: Bench, as_: As) -> None:
    compose(bank, HARD, sections=TWO)
    for code in ("D-8", "D-9"):
        retire(bank, code)
    page = as_(bank.trainee, "en").post(f"/quiz/{bank.quiz_id}/start")
    assert page.status_code == 409
    assert "no attempt is counted" in main_text(page)
    with bank.looking():
        assert not attempts.attempts_at(bank.trainee.id, bank.quiz_id)


@pytest.mark.parametrize(("limit", "passed"), [(None, True), (2, True), (1, False)])
def test_safety_critical_errors_fail_whatever_the_points(bank: Bench, as_: As, limit: int | None, passed: bool) -> None:
    with bank.writing():
        own = select(ItemVersion).where(ItemVersion.item_id == bank.item_ids[0])
        version = db.session.scalars(own).one()
        version.body = {**version.body, "critical": ["a"]}
    compose(bank, pass_percent=40, critical_limit=limit)
    told = main_text(as_(bank.trainee, "en").get(f"/quiz/{bank.quiz_id}"))
    assert (f"{limit} or more: not passed, whatever the points" in told) is (limit is not None)
    attempt = bank.start()
    with bank.writing():
        for item, body in attempts.paper_of(db.session.get_one(Attempt, attempt)):
            given = ["a"] if item.type == "A1" else body["key"]
            answers.save(attempt, {item.position: answers.Given(given)}, person_id=bank.trainee.id)
        sitting.hand_in(attempts.lock(attempt), by=None)
    with bank.looking():
        done = db.session.get_one(Attempt, attempt)
        assert (done.passed, float(done.score_percent or 0)) == (passed, 50.0)
    said = main_text(as_(bank.trainee, "en").get(f"/quiz/attempts/{attempt}/result"))
    assert ("Safety-critical errors: 1. From 1 on this quiz is not passed" in said) is not passed


def test_the_page_of_a_quiz_keeps_its_query_budget(bank: Bench, instructor: CheckingClient) -> None:
    compose(bank, HARD, sections=TWO)
    with counting(bank.app, at_most=17):
        instructor.get(f"/quizzes/{bank.quiz_id}")
