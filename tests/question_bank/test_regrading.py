"""Regrading: what was seen is what happens, to the last mark; ledger, counters, history and figures follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from question_bank.analysis import tasks as analysis
from question_bank.analysis.models import ItemFigures
from question_bank.models import Attempt, AttemptItem, AttemptStatus
from question_bank.queries import quizzes
from question_bank.regrading import queries, services, tasks
from question_bank.regrading.models import RegradeLine, Ruling, RulingStatus
from question_bank.regrading.moves import Preview
from question_bank.regrading.rules import Ruled
from question_bank.services import answers, sitting
from question_bank.services.items import Stale
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import rulings
from tests.question_bank.conftest import Bench, build
from tests.question_bank.essays import ONE
from training.core.db import db, transaction
from training.core.errors import Conflict, Invalid
from training.messages.models import InboxEntry, Message
from training.progress import commands as progress
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
State = dict[int, tuple[int, Decimal, bool, dict[int, tuple[Any, Any, bool]]]]


def state(bench: Bench) -> State:
    """Of every attempt with a result its person, score, pass, and by position answer, points earned, critical."""
    with bench.looking():
        attempts = db.session.scalars(select(Attempt).where(Attempt.status == AttemptStatus.HANDED_IN)).all()
        items: dict[int, dict[int, Any]] = defaultdict(dict)
        for one in db.session.scalars(select(AttemptItem)):
            items[one.attempt_id][one.position] = (one.graded_answer, one.earned, one.critical_error)
    return {
        one.id: (one.person_id, one.score_percent or Decimal(0), bool(one.passed), items[one.id])
        for one in attempts
        if one.quiz_id == bench.quiz_id
    }


def lines_of(bench: Bench) -> list[LedgerLine]:
    with bench.looking():
        found = select(LedgerLine).where(LedgerLine.activity_id == bench.quiz_id).order_by(LedgerLine.id)
        return list(db.session.scalars(found))


def require_ledger(bench: Bench) -> None:
    """The ledger says of everybody what their attempts say, and nothing that is kept from it differs from a recount."""
    held: dict[int, bool] = defaultdict(bool)
    scores: dict[str, Decimal | None] = {}
    for line in lines_of(bench):
        held[line.person_id] = held[line.person_id] or line.sign > 0 if line.sign >= 0 else False
        scores[":".join(line.client_key.split(":")[:2])] = line.score_percent
    passes: dict[int, bool] = defaultdict(bool)
    for attempt_id, (person_id, score, passed, _items) in state(bench).items():
        passes[person_id] |= passed
        assert scores[f"attempt:{attempt_id}"] == score
    assert {one for one, is_held in held.items() if is_held} == {one for one, has in passes.items() if has}
    with bench.app.app_context():
        assert progress._recounted() == {"steps": 0, "counters": 0}


def require_as_previewed(before: State, after: State, preview: Preview) -> None:
    """Every attempt is as the preview said, and where it said nothing as it was before."""
    moves = {one.attempt_id: one for one in preview.moves}
    for attempt_id, (_person_id, score, passed, items) in after.items():
        was, move = before[attempt_id], moves.get(attempt_id)
        if move is None:
            assert was == after[attempt_id]
            continue
        assert (move.score, move.passed) == ((was[1], score), (was[2], passed))
        for position, (old, new) in move.items.items():
            assert (old.earned, old.critical) == was[3][position][1:]
            assert (new.earned, new.critical) == items[position][1:]
        assert {one for one in items if items[one] != was[3][one]} == set(move.items)
    had, has = ({one[0] for one in found.values() if one[2]} for found in (before, after))
    assert (set(preview.lost), set(preview.gained)) == (had - has, has - had)


def test_of_400_attempts_all_are_marked_as_the_preview_said_to_the_last_mark(bench: Bench) -> None:
    rulings.sat_by_many(bench, people=100, attempts=4)
    keys = list(rulings.KEYS)
    ruled: dict[str, Any] = {}
    each: list[tuple[Ruled, int | None, dict[str, Any], dict[str, Any]]] = [
        (Ruled.KEY, 0, {"by_version_id": rulings.corrected(bench, 0, "c")}, {}),
        (Ruled.FULL, 1, {}, {"full": {1}}),
        (Ruled.DROPPED, 2, {}, {"dropped": {2}}),
        (Ruled.PASS_MARK, None, {"pass_percent": 75}, {"needed": 75}),
    ]
    keys[0] = frozenset("c")
    turned = 0
    for kind, place, more, told in each:
        ruled |= told
        before = state(bench)
        ruling = rulings.drafted(bench, kind, place, **more)
        preview = rulings.decide(bench, ruling)
        after = state(bench)
        assert preview.about == len(after) == 400
        require_as_previewed(before, after, preview)
        for _person_id, score, passed, items in after.values():
            given = {position: one[0] for position, one in items.items()}
            assert (score, passed) == rulings.naive(given, keys, **ruled)
        with bench.looking():
            kept = db.session.scalars(select(RegradeLine).filter_by(ruling_id=ruling)).all()
        assert {one.attempt_id: (one.before, one.after) for one in kept} == {
            one.attempt_id: (one.as_json(0), one.as_json(1)) for one in preview.moves
        }
        turned += len(preview.lost) and len(preview.gained)
    require_ledger(bench)
    assert turned, "one ruling has some pass and others not"


def test_a_worker_that_dies_in_the_middle_goes_on(bench: Bench, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = rulings.sat_by_many(bench, people=12, attempts=1)
    ruling = rulings.drafted(bench, Ruled.DROPPED, 2)
    monkeypatch.setattr(services, "A_PIECE", 4)
    preview = rulings.decide(bench, ruling, work=False)
    real, done = services.carry_out, []

    def dying(ruling_id: int, person_id: int) -> None:
        real(ruling_id, person_id)
        done.append(person_id)
        if len(done) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(services, "carry_out", dying)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        tasks.work(ruling)
    with bench.looking():
        assert queries.count_lines(ruling) == 5, "the sixth was rolled back"
        assert db.session.get_one(Ruling, ruling).status is RulingStatus.RUNNING
    monkeypatch.setattr(services, "carry_out", real)
    with app.app_context():
        assert tasks.go_on_with_what_is_left() == 1
        assert tasks.go_on_with_what_is_left() == 0
        tasks.work(ruling)
    with bench.looking():
        assert queries.count_lines(ruling) == len(preview.moves) == len(ids)
        told = db.session.scalars(select(Message.key).where(Message.key.startswith(f"ruling:{ruling}:"))).all()
        entries = select(InboxEntry).join(Message).where(Message.key.startswith(f"ruling:{ruling}:"))
        assert len(db.session.scalars(entries).all()) == len(told)
    assert len(told) == sum(one.is_felt for one in preview.moves)
    require_ledger(bench)


def sit(bench: Bench, name: str = "trainee.jn", /, **chosen: list[str]) -> int:
    """An attempt of somebody, who answers by place (`p1` is the first item of the quiz)."""
    attempt_id = bench.start(name)
    with bench.writing():
        versions = rulings.versions_of(bench)
        places = {
            one.item_version_id: one.position
            for one in db.session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt_id))
        }
        for place, given in chosen.items():
            position = places[versions[int(place[1:]) - 1]]
            answers.save(attempt_id, {position: answers.Given(given)}, person_id=bench.people[name].id)
        sitting.hand_in(db.session.get_one(Attempt, attempt_id), by=bench.people[name])
    return attempt_id


RIGHT = {"p1": ["b"], "p2": ["c"], "p3": ["a", "d"], "p4": ["false"], "p5": ["e"]}


def test_who_hands_in_later_is_marked_by_the_same_rulings(bench: Bench) -> None:
    sit(bench, "other_trainee.jn", **RIGHT)
    rulings.decide(bench, rulings.drafted(bench, Ruled.FULL, 4))
    rulings.decide(bench, rulings.drafted(bench, Ruled.DROPPED, 2))
    attempt_id = sit(bench, p1=["b"], p2=["a"], p3=["b"], p4=["true"])
    with bench.looking():
        attempt = db.session.get_one(Attempt, attempt_id)
        earned = [one.earned for one in db.session.scalars(select(AttemptItem).filter_by(attempt_id=attempt_id))]
    assert (attempt.score_percent, attempt.passed) == (Decimal(50), False)
    assert sorted(one is None for one in earned) == [False] * 4 + [True]


def test_a_pass_mark_holds_for_the_versions_there_were_and_can_be_taken_back(bench: Bench) -> None:
    attempt_id = sit(bench, p1=["b"], p2=["c"])
    with bench.looking():
        assert db.session.get_one(Attempt, attempt_id).passed is False
    rulings.decide(bench, rulings.drafted(bench, Ruled.PASS_MARK, pass_percent=30))
    with bench.looking():
        assert db.session.get_one(Attempt, attempt_id).passed is True
    rulings.decide(bench, rulings.drafted(bench, Ruled.PASS_MARK))
    with bench.looking():
        assert db.session.get_one(Attempt, attempt_id).passed is False
    assert [(one.outcome, one.sign) for one in lines_of(bench)] == [
        ("question_bank:failed", 0),
        ("question_bank:passed", 1),
        ("question_bank:taken-back", -1),
    ]
    assert [one.corrects_id for one in lines_of(bench)] == [None, *[one.id for one in lines_of(bench)[:2]]]
    require_ledger(bench)


def test_one_ruling_of_two_people_or_two_clicks(bench: Bench) -> None:
    sit(bench, **RIGHT)
    first = rulings.drafted(bench, Ruled.DROPPED, 2)
    assert rulings.drafted(bench, Ruled.DROPPED, 2) == first
    second = rulings.drafted(bench, Ruled.DROPPED, 2, name="reviewer.jn")
    rulings.decide(bench, first, work=False)
    with pytest.raises(Conflict, match=r"being carried out|正在"):
        rulings.decide(bench, second, "reviewer.jn", work=False)
    with bench.app.app_context():
        tasks.work(first)
    rulings.decide(bench, first)
    with pytest.raises(Conflict):
        rulings.decide(bench, second, "reviewer.jn")
    with bench.looking():
        decided = select(Ruling.id).where(Ruling.quiz_id == bench.quiz_id, Ruling.status != RulingStatus.DRAFTED)
        assert db.session.scalars(decided).all() == [first]


def test_what_was_seen_must_still_be_so(bench: Bench) -> None:
    sit(bench, p1=["b"])
    ruling = rulings.drafted(bench, Ruled.FULL, 1)
    seen = rulings.looked_at(bench, ruling).seen
    sit(bench, "other_trainee.jn", p1=["b"])
    preview = rulings.looked_at(bench, ruling)
    with pytest.raises(Stale), bench.writing():
        actor = bench.actor("instructor.jn")
        _quiz, scope = quizzes.quiz_visible_to(actor, bench.quiz_id)
        services.decide(db.session.get_one(Ruling, ruling), scope, preview, seen=seen, decided_by=actor)
    with bench.looking():
        assert db.session.get_one(Ruling, ruling).status is RulingStatus.DRAFTED


def test_what_does_not_fit_is_refused_with_a_sentence(bench: Bench) -> None:
    sit(bench, **RIGHT)
    other = rulings.corrected(bench, 0, "c")
    for more in ({"by_version_id": None}, {"by_version_id": 10**9}, {"by_version_id": other}):
        place = 1 if more["by_version_id"] == other else 0
        with pytest.raises(Invalid, match="已审核版本"):
            rulings.drafted(bench, Ruled.KEY, place, **more)
    with pytest.raises(Invalid):
        rulings.drafted(bench, Ruled.FULL, 0, reason=" ")
    with bench.looking():
        assert db.session.scalars(select(Ruling).filter_by(quiz_id=bench.quiz_id)).all() == []


def test_an_attempt_keeps_something_that_counts(app: Flask) -> None:
    from tests.question_bank.conftest import a1, build

    bench = build(app, [("A1", a1("b"))])
    sit(bench, p1=["b"])
    ruling = rulings.drafted(bench, Ruled.DROPPED, 0)
    assert rulings.looked_at(bench, ruling).is_emptying
    with pytest.raises(Invalid):
        rulings.decide(bench, ruling)


def test_what_is_decided_stands_for_ever(bench: Bench, app: Flask) -> None:
    sit(bench, **RIGHT)
    ruling = rulings.drafted(bench, Ruled.DROPPED, 2)
    rulings.decide(bench, ruling)
    for statement in (
        "UPDATE ruling SET reason = 'x'",
        "DELETE FROM ruling",
        "UPDATE regrade_line SET at = at",
        "DELETE FROM regrade_line",
    ):
        with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(statement))


def test_figures_count_the_new_marks(bench: Bench, app: Flask) -> None:
    rulings.sat_by_many(bench, people=40, attempts=1)
    with app.app_context():
        analysis.count_what_is_new()
    rulings.decide(bench, rulings.drafted(bench, Ruled.FULL, 1))
    rulings.decide(bench, rulings.drafted(bench, Ruled.DROPPED, 2))
    with app.app_context():
        analysis.count_what_is_new()
    with bench.looking():
        full, dropped, other = (db.session.get_one(ItemFigures, (bench.item_ids[place], 1)) for place in (1, 2, 0))
        assert (full.difficulty, full.observed) == (1.0, 40)
        assert (dropped.difficulty, dropped.observed, dropped.shown) == (None, 0, 40)
        assert other.observed == 40


def test_drafts_are_forgotten_after_a_day(bench: Bench, app: Flask, at: Callable[[timedelta], None]) -> None:
    at(timedelta())
    sit(bench, **RIGHT)
    rulings.drafted(bench, Ruled.FULL, 0)
    kept = rulings.drafted(bench, Ruled.FULL, 1)
    rulings.decide(bench, kept)
    at(timedelta(days=1, seconds=1))
    with app.app_context():
        assert tasks.forget_what_was_only_looked_at() == 1
        assert tasks.forget_what_was_only_looked_at() == 0
    with bench.looking():
        assert db.session.scalars(select(Ruling.id).filter_by(quiz_id=bench.quiz_id)).all() == [kept]


def test_an_essay_has_no_key_but_can_count_for_everybody(app: Flask) -> None:
    from tests.question_bank.essays import sit as write

    bench = build(app, ONE, shuffle_items=False)
    attempt_id = write(bench)
    with bench.looking():
        own = rulings.versions_of(bench)[1]
    with pytest.raises(Invalid):
        rulings.drafted(bench, Ruled.KEY, 1, by_version_id=own)
    rulings.decide(bench, rulings.drafted(bench, Ruled.FULL, 1))
    with bench.looking():
        assert db.session.get_one(Attempt, attempt_id).score_percent == Decimal(100)


def test_the_pages_from_the_quiz_to_the_trainee(bench: Bench, as_: As, app: Flask) -> None:
    attempt_id = sit(bench, p1=["c"], p2=["c"], p3=["a", "d"])
    by = rulings.corrected(bench, 0, "c")
    instructor = as_(bench.people["instructor.jn"], "en")
    with bench.looking():
        own = rulings.versions_of(bench)[0]
    address = f"/quizzes/{bench.quiz_id}/rulings/new?item_version={own}"
    assert f'href="{address}"' in instructor.get(f"/quizzes/{bench.quiz_id}").text
    assert instructor.submit(address, {"kind": "key", "reason": ""}).status_code == 422
    drafted = instructor.submit(address, {"kind": "key", "by_version": str(by), "reason": "指南第三章"})
    assert drafted.status_code == 303
    page = instructor.get(drafted.location)
    assert "Would pass now" in main_text(page)
    assert "passes now" in main_text(page)
    assert instructor.get(f"{drafted.location}?only=lost").status_code == 200
    stale = instructor.post(f"{drafted.location}/decide", data={"seen": "x"})
    assert stale.status_code == 409
    assert "Something has changed since you looked" in stale.text
    assert instructor.submit(drafted.location).status_code == 303
    assert "is being carried out" in main_text(instructor.get(drafted.location))
    with app.app_context():
        assert tasks.go_on_with_what_is_left() == 1
    assert "Whom it moved" in main_text(instructor.get(drafted.location))
    listed = main_text(instructor.get(f"/quizzes/{bench.quiz_id}"))
    assert "by the key of version 2" in listed
    assert "Attempts changed: 1." in listed
    for language, words in (("en", "50 points before, 66.67 after"), ("zh", "更正")):
        told = main_text(as_(bench.trainee, language).get(f"/quiz/attempts/{attempt_id}/result"))
        assert words in told
        assert "指南第三章" in told
    require_ledger(bench)


def test_pages_cost_the_same_whoever_moves(bench: Bench, as_: As, app: Flask) -> None:
    instructor, numbers = as_(bench.people["instructor.jn"]), []
    for people, place in ((20, 2), (50, 3)):
        rulings.sat_by_many(bench, people=people, attempts=2, start=people)
        ruling = rulings.drafted(bench, Ruled.DROPPED, place)
        with counting(app) as looked:
            assert instructor.get(f"/quizzes/rulings/{ruling}").status_code == 200
        rulings.decide(bench, ruling)
        with counting(app) as listed:
            assert instructor.get(f"/quizzes/rulings/{ruling}").status_code == 200
        numbers.append((len(looked), len(listed)))
    assert max(looked for looked, _done in numbers) <= 9, "eight, and one for certificates where a pass is lost"
    assert {done for _looked, done in numbers} == {5}


def test_strangers_find_nothing(bench: Bench, as_: As) -> None:
    sit(bench, **RIGHT)
    ruling = rulings.drafted(bench, Ruled.FULL, 0)
    stranger = as_(bench.people["instructor.qd"])
    assert stranger.get(f"/quizzes/rulings/{ruling}").status_code == 404
    assert stranger.post(f"/quizzes/rulings/{ruling}/decide", data={"seen": ""}).status_code == 404
    assert stranger.get(f"/quizzes/{bench.quiz_id}/rulings/new").status_code == 404
    mine = as_(bench.people["instructor.jn"])
    for wrong in ("0", "x", "9" * 30):
        assert mine.get(f"/quizzes/{bench.quiz_id}/rulings/new?item_version={wrong}").status_code == 404
