"""Known flaws of item writing are told with their place, and sound items are left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from question_bank import words
from question_bank.item_types import flaws
from tests.question_bank import bodies
from tests.question_bank.conftest import a1, both, judgement
from tests.question_bank.test_item_types import JSON

KEPT = {"source": "共识 2024", "about": {"review_by": "2027-06-30"}}


def flaws_of(stem: str, *options: str, key: str = "a", language: str = "zh", type_name: str = "A1") -> list[Any]:
    """The flaws of the writing of an item in one language."""
    body = {
        **a1(key),
        **KEPT,
        "stem": {language: stem},
        "options": [{"id": one, "text": {language: text}} for one, text in zip("abcdef", options, strict=False)],
    }
    found = [one for one in flaws.find(type_name, body) if one.code != "flaw_one_language"]
    assert all(words.sentence(one) for one in found)
    return [(one.code, one.option, one.figure) for one in found]


def test_a_sound_item_has_none() -> None:
    assert flaws.find("A1", {**a1("b"), **KEPT}) == []
    assert flaws_of("首选的药物是哪一种？", "吗啡", "可待因", "曲马多", "芬太尼") == []
    assert flaws_of("Which drug is first?", "morphine", "codeine", "tramadol", "fentanyl", language="en") == []


@pytest.mark.parametrize("text", ["以上都是", "以上均不正确", "上述选项全对", "都不是"])
def test_of_the_above_in_chinese(text: str) -> None:
    assert flaws_of("首选哪一种？", "吗啡", "可待因", "曲马多", text) == [("flaw_above", "d", None)]


@pytest.mark.parametrize("text", ["All of the above", "none of these", "Both of the above"])
def test_of_the_above_in_english(text: str) -> None:
    assert flaws_of("Which?", "morphine", "codeine", "tramadol", text, language="en") == [("flaw_above", "d", None)]


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("患者不能进食。下列哪项不正确？", "不正确"),
        ("下列说法错误的是", "错误"),
        ("常见症状包括以下各项，除外", "除外"),
        ("患者不能进食。下列哪项【不】正确？", None),
        ("下列说法“错误”的是", None),
        ("患者不能进食。首选哪一种？", None),
        ("常见的不良反应是什么？", None),
    ],
)
def test_negatives_must_stand_out(stem: str, word: str | None) -> None:
    expected = [("flaw_negative", None, word)] if word else []
    assert flaws_of(stem, "恶心", "便秘", "瘙痒", "嗜睡") == expected


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("Which is not right?", "not"),
        ("All are given except", "except"),
        ("Which is NOT right?", None),
        ("He is not well. Which is first?", None),
        ("Which takes at least a day?", None),
    ],
)
def test_negatives_in_english(stem: str, word: str | None) -> None:
    expected = [("flaw_negative", None, word)] if word else []
    assert flaws_of(stem, "nausea", "itch", "sleep", "pain", language="en") == expected


def test_a_statement_to_be_judged_may_deny() -> None:
    body = {**judgement(), **KEPT, "stem": both("吗啡不是首选 not")}
    assert flaws.find("judgement", body) == []


def test_the_longest_option_gives_the_key_away() -> None:
    long = "先评估疼痛的部位和程度再决定"
    assert flaws_of("首先做什么？", long, "给药", "转诊", "等待") == [("flaw_longest", "a", None)]
    assert flaws_of("首先做什么？", long, "给药", "转诊", "等待", key="b") == []
    assert flaws_of("首先做什么？", long, "给药并且立即通知值班的医师到场", "转诊", "等待") == []


def test_absolute_words_in_wrong_options() -> None:
    assert flaws_of("如何做？", "评估", "总是给药", "等待", "转诊") == [("flaw_absolute", "b", "总是")]
    assert flaws_of("如何做？", "总是评估", "总是给药", "等待", "转诊") == []


def test_a_word_of_the_stem_only_in_the_key() -> None:
    assert flaws_of("爆发痛的处理是？", "治爆发痛", "等待观察", "转诊上级", "停止给药") == [
        ("flaw_clang", "a", "爆发痛")
    ]
    found = flaws_of("Which opioid helps?", "an opioid", "a drink", "a talk", "a sleep", language="en")
    assert found == [("flaw_clang", "a", "opioid")]


def test_numbers_out_of_order_and_ranges_that_overlap() -> None:
    assert flaws_of("多少？", "10 mg", "5 mg", "20 mg", "30 mg") == [("flaw_order", None, None)]
    assert flaws_of("多少？", "30 mg", "20 mg", "10 mg", "5 mg") == []
    assert flaws_of("多少？", "1–3 天", "3–5 天", "6~8 天", "9 至 10 天") == [("flaw_overlap", "b", "a")]
    assert flaws_of("哪些？", "恶心", "恶心、呕吐", "便秘", "嗜睡") == [("flaw_overlap", "b", "a")]


def test_what_every_item_should_have() -> None:
    body = {**a1("b"), "explanation": {}, "pictures": [{"name": "a.png", "file": "0" * 64}]}
    body["stem"] = {"zh": "题干"}
    for option in body["options"]:
        del option["explanation"]
    found = [(one.code, one.language or one.option) for one in flaws.find("A1", body)]
    assert found == [
        *(("flaw_one_language", "en"), ("flaw_no_explanation", None), ("flaw_no_source", None)),
        *(("flaw_no_review_day", None), ("flaw_no_alt", "zh"), ("flaw_no_alt", "en"), ("flaw_unplaced", "a.png")),
    ]


def test_flaws_in_parts_say_in_which() -> None:
    body = {**bodies.a3(), **KEPT, "explanation": both("because")}
    body["parts"][1]["options"][3]["text"]["en"] = "all of the above"
    assert [(one.code, one.of, one.option, one.language) for one in flaws.find("A3", body)] == [
        ("flaw_above", "2", "d", "en")
    ]


@settings(deadline=None)
@given(body=JSON)
def test_anything_is_looked_at_without_raising(body: Any) -> None:
    assert {one.code for one in flaws.find("A1", body)} <= set(flaws.CODES)


@pytest.mark.parametrize(("name", "body"), bodies.EACH)
def test_each_type_is_looked_at(name: str, body: dict[str, Any]) -> None:
    assert "flaw_no_review_day" in [one.code for one in flaws.find(name, body)]


def test_each_flaw_has_its_sentence() -> None:
    assert set(flaws.CODES) <= set(words.REASONS)
