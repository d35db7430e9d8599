"""The pages of those who mark: what they see, what two of them do to each other, what is refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from question_bank.marking import queries as marking
from question_bank.marking import services
from question_bank.marking.services import Given
from question_bank.models import AttemptStatus
from question_bank.services.items import Stale
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import Bench, build
from tests.question_bank.essays import ONE, TWO, attempt, lines, mark, marks, points, sit
from training.core.db import db
from training.core.errors import NotAllowed, NotFound
from training.messages import services as messages
from training.privacy import erasure

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]


@pytest.fixture
def one(app: Flask) -> Bench:
    """A quiz of an item that marks itself and an essay."""
    return build(app, ONE, shuffle_items=False)


@pytest.fixture
def two(app: Flask) -> Bench:
    """The same with a second essay."""
    return build(app, TWO, shuffle_items=False)


def test_a_mark_changes_until_the_result_is_decided(two: Bench, as_: As) -> None:
    attempt_id = sit(two, "first", "second")
    client = as_(two.people["instructor.jn"], "en")
    page = f"/marking/answers/{attempt_id}/2"
    assert client.post(page, data=points(1, 0)).status_code == 302
    assert "Your marks that can still change" in client.get("/marking/").text
    assert 'value="1"' in client.get(page).text
    assert client.post(page, data=points(3, 1, seen=1)).status_code == 302
    assert [(one.number, one.points) for one in marks(two)] == [(1, {"a": 1, "b": 0}), (2, {"a": 3, "b": 1})]
    client.post(f"/marking/answers/{attempt_id}/3", data=points(3, 1))
    assert attempt(two, attempt_id).score_percent == Decimal(100)
    refused = client.post(page, data=points(0, 0, seen=2, comment="too late, but kept"))
    assert refused.status_code == 409
    assert "decided" in main_text(refused)
    assert "too late, but kept" in refused.text
    assert attempt(two, attempt_id).score_percent == Decimal(100)
    assert "Save and next" not in client.get(page).text


def test_saving_goes_on_to_the_next_answer_of_the_item_oldest_first(two: Bench, as_: As, at: Move) -> None:
    first = sit(two, "one", "two")
    at(timedelta(minutes=5))
    second = sit(two, "three", "four", name="other_trainee.jn")
    client = as_(two.people["instructor.jn"], "en")
    home = client.get("/marking/")
    assert f'action="/marking/answers/{first}/2/take"' in home.text
    assert client.post(f"/marking/answers/{first}/2/take").location == f"/marking/answers/{first}/2"
    assert "Answers to mark" in client.get("/items/").text
    moved = client.post(f"/marking/answers/{first}/2", data=points(3, 1))
    assert moved.location == f"/marking/answers/{second}/2"
    assert "Leave it for now" not in client.get(moved.location).text
    ended = client.post(moved.location, data=points(3, 1))
    assert ended.location == "/marking/"
    assert "No other answer to this item waits" in client.get(ended.location).text
    for attempt_id in (first, second):
        client.post(f"/marking/answers/{attempt_id}/3", data=points(3, 1))
    assert "Nothing waits for a mark" in main_text(client.get("/marking/"))


def test_one_passed_by_comes_round_again(one: Bench, as_: As, at: Move) -> None:
    first = sit(one, "one")
    at(timedelta(minutes=5))
    second = sit(one, "two", name="other_trainee.jn")
    client = as_(one.people["instructor.jn"])
    assert f'action="/marking/answers/{first}/2/pass"' in client.get(f"/marking/answers/{first}/2").text
    assert client.post(f"/marking/answers/{first}/2/pass").location == f"/marking/answers/{second}/2"
    assert client.post(f"/marking/answers/{second}/2", data=points(3, 1)).location == f"/marking/answers/{first}/2"


def test_markers_see_no_name_and_trainees_see_no_marker(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "morphine\nbecause it helps")
    client = as_(one.people["instructor.jn"], "en")
    for page in ("/marking/", f"/marking/answers/{attempt_id}/2"):
        assert one.trainee.name not in client.get(page).text
    shown = client.get(f"/marking/answers/{attempt_id}/2").text
    assert "because it helps" in shown
    assert "names the drug" in shown
    mark(one, attempt_id, given=Given({"a": 2, "b": 1}, "well argued"))
    result = as_(one.trainee, "en").get(f"/quiz/attempts/{attempt_id}/result")
    assert one.people["instructor.jn"].name not in main_text(result)
    assert "well argued" in main_text(result)
    assert re.search(r"2\s*/\s*3", main_text(result))


def test_the_second_of_two_markers_is_told_and_keeps_what_was_typed(two: Bench, as_: As) -> None:
    attempt_id = sit(two, "first", "second")
    page = f"/marking/answers/{attempt_id}/2"
    first, second = as_(two.people["instructor.jn"], "en"), as_(two.people["reviewer.jn"], "en")
    for client in (first, second):
        client.get(page)
    first.post(page, data=points(3, 1, comment="the first comment"))
    refused = second.post(page, data=points(0, 1, comment="the second comment"))
    assert refused.status_code == 409
    assert "the second comment" in refused.text
    assert "the first comment" in refused.text
    assert two.people["instructor.jn"].name in refused.text
    assert 'name="seen" type="hidden" value="1"' in refused.text or 'value="1" name="seen"' in refused.text
    assert [one.points for one in marks(two)] == [{"a": 3, "b": 1}]
    assert second.post(page, data=points(0, 1, seen=1, comment="having looked")).status_code == 302
    assert [one.comment for one in marks(two)] == ["the first comment", "having looked"]


def test_a_double_click_marks_once(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "words")
    client = as_(one.people["instructor.jn"])
    for _click in range(2):
        assert client.post(f"/marking/answers/{attempt_id}/2", data=points(3, 1)).status_code == 302
    assert len(marks(one)) == len(lines(one)) == 1


def test_strangers_find_no_answer_and_nobody_marks_their_own(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "words")
    page = f"/marking/answers/{attempt_id}/2"
    stranger = as_(one.people["instructor.qd"])
    assert stranger.get(page).status_code == 404
    assert stranger.post(page, data=points(3, 1)).status_code == 404
    assert page not in stranger.get("/marking/").text
    assert as_(one.trainee).get("/marking/").status_code == 403
    client = as_(one.people["instructor.jn"])
    for wrong in (f"/marking/answers/{attempt_id}/1", f"/marking/answers/{attempt_id}/9", "/marking/answers/999999/1"):
        assert client.get(wrong).status_code == 404
    with one.writing():
        actor = one.actor("instructor.jn")
        found = marking.answer_visible_to(actor, attempt_id, 2, lock=True)
        found.attempt.person_id = actor.id
        with pytest.raises(NotAllowed):
            services.mark(found, Given({"a": 3, "b": 1}), seen=0, marked_by=actor)
        db.session.rollback()


def test_an_open_attempt_is_nothing_to_mark(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "not yet", hands_in=False)
    assert as_(one.people["instructor.jn"]).get(f"/marking/answers/{attempt_id}/2").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        points(4, 1),
        points(-1, 0),
        {"points_a": "3", "seen": "0"},
        {"points_a": "1.5", "points_b": "1", "seen": "0"},
        {"points_a": "9" * 5000, "points_b": "1", "seen": "0"},
        points(3, 1, comment="x" * 1001),
        points(3, 1, comment="\x00"),
        {},
    ],
)
def test_bad_input_marks_nothing(one: Bench, as_: As, sent: dict[str, Any]) -> None:
    attempt_id = sit(one, "words")
    refused = as_(one.people["instructor.jn"]).post(f"/marking/answers/{attempt_id}/2", data=sent)
    assert refused.status_code == 422
    assert marks(one) == []
    assert attempt(one, attempt_id).status is AttemptStatus.MARKING


def test_what_an_erased_person_wrote_waits_for_nobody(one: Bench, as_: As) -> None:
    attempt_id = sit(one, "words")
    with one.writing():
        erasure.erase(one.trainee.id, by=None)
    client = as_(one.people["instructor.jn"])
    assert client.get(f"/marking/answers/{attempt_id}/2").status_code == 404


def test_a_quiz_page_counts_what_is_being_marked_apart(one: Bench, as_: As) -> None:
    mark(one, sit(one, "a secret of the ward"))
    sit(one, "more words", name="other_trainee.jn")
    page = as_(one.people["instructor.jn"], "en").get(f"/quizzes/{one.quiz_id}")
    assert "1 being marked" in main_text(page)
    assert "open now" not in main_text(page)
    assert "a secret of the ward" not in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_keep_their_query_budget(app: Flask, two: Bench, as_: As, language: str) -> None:
    first = sit(two, "one", "two")
    sit(two, "three", "four", name="other_trainee.jn")
    client = as_(two.people["instructor.jn"], language)
    with counting(app, at_most=5):
        client.get("/marking/")
    with counting(app, at_most=6):
        client.get(f"/marking/answers/{first}/2")
    mark(two, first, 2)
    mark(two, first, 3)
    trainee = as_(two.trainee, language)
    with counting(app, at_most=6):
        trainee.get(f"/quiz/attempts/{first}/result")


def at_once(bench: Bench, *acts: tuple[str, int, int, Given]) -> list[type[Exception]]:
    """Let each (who, attempt, position, mark) happen in a thread of its own; returns what was refused."""
    refused: list[type[Exception]] = []
    start = threading.Barrier(len(acts))

    def run(who: str, attempt_id: int, position: int, given: Given) -> None:
        start.wait(timeout=10)
        try:
            mark(bench, attempt_id, position, given, by=who)
        except Exception as error:  # noqa: BLE001 - the test names it
            refused.append(type(error))

    threads = [threading.Thread(target=run, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_of_two_marks_at_the_same_moment_one_counts(two: Bench) -> None:
    attempt_id = sit(two, "first", "second")
    acts = [
        ("instructor.jn", attempt_id, 2, Given({"a": 3, "b": 1})),
        ("reviewer.jn", attempt_id, 2, Given({"a": 0, "b": 0})),
    ]
    assert at_once(two, *acts) == [Stale]
    assert len(marks(two)) == 1


def test_the_last_two_answers_marked_at_the_same_moment_decide_once(two: Bench) -> None:
    attempt_id = sit(two, "first", "second")
    acts = [
        ("instructor.jn", attempt_id, 2, Given({"a": 3, "b": 1})),
        ("reviewer.jn", attempt_id, 3, Given({"a": 0, "b": 0})),
    ]
    assert at_once(two, *acts) == []
    assert [line.score_percent for line in lines(two)] == [Decimal("66.67")]
    assert attempt(two, attempt_id).status is AttemptStatus.HANDED_IN


def test_what_fails_half_way_leaves_the_answer_waiting(one: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt_id = sit(one, "words")

    def fails(*_people: Any, **_texts: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="killed"):
        patched.setattr(messages, "send", fails)
        mark(one, attempt_id)
    assert (marks(one), lines(one)) == ([], [])
    assert attempt(one, attempt_id).status is AttemptStatus.MARKING
    mark(one, attempt_id)
    assert len(lines(one)) == 1


def test_marking_while_its_writer_is_erased_leaves_no_comment(one: Bench) -> None:
    attempt_id = sit(one, "words")
    start, refused = threading.Barrier(2), []

    def act(does: Callable[[], None]) -> None:
        start.wait(timeout=10)
        try:
            does()
        except Exception as error:  # noqa: BLE001 - the test names it
            refused.append(type(error))

    def erases() -> None:
        with one.writing():
            erasure.erase(one.trainee.id, by=None)

    def marking_it() -> None:
        mark(one, attempt_id, given=Given({"a": 1, "b": 1}, "about the trainee"))

    threads = [threading.Thread(target=act, args=(does,)) for does in (erases, marking_it)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert set(refused) <= {NotFound}
    assert {one.comment for one in marks(one)} <= {""}
