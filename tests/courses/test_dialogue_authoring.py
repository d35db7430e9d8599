"""The file format: what is wrong is said at once, in its place, for any text; and the command that says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.dialogues import authoring
from courses.dialogues.graph import Dialogue
from courses.dialogues.nodes import LARGEST, Fault
from tests.courses.dialogue_files import SMALL, changed, dialogue, faults

CASES = {
    "a loop names its turns": (("        ending: good\n", "        next: first\n"), 11, "first → second → first"),
    "a reply to nowhere": (("        ending: good\n", "        next: third\n"), 45, "no turn “third”"),
    "no such ending": (("        ending: good\n", "        ending: best\n"), 45, "no ending “best”"),
    "an ending nobody reaches": (
        ("        ending: good\n", "        ending: half\n"),
        52,
        "No reply leads to the ending “good”",
    ),
    "neither turn nor ending": (("        ending: good\n", ""), 41, "either “next”"),
    "a missing language": (("{zh: 尊重。, en: Respect.}", "{zh: 尊重。}"), 44, "“en” is missing"),
    "an unknown key": (("minutes: 5", "minutes: 5\nduration: 9"), 8, "“duration” is not known here"),
    "an unknown speaker": (("speaker: son", "speaker: cousin"), 11, "“cousin” is not known here"),
    "a step of another framework": (("step: explore", "step: perception"), 20, "“perception” is not known here"),
    "too many points": (("{emotion: 3}", "{emotion: 9}"), 43, "from -3 to 3"),
    "an unknown dimension": (("{emotion: 3}", "{charm: 3}"), 43, "“charm” is not known here"),
    "a harm without reason": (("        harm_reason: {zh: 伤人。, en: It hurts.}\n", ""), 27, "needs its reason"),
    "a reason without harm": (("        harm: serious\n", ""), 27, "reason but no harm"),
    "a start that is no turn": (("start: first", "start: zero"), 8, "no turn “zero”"),
    "an empty text": (("en: Mm.", "en: ''"), 46, "empty"),
    "a text twice": (("minutes: 5", "minutes: 5\nminutes: 6"), 8, "a second time"),
    "an anchor": (("{zh: 病房。", "&a {zh: 病房。"), 3, "Anchors"),
    "an alias": (("setting: {zh: 病房。, en: A ward.}", "setting: *a"), 3, "Aliases"),
    "a tag": (("minutes: 5", "minutes: !!int 5"), 7, "Tags"),
    "no map": (("title: {zh: 小对话, en: A small dialogue}", "title: words"), 2, "Names with values"),
    "another format": (("format: 1", "format: 2"), 1, "write “format: 1”"),
    "no YAML": (("minutes: 5", "minutes: 5: 6"), 7, "cannot be read as YAML"),
    "a text that turns round": (("Mm.", "M\u202em."), 46, "U+202E"),
    "a control character": (("Mm.", "M\u0007m."), 46, "U+0007"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named_in_its_place(name: str) -> None:
    change, line, words = CASES[name]
    found = faults(changed(*change))
    assert any(one.line == line and words in one.message for one in found), found
    assert all(one.column >= 1 for one in found)


def test_everything_wrong_is_said_at_once_in_the_order_of_the_lines() -> None:
    text = changed("speaker: son", "speaker: cousin")
    text = changed("        ending: good\n", "        next: third\n", text)
    text = changed("pass_percent: 60", "pass_percent: many", text)
    found = faults(text)
    assert [one.line for one in found] == sorted(one.line for one in found)
    assert {6, 11, 45, 52} <= {one.line for one in found}


def test_a_turn_that_nobody_reaches_is_named() -> None:
    lonely = SMALL.replace(
        "endings:\n",
        SMALL[SMALL.index("  second:") : SMALL.index("endings:")].replace("second:", "lonely:") + "endings:\n",
    )
    assert [one.message for one in faults(lonely)] == ["No conversation reaches the turn “lonely”."]


POINTLESS = "points: {{}}\n        why: {{zh: {}"
UNFAIR = {
    "Replies 1, 2 are equally good": [(POINTLESS.format("还可以"), "points: {emotion: 3}\n        why: {zh: 还可以")],
    "comes to no points": [("{emotion: 3}", "{}"), ("{listening: 2}", "{}")],
    "by always taking the first reply: 20.00 per cent": [
        ("pass_percent: 60", "pass_percent: 15"),
        (POINTLESS.format("还可以"), "points: {plan: 1}\n        why: {zh: 还可以"),
    ],
    "by always taking the last reply: 40.00 per cent": [
        ("pass_percent: 60", "pass_percent: 30"),
        ("        harm: serious\n        harm_reason: {zh: 伤人。, en: It hurts.}\n", ""),
        (POINTLESS.format("没有回应"), "points: {plan: 2}\n        why: {zh: 没有回应"),
    ],
    "say the same": [("en: Mm.", "en: Thank you for saying so.")],
    "take it away": [("speaker: son", "equal: {zh: 一样, en: same}\n    speaker: son")],
    "Every conversation holds a serious harm": [
        (
            f"        why: {{zh: {why}",
            f"        harm: serious\n        harm_reason: {{zh: 痛, en: pain}}\n        why: {{zh: {why}",
        )
        for why in ("太快了", "听他说")
    ],
}


@pytest.mark.parametrize("words", UNFAIR)
def test_what_cannot_be_published_is_told_with_the_habit_and_its_score(words: str) -> None:
    text = SMALL
    for old, new in UNFAIR[words]:
        text = changed(old, new, text)
    assert any(words in one.message for one in faults(text)), faults(text)


@pytest.mark.parametrize(("habit", "padding"), [("longest", 60), ("shortest", 0)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_longest_and_the_shortest_reply_must_not_pass(language: str, habit: str, padding: int) -> None:
    text = SMALL
    best = {"zh": ("您怕的是什么？", "谢谢您说出来。"), "en": ("Tell me what you fear.", "Thank you for saying so.")}
    for number, passage in enumerate(best[language]):
        text = changed(passage, passage + "啊" * padding if padding else f"{number}", text)
    told = {"zh": "Chinese", "en": "English"}[language]
    found = [one.message for one in faults(text)]
    assert found == [
        f"Somebody passes without listening, by always taking the {habit} reply in {told}: 100.00 per cent, "
        "the pass mark is 60."
    ]


def test_all_conversations_worth_the_same_are_refused() -> None:
    text = SMALL.replace("points: {}", "points: {plan: 1}")
    text = text.replace("{listening: 2}", "{plan: 1}").replace("{emotion: 3}", "{plan: 1}")
    assert any("worth the same" in one.message for one in faults(text))


def test_equally_good_replies_may_stand_with_their_reason() -> None:
    text = changed(*UNFAIR["Replies 1, 2 are equally good"][0])
    text = changed("pass_percent: 60", "pass_percent: 80", text)
    text = changed("speaker: patient", "equal: {zh: 都行, en: Both will do}\n    speaker: patient", text)
    assert dialogue(text).turns["second"].equal == {"zh": "都行", "en": "Both will do"}


def read(text: str) -> Dialogue | list[Fault]:
    result = authoring.parse(text)
    assert isinstance(result, Dialogue) or (result and all(one.line >= 1 and one.message for one in result))
    return result


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    read(text)


@given(st.text(alphabet=":-?[]{}&*!|>'\"%@`#, \n\tabc1\u0085\u2028\ufeff\ud800", max_size=120))
def test_no_text_that_looks_like_yaml_makes_it_raise(text: str) -> None:
    read(text)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(SMALL)), st.integers(0, 60), st.text(alphabet=":-[]{}&*!\"' \nab1尊", max_size=6))
def test_a_small_file_damaged_anywhere_is_read_or_refused(start: int, length: int, put: str) -> None:
    read(SMALL[:start] + put + SMALL[start + length :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "---\n",
        "[" * 100_000,
        "a: " * 50_000,
        "- " * 60_000,
        "{a: " * 40_000,
        "x" * (LARGEST + 1),
        "%YAML 9.9\n---\na",
        "? ? ? ?",
        "!!python/object:os.system x",
    ],
)
def test_deep_empty_and_huge_files_are_refused(text: str) -> None:
    assert isinstance(read(text), list)


def test_a_full_file_is_read_within_seconds() -> None:
    """Two hundred turns, near the largest size; the bound is generous, it only catches what grows by squares."""
    from time import perf_counter

    one = SMALL[SMALL.index("  second:") : SMALL.index("endings:")]
    turns = "".join(one.replace("second:", f"t{number}:") for number in range(180))
    began = perf_counter()
    found = faults(SMALL.replace("endings:\n", turns + "endings:\n"))
    assert len(found) == 180
    assert perf_counter() - began < 20


@pytest.mark.one_database
def test_the_command_says_where_and_ends_with_1(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SMALL, encoding="utf-8")
    bad.write_text(changed("speaker: son", "speaker: cousin"), encoding="utf-8")
    result = runner.invoke(args=["dialogues", "check", str(good)])
    assert (result.exit_code, "2 turns, 5 points at best" in result.output) == (0, True)
    result = runner.invoke(args=["dialogues", "check", str(bad)])
    assert result.exit_code == 1
    assert result.output.startswith(f"{bad}:11:14: turns.first.speaker: “cousin” is not known here; known are: patient")
    told = json.loads(runner.invoke(args=["dialogues", "check", "--json", str(bad)]).output)
    assert told["faults"][0]["line"] == 11
    assert json.loads(runner.invoke(args=["dialogues", "check", "--json", str(good)]).output)["best_points"] == 5
    missing = runner.invoke(args=["dialogues", "check", str(tmp_path / "none.yaml")])
    assert (missing.exit_code, "cannot be read" in missing.output) == (1, True)
