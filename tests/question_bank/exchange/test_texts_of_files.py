"""Aiken, the plain text of HTML, and the encodings that files come in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.exchange import aiken, decoding, plain
from tests.question_bank.exchange import shared_data
from training.core.errors import Invalid


def test_the_example_of_aiken_comes_in_with_its_tags_as_text() -> None:
    items = aiken.read(shared_data.file("questions.aiken.txt", "aiken"))
    assert [(one.type, one.body["key"], one.status) for one in items] == [
        ("A1", ["b"], "whole"),
        ("choice", ["a"], "whole"),
    ]
    assert '<html class="cool"> & images' in items[1].body["stem"]["en"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One?\nA) a\nB) b\n", "answer is missing"),
        ("One?\nA) a\nB) b\nANSWER: C", "“C” is none of the options"),
        ("One?\nA) a\nANSWER: A", "Fewer than two"),
        ("One?\nA) a\nA) b\nANSWER: A", "same letter"),
    ],
)
def test_a_question_that_is_incomplete_is_refused_with_its_reason(text: str, words: str) -> None:
    items = aiken.read(f"{text}\n\nTwo?\nA. a\nB. b\nANSWER: B".encode())
    assert words in items[0].refusals[0].message
    assert (items[1].type, items[1].body["key"]) == ("choice", ["b"])


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200) | st.text(alphabet="AB).:ANSWER \n安?", max_size=200).map(str.encode))
def test_any_bytes_are_items_or_a_refusal(data: bytes) -> None:
    try:
        items = aiken.read(data)
    except Invalid:
        return
    assert all(bool(one.type) is not bool(one.refusals) for one in items)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("10<sup>-3</sup> mol CO<sub>2</sub>", "10⁻³ mol CO₂"),
        ("<style>p{}</style><script>alert(1)</script>safe", "safe"),
        ("pH<7 and NRS>3", "pH<7 and NRS>3"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ('before<img src="@@PLUGINFILE@@/a%20b.png" onerror="alert(1)">after', "before\n![a-b.png]\nafter"),
        ("<b>" * 3000 + "deep", "deep"),
        ("bell\x07 \u202eturned", "bell turned"),
    ],
)
def test_html_becomes_plain(html: str, text: str) -> None:
    assert plain.plain(html) == text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>/!-&;#\"'= abipmgsrc\n安\ud800\x00"), max_size=60))
def test_any_html_becomes_plain(html: str) -> None:
    text = plain.plain(html)
    assert "\x00" not in text
    assert text == text.strip()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("吗啡 10 mg，每 4 小时一次。", "gb18030"), ("déjà vu: 5 µg à 20 °C", "cp1252"), ("Größe", "cp1252")],
)
def test_encodings_without_a_mark_are_told_apart(text: str, encoding: str) -> None:
    assert decoding.decode(text.encode(encoding)) == text


def test_a_file_cut_off_within_a_character_keeps_what_is_whole() -> None:
    assert decoding.decode("安宁疗护".encode()[:-1]) == "安宁疗"
    assert decoding.decode("安宁疗护".encode("gb18030")[:-1]) == "安宁疗"


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGEST", 10)
    with pytest.raises(Invalid, match="larger"):
        decoding.decode(b"x" * 11)
