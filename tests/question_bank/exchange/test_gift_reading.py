"""GIFT read: the examples of Moodle and the trees that others make of them, and whatever bytes there are."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.exchange import gift
from question_bank.exchange.parsed import Parsed
from tests.question_bank.exchange import shared_data
from training.core.errors import Invalid

PAIRS: list[Path | None] = [*shared_data.files("gift-ast", "*.gift")] or [None]
TYPES = {
    "MC": "multichoice",
    "TF": "truefalse",
    "Short": "shortanswer",
    "Numerical": "numerical",
    "Matching": "matching",
    "Essay": "essay",
    "Description": "description",
}


# ---- what the trees say, in the words of a body; white space, tags and emphasis do not count ----


def said(tree: dict[str, str] | str | None) -> str:
    """The words of a text in a tree."""
    if not tree:
        return ""
    text, form = (tree, "moodle") if isinstance(tree, str) else (tree["text"], tree["format"])
    if "<" in text and form != "plain":
        text = "".join(html5lib.parseFragment(re.sub("<!--.*?-->", "", text)).itertext())
    if form == "markdown":
        text = text.replace("**", "").replace("_tomb_", "tomb").replace("- ", "").replace("\\n", "\n")
    return "".join(text.split())


def kept(text: Any) -> str:
    """The same of a text in a body."""
    if isinstance(text, dict):
        assert len(set(text.values())) <= 1
        text = next(iter(text.values()), "")
    return "".join(text.split())


def expected_choices(tree: dict[str, Any]) -> list[tuple[str, Decimal, str]]:
    """What each answer says, weighs and explains: a right one 100 unless its weight is written."""
    found = []
    for choice in tree["choices"]:
        weight = choice["weight"]
        weight = (100 if choice["isCorrect"] else 0) if weight is None else weight
        found.append((said(choice["text"]), Decimal(str(weight)), said(choice["feedback"])))
    return found


def option_choices(body: dict[str, Any]) -> list[tuple[str, Decimal, str]]:
    weights = body.get("weights") or {one["id"]: "100" if one["id"] in body["key"] else "0" for one in body["options"]}
    return [
        (kept(one["text"]), Decimal(weights[one["id"]]), kept(one.get("explanation", ""))) for one in body["options"]
    ]


def expected_numbers(choices: Any) -> list[tuple[Decimal, Decimal, Decimal, str]]:
    if isinstance(choices, dict):
        choices = [{"text": choices, "weight": None, "feedback": None}]
    found = []
    for choice in choices:
        text = choice["text"]
        if text["type"] == "high-low":
            low, high = Decimal(str(text["numberLow"])), Decimal(str(text["numberHigh"]))
        else:
            middle, width = Decimal(str(text["number"])), Decimal(str(text.get("range", 0)))
            low, high = middle - width, middle + width
        weight = Decimal(str(100 if choice["weight"] is None else choice["weight"]))
        found.append((low, high, weight, said(choice["feedback"])))
    return found


def check_choice(tree: dict[str, Any], body: dict[str, Any]) -> None:
    assert option_choices(body) == expected_choices(tree)
    single = any(choice["isCorrect"] for choice in tree["choices"])
    assert body.get("multiple", False) is not single
    assert body["key"] == [
        one["id"]
        for one, (_text, weight, _comment) in zip(body["options"], expected_choices(tree), strict=True)
        if (weight == 100 if single else weight > 0)
    ]


def check_judgement(tree: dict[str, Any], body: dict[str, Any]) -> None:
    assert body["key"] == ["true" if tree["isTrue"] else "false"]
    comments = [kept(one.get("explanation", "")) for one in body["options"]]
    assert comments == [said(tree["trueFeedback"]), said(tree["falseFeedback"])]


def check_short(tree: dict[str, Any], body: dict[str, Any]) -> None:
    found = [(kept(one["text"]), Decimal(one["weight"]), kept(one.get("explanation", ""))) for one in body["accepted"]]
    assert found == expected_choices(tree)


def check_numeric(tree: dict[str, Any], body: dict[str, Any]) -> None:
    found = [
        (Decimal(one["low"]), Decimal(one["high"]), Decimal(one["weight"]), kept(one.get("explanation", "")))
        for one in body["answers"]
    ]
    assert found == expected_numbers(tree["choices"])


def check_matching(tree: dict[str, Any], body: dict[str, Any]) -> None:
    options = {one["id"]: kept(one["text"]) for one in body["options"]}
    assert list(options.values()) == [said(one["subanswer"]) for one in tree["matchPairs"]]
    assert [(kept(one["stem"]), options[one["key"][0]]) for one in body["parts"]] == [
        (said(one["subquestion"]), said(one["subanswer"])) for one in tree["matchPairs"] if one["subquestion"]["text"]
    ]


CHECKS = {
    "A1": check_choice,
    "choice": check_choice,
    "judgement": check_judgement,
    "short": check_short,
    "numeric": check_numeric,
    "matching": check_matching,
}


def check_item(tree: dict[str, Any], item: Parsed) -> None:
    assert item.original_type == TYPES[tree["type"]]
    assert item.name == (tree["title"] or "")
    assert item.code == (tree["id"] or "")
    assert item.tags == tuple(tree["tags"] or ())
    if tree["type"] == "Description":
        assert [one.message for one in item.refusals] == ["A description is no item: it asks nothing."]
        return
    assert not item.refusals
    assert kept(item.body["stem"]) == said(tree["stem"])
    assert kept(item.body.get("explanation", "")) == said(tree["globalFeedback"])
    if item.type != "essay":
        CHECKS[item.type](tree, item.body)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem if path else "none")
def test_what_is_read_equals_the_tree_that_others_make(path: Path | None) -> None:
    if path is None:
        pytest.skip("../shared/data/questions/gift-ast is not at hand")
    trees = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    questions = [one for one in trees if one["type"] != "Category"]
    if not questions:  # a category alone: it holds for what follows
        found = gift.read(path.read_bytes() + b"\n\nTrue?{T}")
        assert found[0].category == tuple(trees[-1]["title"].removeprefix("$course$/top/").split("/"))
        return
    items = gift.read(path.read_bytes())
    assert len(items) == len(questions)
    for tree, item in zip(questions, items, strict=True):
        check_item(tree, item)


def test_all_examples_of_moodle_come_in_whole() -> None:
    items = gift.read(shared_data.file("examples.txt", "gift"))
    assert Counter(one.original_type for one in items) == {
        "multichoice": 18,
        "truefalse": 5,
        "shortanswer": 9,
        "numerical": 8,
        "matching": 3,
    }
    assert {one.status for one in items} == {"whole"}


def test_an_export_in_windows_1252_is_recognised() -> None:
    items = gift.read(shared_data.file("questions_encoding_windows-1252.gift.txt", "gift"))
    assert items[2].body["parts"][0]["stem"] == {"en": "aödf"}
    assert {one.category for one in items} == {("Default for LTTEST",)}


# ---- the finer points ----


def one(text: str, language: str = "") -> Parsed:
    items = gift.read(text.encode(), language)
    assert len(items) == 1
    return items[0]


def test_moodle_writes_the_comment_on_a_wrong_judgement_first() -> None:
    by_hand = one("It hurts.{TRUE#on true#on false}")
    by_moodle = one("// question: 7  name: hurt\n::hurt::It hurts.{TRUE#on false#on true}")
    for item in (by_hand, by_moodle):
        assert [option["explanation"]["en"] for option in item.body["options"]] == ["on true", "on false"]


def test_four_options_with_one_right_are_an_a1_and_weights_are_kept_as_written() -> None:
    assert one("Which?{=a ~b ~c ~d}").type == "A1"
    weighted = one("Which?{~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}")
    assert weighted.type == "choice"
    assert weighted.body["weights"] == {"a": "33.33333", "b": "33.33333", "c": "33.33333", "d": "-100"}
    assert weighted.body["key"] == ["a", "b", "c"]
    assert weighted.body["multiple"] is True


def test_a_blank_line_within_braces_ends_no_question_and_an_open_brace_swallows_none() -> None:
    items = gift.read(b"One {\n=a\n\n=b\n}\n\nTwo {=x\n\nThree {=y}")
    assert [item.original_type for item in items] == ["shortanswer", "", "shortanswer"]
    assert [item.status for item in items] == ["whole", "refused", "whole"]
    assert [item.where for item in items] == ["line 1", "line 7", "line 9"]


def test_the_comment_on_any_other_number_is_a_named_loss() -> None:
    item = one("How much?{#=5:1 ~#No.}")
    assert item.body["answers"] == [{"low": "4", "high": "6", "weight": "100"}]
    assert [loss.message for loss in item.losses] == ["The comment on any other number cannot be kept."]


def test_what_is_no_number_is_refused_with_its_text() -> None:
    assert [one.message for one in one("How much?{#much}").refusals] == [
        "“much” is no number. Write 9.5, 9.5:0.1 or 9..10."
    ]
    assert one("How much?{#1e99999999}").status == "refused"


def test_both_languages_of_moodle_are_kept() -> None:
    item = one("{mlang zh_cn}疼吗{mlang}{mlang en}Does it hurt{mlang}?{=10 mg ~2}")
    # braces of a multi-language filter must be escaped in GIFT; unescaped they are an answer, as in Moodle
    assert item.status == "with_losses"
    escaped = one("\\{mlang zh_cn\\}疼吗\\{mlang\\}\\{mlang en\\}Does it hurt\\{mlang\\}?{=10 mg ~2 ~3 ~4}")
    assert escaped.body["stem"] == {"zh": "疼吗?", "en": "Does it hurt?"}
    assert escaped.body["options"][0]["text"] == {"zh": "10 mg", "en": "10 mg"}


def test_the_language_is_guessed_for_the_whole_file() -> None:
    items = gift.read("吗啡的起始剂量是？{=5 mg ~50 mg}\n\nNRS{=NRS ~VAS}".encode())
    assert [list(item.body["stem"]) for item in items] == [["zh"], ["zh"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_chinese_comes_in_whatever_its_encoding(encoding: str) -> None:
    text = "::题一::安宁疗护的目标是？{=舒适 ~治愈 ~延长 ~加速}"
    assert gift.read(text.encode(encoding))[0].body["stem"] == {"zh": "安宁疗护的目标是？"}


@pytest.mark.parametrize("data", [b"", b"no question at all", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n" + bytes(64)])
def test_a_file_that_is_no_gift_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid):
        gift.read(data)


SIGNS = st.text(alphabet=st.sampled_from("~=#{}:\\%->\n [html]$CATEGORY*._nTF10é安<b/>&"), max_size=200)


@given(data=st.binary(max_size=300) | SIGNS.map(str.encode) | SIGNS.map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_items_or_a_refusal(data: bytes) -> None:
    try:
        items = gift.read(data)
    except Invalid:
        return
    for item in items:
        assert item.where
        assert bool(item.type) is not bool(item.refusals)


@pytest.mark.parametrize(
    "unit", ["{", "}", "a{=b}\n\n", "a{\n\n", "::", "~", "\\", "%1", "[", "=", "//[tag:", "<b>", "&", "{mlang}"]
)
def test_work_grows_with_the_length_of_a_file_only(unit: str) -> None:
    """Counted in events of the interpreter, not in time: eight times the text may cost about eight times the steps."""

    def steps(text: str) -> int:
        count = 0

        def tick(*_arguments: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(tick)
        try:
            gift.read(("Q {=x}\n\n" + text).encode())
        finally:
            sys.setprofile(None)
        return count

    assert steps(unit * 4000) <= 12 * steps(unit * 500)
