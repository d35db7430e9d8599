"""Two writers at the same moment: each item is changed by one of them, and the other says so."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from question_bank.changes import queries, services
from question_bank.changes.models import Fate
from question_bank.changes.rules import Act, Reason
from question_bank.models import ItemState
from question_bank.queries import items as bank
from question_bank.services import items, review, reviewing
from question_bank.services.items import Stale
from question_bank.services.reviewing import Decided, Decision
from tests.question_bank.conftest import Bench
from tests.question_bank.test_changes import confirm, done, fates, look, opened, undo
from tests.question_bank.test_lists import add

pytestmark = pytest.mark.world


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all of it in threads of their own, beginning together; returns what came back or was raised."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001 - what was raised is what the test asks for
            results[place] = error

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return results


def editing(bench: Bench, item_id: int) -> Callable[[], None]:
    """Somebody who has version 1 of an item open, and saves it."""
    with bench.looking():
        body = bank.version_of(bank.item_visible_to(bench.actor("reviewer.jn"), item_id)[0], 1).body

    def save() -> None:
        with bench.writing():
            actor = bench.actor("reviewer.jn")
            item, scope = bank.item_visible_to(actor, item_id, lock=True)
            items.revise_item(item, scope, {**body, "source": "by hand"}, seen_version=1, revised_by=actor)

    return save


def test_a_change_confirmed_twice_at_once_is_done_once(bench: Bench) -> None:
    ids = [add(bench, f"C-{number}", "题") for number in range(20)]
    change = opened(bench, Act.MODULE, "pain", ids)
    assert at_once(*[lambda: confirm(bench, change)] * 3) == [None] * 3
    assert {look(bench, one).version for one in ids} == {2}
    assert at_once(*[lambda: undo(bench, change)] * 3) == [None] * 3
    assert {look(bench, one).version for one in ids} == {3}


def test_a_piece_done_by_two_workers_at_once_is_done_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "A_PIECE", 5)
    ids = [add(bench, f"C-{number}", "题") for number in range(10)]
    change = opened(bench, Act.MODULE, "pain", ids)
    confirm(bench, change)

    def work() -> int | None:
        with bench.writing():
            return services.do_piece(change, 0)

    assert sorted(at_once(work, work), key=str) == [5, None]
    assert sorted(look(bench, one).version for one in ids) == [1] * 5 + [2] * 5


def test_two_changes_of_the_same_items_at_once_never_wait_for_each_other_in_a_ring(bench: Bench) -> None:
    ids = [add(bench, f"C-{number:02}", "题") for number in range(20)]
    one = opened(bench, Act.MODULE, "pain", ids)
    other = opened(bench, Act.LEVEL, "apply", ids[::-1])
    assert at_once(lambda: confirm(bench, one), lambda: confirm(bench, other)) == [None, None]
    told = [set(fates(bench, change).values()) for change in (one, other)]
    assert sorted(told, key=str) == sorted([{(Fate.DONE, None)}, {(Fate.LEFT, Reason.CHANGED)}], key=str)
    assert {look(bench, item_id).version for item_id in ids} == {2}


def test_a_change_and_somebody_at_one_item_never_lose_each_others_work(bench: Bench) -> None:
    for number in range(4):
        item_id = add(bench, f"C-{number}", "题")
        change = opened(bench, Act.MODULE, "pain", [item_id])
        changed, saved = at_once(partial(confirm, bench, change), editing(bench, item_id))
        assert changed is None
        item = look(bench, item_id)
        assert item.version == 2
        if saved is None:
            assert fates(bench, change)[item_id] == (Fate.LEFT, Reason.CHANGED)
            assert item.module is None
        else:
            assert isinstance(saved, Stale)
            assert fates(bench, change)[item_id] == (Fate.DONE, None)


def test_undoing_and_somebody_at_one_item_never_lose_each_others_work(bench: Bench) -> None:
    for number in range(4):
        item_id = add(bench, f"C-{number}", "题")
        change = done(bench, Act.TAG, "期末", [item_id])
        undone, saved = at_once(partial(undo, bench, change), editing(bench, item_id))
        assert (undone, saved) == (None, None), "a tag is no part of a version"
        with bench.looking():
            assert queries.tags_of([item_id]) == {}
        assert look(bench, item_id).version == 2


def test_a_decision_and_a_new_version_at_once_are_told_apart(bench: Bench) -> None:
    for number in range(4):
        item_id = add(bench, f"C-{number}", "题", "item")
        with bench.writing():
            actor = bench.actor("instructor.jn")
            review.submit(*bank.item_visible_to(actor, item_id, lock=True), submitted_by=actor)

        def decide(item_id: int = item_id) -> Decided:
            with bench.writing():
                return reviewing.decide([Decision(item_id, 1, True)], decided_by=bench.actor("reviewer.jn"))

        decided, saved = at_once(decide, editing(bench, item_id))
        assert isinstance(decided, Decided)
        assert saved is None
        item = look(bench, item_id)
        assert (item.version, item.state) == (2, ItemState.DRAFT)
        assert item.approved_version == (1 if decided.approved else None)
        assert bool(decided.approved) is not bool(decided.left_out)
