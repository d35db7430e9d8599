"""Types of items: what they demand, how they are shown and graded."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import grading, item_types, words
from question_bank.item_types import Fault
from tests.question_bank import bodies
from tests.question_bank.bodies import EACH, SOUND
from tests.question_bank.conftest import a1, both, judgement, option, x
from training.core import i18n

WORDS = st.sampled_from(["", "a", "b", "1", "1:a", "2:b", "true", "10", "-1", ">= 5", "a<b", "x * 2", "[[1]]", "rect"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3) | WORDS, inner, max_size=3),
    max_leaves=12,
)


def paths(value: Any) -> Iterator[list[Any]]:
    """Every place within a body."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield [key]
        yield from ([key, *rest] for rest in paths(one))


def put(body: Any, path: list[Any], value: Any) -> None:
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value


def test_every_type_has_a_sound_example() -> None:
    assert list(SOUND) == list(item_types.names()) == list(words.TYPE_LABELS)


@settings(deadline=None)
@given(answer=JSON | st.lists(WORDS), draw=st.lists(WORDS), one=st.sampled_from(EACH))
def test_grading_never_raises_and_stays_within_bounds(
    answer: Any, draw: list[str], one: tuple[str, dict[str, Any]]
) -> None:
    kind = item_types.get(one[0])
    mark = kind.mark(one[1], draw, answer)
    for policy in ("", *grading.POLICIES):
        assert -1 <= grading.fraction(kind, mark, policy) <= 1


@settings(deadline=None)
@given(body=JSON, answer=JSON)
def test_anything_is_judged_without_raising(body: Any, answer: Any) -> None:
    for name in item_types.names():
        kind = item_types.get(name)
        assert kind.validate(body)
        kind.mark(body, [], answer)


@settings(deadline=None)
@given(data=st.data(), one=st.sampled_from(EACH), value=JSON)
def test_a_body_with_anything_at_any_place_is_judged_without_raising(
    data: st.DataObject, one: tuple[str, dict[str, Any]], value: Any
) -> None:
    kind, body = item_types.get(one[0]), deepcopy(one[1])
    put(body, data.draw(st.sampled_from(list(paths(body)))), value)
    told = [words.sentence(fault) for fault in kind.validate(body)]
    assert all(told)
    draw = kind.draw(body, Random(1), shuffle=True)
    kind.mark(body, draw, kind.key(body, draw))
    kind.mark(body, draw, value)


@settings(deadline=None)
@given(one=st.sampled_from(EACH), seed=st.integers(0, 2**31), shuffle=st.booleans())
def test_the_key_of_any_draw_can_be_saved_and_earns_everything(
    one: tuple[str, dict[str, Any]], seed: int, shuffle: bool
) -> None:
    kind, body = item_types.get(one[0]), one[1]
    draw = kind.draw(body, Random(seed), shuffle)
    assert draw == kind.draw(body, Random(seed), shuffle)
    assert kind.show(body, draw).parts
    if kind.by_hand:
        return
    key = kind.key(body, draw)
    assert key == kind.tidy(key)
    assert kind.answer_fault(draw, key) is None
    mark = kind.mark(body, draw, key)
    assert mark.right
    assert not mark.critical
    assert {grading.fraction(kind, mark, policy) for policy in ("", *grading.POLICIES)} == {1}


@settings(deadline=None)
@given(one=st.sampled_from(EACH), seed=st.integers(0, 2**31))
def test_what_is_shown_can_be_answered(one: tuple[str, dict[str, Any]], seed: int) -> None:
    kind, body = item_types.get(one[0]), one[1]
    draw = kind.draw(body, Random(seed), shuffle=True)
    parts = kind.show(body, draw).parts
    options = [option.value for part in parts for option in part.options]
    if kind.entry in {"options", "letters", "regions"}:
        assert set(options) == set(draw) - {"forward", "multiple"}
        assert sorted(option.value for part in parts for option in part.options if option.right) == kind.key(body, draw)


@settings(deadline=None)
@given(answer=st.sets(st.sampled_from("abcde")))
def test_only_exactly_the_key_earns_the_points(answer: set[str]) -> None:
    assert item_types.get("X").mark(x("a", "d"), [], sorted(answer)).right == (answer == {"a", "d"})
    assert item_types.get("A1").mark(a1("b"), [], sorted(answer)).right == (answer == {"b"})


@pytest.mark.parametrize(("name", "body"), EACH)
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


def test_an_item_speaks_the_languages_of_its_texts() -> None:
    body = a1("b")
    body["options"][2]["text"]["en"] = ""
    assert item_types.get("A1").validate(body) == [Fault("missing", "text", "c", "en")]
    alone = bodies.in_chinese(a1("b"))
    assert item_types.get("A1").validate(alone) == []
    alone["options"][2]["text"]["zh"] = ""
    assert item_types.get("A1").validate(alone) == [Fault("missing", "text", "c", "zh")]


@pytest.mark.parametrize(("name", "body"), EACH)
def test_items_in_one_language_are_sound(name: str, body: dict[str, Any]) -> None:
    assert item_types.get(name).validate(bodies.in_chinese(body)) == []


def test_what_stands_beside_an_item_is_looked_at_in_every_type() -> None:
    beside = {
        "source": "x" * 201,
        "about": {"level": "guess", "difficulty": 6, "review_by": "2027-02-30", "module": "m" * 41},
        "pictures": [{"name": "a.png", "file": "0" * 63}, {"name": "a.png", "file": "0" * 64, "alt": both("pump")}],
    }
    for name, body in EACH:
        told = {(fault.code, fault.part) for fault in item_types.get(name).validate({**body, **beside})}
        assert told >= {
            *(("too_long", "source"), ("too_long", "module"), ("level_unknown", "level")),
            *(("difficulty_range", "difficulty"), ("not_a_day", "review_by")),
            *(("no_file", "pictures"), ("same_id", "pictures")),
        }


def test_a_critical_answer_must_exist_and_be_wrong() -> None:
    body = {**a1("b"), "critical": ["b", "c", "z"]}
    assert item_types.get("A1").validate(body) == [
        Fault("critical_right", "critical", figure="b"),
        Fault("critical_unknown", "critical", figure="z"),
    ]
    assert item_types.get("A1").mark({**a1("b"), "critical": ["c"]}, [], ["c"]).critical


def test_ids_are_short_words_each_once() -> None:
    body = a1("a")
    for row, name in zip(body["options"], ["a", "a", "b:c", "", "forward"], strict=True):
        row["id"] = name
    assert [(fault.code, fault.figure) for fault in item_types.get("A1").validate(body) if "id" in fault.code] == [
        ("same_id", "a"),
        ("bad_id", 3),
        ("bad_id", 4),
        ("bad_id", 5),
    ]


def test_a_place_is_told_in_words() -> None:
    fault = Fault("missing", "text", "c", "en", of="2")
    assert words.sentence(fault) == "Question 2 · Option C · English: Fill this in."
    assert words.place(Fault("missing", "explanation", "c", "en")) == "Option C · Explanation · English"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fault_has_a_sentence(language: str) -> None:
    app = Flask("words")
    i18n.init_app(app, (str(Path(words.__file__).parent),))
    with app.test_request_context(), force_locale(language):
        told = {words.reason(Fault(code, "stem", figure="dose=1")) for code in words.REASONS}
        assert all("%(" not in one for one in told)
        assert any("dose=1" in one for one in told)
        assert ("题" in words.sentence(Fault("missing", "stem", of="2"))) == (language == "zh")


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
