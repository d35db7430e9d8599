"""What is written is read back with the same keys, and the same answers earn the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from question_bank import grading, item_types
from question_bank.exchange import gift, gift_writer, moodle_xml, moodle_xml_writer, plain
from question_bank.exchange.parsed import Exported, Parsed, Written
from tests.question_bank.bodies import SOUND

FORMATS: dict[str, tuple[Callable[..., Any], Callable[..., list[Parsed]]]] = {
    "gift": (gift_writer.write, gift.read),
    "xml": (moodle_xml_writer.write, moodle_xml.read),
}
CARRIED = {
    "gift": ("A1", "A2", "choice", "judgement", "short", "numeric", "matching", "B1"),
    "xml": ("A1", "A2", "choice", "judgement", "short", "numeric", "matching", "B1", "ordering", "blanks"),
}
WEIGHTS = st.sampled_from(["100", "50", "33.33333", "0", "-25", "-100"])
TEXT = (
    st.text(alphabet=st.sampled_from("ab 10安宁~=#{}:\\%[]<>&;/*-\n!\"'.$"), max_size=12).map(plain.tidy).filter(bool)
)


def there_and_back(name: str, kind: str, body: dict[str, Any], language: str = "both") -> tuple[list[Parsed], Written]:
    write, read = FORMATS[name]
    data, reports = write([Exported("P-1", kind, body, ("疼痛", "a/b"), ("opioid", "剂量"))], language)
    return read(data, "zh"), reports[0]


def labels(body: dict[str, Any]) -> dict[str, str]:
    """Option ids by what the options say."""
    return {repr(sorted(one["text"].items())): one["id"] for one in body.get("options", ())}


def earned(kind: str, body: dict[str, Any], answer: list[str]) -> float:
    found = item_types.get(kind)
    draw = found.draw(body, Random(1), shuffle=False)
    return float(grading.fraction(found, found.mark(body, draw, answer)))


def translated(answer: list[str], old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The same answer to an item whose options may have got other ids."""
    if "options" not in old or set(labels(old).values()) == {"true", "false"}:
        return answer
    names = {one: labels(new)[text] for text, one in labels(old).items()}
    moved = []
    for one in answer:
        part, colon, option = one.rpartition(":")
        moved.append(part + colon + names[option])
    return moved


def assert_same_scores(kind: str, body: dict[str, Any], item: Parsed, answers: list[list[str]]) -> None:
    for answer in answers:
        again = translated(answer, body, item.body)
        assert earned(item.type, item.body, again) == pytest.approx(earned(kind, body, answer), abs=1e-6), answer


def answers_to(kind: str, body: dict[str, Any]) -> list[list[str]]:
    """The key, and answers that are wrong in part or altogether."""
    found = item_types.get(kind)
    key = found.key(body, found.draw(body, Random(1), shuffle=False))
    ids = [one["id"] for one in body.get("options", ())]
    if "parts" in body:
        parts = [one["id"] for one in body["parts"]]
        return [key, *([f"{part}:{one}" for part in parts] for one in ids)]
    if kind == "ordering":
        return [key, key[::-1]]
    if kind == "choice" and body.get("multiple"):
        return [key, *([one] for one in ids), ids]
    if ids:
        return [key, *([one] for one in ids)]
    if kind == "blanks":
        return [key, ["1:吗啡", "2:1 mg"], ["1:x", "2:10 mg"], ["1:MORPHINE", "2:x"]]
    if kind == "numeric":
        return [key, *([text] for text in ("9.4", "9.5", "10", "10.5", "10.6"))]
    return [key, ["morphine sulphate"], ["吗 啡"], ["x"], ["*"]]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", ["both", "zh"])
@pytest.mark.parametrize(
    ("kind", "number"), [(kind, number) for kind, bodies in SOUND.items() for number in range(len(bodies))]
)
def test_every_type_that_a_format_carries_comes_back(name: str, language: str, kind: str, number: int) -> None:
    if kind not in CARRIED[name]:
        pytest.skip("examined below")
    body = SOUND[kind][number]
    if language == "zh":
        body = one_language(body)
    items, report = there_and_back(name, kind, body, language)
    assert len(items) == 1
    item = items[0]
    assert (item.category, item.tags, item.code, item.name) == (("疼痛", "a/b"), ("opioid", "剂量"), "P-1", "P-1")
    assert not report.refusals
    assert item.type in {kind, {"A2": "A1", "B1": "matching", "choice": "A1"}.get(kind)}
    if kind == "blanks":  # gaps stand in one language
        assert item.body["stem"]["zh"] == body["stem"]["zh"]
    elif "stem" in body:
        assert item.body["stem"] == body["stem"]
    if "unit" in body and name == "gift":
        assert "units" in report.losses[-1].message
        return
    assert not item_types.get(item.type).validate(item.body)
    assert_same_scores(kind, body, item, answers_to(kind, body))


def one_language(value: Any) -> Any:
    """A body with its Chinese texts only, but for the two names of a judgement."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            return {"zh": value["zh"]}
        return {name: one_language(one) for name, one in value.items()}
    return [one_language(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", FORMATS)
def test_several_right_options_come_back_with_weights_and_a_named_loss(name: str) -> None:
    body = SOUND["X"][0]
    items, report = there_and_back(name, "X", body)
    assert items[0].type == "choice"
    assert items[0].body["key"] == ["a", "d"]
    assert items[0].body["weights"] == {"a": "50", "b": "-100", "c": "-100", "d": "50", "e": "-100"}
    assert "a share for each" in report.losses[0].message
    assert_same_scores("X", body, items[0], [["a", "d"], ["b"], ["a", "b", "d"], ["b", "c"]])


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", ["A3", "A4", "case"])
def test_a_set_becomes_questions_with_the_case_in_front(name: str, kind: str) -> None:
    body = SOUND[kind][0]
    items, report = there_and_back(name, kind, body)
    assert [one.code for one in items] == [f"P-1-{part['id']}" for part in body["parts"]]
    assert "no sets" in report.losses[0].message
    for part, item in zip(body["parts"], items, strict=True):
        assert item.body["stem"]["zh"].startswith("中a case\n\n")
        assert item.body["stem"]["zh"].endswith(f"中question {part['id']}")
        assert set(item.body["key"]) == set(part["key"])
    if kind == "case":
        whole = [f"{part['id']}:{one}" for part in body["parts"] for one in "ab"]
        each = [earned("choice", item.body, ["a", "b"]) for item in items]
        assert sum(each) / len(each) == pytest.approx(earned("case", body, whole), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "kinds"), [("gift", ("ordering", "blanks", "calculated", "hotspot")), ("xml", ("hotspot",))]
)
def test_what_a_format_cannot_carry_is_refused_by_name(name: str, kinds: tuple[str, ...]) -> None:
    write, _read = FORMATS[name]
    items = [Exported(f"P-{kind}", kind, SOUND[kind][0]) for kind in kinds] + [Exported("P", "A1", SOUND["A1"][0])]
    data, reports = write(items)
    assert [one.status for one in reports] == [*["refused"] * len(kinds), "whole" if name == "xml" else "with_losses"]
    assert all(f"“{kind}”" in one.refusals[0].message for kind, one in zip(kinds, reports, strict=False))
    assert len(FORMATS[name][1](data)) == 1


def test_a_calculation_keeps_its_formula_and_draws_only_what_the_bank_would() -> None:
    body = SOUND["calculated"][0]
    items, report = there_and_back("xml", "calculated", body)
    assert items[0].type == "calculated"
    assert items[0].body["formula"] == body["formula"]
    assert items[0].body["unit"] == "mg"
    assert {one["name"] for one in items[0].body["parameters"]} == {"dose", "rescue"}
    assert report.status == "with_losses"


@pytest.mark.parametrize(("name", "kept"), [("gift", ""), ("xml", "names it")])
def test_an_essay_keeps_its_rubric_where_it_can(name: str, kept: str) -> None:
    items, _report = there_and_back(name, "essay", SOUND["essay"][0])
    assert items[0].type == "essay"
    assert [(one["text"]["en"], one["points"]) for one in items[0].body["rubric"]] == ([(kept, 4)] if kept else [])


def test_pictures_travel_in_xml_and_are_a_named_loss_in_gift(picture: bytes) -> None:
    body = {**SOUND["A1"][0], "pictures": [{"name": "a b.png", "file": "", "alt": {"zh": "泵", "en": "pump"}}]}
    body["stem"] = {"zh": "看\n![a b.png]\n选什么？", "en": "Look\n\n![a b.png]"}
    item = Exported("P-1", "A1", body, media={"a b.png": picture})
    data, _reports = moodle_xml_writer.write([item])
    again = moodle_xml.read(data)[0]
    name = again.body["pictures"][0]["name"]
    assert again.media == {name: picture}
    assert again.body["pictures"][0]["alt"] == {"zh": "泵", "en": "pump"}
    assert again.body["stem"] == {one: text.replace("a b.png", name) for one, text in body["stem"].items()}
    _data, reports = gift_writer.write([item])
    assert any("pictures" in loss.message for loss in reports[0].losses)


@pytest.fixture
def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (2, 2)).save(target, "PNG")
    return target.getvalue()


# ---- any text, any weights ----

BOTH = st.fixed_dictionaries({"zh": TEXT, "en": TEXT})


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    count, multiple = draw(st.integers(2, 6)), draw(st.booleans())
    ids = "abcdef"[:count]
    weights = {one: draw(WEIGHTS) for one in ids}
    if not multiple:
        weights["a"] = "100"
    key = ["a"] if not multiple else [one for one in ids if float(weights[one]) > 0]
    options = [{"id": one, "text": draw(BOTH), "explanation": draw(BOTH)} for one in ids]
    return {
        "stem": draw(BOTH),
        "options": options,
        "key": key,
        "multiple": multiple,
        "weights": weights,
        "explanation": draw(BOTH),
    }


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, deadline=None)
@given(body=choices(), data=st.data())
def test_any_choice_comes_back(name: str, body: dict[str, Any], data: st.DataObject) -> None:
    items, _report = there_and_back(name, "choice", body)
    found = items[0].body
    assert [one["text"] for one in found["options"]] == [one["text"] for one in body["options"]]
    assert [one["explanation"] for one in found["options"]] == [one["explanation"] for one in body["options"]]
    assert (found["stem"], found["explanation"], found["key"]) == (body["stem"], body["explanation"], body["key"])
    if "weights" in found:
        assert found["weights"] == body["weights"]
    ids = [one["id"] for one in body["options"]]
    answer = data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=len(ids) if body["multiple"] else 1))
    assert earned(items[0].type, found, answer) == pytest.approx(earned("choice", body, answer), abs=1e-6)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, deadline=None)
@given(stem=BOTH, accepted=st.lists(st.tuples(TEXT, WEIGHTS, BOTH), min_size=1, max_size=4), right=st.booleans())
def test_any_written_answer_and_judgement_come_back(
    name: str, stem: dict[str, str], accepted: list[tuple[str, str, dict[str, str]]], right: bool
) -> None:
    rows = [{"text": text, "weight": weight, "explanation": comment} for text, weight, comment in accepted]
    items, report = there_and_back(name, "short", {"stem": stem, "accepted": rows, "case": False})
    if report.refusals:
        assert any("->" in one["text"] for one in rows)
    else:
        assert items[0].body["accepted"] == rows
        assert items[0].body["stem"] == stem
    comments = [rows[0]["explanation"], rows[-1]["explanation"]]
    options = [
        {"id": one, "text": {}, "explanation": comment}
        for one, comment in zip(("true", "false"), comments, strict=True)
    ]
    body = {"stem": stem, "options": options, "key": ["true" if right else "false"]}
    judged = there_and_back(name, "judgement", body)[0][0].body
    assert [one["explanation"] for one in judged["options"]] == comments
    assert judged["key"] == body["key"]


NUMBERS = st.decimals(-1000, 1000, places=3).map(lambda number: format(number.normalize(), "f"))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, deadline=None)
@given(stem=BOTH, low=NUMBERS, width=st.decimals(0, 10, places=3), weight=WEIGHTS)
def test_any_bounds_come_back_exact(name: str, stem: dict[str, str], low: str, width: Any, weight: str) -> None:
    low = str(Decimal(low) + 0)
    high = str(Decimal(low) + width)
    body = {"stem": stem, "answers": [{"low": low, "high": high, "weight": weight}]}
    answer = there_and_back(name, "numeric", body)[0][0].body["answers"][0]
    assert (Decimal(answer["low"]), Decimal(answer["high"])) == (Decimal(low), Decimal(high))
    assert answer["weight"] == weight


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, deadline=None)
@given(stem=BOTH, pairs=st.lists(st.tuples(BOTH, BOTH), min_size=2, max_size=5), extra=st.lists(BOTH, max_size=2))
def test_any_pairs_come_back(
    name: str, stem: dict[str, str], pairs: list[tuple[dict[str, str], dict[str, str]]], extra: list[dict[str, str]]
) -> None:
    texts = list({repr(sorted(one.items())): one for one in [*(right for _left, right in pairs), *extra]}.values())
    options = [{"id": "abcdefgh"[place], "text": text} for place, text in enumerate(texts)]
    parts = [
        {"id": str(place), "stem": left, "key": ["abcdefgh"[texts.index(right)]]}
        for place, (left, right) in enumerate(pairs, 1)
    ]
    items, _report = there_and_back(name, "matching", {"stem": stem, "options": options, "parts": parts})
    found = items[0].body
    said = {one["id"]: one["text"] for one in found["options"]}
    assert [(one["stem"], said[one["key"][0]]) for one in found["parts"]] == pairs
    assert len(said) == len(texts)


@settings(max_examples=30, deadline=None)
@given(before=TEXT, between=TEXT, accepted=st.lists(TEXT.filter(lambda text: "\n" not in text), min_size=1, max_size=3))
def test_any_blank_comes_back(before: str, between: str, accepted: list[str]) -> None:
    stem = {"zh": plain.tidy(f"{before} [[1]] {between} [[2]]")}
    rows = [{"text": text, "weight": "100"} for text in accepted]
    blanks = [{"id": "1", "accepted": rows, "case": True}, {"id": "2", "accepted": [{"text": "x", "weight": "50"}]}]
    items, _report = there_and_back("xml", "blanks", {"stem": stem, "blanks": blanks})
    assert items[0].body["blanks"][0] == blanks[0]
    assert next(iter(items[0].body["stem"].values())) == stem["zh"]
