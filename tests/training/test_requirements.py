"""Requirements that stand in groups: the rule with plain values, and what it makes of an enrolment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.training.histories import PASS_WITHDRAWN, PASSED, World, kinds_of_tests
from training.core import clock
from training.core.db import db, transaction
from training.core.errors import Conflict, Invalid
from training.programmes import services as programmes
from training.programmes import trees
from training.programmes.models import Cohort, Enrolment, EnrolmentPin
from training.progress import queries, rules, services, states, words
from training.progress.models import Standing
from training.progress.outcomes import COMPLETED
from training.progress.rules import Group

CHOICE = Group((1, Group((2, 3, Group((4, 5)))), Group((6, 7, 8), at_least=2)))


@pytest.fixture(autouse=True)
def kinds_of_this_test() -> Iterator[None]:
    yield from kinds_of_tests()


def trees_of(members: st.SearchStrategy[Group | int]) -> st.SearchStrategy[Group]:
    several = st.lists(members, min_size=1, max_size=3).map(tuple)
    return several.flatmap(
        lambda found: st.builds(Group, st.just(found), st.none() | st.integers(min_value=1, max_value=len(found)))
    )


def numbered(tree: Group | int, numbers: Iterator[int]) -> Group | int:
    """The same tree with every leaf an activity of its own."""
    if isinstance(tree, int):
        return next(numbers)
    return Group(tuple(numbered(member, numbers) for member in tree.members), tree.at_least)


LEAVES: st.SearchStrategy[Group | int] = st.just(0)
TREES = trees_of(LEAVES | trees_of(LEAVES | trees_of(LEAVES))).map(lambda tree: numbered(tree, iter(range(1, 100))))
SLOW_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
HELD = st.sets(st.integers(min_value=1, max_value=27))


@SLOW_MACHINE
@given(TREES, HELD)
def test_fulfilled_is_to_have_cleared_all_that_counts(tree: Group, held: set[int]) -> None:
    needed = rules.needed(tree, held)
    assert rules.fulfilled(tree, held) == (set(needed) <= held)
    assert len(needed) == len(set(needed))


@SLOW_MACHINE
@given(TREES, HELD, HELD)
def test_one_more_hurdle_cleared_takes_nothing_away(tree: Group, held: set[int], more: set[int]) -> None:
    assert rules.fulfilled(tree, held | more) or not rules.fulfilled(tree, held)


@SLOW_MACHINE
@given(TREES, HELD)
def test_what_is_spared_is_open_and_does_not_count(tree: Group, held: set[int]) -> None:
    spared = rules.spared(tree, held)
    assert not spared.keys() & held
    assert not spared.keys() & set(rules.needed(tree, held))
    assert all(instead and set(instead) <= held for instead in spared.values())


def test_hurdles_are_never_averaged() -> None:
    assert not rules.fulfilled(CHOICE, {1, 2, 3, 4, 6, 7, 8})
    assert rules.fulfilled(CHOICE, {1, 2, 3, 4, 5, 6, 8})
    assert rules.spared(CHOICE, {6, 8}) == {7: (6, 8)}
    assert rules.needed(CHOICE, {8}) == (1, 2, 3, 4, 5, 6, 8)
    assert rules.needed(CHOICE, {8}, begun={7}) == (1, 2, 3, 4, 5, 7, 8)


def choice_of(world: World) -> tuple[Cohort, trees.Group]:
    """A cohort of a programme that asks for the course or the quiz."""
    group = trees.Group("任选", "Either", 1, (world.course.id, world.quiz.id))
    programme = programmes.add_programme(
        code="G", title_zh="选", title_en="Choice", scope_id=world.course.scope_id, requires=[group], valid_months=0
    )
    day = clock.today()
    cohort = programmes.open_cohort(
        world.bases[0], programme, code="g", name="g", starts_on=day, ends_on=day, opened_by=None
    )
    return cohort, group


def standing(enrolment: Enrolment) -> list[str]:
    return [step.standing.value for step, _activity in queries.steps_of([enrolment.id])[enrolment.id]]


def test_a_choice_is_made_by_whatever_is_cleared_first(app: Flask) -> None:
    with app.test_request_context(), transaction():
        world = World()
        cohort, _group = choice_of(world)
        person = world.people[1]
        enrolment = programmes.enrol(cohort, person, enrolled_by=None)
        assert (standing(enrolment), enrolment.hurdles_needed) == (["open", "other_way"], 1)
        services.record(person.id, world.quiz, PASSED, client_key="q", authority=None)
        assert standing(enrolment) == ["not_needed", "done"]
        assert (enrolment.status.value, enrolment.hurdles_done, enrolment.hurdles_needed) == ("completed", 1, 1)
        steps = queries.steps_of([enrolment.id])[enrolment.id]
        assert "test:quiz" in words.path(steps)[0].words
        assert words.path(steps)[0].state == "spared"
        services.record(person.id, world.quiz, PASS_WITHDRAWN, client_key="w", authority=None)
        assert (standing(enrolment), enrolment.status.value) == (["other_way", "open"], "open")


def test_of_a_choice_the_one_that_was_begun_comes_next(app: Flask) -> None:
    with app.test_request_context(), transaction():
        world = World()
        group = trees.Group("任选", "Either", 1, (world.quiz.id, world.course.id))
        world.programme = programmes.add_programme(
            code="G", title_zh="选", title_en="C", scope_id=world.course.scope_id, requires=[group], valid_months=0
        )
        cohort = programmes.open_cohort(
            world.bases[0],
            world.programme,
            code="g",
            name="g",
            starts_on=clock.today(),
            ends_on=clock.today(),
            opened_by=None,
        )
        enrolment = programmes.enrol(cohort, world.people[1], enrolled_by=None)
        services.record(world.people[1].id, world.lessons[0], COMPLETED, client_key="l", authority=None)
        assert standing(enrolment) == ["other_way", "open"]
        now = words.current(queries.steps_of([enrolment.id])[enrolment.id])
        assert now is not None
        assert now[1].id == world.course.id


def test_who_is_enrolled_keeps_the_version_until_moved_with_a_reason(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        by = world.administrator
        person = world.people[1]
        old = programmes.enrol(world.cohorts[0], person, enrolled_by=None)
        services.record(person.id, world.quiz, PASSED, client_key="q", authority=None)
        changed: Any = {
            "code": "P",
            "title_zh": "项目",
            "title_en": "Programme",
            "valid_months": 6,
            "published_by": by,
        }
        tree: trees.Tree = (world.quiz.id,)
        assert programmes.publish_programme(world.programme, tree=tree, based_on=1, **changed) == 2
        with pytest.raises(Conflict):
            programmes.publish_programme(world.programme, tree=tree, based_on=1, **changed)
        assert programmes.publish_programme(world.programme, tree=tree, based_on=2, **changed) == 2
        new = programmes.enrol(world.cohorts[0], world.people[2], enrolled_by=None)
        assert (old.programme_version, len(standing(old))) == (1, 2)
        assert (new.programme_version, len(standing(new))) == (2, 1)
        with pytest.raises(Invalid):
            programmes.move_to_present(world.cohorts[0], old, " ", moved_by=by)
        programmes.move_to_present(world.cohorts[0], old, "本人申请", moved_by=by)
        assert (old.programme_version, old.status.value, standing(old)) == (2, "completed", ["done"])
        pins = db.session.scalars(select(EnrolmentPin.activity_id).where(EnrolmentPin.enrolment_id == old.id)).all()
        assert list(pins) == [world.quiz.id]
        assert states.refresh(old, None) == 0


def test_one_completion_counts_for_both_programmes_and_once_in_each_counter(app: Flask) -> None:
    with app.app_context(), transaction():
        world = World()
        cohort, _group = choice_of(world)
        person = world.people[1]
        enrolments = [programmes.enrol(one, person, enrolled_by=None) for one in (cohort, world.cohorts[1])]
        for key, lesson in enumerate(world.lessons):
            services.record(person.id, lesson, COMPLETED, client_key=f"{key}", authority=None)
        assert [one.status.value for one in enrolments] == ["completed", "open"]
        assert standing(enrolments[1]) == [Standing.DONE.value, Standing.OPEN.value]


@pytest.mark.parametrize("wrong", ["nothing", "twice", "empty", "too many", "untitled", "too deep", "a programme"])
def test_a_tree_that_cannot_be_fulfilled_is_refused(app: Flask, wrong: str) -> None:
    with app.app_context(), transaction():
        world = World()
        course, quiz = world.course.id, world.quiz.id
        deep: trees.Group | int = course
        for _ in range(3):
            deep = trees.Group("组", "Group", None, (deep,))
        several: dict[str, trees.Tree] = {
            "nothing": (),
            "twice": (course, course),
            "empty": (course, trees.Group("组", "Group", None, ())),
            "too many": (trees.Group("组", "Group", 3, (course, quiz)),),
            "untitled": (trees.Group("组", "", 1, (course, quiz)),),
            "too deep": (deep,),
            "a programme": (world.programme.activity_id,),
        }
        with pytest.raises(Invalid):
            trees.require_sound(several[wrong])
