"""Blanks, short answers, numbers, essays and places in pictures: what is accepted, to the edge."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import grading, item_types
from question_bank.item_types import Fault, Mark, numbers, patterns
from tests.question_bank import bodies


def mark(name: str, body: dict[str, Any], *answer: str) -> Mark:
    return item_types.get(name).mark(body, [], list(answer))


def codes(name: str, body: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(fault.code, fault.option) for fault in item_types.get(name).validate(body)]


@pytest.mark.parametrize(
    ("pattern", "answer", "fits"),
    [
        ("吗啡", "吗啡", True),
        ("morphine", "ＭＯＲＰＨＩＮＥ", True),
        ("10 mg", "１０　ｍｇ", True),
        ("10 mg", " 10   mg\n", True),
        ("morphine", "morphin", False),
        ("morph*", "morphine sulfate", True),
        ("*ph*", "morphine", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),  # a beginning and an end may not share a letter
        ("a*a*a", "aa", False),
        (r"5 \* 2", "5 * 2", True),
        (r"5 \* 2", "5 mg 2", False),
        ("*", "anything", True),
        ("*", "  ", False),
        ("Straße", "STRASSE", True),
        ("㎎", "mg", True),
    ],
)
def test_variants_and_stars(pattern: str, answer: str, fits: bool) -> None:
    assert patterns.matches(pattern, answer) is fits


def test_capitals_count_only_where_the_author_says_so() -> None:
    assert mark("short", bodies.short("pH"), "PH").right
    assert not mark("short", bodies.short("pH", case=True), "PH").right


def test_a_pattern_of_many_stars_ends() -> None:
    pattern, answer = "*a" * 100, "a" * 499 + "b"
    assert not patterns.matches(pattern, answer)
    assert patterns.matches(pattern, "a" * 500)
    assert not patterns.matches("a" * 500, "a" * 500)  # longer than any pattern that an author may write
    assert item_types.get("short").answer_fault([], ["a" * 501]) == "too_long"


@settings(deadline=None)
@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_stars_fit_as_a_naive_search_says(pattern: str, answer: str) -> None:
    def naive(wanted: str, given: str) -> bool:
        if not wanted:
            return not given
        if wanted[0] == "*":
            return naive(wanted[1:], given) or (bool(given) and naive(wanted, given[1:]))
        return bool(given) and given[0] == wanted[0] and naive(wanted[1:], given[1:])

    assert patterns.matches(pattern, answer) == (bool(answer) and naive(pattern, answer))


def test_the_first_text_that_fits_decides() -> None:
    body = bodies.short()
    body["accepted"] = [{"text": "morphine*", "weight": "50"}, {"text": "*", "weight": "-10"}]
    assert grading.fraction(item_types.get("short"), mark("short", body, "Morphine")) == Fraction(1, 2)
    assert grading.fraction(item_types.get("short"), mark("short", body, "aspirin")) == Fraction(-1, 10)
    assert codes("short", body) == [("accepted_full", None)]
    body["accepted"] = [{"text": "*", "weight": "0"}, {"text": "morphine", "weight": "100"}]
    assert codes("short", body) == [("accepted_full", None)]


def test_each_blank_earns_its_share() -> None:
    kind, body = item_types.get("blanks"), bodies.blanks()
    for answer, share in [(["1:吗啡", "2:10 mg"], 1), (["1:MORPHINE", "2:20 mg"], Fraction(1, 2)), (["2:"], 0)]:
        assert grading.fraction(kind, kind.mark(body, ["1", "2"], answer)) == share
    assert kind.tidy([" 2: 10 mg ", "1:", "1: 吗\0啡"]) == ["1:吗啡", "2:10 mg"]
    assert kind.answer_fault(["1", "2"], []) is None
    assert kind.answer_fault(["1", "2"], ["1:a", "3:b"]) == "unknown"
    assert kind.answer_fault(["1", "2"], ["no colon"]) == "unknown"
    assert kind.answer_fault(["1", "2"], ["1:a", "1:b"]) == "too_many"


def test_blanks_of_the_stem_and_those_described_must_agree() -> None:
    body = bodies.blanks()
    body["stem"] = {"zh": "[[1]] [[1]] [[3]]", "en": "[[1]] [[2]]"}
    assert item_types.get("blanks").validate(body) == [
        Fault("blank_twice", "stem", None, "zh", "1"),
        Fault("blank_unknown", "stem", None, "zh", "3"),
        Fault("blank_missing", "stem", None, "zh", "2"),
    ]


def test_critical_texts() -> None:
    body = bodies.short("吗啡", critical=["*氯化钾*"])
    assert mark("short", body, "静推氯化钾").critical
    assert not mark("short", body, "吗啡").critical
    assert codes("short", {**body, "critical": ["吗*"]}) == [("critical_right", None)]
    blanks = {**bodies.blanks(), "critical": ["2:100*"]}
    assert item_types.get("blanks").validate(blanks) == []
    assert mark("blanks", blanks, "2:100 mg").critical
    assert codes("blanks", {**blanks, "critical": ["3:x"]}) == [("critical_unknown", None)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("10", "10", ""),
        ("１０．５ｍｇ", "10.5", "mg"),
        ("1,200", "1200", ""),
        ("1，200", "1200", ""),
        ("1 200 000 mg", "1200000", "mg"),
        ("+.5", "0.5", ""),
        ("−3", "-3", ""),
        ("1.5e3", "1500", ""),
        ("10毫克", "10", "毫克"),
        ("10 毫克。", "10", "毫克"),
        ("0。5", "0.5", ""),
        ("5 mg/m²", "5", "mg/m²"),
    ],
)
def test_numbers_are_read_as_they_are_meant(text: str, value: str, unit: str) -> None:
    assert numbers.split(text) == (Fraction(value), unit)


@pytest.mark.parametrize("text", ["", "mg", "1,5", "1,20,000", "1.2.3", "10³", "1½", "5 10", "1,200,", "9" * 61, "十"])
def test_what_could_be_meant_in_two_ways_is_no_number(text: str) -> None:
    assert numbers.split(text) is None
    assert not mark("numeric", bodies.numeric("0", "2000"), text).right


@pytest.mark.parametrize(
    ("answer", "right"),
    [("9.5", True), ("10.5", True), ("9.4999999999999999999", False), ("10.5000000000000000001", False), ("10", True)],
)
def test_bounds_are_exact_and_included(answer: str, right: bool) -> None:
    assert mark("numeric", bodies.numeric(), answer).right is right


def test_tenths_do_not_lose_their_edge() -> None:
    assert mark("numeric", bodies.numeric("0.3", "0.3", unit="g", units={"mg": "0.001"}), "300 mg").right
    assert mark("numeric", bodies.numeric("0.3", "0.3"), "0.30").right
    assert not mark("numeric", bodies.numeric("0.3", "0.3"), "0.30000000000000004").right


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("10 mg", True),
        ("10毫克", True),
        ("0.01 g", True),
        ("10 MG", True),
        ("10", False),
        ("10 g", False),
        ("10 kg", False),
    ],
)
def test_units_are_converted(answer: str, right: bool) -> None:
    body = bodies.numeric(unit="mg", units={"g": "1000", "毫克": "1"}, unit_required=True)
    assert mark("numeric", body, answer).right is right


def test_capitals_of_units_count_where_they_tell_units_apart() -> None:
    body = bodies.numeric("5", "5", unit="mmol", units={"Mmol": "1000000000"})
    assert mark("numeric", body, "5 mmol").right
    assert not mark("numeric", body, "5 Mmol").right
    assert not mark("numeric", body, "5 MMOL").right


def test_a_dose_ten_times_too_high_is_critical() -> None:
    body = bodies.numeric(unit="mg", units={"g": "1000"}, critical=[">= 100", "<1"])
    assert [mark("numeric", body, one).critical for one in ("10 mg", "99.9", "100", "0.1 g", "0.5", "100 pounds")] == [
        *(False, False, True, True, True, False)
    ]
    assert mark("numeric", {**body, "unit_required": True}, "100").critical
    assert codes("numeric", {**body, "critical": ["> 10", "much"]}) == [("critical_right", None), ("condition", None)]


def test_ranges_with_weights_earn_what_is_written() -> None:
    body = bodies.numeric()
    body["answers"].append({"low": "8", "high": "12", "weight": "50"})
    assert grading.fraction(item_types.get("numeric"), mark("numeric", body, "12")) == Fraction(1, 2)
    assert grading.fraction(item_types.get("numeric"), mark("numeric", body, "10.5")) == 1
    assert grading.fraction(item_types.get("numeric"), mark("numeric", body, "12.1")) == 0


def test_faults_of_numbers_have_their_place() -> None:
    body = bodies.numeric("11", "10", units={"g": "0"})
    body["answers"].append({"low": "ten", "high": "12", "weight": "101"})
    assert codes("numeric", body) == [
        *(("low_above_high", "1"), ("not_a_number", "2"), ("weight_range", "2")),
        *(("unit_first", None), ("factor_range", "g")),
    ]
    assert item_types.get("numeric").answer_fault([], ["ten"]) == "not_a_number"
    assert item_types.get("numeric").answer_fault([], []) is None


def test_an_essay_waits_for_a_person() -> None:
    kind, body = item_types.get("essay"), bodies.essay()
    assert kind.by_hand
    assert not kind.mark(body, ["100"], ["a good text"]).right
    assert kind.tidy([" one\r\ntwo "]) == ["one\ntwo"]
    assert kind.answer_fault(["100"], ["x" * 100]) is None
    assert kind.answer_fault(["100"], ["x" * 101]) == "too_long"
    broken = {**body, "rubric": [{"id": "1", "text": {"zh": "要点"}, "points": 0}], "longest": 10}
    assert codes("essay", broken) == [("missing", "1"), ("points_range", "1"), ("longest_range", None)]


@pytest.mark.parametrize(
    ("shape", "at", "fault"),
    [
        ("rect", [0, 0, 1000, 1000], None),
        ("rect", [0, 0, 1001, 10], "region_outside"),
        ("rect", [10, 10, 10, 20], "region_empty"),
        ("rect", [10, 10, 20], "region_shape"),
        ("circle", [100, 100, 100], None),
        ("circle", [100, 100, 101], "region_outside"),
        ("circle", [100, 100, 0], "region_empty"),
        ("polygon", [0, 0, 10, 0, 5, 5], None),
        ("polygon", [0, 0, 5, 5, 10, 10], "region_empty"),
        ("polygon", [0, 0, 5, 5], "region_shape"),
        ("rect", [10**400, 1.0, 10, 10], "region_outside"),
        ("star", [1, 2, 3], "region_shape"),
        ("rect", ["0", 0, 1, 1], "region_shape"),
    ],
)
def test_regions_lie_within_the_picture(shape: str, at: list[Any], fault: str | None) -> None:
    body = bodies.hotspot()
    body["regions"][0] |= {"shape": shape, "at": at}
    assert codes("hotspot", body) == ([(fault, "1")] if fault else [])


def test_regions_are_numbered_and_one_is_chosen() -> None:
    kind, body = item_types.get("hotspot"), bodies.hotspot()
    shown = kind.show(body, ["a", "b", "c"])
    assert [(one.letter, one.value, one.right) for one in shown.parts[0].options] == [
        *(("1", "a", False), ("2", "b", True), ("3", "c", False))
    ]
    assert [one["number"] for one in shown.regions] == ["1", "2", "3"]
    assert mark("hotspot", body, "b").right
    body["regions"][2] |= {"shape": "circle", "at": [500, 500, 100]}
    body["picture"] = "other.png"
    assert codes("hotspot", body) == [("picture_unknown", None), ("same_region", "3")]
