"""Quizzes with sections and draws: saved only if they can be met, drawn for each person, scored by their sections."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from question_bank.blueprints import laying_out, pools, queries, tasks
from question_bank.blueprints.rules import Criteria, Draw, Section
from question_bank.models import Attempt, AttemptItem, Item, ItemVersion, Quiz, QuizItem
from question_bank.queries import attempts
from question_bank.queries import quizzes as stored
from question_bank.services import answers, categories, retiring, sitting
from tests.counting import counting
from tests.question_bank import drawn
from tests.question_bank.conftest import Bench, both
from tests.question_bank.drawn import EASY, HARD, TWO, compose, own_scope, retire, unlike
from tests.world_content import approved
from training.activities.models import Activity
from training.core import jobs
from training.core.db import db
from training.core.errors import Conflict, Invalid

pytestmark = pytest.mark.world


@pytest.fixture
def bank(app: Flask) -> Bench:
    return drawn.bank(app)


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
        answers.save(attempt, {position: answers.Given(["a"])}, person_id=bank.trainee.id)
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
