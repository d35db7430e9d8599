"""Boxes and checks in the text: what an author writes, what a reader answers, and that nothing is kept of it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from courses import markdown
from courses.checks import Check
from tests.client import main_text
from tests.counting import counting
from tests.courses.conftest import AsPerson, Study
from tests.courses.test_authoring import fields

ONE = ":::check\n**哪种**先做？\n\n- [x] 评估\n  只有患者知道。\n- [ ] 给药\n  还早。\n:::\n"
TWO = ":::check\n哪些对？\n\n- [x] 甲\n- [X] 乙\n- [ ] 丙\n\n甲乙都对。\n:::\n"
TEXT = f"开头\n\n{ONE}\n中间\n\n{TWO}"


def test_a_check_is_read_with_its_options_and_reasons() -> None:
    before, one, between, two, _after = markdown.parts(TEXT)
    assert isinstance(one, Check)
    assert isinstance(two, Check)
    assert str(before) == "<p>开头</p>\n"
    assert str(between) == "<p>中间</p>\n"
    assert str(one.stem) == "<strong>哪种</strong>先做？"
    assert [(str(each.text), each.right, str(each.explanation)) for each in one.options] == [
        ("评估", True, "只有患者知道。"),
        ("给药", False, "还早。"),
    ]
    assert (one.multiple, two.multiple, str(two.explanation)) == (False, True, "<p>甲乙都对。</p>\n")
    assert one.is_right({1})
    assert not one.is_right({1, 2})
    assert two.is_right({1, 2})
    assert not two.is_right({1})


def test_boxes_have_titles_and_wide_tables_a_frame() -> None:
    html = str(markdown.render(":::warning 小心 <b>\n慢\n:::\n\n:::tip\n好\n:::\n\n|a|b|\n|-|-:|\n|1|2|\n"))
    assert '<aside class="callout warning"><p class="callout-title">小心 &lt;b&gt;</p><p>慢</p>' in html
    assert '<aside class="callout tip">' in html
    assert 'class="table-box" tabindex="0"' in html
    assert '<td class="num">2</td>' in html


def test_tables_are_named_by_their_heads_so_that_no_two_sound_alike() -> None:
    table = "|药 <b>|**剂** 量|\n|-|-|\n|1|2|\n\n"
    html = str(markdown.render(table + table + "|||\n|-|-|\n|1|2|\n"))
    first, second, bare = re.findall(r'aria-label="([^"]*)"', html)
    assert first.endswith("药 &lt;b&gt; · 剂 量")
    assert (second, bool(bare)) == (f"{first} (2)", True)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "word"),
    [
        (":::check\n问？\n\n- [x] 一\n\n因为。\n:::", "1 个选项"),
        (":::check\n问？\n\n- [ ] 一\n- [ ] 二\n\n因为。\n:::", "没有标出正确"),
        (":::check\n- [x] 一\n- [ ] 二\n\n因为。\n:::", "没有题干"),
        (":::check\n问？\n\n- [x] 一\n- [ ] 二\n:::", "没有解释"),
        (":::check\n问？\n:::", "0 个选项"),
        ("> :::check\n> 问？\n>\n> - [x] 一\n> - [ ] 二\n>\n> 因为\n> :::", "顶格"),
        (":::warn\n慢\n:::", "warn"),
        ("![a](http://example.org/a.png)", "别处"),
    ],
)
def test_what_an_author_is_to_mend_is_said(app: Flask, text: str, word: str) -> None:
    with app.test_request_context():
        assert any(word in fault for fault in markdown.faults(text, {}))
        markdown.parts(text)  # what was published opens all the same


@pytest.mark.one_database
def test_a_faulty_check_is_not_published(study: Study, as_: AsPerson) -> None:
    client = as_(study.people["instructor"])
    answer = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_en=":::check\nWhy?\n\n- [x] a\n:::"))
    assert answer.status_code == 422
    assert "第 1 道自测题" in main_text(answer)
    preview = client.post(f"/teaching/lessons/{study.lessons[0]}", data=fields(body_zh=TEXT, do="preview"))
    assert "只有患者知道" in main_text(preview)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_check_is_answered_without_a_script_and_nothing_is_kept(study: Study, as_: AsPerson, language: str) -> None:
    study.publish(0, body_zh=TEXT, body_en=TEXT)
    study.enrol("newcomer")
    client = as_(study.people["newcomer"], language)
    lesson = f"/lessons/{study.lessons[0]}"
    page = client.get(lesson).get_data(as_text=True)
    assert f'action="{lesson}/checks/1#check-1"' in page
    assert "只有患者知道" not in page
    with counting(study.app) as count:
        wrong = client.post(f"{lesson}/checks/1", data={"choice": "2"})
    assert not [one for one in count.statements if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert wrong.status_code == 200
    said = {"zh": ("不完全对", "答对了"), "en": ("Not quite", "Yes, that is right")}[language]
    assert said[0] in main_text(wrong)
    assert "只有患者知道" in main_text(wrong)
    assert "甲乙都对" not in main_text(wrong)
    assert said[1] in main_text(client.post(f"{lesson}/checks/1", data={"choice": "1"}))
    assert said[1] in main_text(client.post(f"{lesson}/checks/2", data={"choice": ["1", "2"]}))
    assert said[0] in main_text(client.post(f"{lesson}/checks/2", data={"choice": ["1", "7", "x"]}))
    assert client.get(f"{lesson}/checks/1").location == f"{lesson}#check-1"
    assert as_(study.people["stranger"]).post(f"{lesson}/checks/1", data={"choice": "1"}).status_code == 404
