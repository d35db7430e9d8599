"""Moodle XML read: the files of others, each type by itself, and files that are hostile or broken."""

from __future__ import annotations

import base64
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.exchange import moodle_elements, moodle_kinds, moodle_xml
from question_bank.exchange.parsed import Parsed
from tests.question_bank.exchange import shared_data
from training.core.errors import Invalid

FILES: list[Path | None] = [*shared_data.files("moodle-xml", "*.xml")] or [None]
PNG = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
).decode()
# what each file of the shared data holds: type as Moodle calls it, type here, status
EXPECTED: dict[str, dict[tuple[str, str, str], int]] = {
    "ddwtos__testquestion.moodle.xml": {("gapselect", "matching", "with_losses"): 1},
    "description__testquestion.moodle.xml": {("description", "", "refused"): 1},
    "essay__testquestion.moodle.xml": {("essay", "essay", "with_losses"): 1},
    "match__testquestion.moodle.xml": {("matching", "matching", "with_losses"): 1},
    "multianswer.xml": {("cloze", "blanks", "with_losses"): 1},
    "multichoice.xml": {("multichoice", "A1", "with_losses"): 1},
    "multichoice__testquestion.moodle.xml": {("multichoice", "choice", "with_losses"): 1},
    "numerical__testquestion.moodle.xml": {("numerical", "numeric", "with_losses"): 1},
    "ordering__testquestion.moodle.xml": {("ordering", "ordering", "with_losses"): 1},
    "sample_questions.xml": {("stack", "", "refused"): 19},
    "shortanswer__testquestion.moodle.xml": {("shortanswer", "short", "with_losses"): 1},
}


def question(kind: str, inner: str, stem: str = "Which?", attributes: str = 'format="html"') -> bytes:
    text = f"<questiontext {attributes}><text><![CDATA[{stem}]]></text></questiontext>"
    return f'<?xml version="1.0"?><quiz><question type="{kind}">{text}{inner}</question></quiz>'.encode()


def answer(text: str, fraction: str = "0", comment: str = "", more: str = "") -> str:
    feedback = f"<feedback><text>{comment}</text></feedback>" if comment else ""
    return f'<answer fraction="{fraction}"><text>{text}</text>{feedback}{more}</answer>'


def one(data: bytes) -> Parsed:
    items = moodle_xml.read(data)
    assert len(items) == 1
    return items[0]


def losses(item: Parsed) -> str:
    return " ".join(loss.message for loss in item.losses)


def refusal(item: Parsed) -> str:
    return " ".join(one.message for one in item.refusals)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "none")
def test_every_question_of_a_file_comes_in_or_is_explained(path: Path | None) -> None:
    if path is None:
        pytest.skip("../shared/data/questions/moodle-xml is not at hand")
    data = path.read_bytes()
    items = moodle_xml.read(data)
    assert len(items) == data.count(b"<question ") - data.count(b'<question type="category"')
    assert all(one.refusals or one.body["stem"]["en"] for one in items)
    found = Counter((one.original_type, one.type, one.status) for one in items)
    assert found == EXPECTED.get(path.name, found)


def test_pictures_come_in_under_their_names() -> None:
    item = one(shared_data.file("multichoice.xml", "moodle-xml"))
    assert item.body["options"][1]["text"]["en"] == "![flag-france.jpg]\nFrench"
    assert [one["name"] for one in item.body["pictures"]] == list(item.media)
    assert item.body["pictures"][1]["alt"] == {"en": "French flag"}
    assert item.media["flag-uk.jpg"].startswith(b"\xff\xd8")
    assert "bonjour.mp3" in losses(item)


def test_weights_stay_decimals_as_written() -> None:
    thirds = "".join(answer(text, "33.33333") for text in "abc") + answer("d", "-100")
    item = one(question("multichoice", f"<single>false</single>{thirds}"))
    assert (item.type, item.body["multiple"]) == ("choice", True)
    assert item.body["weights"] == {"a": "33.33333", "b": "33.33333", "c": "33.33333", "d": "-100"}


def test_a_short_answer_keeps_case_and_stars() -> None:
    inner = "<usecase>1</usecase>" + answer("5 \\* 5", "100") + answer("*5*", "50", "nearly")
    item = one(question("shortanswer", inner))
    assert item.body["case"] is True
    assert item.body["accepted"] == [
        {"text": "5 \\* 5", "weight": "100"},
        {"text": "*5*", "weight": "50", "explanation": {"en": "nearly"}},
    ]


def test_units_are_turned_into_how_many_of_the_own_one_they_are() -> None:
    units = (
        "<unitgradingtype>1</unitgradingtype><unitpenalty>0.1</unitpenalty><units>"
        "<unit><multiplier>1</multiplier><unit_name>g</unit_name></unit>"
        "<unit><multiplier>1000</multiplier><unit_name>mg</unit_name></unit></units>"
    )
    item = one(question("numerical", answer("2.5", "100", more="<tolerance>0.1</tolerance>") + answer("*") + units))
    assert item.body["answers"] == [{"low": "2.4", "high": "2.6", "weight": "100"}]
    assert (item.body["unit"], item.body["units"], item.body["unit_required"]) == ("g", {"mg": "0.001"}, False)
    assert "0.1 of the points" in losses(item)
    assert "any other number" in losses(item)


def test_the_order_of_steps_is_that_of_their_numbers() -> None:
    item = one(question("ordering", answer("second", "2") + answer("first", "1") + answer("third", "3")))
    assert [option["text"]["en"] for option in item.body["options"]] == ["first", "second", "third"]


def test_information_for_markers_becomes_the_rubric() -> None:
    grader = '<defaultgrade>4</defaultgrade><graderinfo format="html"><text>Names two drugs.</text></graderinfo>'
    item = one(question("essay", grader))
    assert item.body["rubric"] == [{"id": "1", "text": {"en": "Names two drugs."}, "points": 4}]
    assert item.points == "4"


def test_a_cloze_becomes_blanks_and_names_what_it_loses() -> None:
    stem = "Give {1:SA:=10 mg#right~%50%ten \\} mg} of {2:MCV:~codeine~=morphine} or {1:NM:=5:0.5}."
    item = one(question("cloze", "", stem))
    assert item.body["stem"] == {"en": "Give [[1]] of [[2]] or [[3]]."}
    assert [[(one["text"], one["weight"]) for one in blank["accepted"]] for blank in item.body["blanks"]] == [
        [("10 mg", "100"), ("ten } mg", "50")],
        [("morphine", "100")],
        [("5", "100")],
    ]
    assert "Gap 2 offered options" in losses(item)
    assert "Gap 3 took numbers" in losses(item)
    assert "different weights" in losses(item)


@pytest.mark.parametrize(
    ("kind", "inner", "stem", "words"),
    [
        ("ddmarker", "", "Where?", "markers are dragged"),
        ("ddimageortext", "", "Where?", "dragged onto a picture"),
        ("randomsamatch", "", "Match", "put together anew"),
        ("stack", "", "Solve", "“stack” are unknown"),
        ("cloze", "", "{1:ESSAY:x}", "“ESSAY”"),
        ("cloze", "", "no gap", "no gap"),
        (
            "ddwtos",
            "<dragbox><text>a</text><group>1</group></dragbox><dragbox><text>b</text><group>2</group></dragbox>",
            "[[1]] and [[2]]",
            "several lists",
        ),
        ("gapselect", "<selectoption><text>a</text></selectoption>", "[[7]]", "no gap"),
        ("calculated", answer("sin({x})", "100"), "{x}?", "more than arithmetic"),
        ("numerical", answer("much", "100"), "How much?", "“much” is no number"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(kind: str, inner: str, stem: str, words: str) -> None:
    item = one(question(kind, inner, stem))
    assert item.status == "refused"
    assert words in refusal(item)
    assert (item.type, item.body) == ("", {})


def dataset(name: str, *values: str) -> str:
    items = "".join(f"<dataset_item><number>1</number><value>{value}</value></dataset_item>" for value in values)
    limits = "<minimum><text>10</text></minimum><maximum><text>20</text></maximum><decimals><text>1</text></decimals>"
    return (
        f"<dataset_definition><name><text>{name}</text></name>{limits}"
        f"<dataset_items>{items}</dataset_items></dataset_definition>"
    )


def test_a_calculation_keeps_its_formula_and_values() -> None:
    right = answer(
        "{dose}*{weight}",
        "100",
        more="<tolerance>0.5</tolerance><tolerancetype>2</tolerancetype><correctanswerlength>1</correctanswerlength>",
    )
    sets = f"<dataset_definitions>{dataset('dose', '10', '20')}{dataset('weight')}</dataset_definitions>"
    item = one(question("calculatedsimple", right + sets, "{dose} mg/kg at {weight} kg?"))
    assert item.type == "calculated"
    assert item.body["formula"] == "dose*weight"
    assert item.body["parameters"] == [
        {"name": "dose", "values": ["10", "20"]},
        {"name": "weight", "from": "10", "to": "20", "step": "0.1"},
    ]
    assert (item.body["tolerance"], item.body["decimals"]) == ("0.5", 1)


def test_beside_the_question_only_what_was_changed_is_a_loss() -> None:
    usual = (
        "<penalty>0.3333333</penalty><hidden>0</hidden><correctfeedback><text>Your answer is correct.</text>"
        "</correctfeedback><shuffleanswers>true</shuffleanswers><hint><text></text></hint>"
    )
    options = "".join(answer(text, "100" if text == "b" else "0") for text in "abcd")
    assert one(question("multichoice", usual + options)).status == "whole"
    changed = (
        "<penalty>0.5</penalty><hidden>1</hidden><correctfeedback><text>Bravo</text></correctfeedback>"
        "<shuffleanswers>0</shuffleanswers><hint><text>Think</text></hint><idnumber>P-7</idnumber>"
        "<tags><tag><text>pain</text></tag></tags><name><text>Doses</text></name>"
    )
    item = one(question("multichoice", changed + options))
    assert len(item.losses) == 5
    assert (item.code, item.tags, item.name, item.type) == ("P-7", ("pain",), "Doses", "A1")


def test_spans_in_both_languages_fill_both() -> None:
    stem = (
        '<p><span lang="zh" class="multilang">首选？</span> <span lang="en" class="multilang">First choice?</span></p>'
    )
    item = one(question("multichoice", "".join(answer(f"{n} mg", "100" if n == 1 else "0") for n in range(4)), stem))
    assert item.body["stem"] == {"zh": "首选？", "en": "First choice?"}
    assert item.body["options"][0]["text"] == {"zh": "0 mg", "en": "0 mg"}


@pytest.mark.parametrize(
    ("form", "stem", "kept"),
    [
        ("html", "<p>one<br/>two</p><script>alert(1)</script>", "one\ntwo"),
        ("markdown", "**one** [two](http://x.org)", "one two"),
        ("plain_text", "<p> & **", "<p> & **"),
        ("moodle_auto_format", "one\ntwo <b>three</b>", "one\ntwo three"),
    ],
)
def test_every_form_of_text_becomes_plain(form: str, stem: str, kept: str) -> None:
    inner = "".join(answer(text, "100" if text == "b" else "0") for text in "abcd")
    item = one(question("multichoice", inner, stem, f'format="{form}"'))
    assert item.body["stem"] == {"en": kept}


def test_a_picture_that_is_none_or_lies_elsewhere_is_left_out_with_a_sentence() -> None:
    sources = ("@@PLUGINFILE@@/a.png", "@@PLUGINFILE@@/b.png", "c.png")
    stem = "".join(f'<img src="{name}"> ' for name in sources)
    fake = base64.b64encode(b"<html>no picture</html>").decode()
    text = (
        f'<questiontext format="html"><text><![CDATA[{stem}]]></text><file name="a.png" path="/" encoding="base64">{PNG}'
        f'</file><file name="b.png" path="/" encoding="base64">{fake}</file></questiontext>'
    )
    options = "".join(answer(option, "100" if option == "b" else "0") for option in "abcd")
    item = one(f'<quiz><question type="multichoice">{text}{options}</question></quiz>'.encode())
    assert list(item.media) == ["a.png"]
    assert item.body["stem"]["en"].splitlines()[0] == "![a.png]"
    assert "![b.png]" not in item.body["stem"]["en"]
    assert "b.png was left out" in losses(item)
    assert "lies elsewhere" in losses(item)


# ---- hostile and broken files ----

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><quiz><question type="essay">'
    "<questiontext><text>&b;</text></questiontext></question></quiz>"
)
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay"/>&x;</quiz>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<",
        b"no xml",
        b"<html><body/></html>",
        b"PK\x03\x04" + bytes(100),
        LAUGHS.encode(),
        LAUGHS.encode("utf-16"),
        OUTSIDE.encode(),
        b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz/>',
    ],
)
def test_a_file_that_is_no_moodle_xml_or_declares_entities_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        moodle_xml.read(data)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moodle_elements, "LARGEST", 100)
    with pytest.raises(Invalid, match="larger"):
        moodle_xml.read(question("essay", "x" * 100))


def test_of_a_file_that_breaks_off_the_beginning_comes_in() -> None:
    whole = question("essay", "").decode().replace("</quiz>", "")
    items = moodle_xml.read((whole + '\n<question type="essay"><questiontext><te').encode())
    assert [one.status for one in items] == ["whole", "refused"]
    assert items[1].where == "line 2"
    deep = moodle_xml.read((whole + "<question>" + "<a>" * 5000).encode())
    assert [one.status for one in deep] == ["whole", "refused"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("declared", ["UTF-8", "GBK", "utf-16", "nonsense"])
def test_the_encoding_is_what_the_bytes_are_whatever_the_file_says(encoding: str, declared: str) -> None:
    text = question("essay", "", "安宁疗护的目标是什么？").decode()
    data = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"').encode(encoding)
    assert one(data).body["stem"] == {"zh": "安宁疗护的目标是什么？"}


TYPES = st.sampled_from([*moodle_kinds.KINDS, *moodle_kinds.LOST, "description", "category", "x"])
WORDS = st.sampled_from(["", "1", "-1e99", "*", "true", "abc", "{x}+1", "[[1]]", "{1:SA:=a}", "{1:NM:%%}", "&lt;b&gt;"])
TAGS = [
    *("answer", "text", "feedback", "tolerance", "units", "unit", "multiplier", "unit_name", "subquestion", "dragbox"),
    *("group", "graderinfo", "single", "file", "tags", "tag", "dataset_definitions", "dataset_definition", "name"),
    *("dataset_items", "dataset_item", "value", "questiontext", "defaultgrade", "penalty"),
]
ELEMENTS: Any = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, share, content: f'<{tag} fraction="{share}" format="html">{"".join(content)}</{tag}>',
        st.sampled_from(TAGS),
        st.sampled_from(["100", "0", "x", "-1e99"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(kind=TYPES, inner=st.lists(ELEMENTS, max_size=6).map("".join))
def test_whatever_stands_in_a_question_it_comes_in_or_is_explained(kind: str, inner: str) -> None:
    text = "<questiontext><text>{x} [[1]] {1:SA:=a}</text></questiontext>"
    for item in moodle_xml.read(f'<quiz><question type="{kind}">{text}{inner}</question></quiz>'.encode()):
        assert bool(item.type) is not bool(item.refusals)


@given(data=st.binary(max_size=200), place=st.integers(0, 400))
def test_any_bytes_are_items_or_a_refusal(data: bytes, place: int) -> None:
    whole = question("multichoice", answer("a", "100") + answer("b"))
    for hostile in (data, whole[:place] + data + whole[place:]):
        try:
            items = moodle_xml.read(hostile)
        except Invalid:
            continue
        assert all(bool(item.type) is not bool(item.refusals) for item in items)
