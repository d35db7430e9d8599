"""How alike two items are: other writing, other punctuation, other numbers; what is found again by its bands."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from question_bank.exchange.parsed import Parsed
from question_bank.likeness import files, shingles
from question_bank.likeness.shingles import ALIKE, bands, likeness, said
from question_bank.samples import all_items
from question_bank.services.items import digest
from tests.question_bank.conftest import a1

STEM = "患者男，65 岁，晚期肺癌，口服吗啡缓释片 5 mg 每 12 小时一次，夜间爆发痛，NRS 评分 7 分，下一步首选哪一项处理？"
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300)


def body(zh: str, en: str = "", options: str = "评估疼痛|加用辅助药|转诊疼痛科|继续观察") -> dict[str, Any]:
    return {
        "stem": {"zh": zh, "en": en},
        "options": [
            {"id": one, "text": {"zh": text}} for one, text in zip("abcd", options.split("|"), strict=True) if text
        ],
        "key": ["a"],
    }


def compared(one: dict[str, Any], other: dict[str, Any]) -> shingles.Likeness:
    return likeness(said(one), said(other))


def are_found(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(set(bands(one)) & set(bands(other)))


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@pytest.mark.parametrize(
    "other",
    [
        OpenCC("s2t").convert(STEM),
        full_width(STEM),
        STEM.replace("，", ", ").replace("？", " ?"),
        STEM.replace(" ", ""),
        STEM.upper(),
    ],
)
def test_the_same_text_in_another_writing_is_the_same(other: str) -> None:
    assert compared(body(STEM), body(other)) == shingles.Likeness(1.0)
    assert bands(body(STEM)) == bands(body(other))


def test_another_dose_is_alike_and_differs_in_numbers() -> None:
    found = compared(body(STEM), body(STEM.replace("5 mg", "50 mg")))
    assert found.share >= 0.8
    assert found.numbers_differ
    assert found.percent < 100
    assert are_found(body(STEM), body(STEM.replace("5 mg", "50 mg")))
    assert not compared(body(STEM), body(STEM.replace("夜间", "清晨"))).numbers_differ


def test_items_are_compared_in_the_language_that_both_speak() -> None:
    english = "Which of these comes first when a dying patient is restless at night and the family is worried?"
    assert compared(body(STEM, english), {"stem": {"en": english}}).share == 1
    assert compared({"stem": {"zh": STEM}}, {"stem": {"en": english}}).share == 0
    assert are_found(body(STEM, english), {"stem": {"en": english}})


def test_other_explanations_do_not_make_other_items() -> None:
    one, other = a1(), {**a1(), "explanation": {"zh": "完全不同的解析", "en": "something else"}, "source": "x"}
    assert compared(one, other).share == 1
    assert digest("A1", one) != digest("A1", other)


def test_parts_of_a_set_are_said_too() -> None:
    part = {"id": "1", "stem": {"zh": STEM}, "release": {"zh": "次日出现便秘"}, "options": body(STEM)["options"]}
    assert len(said({"stem": {"zh": "病例"}, "parts": [part]})["zh"].runs) > len(said(body(STEM))["zh"].runs)


def test_no_two_items_of_the_sample_are_told_of() -> None:
    told = [said(one) for one in all_items()]
    nearest = max(likeness(one, other).share for place, one in enumerate(told) for other in told[:place])
    assert nearest < ALIKE / 2


def test_bands_are_the_same_on_every_machine_and_in_every_year() -> None:
    """They stand in databases: whoever changes how they are made has all of them written anew."""
    assert bands({"stem": {"zh": "疼痛"}})[:2] == [2685255451262803300, 7719829950181660500]
    assert all(-(2**63) <= one < 2**63 for item in all_items() for one in bands(item))


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_and_the_same_from_both_sides(one: str, other: str) -> None:
    there, back = (compared({"stem": {"zh": a}}, {"stem": {"zh": b}}) for a, b in ((one, other), (other, one)))
    assert there == back
    assert 0 <= there.share <= 1


@given(TEXTS)
def test_whatever_is_written_is_like_itself_in_any_form(text: str) -> None:
    one = {"stem": {"zh": text}}
    for form in ("NFC", "NFD", "NFKC"):
        other = {"stem": {"zh": unicodedata.normalize(form, text)}}
        if said(one):
            assert compared(one, other).share == 1
            assert bands(one) == bands(other)


@given(st.dictionaries(st.sampled_from(["stem", "options", "parts", "release", "zh"]), st.one_of(st.none(), TEXTS)))
def test_malformed_bodies_say_nothing(wrong: dict[str, Any]) -> None:
    assert isinstance(bands(wrong), list)
    assert bands(wrong) == [] or said(wrong)


def test_a_slightly_changed_item_is_found_again() -> None:
    """Every item of the sample that has options, with one of them written anew, shares a band with what it was."""
    lost = 0
    for item in (one for one in all_items() if "options" in one):
        options = [
            *item["options"][:-1],
            {**item["options"][-1], "text": {"zh": "另写的一个选项", "en": "another one"}},
        ]
        changed = {**item, "options": options}
        lost += compared(item, changed).share >= ALIKE and not are_found(item, changed)
    assert lost <= 1


def test_a_file_is_held_against_itself() -> None:
    other = body(STEM.replace("5 mg", "50 mg"))
    bodies = [body(STEM), body("哀伤辅导应从何时开始？"), body(STEM), other, {}, {}]
    items = []
    for one in bodies:
        items.append(Parsed(""))
        items[-1].body = one
    known = ([digest("A1", one) for one in bodies], [shingles.bands(one) for one in bodies])
    found = files.compare(items, *known).twins
    assert set(found) == {2, 3}
    assert (found[2].place, found[2].is_same) == (0, True)
    assert (found[3].place, found[3].is_same, found[3].likeness.numbers_differ) == (0, False, True)
