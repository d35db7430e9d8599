"""Calculated items: formulas are exact and bounded, and no draw that could do harm gets through."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import item_types
from question_bank.item_types import Fault, formulas, parameters, strengths
from tests.question_bank import bodies

CALCULATED = item_types.get("calculated")


def value(text: str, **values: int) -> Fraction:
    return Fraction(formulas.read(text, list(values))(values))


def told(**more: Any) -> list[tuple[str, str, Any]]:
    return [(one.code, one.part, one.figure) for one in CALCULATED.validate(bodies.calculated(**more))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", Fraction(3, 10)),
        ("2 + 3 * 4 ** 2 / 8", Fraction(8)),
        ("-(1 - 3) × ６ ÷ 4", Fraction(3)),
        ("2 ** -1", Fraction(1, 2)),
        ("round(2.5) + round(0.125, 2) + round(-0.5)", Fraction("2.13")),
        ("min(3, 1, 2) + max(1, 2) + abs(-4)", Fraction(7)),
        ("ceil(1.1) + floor(-1.1)", Fraction(0)),
        ("sqrt(2.25)", Fraction(3, 2)),
    ],
)
def test_formulas_are_exact(text: str, expected: Fraction) -> None:
    assert value(text) == expected


def test_roots_and_broken_powers_are_close() -> None:
    assert abs(value("sqrt(2) ** 2") - 2) < Fraction(1, 10**30)
    assert abs(value("0.007184 * w ** 0.425 * h ** 0.725", w=70, h=170) - Fraction("1.8097")) < Fraction(1, 10**4)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "1 +",
            "dose",
            "__import__('os')",
            "().__class__",
            "a.b",
            "[1][0]",
            "'a' * 9",
            "1 if 1 else 2",
            "lambda: 1",
        ),
        *("1 < 2", "0x10", "1e3", "1_0", "True", "round()", "round(1, 2, 3)", "min(1, k=2)", "pow(2, 3)", "x := 1"),
        *("1 // 2", "5 % 2", "2 ^ 3", "(" * 250, "-" * 299 + "1", "+".join(["1"] * 149), "1" * 301, "1" * 13),
    ],
)
def test_anything_but_a_formula_is_refused(text: str) -> None:
    with pytest.raises(formulas.Unreadable):
        formulas.read(text, [])


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "sqrt(-1)",
        "0 ** 0",
        "0 ** -1",
        "(-8) ** 0.5",
        "2 ** 13",
        "999999999999 * 2",
        "round(1, 13)",
        "round(1, .5)",
    ],
)
def test_what_has_no_value_is_told_apart(text: str) -> None:
    with pytest.raises(formulas.Undefined):
        value(text)


def test_powers_of_powers_end() -> None:
    with pytest.raises(formulas.Undefined):
        value("((((1 / 3) ** 12) ** 12) ** 12) ** 12")


@settings(deadline=None)
@given(st.text(alphabet="0123456789.+-*/()<>=!, adnorutmixqs", max_size=40) | st.text(max_size=20))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    for read in (formulas.read, formulas.read_condition):
        try:
            read(text, ["a"])({"a": Fraction(2)})
        except (formulas.Unreadable, formulas.Undefined):
            continue


def test_conditions() -> None:
    values = {"a": Fraction(2), "b": Fraction(3)}
    for text, expected in [
        *(("a < b", True), ("1 < a <= b", True), ("a ≥ b", False), ("a != b and not a == 3", True)),
        *(("a > b or b == 3", True), ("a / 0 < 1", False)),
    ]:
        assert formulas.holds(values, formulas.read_condition(text, list(values))) is expected


def test_every_draw_is_allowed_and_the_seed_decides() -> None:
    body = bodies.calculated()
    draws = [tuple(CALCULATED.draw(body, Random(seed), shuffle=True)) for seed in range(200)]
    assert draws[3] == tuple(CALCULATED.draw(body, Random(3), shuffle=False))
    assert set(draws) == {
        (f"dose={dose}", f"rescue={rescue}") for dose, rescue in product((5, 10, 20), range(5)) if dose * rescue <= 60
    }


def test_rare_draws_are_found() -> None:
    body = bodies.calculated(
        parameters=[
            {"name": "dose", "from": "1", "to": "100", "step": "1"},
            {"name": "rescue", "from": "1", "to": "100", "step": "1"},
        ],
        constraints=["dose * rescue == 9409"],
    )
    assert CALCULATED.draw(body, Random(1), shuffle=False) == ["dose=97", "rescue=97"]


def test_values_stand_in_stem_and_explanation() -> None:
    body = bodies.calculated()
    shown = CALCULATED.show(body, ["dose=10", "rescue=2"])
    assert shown.stem["en"] == "10 mg every 4 hours, 2 rescue doses of 10 mg: how much a day?"
    assert shown.explanation["zh"] == "中10 × 6 + 2 × 10 = 80"
    assert (shown.parts[0].accepted, shown.parts[0].unit) == (["80"], "mg")
    assert CALCULATED.key(body, ["dose=10", "rescue=2"]) == ["80 mg"]
    assert CALCULATED.mark(body, ["dose=10", "rescue=2"], ["0.08 g"]).right
    assert not CALCULATED.mark(body, ["dose=10", "rescue=2"], ["80.0001"]).right


def test_ten_times_too_much_is_critical() -> None:
    body = bodies.calculated(critical=[">= 10 * key", "> 1000"])
    assert CALCULATED.validate(body) == []
    draw = ["dose=10", "rescue=2"]
    assert [CALCULATED.mark(body, draw, [one]).critical for one in ("80", "799", "800 mg", "0.8 g", "8 g")] == [
        *(False, False, True, True, True)
    ]
    choice = bodies.calculated(wrong=["dose * 60", "dose"], critical=[">= 5 * key"], constraints=["rescue < 2"])
    assert CALCULATED.validate(choice) == []
    shown = CALCULATED.show(choice, ["dose=10", "rescue=1", "c", "a", "b"])
    assert [(one.id, one.letter, one.text["en"], one.right) for one in shown.parts[0].options] == [
        *(("c", "A", "600 mg", False), ("a", "B", "10 mg", False), ("b", "C", "70 mg", True))
    ]
    marks = [CALCULATED.mark(choice, ["dose=10", "rescue=1", "c", "a", "b"], [one]) for one in "abc"]
    assert [(one.right, one.critical) for one in marks] == [(False, False), (True, False), (False, True)]
    assert told(critical=["> 100"]) == [("draw_critical", "critical", "dose=20, rescue=0")]


def test_a_number_may_be_off_by_the_tolerance_and_no_more() -> None:
    body = bodies.calculated(tolerance="0.5")
    for answer, right in [("79.5", True), ("80.5", True), ("79.49999", False), ("80.50001", False)]:
        assert CALCULATED.mark(body, ["dose=10", "rescue=2"], [answer]).right is right


def test_each_way_to_do_harm_is_found_with_its_draw() -> None:
    assert told(cap="160") == [("draw_above_cap", "cap", "dose=20, rescue=3")]
    assert told(strengths=["20"]) == [("draw_not_marketed", "strengths", "dose=5, rescue=0")]
    assert told(check="6 * dose + rescue * 5") == [("draw_disagree", "check", "dose=10, rescue=1")]
    assert told(check="dose * (6 * rescue + rescue ** 2) / rescue") == [("draw_undefined", "check", "dose=5, rescue=0")]
    assert told(formula="dose * 6 * rescue / rescue + rescue * dose") == [
        ("draw_undefined", "formula", "dose=5, rescue=0")
    ]
    assert told(wrong=["dose * 6"]) == [("draw_same_option", "wrong", "dose=5, rescue=0")]
    assert told(wrong=["dose", "10"]) == [("draw_same_option", "wrong", "dose=10, rescue=0")]
    assert told(wrong=["dose * 8"], tolerance="6") == [("draw_same_option", "wrong", "dose=5, rescue=1")]
    assert told(formula="dose / 3 + 0 * rescue", check="dose * 2 / 6", strengths=[]) == [
        ("draw_no_end", "decimals", "dose=5, rescue=0")
    ]


def test_the_second_formula_must_be_another() -> None:
    assert told(check="dose*6+rescue*dose") == [("check_same", "check", None)]
    assert told(check="") == [("missing", "check", None)]


def test_what_cannot_be_read_is_told_with_its_place() -> None:
    assert told(formula="dose * weight") == [("formula", "formula", "weight")]
    assert told(constraints=["dose <"]) == [("formula", "constraints", "dose <")]
    assert told(constraints=["dose < 0"]) == [("no_draws", "constraints", None)]
    assert told(tolerance="-1", decimals=7, cap="0", strengths=["1.2345"]) == [
        *(("tolerance_range", "tolerance", None), ("decimals_range", "decimals", None)),
        *(("cap_range", "cap", None), ("strengths_range", "strengths", None)),
    ]


def test_too_many_draws_ask_for_coarser_steps() -> None:
    many = [
        {"name": "dose", "from": "0", "to": "1000", "step": "0.1"},
        {"name": "rescue", "from": "0", "to": "4", "step": "1"},
    ]
    assert told(parameters=many) == [("too_many_draws", "parameters", parameters.MOST_DRAWS)]


def test_parameters_and_placeholders_agree() -> None:
    body = bodies.calculated()
    body["stem"]["en"] = "{dose} and {other}"
    assert [(one.code, one.language, one.figure) for one in CALCULATED.validate(body)] == [
        ("placeholder_unknown", "en", "other"),
        ("parameter_unused", "en", "rescue"),
    ]
    body = bodies.calculated()
    body["parameters"][0]["name"] = "min"
    assert Fault("parameter_name", "parameters", "1") in CALCULATED.validate(body)


def test_whole_units_of_one_or_several_strengths() -> None:
    def makes(dose: str, *sizes: str) -> bool:
        found = strengths.strengths_of(list(sizes))
        assert found is not None
        return strengths.can_make(Fraction(dose), found)

    assert makes("30", "10")
    assert not makes("25", "10")
    assert makes("25", "10", "5")
    assert not makes("0", "10")
    assert not makes("-10", "10")
    assert makes("7.5", "2.5")
    assert makes("11", "3", "5")
    assert not makes("7", "3", "5")
    assert not makes("0.1", "5")


@settings(deadline=None)
@given(st.sets(st.integers(1, 12), min_size=1, max_size=4), st.integers(0, 60))
def test_strengths_add_up_as_a_naive_count_says(sizes: set[int], dose: int) -> None:
    reached = {0}
    for total in range(1, dose + 1):
        if any(total - size in reached for size in sizes):
            reached.add(total)
    made = strengths.can_make(Fraction(dose), [Fraction(one) for one in sizes])
    assert made == (dose > 0 and dose in reached)
