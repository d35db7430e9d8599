"""Drawing is exact: it finds a paper wherever brute force finds one, and its reasons are true where there is none."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.blueprints.drawing import CannotBeMet, Cell, Plan, Shortage

ITEMS = range(1, 8)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Cell], set[int], list[set[int]]]:
    """Up to four cells over seven items, some of them fixed, some of them alike."""
    eligible = st.frozensets(st.sampled_from(ITEMS))
    cells = [Cell(number, draw(st.integers(1, 2)), draw(eligible)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    fixed = draw(st.sets(st.sampled_from(ITEMS), max_size=2))
    order = draw(st.permutations(ITEMS))
    cut = draw(st.integers(0, 4))
    return cells, fixed, [set(order[:cut]), set(order[cut : cut + 2])] if cut else []


def group_of(alike: list[set[int]], item: int) -> frozenset[int]:
    return next((frozenset(one) for one in alike if item in one), frozenset({item}))


def is_paper(cells: list[Cell], fixed: set[int], alike: list[set[int]], drawn: dict[int, list[int]]) -> bool:
    taken = [group_of(alike, item) for items in drawn.values() for item in items]
    barred = {group_of(alike, item) for item in fixed}
    return (
        len(taken) == len(set(taken))
        and not set(taken) & barred
        and all(len(drawn[one.id]) == one.count and set(drawn[one.id]) <= one.eligible for one in cells)
    )


def brute(cells: list[Cell], fixed: set[int], alike: list[set[int]]) -> bool:
    """Try every way to put items on the places."""
    places = [cell for cell in cells for _place in range(cell.count)]
    for chosen in permutations(ITEMS, len(places)) if len(places) <= len(ITEMS) else ():
        drawn: dict[int, list[int]] = {cell.id: [] for cell in cells}
        for cell, item in zip(places, chosen, strict=True):
            drawn[cell.id].append(item)
        if is_paper(cells, fixed, alike, drawn):
            return True
    return False


@settings(deadline=None)
@given(plans(), st.integers(0, 2**31))
def test_it_draws_a_paper_that_meets_every_cell_just_where_there_is_one(
    asked: tuple[list[Cell], set[int], list[set[int]]], seed: int
) -> None:
    cells, fixed, alike = asked
    plan = Plan(cells, fixed, alike)
    assert (not plan.shortages) == brute(cells, fixed, alike)
    if plan.shortages:
        with pytest.raises(CannotBeMet):
            plan.draw(Random(seed))
    else:
        drawn = plan.draw(Random(seed))
        assert is_paper(cells, fixed, alike, drawn)
        assert drawn == Plan(cells, fixed, alike).draw(Random(seed))


@settings(deadline=None)
@given(plans())
def test_a_shortage_is_true_and_names_no_cell_too_many(asked: tuple[list[Cell], set[int], list[set[int]]]) -> None:
    cells, fixed, alike = asked
    barred = {group_of(alike, item) for item in fixed}

    def short(ids: tuple[int, ...]) -> tuple[int, int]:
        some = [one for one in cells if one.id in ids]
        groups = {group_of(alike, item) for one in some for item in one.eligible} - barred
        return sum(one.count for one in some), len(groups)

    for found in Plan(cells, fixed, alike).shortages:
        assert (found.wanted, found.fitting) == short(found.cells)
        assert found.wanted > found.fitting
        for one in found.cells:
            wanted, fitting = short(tuple(other for other in found.cells if other != one))
            assert wanted <= fitting


@settings(derandomize=True, deadline=None)
@given(plans(), st.data())
def test_every_item_of_some_paper_comes_up(
    asked: tuple[list[Cell], set[int], list[set[int]]], data: st.DataObject
) -> None:
    cells, fixed, alike = asked
    plan = Plan(cells, fixed, alike)
    if plan.shortages:
        return
    seen = {item for seed in range(400) for items in plan.draw(Random(seed)).values() for item in items}
    cell = data.draw(st.sampled_from(cells))
    barred = {group_of(alike, item) for item in fixed}
    for item in (one for one in cell.eligible - seen if group_of(alike, one) not in barred):
        rest = [Cell(one.id, one.count - (one.id == cell.id), one.eligible - {item}) for one in cells]
        assert not brute([one for one in rest if one.count], fixed | {item}, alike)


def test_items_that_fit_alike_come_up_alike_often() -> None:
    """2,000 papers of fixed seeds: 3 of 12 items each, so that each item is on 500 of them, give or take 4 sigma."""
    plan = Plan([Cell(1, 2, frozenset(range(12))), Cell(2, 1, frozenset(range(12)))])
    counts = Counter(item for seed in range(2000) for items in plan.draw(Random(seed)).values() for item in items)
    assert sorted(counts) == list(range(12))
    assert max(abs(times - 500) for times in counts.values()) < 78


def test_a_cell_that_can_take_anything_leaves_to_another_what_only_that_one_can_take() -> None:
    plan = Plan([Cell(1, 2, frozenset({1, 2, 3})), Cell(2, 1, frozenset({1}))])
    for seed in range(50):
        assert plan.draw(Random(seed))[2] == [1]


def test_the_reason_is_the_cell_alone_where_one_is_too_short_and_else_the_cells_together() -> None:
    assert Plan([Cell(1, 3, frozenset({1, 2})), Cell(2, 1, frozenset({9}))]).shortages == (Shortage((1,), 3, 2),)
    cells = [Cell(1, 2, frozenset({1, 2, 3})), Cell(2, 2, frozenset({2, 3})), Cell(3, 1, frozenset({7, 8}))]
    assert Plan(cells).shortages == (Shortage((1, 2), 4, 3),)


def test_of_items_that_are_alike_a_paper_has_one_and_none_that_is_like_a_fixed_item() -> None:
    plan = Plan([Cell(1, 2, frozenset({1, 2, 3, 4, 5}))], fixed={6}, alike=[{1, 2}, {5, 6}])
    assert plan.fitting == {1: 3}
    for seed in range(100):
        drawn = set(plan.draw(Random(seed))[1])
        assert 5 not in drawn
        assert not {1, 2} <= drawn


def test_forty_draws_of_a_big_bank_are_drawn_exactly() -> None:
    """Chains of cells in which each can give way only to the next, and no item is to spare."""
    cells = [Cell(number, 2, frozenset(range(2 * number, 2 * number + 4))) for number in range(40)]
    cells.append(Cell(40, 2, frozenset({0, 1, 80, 81})))
    for seed in range(20):
        drawn = Plan(cells).draw(Random(seed))
        assert sorted(item for items in drawn.values() for item in items) == list(range(82))
