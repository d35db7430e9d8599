"""Quizzes with sections and draws: saved only if they can be met, drawn for each person, scored by their sections."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.blueprints import laying_out, pools, queries, tasks
from question_bank.blueprints.rules import Blueprint, Criteria, Draw, Section
from question_bank.models import Attempt, AttemptItem, Item, ItemVersion, Quiz, QuizItem
from question_bank.queries import attempts
from question_bank.queries import quizzes as stored
from question_bank.services import answers, categories, quizzes, retiring, sitting
from tests.counting import counting
from tests.question_bank.conftest import Bench, a1, both, build, x
from tests.world_content import approved
from training.activities.models import Activity
from training.core import jobs
from training.core.db import db
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope

pytestmark = pytest.mark.world


def unlike(kind: str, number: int, **about: Any) -> dict[str, Any]:
    """A body that says nothing of what another number says."""
    chance = Random(number)
    said = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=30)) for _text in range(6)]
    body = a1() if kind == "A1" else x("a", "b")
    options = [{**one, "text": both(text)} for one, text in zip(body["options"], said, strict=False)]
    return {**body, "stem": both(said[5]), "options": options, "about": about}


@pytest.fixture
def bank(app: Flask) -> Bench:
    """A quiz of two fixed items, and ten more items in its bank: seven easy A1 and three hard X, of the module pain."""
    bench = build(app, [("A1", unlike("A1", 20)), ("X", unlike("X", 21))], critical_limit=2)
    with bench.writing():
        scope = own_scope(bench)
        for number in range(1, 11):
            kind, level = ("A1", 2) if number <= 7 else ("X", 4)
            body = unlike(kind, number, module="pain", difficulty=level)
            approved(scope, f"D-{number}", kind, body, None, bench.actor("reviewer.jn"))
    return bench


def own_scope(bench: Bench) -> Scope:
    return db.session.get_one(Scope, db.session.get_one(Activity, bench.quiz_id).scope_id)


def compose(bench: Bench, *draws: Draw, sections: tuple[Section, ...] = (), placed: Any = None, **rules: Any) -> int:
    """Save the quiz anew with those draws; the trainees keep to the version that they are pinned to."""
    from training.programmes.models import EnrolmentPin

    with bench.writing():
        activity = db.session.get_one(Activity, bench.quiz_id)
        fixed = [(db.session.get_one(Item, one), 1) for one in bench.item_ids]
        given = {"time_limit_minutes": 20, "pass_percent": 60, "attempts_allowed": 5, "resit_wait_hours": 0} | rules
        version = quizzes.revise_quiz(
            activity,
            own_scope(bench),
            quizzes.Titles("考试", "Examination"),
            quizzes.Rules(**given),
            fixed,
            Blueprint(sections or (Section(1),), draws, placed or {}),
            kept=frozenset(bench.item_ids),
            seen_version=activity.version,
            revised_by=bench.actor("instructor.jn"),
        ).version
        for pin in db.session.scalars(select(EnrolmentPin).where(EnrolmentPin.activity_id == bench.quiz_id)):
            pin.version = version
    return version


def paper(bench: Bench, attempt_id: int) -> list[tuple[int, str]]:
    """The section and the code of each item of an attempt, in order."""
    with bench.looking():
        statement = (
            select(AttemptItem.section, Item.code)
            .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
            .join(Item, Item.id == ItemVersion.item_id)
            .where(AttemptItem.attempt_id == attempt_id)
            .order_by(AttemptItem.position)
        )
        return [(row.section, row.code) for row in db.session.execute(statement)]


EASY = Draw(1, 1, 3, 1, Criteria(type="A1", module="pain", difficulty_max=3))
HARD = Draw(2, 2, 2, 2, Criteria(type="X", difficulty_min=4, difficulty_max=5))
TWO = (Section(1, "单选", "Single"), Section(2, "多选", "Several", "all_or_nothing"))


def test_each_person_draws_a_paper_of_their_own_in_the_order_of_the_sections(bank: Bench) -> None:
    compose(bank, EASY, HARD, sections=TWO, placed={bank.item_ids[1]: 2})
    mine, theirs = bank.start("trainee.jn", seed=1), bank.start("other_trainee.jn", seed=2)
    papers = [paper(bank, one) for one in (mine, theirs)]
    for one in papers:
        assert [section for section, _code in one] == [1] * 4 + [2] * 3
        codes = {code for _section, code in one}
        assert {"T-1", "T-2"} <= codes
        assert len(codes) == 7
        assert {code for section, code in one if section == 1} <= {"T-1", *(f"D-{n}" for n in range(1, 8))}
    assert set(papers[0]) != set(papers[1])


def test_the_same_seed_makes_the_same_paper(bank: Bench) -> None:
    version = compose(bank, EASY, HARD, sections=TWO)
    attempt = bank.start(seed=99)
    with bank.looking():
        laid = laying_out.paper_of(stored.rules_of(bank.quiz_id, version), 99)
        shown = attempts.paper_of(db.session.get_one(Attempt, attempt))
        assert [(one.version_id, one.option_order) for one in laid] == [
            (item.item_version_id, item.option_order) for item, _body in shown
        ]


def test_what_cannot_be_met_is_not_saved_and_the_sentence_says_why(bank: Bench) -> None:
    with pytest.raises(Invalid) as told:
        compose(bank, Draw(1, 1, 4, 1, Criteria(type="X", module="pain")))
    assert "第 1 部分、抽题要求 1" in str(told.value.message)
    assert "4" in str(told.value.message)
    with bank.looking():
        assert db.session.get_one(Activity, bank.quiz_id).version == 1
    with pytest.raises(Invalid, match="1（.*2（.*4 题.*3 题"):
        compose(bank, Draw(1, 1, 2, 1, Criteria(type="X", module="pain")), Draw(2, 1, 2, 1, Criteria(difficulty_min=4)))


def test_an_item_that_is_like_another_or_like_a_fixed_one_counts_once(bank: Bench) -> None:
    with bank.writing():
        reviewer = bank.actor("reviewer.jn")
        for number in (1, 2):
            body = unlike("A1", 77, module="symptoms")
            body["explanation"] = both(f"a word on number {number}")
            approved(own_scope(bank), f"L-{number}", "A1", body, None, reviewer)
    draw = Draw(1, 1, 1, 1, Criteria(module="symptoms"))
    version = compose(bank, draw)
    with bank.looking():
        assert pools.pool_of(bank.quiz_id, version).plan.fitting == {1: 1}
    with pytest.raises(Invalid):
        compose(bank, Draw(1, 1, 2, 1, Criteria(module="symptoms")))
    with bank.looking():
        own = db.session.scalars(select(Item.id).where(Item.code == "L-1")).one()
    bank.item_ids.append(own)
    with pytest.raises(Invalid):
        compose(bank, draw)


def test_a_category_takes_in_those_below_it_and_a_tag_is_asked_for(bank: Bench) -> None:
    with bank.writing():
        author, scope = bank.actor("instructor.jn"), own_scope(bank)
        top = categories.add_category(scope, "症状", added_by=author)
        below = categories.add_category(scope, "便秘", parent=top, added_by=author)
        found = {one.code: one for one in db.session.scalars(select(Item).where(Item.code.in_(["D-1", "D-2", "D-3"])))}
        categories.place_item(found["D-1"], scope, top, ["补考"], by=author)
        categories.place_item(found["D-2"], scope, below, [], by=author)
        categories.place_item(found["D-3"], scope, None, ["补考"], by=author)
        ids = {code: one.id for code, one in found.items()}
        wanted = (Criteria(category_id=top.id), Criteria(category_id=below.id), Criteria(tag="补考"))
        draws = [Draw(number, 1, 1, 1, one) for number, one in enumerate(wanted, start=1)]
        fitting = queries.fitting(scope.id, draws)
    assert fitting == {1: {ids["D-1"], ids["D-2"]}, 2: {ids["D-2"]}, 3: {ids["D-1"], ids["D-3"]}}


def test_an_item_retired_since_is_drawn_no_more_and_too_few_keep_people_from_starting(bank: Bench) -> None:
    compose(bank, HARD, sections=TWO)
    bank.start("trainee.jn", seed=1)
    retire(bank, "D-8")
    other = bank.start("other_trainee.jn", seed=1)
    assert {code for _section, code in paper(bank, other)} == {"T-1", "T-2", "D-9", "D-10"}
    with bank.writing():
        sitting.hand_in(attempts.lock(other), by=None)
    retire(bank, "D-9")
    with pytest.raises(Conflict, match="题目不足"):
        bank.start("other_trainee.jn", seed=1)
    with bank.looking():
        assert len(attempts.attempts_at(bank.people["other_trainee.jn"].id, bank.quiz_id)) == 1


def retire(bank: Bench, code: str) -> None:
    with bank.writing():
        item = db.session.scalars(select(Item).where(Item.code == code)).one()
        retiring.retire(item, own_scope(bank), "test", retired_by=bank.actor("instructor.jn"))


def test_the_sweep_notes_on_a_quiz_whether_it_can_be_started(bank: Bench) -> None:
    def noted() -> bool:
        with bank.looking():
            return db.session.get_one(Quiz, bank.quiz_id).cannot_draw

    compose(bank, HARD, sections=TWO)
    for code in ("D-8", "D-9"):
        retire(bank, code)
    with bank.app.app_context():
        assert tasks.look_at_quizzes() == 1
        assert noted()
        assert tasks.look_at_quizzes() == 0
    with bank.writing():
        item = db.session.scalars(select(Item).where(Item.code == "D-8")).one()
        retiring.restore(item, own_scope(bank), "test", restored_by=bank.actor("instructor.jn"))
    with bank.app.app_context():
        jobs.run_sweeps()
    assert not noted()


def test_laying_out_takes_as_many_statements_whatever_is_drawn(bank: Bench) -> None:
    few = compose(bank, Draw(1, 1, 1), sections=(Section(1),))
    many = compose(bank, EASY, HARD, Draw(3, 2, 1, 1, Criteria(module="pain")), sections=TWO)
    counts = []
    for version in (few, many):
        for _time in ("cold", "warm"):
            with bank.looking():
                rules = stored.rules_of(bank.quiz_id, version)
                with counting(bank.app) as sent:
                    laying_out.paper_of(rules, 1)
            counts.append(len(sent))
    assert counts[0] == counts[2] <= 7
    assert counts[1] == counts[3] == 1


def test_laying_out_writes_all_items_with_one_statement(bank: Bench) -> None:
    version = compose(bank, EASY, HARD, sections=TWO)
    first = bank.start("trainee.jn")
    with bank.writing():
        db.session.get_one(Attempt, first)
        with counting(bank.app) as sent:
            sitting.start(bank.quiz_id, bank.people["other_trainee.jn"], seed=5)
    inserts = [one for one in sent.statements if "attempt_item" in one]
    assert len(inserts) == 1
    assert version == 2


@pytest.mark.parametrize(("policy", "earned"), [("", 0), ("each", 50), ("plus_minus", 50)])
def test_a_section_is_scored_by_its_policy(bank: Bench, policy: str, earned: int) -> None:
    compose(bank, sections=(Section(1), Section(2, "多选", "Several", policy)), placed={bank.item_ids[1]: 2})
    attempt = bank.start()
    with bank.writing():
        rows = attempts.paper_of(db.session.get_one(Attempt, attempt))
        position = next(item.position for item, _body in rows if item.type == "X")
        answers.save(attempt, position, ["a"], person_id=bank.trainee.id)
        sitting.hand_in(attempts.lock(attempt), by=None)
    with bank.looking():
        [item] = [one for one, _body in attempts.paper_of(db.session.get_one(Attempt, attempt)) if one.type == "X"]
        assert item.section == 2
        assert 100 * item.earned / item.points == earned


def test_versions_without_sections_are_one_section_in_the_old_order(bank: Bench) -> None:
    with bank.looking():
        assert queries.sections_of(bank.quiz_id, 1) == {}
        assert set(db.session.scalars(select(QuizItem.section).where(QuizItem.quiz_id == bank.quiz_id))) == {1}
    assert {section for section, _code in paper(bank, bank.start())} == {1}
