"""Figures of items in the house: what counts, held against a naive count, the sweep, the command, the panel."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from question_bank.analysis import services, tasks
from question_bank.analysis.classical import ENOUGH
from question_bank.analysis.models import ItemFigures
from question_bank.models import Attempt, AttemptItem, AttemptStatus, Item, ItemVersion
from question_bank.queries import attempts
from question_bank.regrading.rules import Ruled
from question_bank.services import answers, items, review, sitting
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import bodies, rulings
from tests.question_bank.conftest import NOW, Bench, a1, both, build
from tests.question_bank.test_sitting import answer_all, hand_in
from training.accounts.models import Person
from training.core.db import db
from training.core.scopes import Scope

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
UNKNOWN = dict.fromkeys(["mobile", "email", "staff_number", "id_number_index", "id_number_sealed"])


def sat_by_many(bench: Bench, people: int, seed: int = 1) -> None:
    """Attempts of so many new people, each stronger or weaker, written as the house leaves them when handed in."""
    chance = Random(seed)
    with bench.writing():
        rows = db.session.execute(
            select(ItemVersion, Item)
            .join(Item, (Item.id == ItemVersion.item_id) & (Item.approved_version == ItemVersion.version))
            .where(Item.id.in_(bench.item_ids))
            .order_by(Item.code)
        ).all()
        first = db.session.get_one(Person, bench.trainee.id)
        columns = {one.name: getattr(first, one.name) for one in Person.__table__.columns if one.name != "id"}
        for number in range(people):
            person = Person(**{**columns, "name": f"P{seed}-{number}", **UNKNOWN, "mobile": f"1370{seed}{number:06d}"})
            db.session.add(person)
            db.session.flush()
            strength = chance.random()
            for attempt_number in (1, 2) if number % 5 == 0 else (1,):
                _sit(bench, person.id, attempt_number, rows, chance, strength)


def _sit(bench: Bench, person_id: int, number: int, rows: Sequence[Any], chance: Random, strength: float) -> None:
    at = NOW + timedelta(minutes=number)
    attempt = Attempt(
        quiz_id=bench.quiz_id,
        quiz_version=1,
        person_id=person_id,
        number=number,
        seed=1,
        started_at=at,
        deadline=at,
        status=AttemptStatus.HANDED_IN,
        handed_in_at=at,
        handed_in_by="person",
        score_percent=50,
        passed=False,
    )
    db.session.add(attempt)
    db.session.flush()
    for place, (version, item) in enumerate(rows, start=1):
        is_right = chance.random() < strength
        key = version.body["key"]
        ids = [one["id"] for one in version.body["options"]]
        answer = key if is_right else chance.choice([None, [chance.choice([one for one in ids if one not in key])]])
        db.session.add(
            AttemptItem(
                attempt_id=attempt.id,
                position=place,
                item_version_id=version.id,
                type=item.type,
                option_order=ids,
                points=2 if item.type == "X" else 1,
                graded_answer=answer,
                earned=(2 if item.type == "X" else 1) if is_right else 0,
            )
        )
    db.session.flush()


def counted(bench: Bench) -> dict[tuple[int, int], ItemFigures]:
    with bench.looking():
        return {(one.item_id, one.version): one for one in db.session.scalars(select(ItemFigures))}


def sweep(bench: Bench) -> int:
    with bench.app.app_context():
        return tasks.count_what_is_new()


@contextmanager
def of_item(bench: Bench, place: int = 0) -> Iterator[tuple[Item, Scope]]:
    with bench.writing():
        item = db.session.get_one(Item, bench.item_ids[place])
        yield item, db.session.get_one(Scope, item.scope_id)


def revise(bench: Bench, **changes: object) -> None:
    """The next version of the first item, approved."""
    with of_item(bench) as (item, scope):
        author, body = bench.actor("instructor.jn"), {**a1("b"), **changes}
        items.revise_item(item, scope, body, seen_version=item.version, revised_by=author)
        review.submit(item, scope, submitted_by=author)
        review.approve(item, scope, seen_version=item.version, approved_by=bench.actor("reviewer.jn"))


def test_figures_are_those_of_a_naive_count(bench: Bench) -> None:
    sat_by_many(bench, 45)
    assert sweep(bench) >= len(bench.item_ids)
    found = counted(bench)
    with bench.looking():
        rows = db.session.execute(
            text(
                "SELECT v.item_id, a.person_id, a.number, ai.graded_answer, ai.earned, ai.points, ai.attempt_id "
                "FROM attempt_item ai JOIN attempt a ON a.id = ai.attempt_id "
                "JOIN item_version v ON v.id = ai.item_version_id "
                "WHERE a.status = 'handed_in' AND ai.earned IS NOT NULL"
            )
        ).all()
    totals: dict[int, list[float]] = {}
    for row in rows:
        whole = totals.setdefault(row.attempt_id, [0.0, 0.0])
        whole[0] += float(row.earned)
        whole[1] += row.points
    for item_id in bench.item_ids:
        met = [row for row in rows if row.item_id == item_id]
        first = [row for row in met if row.number == 1]
        shares = [float(row.earned) / row.points for row in first]
        rests = [
            (totals[row.attempt_id][0] - float(row.earned)) / (totals[row.attempt_id][1] - row.points) for row in first
        ]
        one = found[item_id, 1]
        assert (one.shown, one.observed) == (len(met), len(first)) == (54, 45)
        assert one.answered == sum(1 for row in met if row.graded_answer not in (None, "null"))
        assert one.difficulty == pytest.approx(statistics.mean(shares))
        assert one.discrimination == pytest.approx(statistics.correlation(shares, rests))


def test_the_sweep_counts_what_was_handed_in_and_then_has_nothing_to_do(bench: Bench) -> None:
    sweep(bench)
    assert sweep(bench) == 0
    attempt = bench.start()
    answer_all(bench, attempt)
    assert sweep(bench) == 0, "an open attempt is not counted"
    hand_in(bench, attempt)
    assert sweep(bench) == len(bench.item_ids)
    assert sweep(bench) == 0
    one = counted(bench)[bench.item_ids[0], 1]
    assert (one.shown, one.answered, one.observed, one.difficulty, one.discrimination) == (1, 1, 1, 1.0, None)


def test_resits_and_those_who_wrote_the_item_are_shown_it_but_do_not_count(bench: Bench) -> None:
    for _number in range(2):
        attempt = bench.start()
        answer_all(bench, attempt, right=False)
        hand_in(bench, attempt)
    other = bench.start("other_trainee.jn")
    answer_all(bench, other, name="other_trainee.jn")
    hand_in(bench, other)
    sweep(bench)
    one = counted(bench)[bench.item_ids[0], 1]
    assert (one.shown, one.observed, one.difficulty) == (3, 2, 0.5)
    with bench.writing():
        own = ItemVersion.item_id == bench.item_ids[0]
        db.session.execute(update(ItemVersion).where(own).values(author_id=bench.people["other_trainee.jn"].id))
        rows = services.differing(bench.item_ids)
        assert len(rows) == 1
        services.keep(rows)
    one = counted(bench)[bench.item_ids[0], 1]
    assert (one.shown, one.observed, one.difficulty) == (3, 1, 0.0)


def test_versions_that_ask_the_same_are_counted_together_and_others_apart(bench: Bench) -> None:
    attempt = bench.start()
    answer_all(bench, attempt)
    hand_in(bench, attempt)
    revise(bench, source="now with a source")
    other = bench.start("other_trainee.jn")
    answer_all(bench, other, right=False, name="other_trainee.jn")
    hand_in(bench, other)
    revise(bench, stem={"zh": "另一道题", "en": "another one"})
    assert sweep(bench) == len(bench.item_ids)
    found = counted(bench)
    item = bench.item_ids[0]
    assert [(found[item, one].observed, found[item, one].difficulty) for one in (1, 2, 3)] == [
        (2, 0.5),
        (2, 0.5),
        (0, None),
    ]
    assert found[item, 2].details["versions"] == [1, 2]
    assert found[item, 2].details["alone"]["difficulty"] == 0.0
    revise(bench)
    assert sweep(bench) == 1, "a version that was written since is counted though nobody met it"
    assert counted(bench)[item, 4].observed == 2


def test_the_command_counts_anew_and_says_what_differed(bench: Bench) -> None:
    sat_by_many(bench, ENOUGH)
    runner = bench.app.test_cli_runner()
    looked = runner.invoke(args=["questions", "analyse", "--check", "--json"])
    assert looked.exit_code == 1
    assert not {one for one, _version in counted(bench)} & set(bench.item_ids), "looking writes nothing"
    first = json.loads(runner.invoke(args=["questions", "analyse", "--json"]).stdout)
    assert first["differed"] >= len(bench.item_ids)
    told = {one["code"]: one for one in first["items"]}
    assert told["T-1"]["observed"] == ENOUGH
    assert set(told["T-1"]) >= {"difficulty", "discrimination", "worth_a_look", "shown", "answered", "version"}
    again = runner.invoke(args=["questions", "analyse", "--check"])
    assert again.exit_code == 0, again.output
    assert "T-1 (version 1): answers 30" in again.output
    assert "0 figures differed" in again.output


def test_the_panel_says_how_many_are_missing_and_then_the_figures(bench: Bench, as_: As) -> None:
    page = f"/items/{bench.item_ids[0]}"
    instructor = as_(bench.people["instructor.jn"], "en")
    assert "Nobody has met this version" in main_text(instructor.get(page))
    sat_by_many(bench, ENOUGH - 1)
    sweep(bench)
    few = " ".join(main_text(instructor.get(page)).split())
    assert "1 are missing" in few
    assert "Discrimination 0" not in few
    sat_by_many(bench, 20, seed=2)
    sweep(bench)
    with counting(bench.app, at_most=16):
        many = " ".join(main_text(instructor.get(page)).split())
    one = counted(bench)[bench.item_ids[0], 1]
    assert f"{one.difficulty:.2f}" in many
    assert "Strongest" in many
    assert "first answers of 49 people" in many
    assert "区分度" in as_(bench.people["instructor.jn"], "zh").get(page).text


def test_a_stranger_sees_no_figures(bench: Bench, as_: As) -> None:
    assert as_(bench.people["instructor.qd"], "en").get(f"/items/{bench.item_ids[0]}").status_code == 404


def test_the_list_tells_it_in_short_and_finds_what_is_worth_a_look(bench: Bench, as_: As) -> None:
    sat_by_many(bench, ENOUGH + 5)
    sweep(bench)
    instructor = as_(bench.people["instructor.jn"], "en")
    with bench.writing():
        own = ItemFigures.item_id == bench.item_ids[0]
        db.session.execute(update(ItemFigures).values(worth_a_look=False))
        db.session.execute(update(ItemFigures).where(own).values(worth_a_look=True))
    one = counted(bench)[bench.item_ids[0], 1]
    assert f"P {one.difficulty:.2f} · D {one.discrimination:.2f}" in main_text(instructor.get("/items/"))
    found = main_text(instructor.get("/items/?only=look"))
    assert "Items: 1" in found
    assert "T-1" in found


def test_figures_of_a_sets_questions_count_by_the_key_that_holds(app: Flask) -> None:
    set_of_two = {**bodies.a3(), "explanation": both("because"), "source": ""}
    bench = build(app, [("A3", set_of_two), ("A1", a1("b"))], shuffle_items=False)
    attempt_id = bench.start()
    with bench.writing():
        answers.save(attempt_id, {1: answers.Given(["1:b", "2:c"])}, person_id=bench.trainee.id)
        sitting.hand_in(attempts.lock(attempt_id), by=bench.trainee)
    first, second = bodies.a3()["parts"]
    other = rulings.corrected(bench, 0, body={**set_of_two, "parts": [first, {**second, "key": ["c"]}]})

    def shares() -> dict[str, float]:
        sweep(bench)
        found = counted(bench)[bench.item_ids[0], 1].details["parts"]
        return {name: difficulty for name, (difficulty, _discrimination) in found.items()}

    assert shares() == {"1": 1.0, "2": 0.0}
    rulings.decide(bench, rulings.drafted(bench, Ruled.KEY, 0, by_version_id=other))
    assert shares() == {"1": 1.0, "2": 1.0}
    with bench.looking():
        own = rulings.versions_of(bench)[0]
    rulings.decide(bench, rulings.drafted(bench, Ruled.KEY, 0, by_version_id=own))
    assert shares() == {"1": 1.0, "2": 0.0}, "the first key holds again"
