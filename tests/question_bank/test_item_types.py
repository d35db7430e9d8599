"""Types of items: what they demand, how they are shown and graded."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import grading, item_types
from question_bank.item_types import Fault
from tests.question_bank.conftest import a1, both, judgement, option, x

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
BODIES = {"A1": a1("b"), "A2": a1("c"), "X": x("a", "d"), "judgement": judgement("false")}


@given(answer=JSON, name=st.sampled_from(item_types.names()))
def test_grading_never_raises_and_stays_within_bounds(answer: Any, name: str) -> None:
    kind = item_types.get(name)
    assert 0 <= grading.fraction(kind, kind.mark(BODIES[name], [], answer)) <= 1


@given(body=st.dictionaries(st.sampled_from(["stem", "options", "key", "explanation", "source"]), JSON))
def test_any_body_is_judged_without_raising(body: dict[str, Any]) -> None:
    for name in item_types.names():
        assert item_types.get(name).validate(body)
        item_types.get(name).mark(body, [], ["a"])


@given(answer=st.sets(st.sampled_from("abcde")))
def test_only_exactly_the_key_earns_the_points(answer: set[str]) -> None:
    assert item_types.get("X").mark(x("a", "d"), [], sorted(answer)).right == (answer == {"a", "d"})
    assert item_types.get("A1").mark(a1("b"), [], sorted(answer)).right == (answer == {"b"})


@pytest.mark.parametrize(("name", "body"), BODIES.items())
def test_sound_items_have_no_faults(name: str, body: dict[str, Any]) -> None:
    assert item_types.get(name).validate(body) == []


def test_all_faults_are_told_with_their_place() -> None:
    body = a1("f")
    body["stem"] = {"zh": "题干", "en": " "}
    body["options"][2]["text"]["en"] = ""
    body["options"][3]["text"]["zh"] = body["options"][0]["text"]["zh"]
    body["options"][4]["explanation"] = {"zh": "只有中文", "en": ""}
    body["explanation"]["zh"] = "长" * 1001
    assert item_types.get("A1").validate(body) == [
        Fault("missing", "stem", None, "en"),
        Fault("missing", "text", "c", "en"),
        Fault("same_text", "text", "d", "zh", "a"),
        Fault("missing", "explanation", "e", "en"),
        Fault("key_unknown", "key"),
        Fault("too_long", "explanation", None, "zh", 1000),
    ]


def test_each_type_has_its_own_rule_for_the_key() -> None:
    assert item_types.get("A1").validate(x("a", "d")) == [Fault("key_one", "key")]
    assert item_types.get("X").validate(a1("b")) == [Fault("key_two", "key")]
    assert item_types.get("judgement").validate({**judgement(), "key": []}) == [Fault("key_one", "key")]


def test_too_few_options_and_wrong_judgements_are_refused() -> None:
    few = {**a1("a"), "options": [option("a"), option("b")]}
    assert Fault("too_few_options", "options", figure=4) in item_types.get("A1").validate(few)
    assert Fault("not_true_and_false", "options") in item_types.get("judgement").validate(a1("a"))


def test_shuffling_follows_the_seed_and_leaves_judgements_alone() -> None:
    kind = item_types.get("A1")
    orders = [kind.draw(a1(), Random(5), shuffle=True) for _time in range(2)]
    assert orders[0] == orders[1] != list("abcde")
    assert sorted(orders[0]) == list("abcde")
    assert kind.draw(a1(), Random(5), shuffle=False) == list("abcde")
    assert {tuple(item_types.get("judgement").draw(judgement(), Random(n), True)) for n in range(20)} == {
        ("true", "false")
    }


def test_letters_follow_the_place_not_the_option() -> None:
    shown = item_types.get("A1").show(a1("b"), ["e", "b", "a", "c", "d"]).parts[0].options
    assert [(one.letter, one.id, one.right) for one in shown][:2] == [("A", "e", False), ("B", "b", True)]
    judged = item_types.get("judgement").show(judgement(), ["true", "false"]).parts[0].options
    assert [one.letter for one in judged] == [None, None]
    assert shown[0].text == both("text e")


@pytest.mark.parametrize(
    ("name", "answer", "fault"),
    [
        ("A1", [], "nothing"),
        ("A1", ["z"], "unknown"),
        ("A1", ["a", "b"], "too_many"),
        ("A1", ["a"], None),
        ("X", [], None),
        ("X", ["a", "z"], "unknown"),
        ("X", ["a", "b"], None),
    ],
)
def test_answers_that_cannot_be_saved_are_told_apart(name: str, answer: list[str], fault: str | None) -> None:
    assert item_types.get(name).answer_fault(list("abcde"), answer) == fault
