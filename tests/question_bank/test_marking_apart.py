"""Two who mark the same answer learn nothing of each other, and answers are shared out among those who mark."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.marking import queries, services
from question_bank.marking.models import MarkingClaim
from question_bank.marking.rules import MarkKind
from question_bank.marking.services import Given
from question_bank.models import AttemptStatus
from question_bank.services.items import Stale
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank.conftest import NOW, Bench, build
from tests.question_bank.essays import ONE, TWO, add_marker, attempt, lines, mark, marks, points, sit, written_by_many
from training.core import clock
from training.core.db import db
from training.core.errors import Conflict

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
Move = Callable[[timedelta], None]
FULL, THREE, NONE = Given({"a": 3, "b": 1}), Given({"a": 2, "b": 1}), Given({"a": 0, "b": 0})


@pytest.fixture
def pair(app: Flask) -> Bench:
    """An essay of four points that two people mark and may differ about by one; three are there who may mark."""
    bench = build(app, ONE, shuffle_items=False, markers=2, tolerance=25)
    add_marker(bench)
    return bench


def told_to(client: CheckingClient, *pages: str) -> list[str]:
    """What the pages say and hold, but for the token that each session has of its own."""
    return [re.sub(r'name="csrf_token"[^>]*', "", client.get(page).text) for page in pages]


def test_nothing_tells_the_second_that_there_is_a_first(pair: Bench, as_: As, at: Move) -> None:
    first = sit(pair, "words")
    at(timedelta(minutes=5))
    second = sit(pair, "other words", name="other_trainee.jn")
    pages = ["/marking/", "/items/", f"/quizzes/{pair.quiz_id}", "/marking/agreement"]
    pages += [f"/marking/answers/{one}/2" for one in (first, second)]
    client = as_(pair.people["reviewer.jn"], "en")
    before = told_to(client, *pages)
    mark(pair, first, given=Given({"a": 3, "b": 0}, "a telling comment", critical=True))
    assert told_to(client, *pages) == before
    assert client.post(f"/marking/answers/{first}/2/take").location == f"/marking/answers/{first}/2", "oldest first"


def test_the_first_learns_nothing_of_the_second(app: Flask, as_: As) -> None:
    bench = build(app, TWO, shuffle_items=False, markers=2, tolerance=25)
    attempt_id = sit(bench, "first", "second")
    client = as_(bench.people["instructor.jn"], "en")
    page = f"/marking/answers/{attempt_id}/2"
    client.post(page, data=points(3, 1, comment="my own comment"))
    mark(bench, attempt_id, 3, Given({"a": 0, "b": 1}, "on the other answer"), by="reviewer.jn")
    assert "on the other answer" not in client.get(f"/marking/answers/{attempt_id}/3").text
    own = client.get(page).text
    assert "my own comment" in own
    assert "You can change yours until both are there" in own
    assert page in client.get("/marking/").text, "it may change"


def test_whoever_has_marked_is_not_offered_the_answer_again(pair: Bench, as_: As) -> None:
    attempt_id = sit(pair, "words")
    client = as_(pair.people["instructor.jn"], "en")
    sent = client.post(f"/marking/answers/{attempt_id}/2", data=points(3, 1))
    assert sent.location == "/marking/"
    assert "Nothing waits for a mark" in main_text(client.get("/marking/"))
    assert "For a second mark: 1" in main_text(client.get("/marking/"))
    assert client.post(f"/marking/answers/{attempt_id}/2/take").location == "/marking/"
    assert client.post(f"/marking/answers/{attempt_id}/2", data=points(3, 1)).status_code == 302, "a double click"
    assert client.post(f"/marking/answers/{attempt_id}/2", data=points(2, 1)).status_code == 409, "another window"
    assert client.post(f"/marking/answers/{attempt_id}/2", data=points(2, 1, seen=1)).status_code == 302
    assert [one.kind for one in marks(pair)] == [MarkKind.FIRST, MarkKind.FIRST], "nobody is second to themselves"


def test_both_marks_there_the_first_stays(app: Flask, as_: As) -> None:
    bench = build(app, TWO, shuffle_items=False, markers=2, tolerance=25)
    attempt_id = sit(bench, "first", "second")
    mark(bench, attempt_id, given=NONE)
    mark(bench, attempt_id, given=THREE, seen=1)
    mark(bench, attempt_id, given=FULL, by="reviewer.jn")
    assert [one.kind for one in marks(bench)] == [MarkKind.FIRST, MarkKind.FIRST, MarkKind.AGREED]
    for name, seen in (("instructor.jn", 2), ("reviewer.jn", 3)):
        with pytest.raises(Conflict):
            mark(bench, attempt_id, given=NONE, by=name, seen=seen)
    mark(bench, attempt_id, given=FULL, by="reviewer.jn", seen=3)
    assert len(marks(bench)) == 3, "the same mark again is the one there is"
    page = main_text(as_(bench.people["instructor.jn"], "en").get(f"/marking/answers/{attempt_id}/2"))
    assert "they stay as they are" in page
    assert "3.5 of 4" in page, "of two marks, the newest of each"


def test_who_comes_third_by_chance_is_told_and_then_decides(pair: Bench, as_: As) -> None:
    attempt_id = sit(pair, "words")
    client, page = as_(pair.people["nobody"], "en"), f"/marking/answers/{attempt_id}/2"
    client.get(page)
    mark(pair, attempt_id, given=Given({"a": 3, "b": 1}, "all of it"))
    mark(pair, attempt_id, given=NONE, by="reviewer.jn")
    refused = client.post(page, data=points(1, 1, comment="typed before looking"))
    assert refused.status_code == 409
    assert "typed before looking" in refused.text
    assert "all of it" in refused.text
    assert len(marks(pair)) == 2
    assert client.post(page, data=points(1, 1, seen=2)).status_code == 302
    assert attempt(pair, attempt_id).status is AttemptStatus.HANDED_IN


def test_who_comes_third_to_two_who_agree_is_not_needed(app: Flask, as_: As) -> None:
    bench = build(app, TWO, shuffle_items=False, markers=2, tolerance=25)
    add_marker(bench)
    attempt_id = sit(bench, "first", "second")
    mark(bench, attempt_id, given=FULL)
    mark(bench, attempt_id, given=FULL, by="reviewer.jn")
    client = as_(bench.people["nobody"], "en")
    refused = client.post(f"/marking/answers/{attempt_id}/2", data=points(1, 1, comment="typed for nothing"))
    assert refused.status_code == 409
    assert "typed for nothing" in refused.text
    assert f"/marking/answers/{attempt_id}/2" not in client.get("/marking/").text
    assert len(marks(bench)) == 2


def at_once(bench: Bench, *acts: Callable[[], None]) -> list[type[Exception]]:
    """Let all happen at the same moment, each in a thread of its own; returns what was refused."""
    refused: list[type[Exception]] = []
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        start.wait(timeout=10)
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the test names it
            refused.append(type(error))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_two_at_the_same_moment_both_mark_and_it_is_decided_once(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    refused = at_once(
        pair,
        lambda: mark(pair, attempt_id, given=FULL),
        lambda: mark(pair, attempt_id, given=THREE, by="reviewer.jn"),
    )
    assert refused == []
    assert [(one.number, one.kind) for one in marks(pair)] == [(1, MarkKind.FIRST), (2, MarkKind.AGREED)]
    assert len(lines(pair)) == 1


def test_the_third_at_the_same_moment_decides_nothing_unseen(pair: Bench) -> None:
    attempt_id = sit(pair, "words")
    refused = at_once(
        pair,
        lambda: mark(pair, attempt_id, given=FULL),
        lambda: mark(pair, attempt_id, given=NONE, by="reviewer.jn"),
        lambda: mark(pair, attempt_id, given=Given({"a": 1, "b": 0}), by="nobody"),
    )
    assert len(refused) == 1
    assert set(refused) <= {Stale, Conflict}
    assert len(marks(pair)) == 2


def take(bench: Bench, attempt_id: int, name: str, *, passing: bool = False) -> tuple[int, int] | None:
    with bench.writing():
        actor = bench.actor(name)
        found = queries.answer_visible_to(actor, attempt_id, 2)
        return services.take(found, passing=passing, taken_by=actor)


@pytest.mark.parametrize("markers", [1, 2])
def test_all_who_mark_are_led_to_different_answers(app: Flask, markers: int) -> None:
    bench = build(app, ONE, shuffle_items=False, markers=markers)
    names = ["instructor.jn", "reviewer.jn"]
    more = ["nobody", "candidate", "stand_in.jn", "supervisor.jn", "coordinator.jn", "officer", "officer.jn"]
    for name in more:
        add_marker(bench, name)
    names += more
    attempts = written_by_many(bench, 40)
    led: list[tuple[int, int] | None] = []
    assert at_once(bench, *(lambda one=one: led.append(take(bench, attempts[0], one)) for one in names)) == []
    assert None not in led
    assert len(set(led)) == len(names)
    assert set(led) <= {(one, 2) for one in attempts}


def test_passing_by_frees_the_answer_and_so_does_time(pair: Bench, at: Move) -> None:
    first, second = written_by_many(pair, 2)
    at(timedelta(0))
    assert take(pair, first, "instructor.jn") == (first, 2)
    assert take(pair, first, "instructor.jn") == (first, 2), "a second click"
    assert take(pair, first, "reviewer.jn") == (second, 2)
    assert take(pair, first, "nobody") is None, "all are taken"
    assert take(pair, second, "reviewer.jn", passing=True) is None
    assert take(pair, first, "nobody") == (second, 2), "passed by"
    at(timedelta(minutes=29, seconds=59))
    assert take(pair, first, "reviewer.jn") is None
    at(timedelta(minutes=30))
    assert take(pair, first, "reviewer.jn") == (first, 2), "half an hour has gone"
    with pair.looking():
        held = {one.marker_id: one.attempt_id for one in db.session.scalars(select(MarkingClaim))}
    assert held[pair.people["reviewer.jn"].id] == first
    mark(pair, first, given=FULL)
    mark(pair, first, given=THREE, by="reviewer.jn")
    assert [one.kind for one in marks(pair)] == [MarkKind.FIRST, MarkKind.AGREED], "whoever was late marks all the same"


def test_saving_leads_past_what_somebody_else_is_at(pair: Bench, as_: As) -> None:
    first, second, third = written_by_many(pair, 3)
    assert take(pair, second, "reviewer.jn") == (second, 2)
    client = as_(pair.people["instructor.jn"])
    sent = client.post(f"/marking/answers/{first}/2", data=points(3, 1))
    assert sent.location == f"/marking/answers/{third}/2"
    sent = client.post(f"/marking/answers/{third}/2", data=points(3, 1))
    assert sent.location == "/marking/"
    assert take(pair, third, "nobody") == (third, 2), "a second mark is wanted, and nobody is at it"


def test_pages_cost_the_same_however_many_wait(pair: Bench, as_: As) -> None:
    with clock.frozen(NOW):
        ids = written_by_many(pair, 30)
    client = as_(pair.people["instructor.jn"])
    for one in ids[:10]:
        mark(pair, one, given=FULL)
        mark(pair, one, given=NONE, by="nobody")
    with counting(pair.app, at_most=6):
        client.get("/marking/")
    with counting(pair.app, at_most=6):
        client.get(f"/marking/answers/{ids[20]}/2")
    with counting(pair.app, at_most=5):
        client.get("/marking/agreement")
