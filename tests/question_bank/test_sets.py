"""Sets, matching, ordering and weighted choice: what parts may be answered when, and what answers earn."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest

from question_bank import grading, item_types
from question_bank.item_types import Fault
from tests.question_bank import bodies
from tests.question_bank.conftest import both


def earned(name: str, body: dict[str, Any], answer: list[str], policy: str = "") -> Fraction:
    kind = item_types.get(name)
    return grading.fraction(kind, kind.mark(body, kind.draw(body, Random(1), shuffle=True), answer), policy)


def fault_of(name: str, body: dict[str, Any], answer: list[str], before: list[str] | None = None) -> str | None:
    kind = item_types.get(name)
    return kind.answer_fault(kind.draw(body, Random(1), shuffle=True), kind.tidy(answer), before or [])


def test_a_set_earns_the_mean_of_its_parts() -> None:
    assert earned("A3", bodies.a3(), ["1:b", "2:c"]) == Fraction(1, 2)
    assert earned("B1", bodies.b1(), ["1:c", "2:c", "3:b"]) == Fraction(2, 3)
    assert earned("matching", bodies.matching(), ["1:b"]) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("answer", "fraction"),
    [
        # the key of three prompts: a b c / d / a f; +1 for each right, −1 for each wrong, a prompt never below 0
        (["1:a", "1:b", "1:c", "2:d", "3:a", "3:f"], Fraction(1)),
        (["1:a", "1:b", "1:d", "2:d", "3:a"], (Fraction(1, 3) + 1 + Fraction(1, 2)) / 3),
        (["1:d", "1:e", "1:f", "2:d", "3:a", "3:b"], (0 + Fraction(1) + 0) / 3),
        (["1:a"], Fraction(1, 9)),
        ([], Fraction(0)),
    ],
)
def test_case_analysis_by_hand(answer: list[str], fraction: Fraction) -> None:
    assert earned("case", bodies.case(), answer) == fraction


def test_leaving_out_earns_a_part_where_the_section_says_so() -> None:
    assert earned("case", bodies.case(), ["1:a", "1:b", "2:d", "3:a", "3:b"], "each") == (Fraction(2, 3) + 1 + 0) / 3
    assert earned("X", {**bodies.SOUND["X"][0]}, ["a"], "each") == Fraction(1, 2)
    assert earned("X", {**bodies.SOUND["X"][0]}, ["a", "b"], "each") == 0
    assert earned("X", {**bodies.SOUND["X"][0]}, ["a"]) == 0


def test_shared_options_stand_in_the_same_order_in_every_part() -> None:
    kind = item_types.get("B1")
    shown = kind.show(bodies.b1(), kind.draw(bodies.b1(), Random(3), shuffle=True))
    orders = [[option.id for option in part.options] for part in shown.parts]
    assert orders[0] == orders[1] == orders[2] != list("abcde")
    assert shown.parts[1].options[0].value == f"2:{orders[0][0]}"


def test_facts_come_with_their_part() -> None:
    kind = item_types.get("A4")
    shown = kind.show(bodies.a4(), kind.draw(bodies.a4(), Random(3), shuffle=False))
    assert [part.release for part in shown.parts] == [both("facts 1"), both("facts 2"), both("facts 3")]


@pytest.mark.parametrize(
    ("before", "answer", "fault"),
    [
        ([], ["1:a"], None),
        (["1:a"], ["1:b"], None),  # nothing later is answered yet
        (["1:a"], ["1:a", "2:c"], None),
        (["1:a"], ["1:b", "2:c"], "locked"),
        (["1:a", "2:c"], ["1:b", "2:c"], "locked"),
        (["1:a", "2:c"], ["2:c"], "locked"),
        (["1:a", "2:c"], ["1:a", "2:d"], None),
        (["1:a", "2:c"], ["1:a"], None),
        ([], ["2:c"], "not_yet"),
        (["1:a"], ["1:a", "3:c"], "not_yet"),
        ([], ["1:a", "1:b"], "too_many"),
        ([], ["1:z"], "unknown"),
        ([], ["forward"], "unknown"),
        ([], [], "nothing"),
        (["1:a"], ["1:b", "1:"], None),  # closed with what stands there now
        (["1:a", "1:"], ["1:a", "1:", "2:c"], None),
        (["1:a", "1:"], ["1:b", "1:"], "locked"),
        (["1:a", "1:"], ["1:a"], "locked"),
        (["1:"], ["1:", "2:c"], None),  # left behind without an answer
        (["1:"], ["1:a", "1:"], "locked"),
        ([], ["1:a", "1:b", "1:"], "too_many"),
        ([], ["9:"], "unknown"),
    ],
)
def test_nobody_goes_back_in_a_set_that_leads_forward(before: list[str], answer: list[str], fault: str | None) -> None:
    assert fault_of("A4", bodies.a4(back=False), answer, before) == fault


def test_going_back_is_allowed_where_the_set_says_so() -> None:
    assert fault_of("A4", bodies.a4(), ["1:b", "2:c"], ["1:a", "2:c"]) is None
    assert fault_of("A4", bodies.a4(), ["3:c"]) is None


def test_closing_a_part_is_no_answer() -> None:
    assert fault_of("A3", bodies.a3(), ["1:b", "1:"]) == "unknown"
    assert earned("case", bodies.case(), ["1:", "1:a", "1:b", "1:c", "2:", "2:d", "3:a", "3:f"]) == 1


def test_case_analysis_takes_several_options_and_never_goes_back() -> None:
    assert fault_of("case", bodies.case(), ["1:a", "1:b", "2:d"], ["1:b", "1:a"]) is None
    assert fault_of("case", bodies.case(), ["1:a", "2:d"], ["1:a", "1:b"]) == "locked"


def test_a_critical_answer_in_a_part_is_noticed() -> None:
    body = {**bodies.case(), "critical": ["2:a"]}
    kind = item_types.get("case")
    assert kind.validate(body) == []
    assert kind.mark(body, [], ["2:a", "2:d"]).critical
    assert not kind.mark(body, [], ["1:a", "2:d"]).critical
    assert Fault("critical_right", "critical", figure="2:d") in kind.validate({**body, "critical": ["2:d"]})


def test_faults_in_parts_say_in_which() -> None:
    body = bodies.a3()
    body["parts"][1]["options"][2]["text"]["en"] = ""
    body["parts"][1]["key"] = ["a", "b"]
    assert item_types.get("A3").validate(body) == [
        Fault("missing", "text", "c", "en", of="2"),
        Fault("key_one", "key", of="2"),
    ]
    body["parts"].pop()
    assert item_types.get("A3").validate(body) == [Fault("too_few_parts", "parts", figure=2)]


def test_steps_are_never_drawn_in_the_right_order() -> None:
    body = {**bodies.ordering(), "options": bodies.options("abc")}
    draws = {tuple(item_types.get("ordering").draw(body, Random(seed), shuffle=False)) for seed in range(60)}
    assert len(draws) == 5
    assert ("a", "b", "c") not in draws


def test_ordering_counts_places() -> None:
    assert earned("ordering", bodies.ordering(), list("abcde")) == 1
    assert earned("ordering", bodies.ordering(), list("abced")) == 0
    assert earned("ordering", bodies.ordering(), list("abced"), "plus_minus") == Fraction(1, 5)
    assert fault_of("ordering", bodies.ordering(), list("bca")) is None
    assert fault_of("ordering", bodies.ordering(), list("aba")) == "twice"
    assert fault_of("ordering", bodies.ordering(), list("abz")) == "unknown"
    assert item_types.get("ordering").show(bodies.ordering(), list("cabde")).parts[0].letter_of("b") == "C"
    body = {**bodies.ordering(), "critical": ["d<b"]}
    assert item_types.get("ordering").validate(body) == []
    assert item_types.get("ordering").mark(body, [], list("adbce")).critical
    assert not item_types.get("ordering").mark(body, [], list("abced")).critical
    assert item_types.get("ordering").validate({**body, "critical": ["b<d"]}) == [
        Fault("critical_right", "critical", figure="b<d")
    ]


def test_weights_earn_what_moodle_would() -> None:
    one = bodies.choice("b", weights={"b": "100", "a": "50", "c": "-25"})
    assert [earned("choice", one, [answer]) for answer in "abcd"] == [Fraction(1, 2), 1, Fraction(-1, 4), 0]
    three = {"a": "33.33333", "b": "33.33333", "c": "33.33333", "d": "-100"}
    several = bodies.choice("a", "b", "c", multiple=True, weights=three)
    assert item_types.get("choice").validate(several) == []
    assert earned("choice", several, ["a", "b", "c"]) == 1
    assert earned("choice", several, ["a", "b"]) == Fraction("0.6666666")
    assert earned("choice", several, ["a", "d"]) == 0
    assert fault_of("choice", several, ["a", "b"]) is None
    assert fault_of("choice", one, ["a", "b"]) == "too_many"


def test_weights_that_do_not_add_up_are_told() -> None:
    validate = item_types.get("choice").validate
    assert validate(bodies.choice("b", weights={"b": "90"})) == [Fault("weights_full", "weights")]
    assert validate(bodies.choice("b", weights={"b": "100", "z": "1", "a": "101"})) == [
        Fault("weight_unknown", "weights", figure="z"),
        Fault("weight_range", "weight", "a"),
    ]
