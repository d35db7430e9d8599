"""Marking under rulings as plain values: bounds, what each kind of ruling does, and which versions fit."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from question_bank import item_types
from question_bank.regrading.rules import Answered, Decision, Earned, Misfit, Ruled, Rulings, mark, misfit
from tests.question_bank import bodies
from tests.question_bank.conftest import a1, judgement, x

BODY = {name: several[0] for name, several in bodies.SOUND.items()}
STRANGE = st.lists(st.one_of(st.sampled_from(["a", "b", "1:b", "2:c", "10 mg", "吗啡", "", "x:"]), st.text(max_size=9)))
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def papers(draw: st.DrawFn) -> list[Answered]:
    """A paper of any types, answered anyhow; written ones are marked by somebody."""
    names = draw(st.lists(st.sampled_from(sorted(BODY)), min_size=1, max_size=6))
    made = []
    for position, name in enumerate(names, start=1):
        kind, body = item_types.get(name), BODY[name]
        chance = Random(draw(st.integers(0, 99)))
        drawn = kind.draw(body, chance, True)
        answer = draw(st.one_of(st.just(kind.key(body, drawn)), STRANGE))
        points = draw(st.integers(0, 4)) if kind.by_hand else None
        given_points = None if points is None else {"1": points}
        made.append(Answered(position, name, position, draw(st.integers(1, 9)), drawn, answer, body, given_points))
    return made


@st.composite
def rulings_on(draw: st.DrawFn, paper: list[Answered]) -> Rulings:
    """Any rulings on that paper, several on one item among them."""
    kinds = st.sampled_from([Ruled.KEY, Ruled.FULL, Ruled.DROPPED])
    each = draw(st.lists(st.tuples(st.sampled_from(paper), kinds), max_size=5))
    made = [
        Decision(kind, 1, one.item_version_id, one.body if kind is Ruled.KEY else None)
        for one, kind in each
        if kind is not Ruled.KEY or not item_types.get(one.type).by_hand
    ]
    return Rulings([*made, *draw(st.lists(st.builds(_pass_mark, st.integers(1, 100)), max_size=2))])


def _pass_mark(percent: int) -> Decision:
    return Decision(Ruled.PASS_MARK, 1, pass_percent=percent)


@RELAXED
@given(st.data())
def test_nothing_raises_and_scores_stay_within_bounds(data: st.DataObject) -> None:
    paper = data.draw(papers())
    rulings = data.draw(rulings_on(paper))
    found = mark(paper, rulings.pass_percent(1, 60), rulings)
    assert 0 <= found.percent <= 100
    assert set(found.items) == {one.position for one in paper}
    for one in paper:
        ruled = rulings.on(one.item_version_id)
        if ruled is not None and ruled.kind is Ruled.FULL:
            assert found.items[one.position] == Earned(Decimal(one.points), critical=False)
        if ruled is not None and ruled.kind is Ruled.DROPPED:
            assert found.items[one.position] == Earned(None, critical=False)
    assert found.points == sum(one.points for one in paper if found.items[one.position].earned is not None)


@RELAXED
@given(st.data())
def test_full_points_never_lower_anything(data: st.DataObject) -> None:
    paper = data.draw(papers())
    held = data.draw(rulings_on(paper))
    one = data.draw(st.sampled_from(paper))
    before = mark(paper, 60, held)
    if before.items[one.position].earned is None:
        return
    after = mark(paper, 60, Rulings([*held.decisions, Decision(Ruled.FULL, 1, one.item_version_id)]))
    assert after.percent >= before.percent
    assert after.passed >= before.passed
    assert {place for place in after.items if after.items[place] != before.items[place]} <= {one.position}


@RELAXED
@given(st.data())
def test_a_dropped_item_leaves_the_paper_as_if_it_had_never_been_there(data: st.DataObject) -> None:
    paper = data.draw(papers())
    one = data.draw(st.sampled_from(paper))
    dropped = mark(paper, 60, Rulings([Decision(Ruled.DROPPED, 1, one.item_version_id)]))
    without = mark([each for each in paper if each is not one], 60, Rulings())
    assert (dropped.percent, dropped.passed, dropped.points) == (without.percent, without.passed, without.points)
    assert {place: each for place, each in dropped.items.items() if place != one.position} == dict(without.items)


@RELAXED
@given(papers())
def test_the_last_ruling_on_an_item_holds_and_its_own_key_brings_it_back(paper: list[Answered]) -> None:
    own = [Decision(Ruled.KEY, 1, one.item_version_id, one.body) for one in paper if one.given is None]
    ruled = [Decision(Ruled.DROPPED, 1, one.item_version_id) for one in own]
    assert mark(paper, 60, Rulings([*ruled, *own])) == mark(paper, 60, Rulings())


def test_another_key_counts_for_those_who_chose_it() -> None:
    def one(answer: str) -> Answered:
        return Answered(1, "A1", 7, 2, list("abcde"), [answer], a1("b"))

    corrected = Rulings([Decision(Ruled.KEY, 1, 7, a1("c"))])
    assert mark([one("b")], 60, corrected).items[1].earned == 0
    assert mark([one("c")], 60, corrected).items[1].earned == 2
    assert mark([one("c")], 60, Rulings([Decision(Ruled.KEY, 1, 8, a1("c"))])).items[1].earned == 0


def test_thirds_are_never_rounded_before_the_end() -> None:
    paper = [Answered(place, "A1", place, 1, list("abcde"), ["b"], a1("b")) for place in (1, 2)]
    paper.append(Answered(3, "A1", 3, 1, list("abcde"), ["a"], a1("b")))
    assert not mark(paper, 67, Rulings()).passed
    assert mark(paper, 66, Rulings()).percent == Decimal("66.67")


def test_a_pass_mark_is_not_for_versions_to_come() -> None:
    rulings = Rulings([Decision(Ruled.PASS_MARK, 2, pass_percent=50)])
    assert [rulings.pass_percent(version, 60) for version in (1, 2, 3)] == [50, 50, 60]
    back = Rulings([*rulings.decisions, Decision(Ruled.PASS_MARK, 3)])
    assert [back.pass_percent(version, 60) for version in (1, 3)] == [60, 60]


@pytest.mark.parametrize(("name", "body"), bodies.EACH)
def test_every_sound_body_fits_itself_unless_a_person_marks(name: str, body: dict[str, Any]) -> None:
    drawn = item_types.get(name).draw(body, Random(1), True)
    assert misfit(name, body, body, [drawn]) == (Misfit.BY_HAND if name == "essay" else None)


@pytest.mark.parametrize(
    ("name", "body", "other", "why"),
    [
        ("A1", a1("b"), a1("c"), None),
        ("A1", a1("b"), {**a1("b"), "options": a1()["options"][:4]}, Misfit.OPTIONS),
        ("A1", a1("b"), {**a1("b"), "key": []}, Misfit.FAULTY),
        ("X", x("a", "d"), x("a", "b", "c"), None),
        ("judgement", judgement("true"), judgement("false"), None),
        ("A3", bodies.a3(), {**bodies.a3(), "parts": [*reversed(bodies.a3()["parts"])]}, Misfit.PARTS),
        ("A4", bodies.a4(), bodies.a4(back=False), Misfit.BACK),
        ("B1", bodies.b1(), {**bodies.b1(), "parts": bodies.b1()["parts"][:2]}, Misfit.PARTS),
        ("essay", bodies.essay(), bodies.essay(), Misfit.BY_HAND),
    ],
)
def test_a_version_fits_when_its_ids_are_the_same(
    name: str, body: dict[str, Any], other: dict[str, Any], why: Misfit | None
) -> None:
    drawn = item_types.get(name).draw(body, Random(1), True)
    assert misfit(name, body, other, [drawn]) is why


def test_a_draw_without_a_right_answer_does_not_fit() -> None:
    body, other = (
        bodies.calculated(),
        bodies.calculated(
            parameters=[
                {"name": "dose", "values": ["7"]},
                {"name": "rescue", "from": "0", "to": "4", "step": "1"},
            ],
            strengths=[],
        ),
    )
    assert misfit("calculated", body, other, [["garbage"]]) is not None
    renamed = {**body, "parameters": [{**one, "name": one["name"] + "2"} for one in body["parameters"]]}
    assert misfit("calculated", body, renamed, []) is not None
