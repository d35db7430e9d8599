"""Text as instructors paste it: numbers, sections, cases, answers beside the question or at the end."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.exchange import pasted
from question_bank.exchange.parsed import Parsed
from training.core.errors import DomainError, Invalid


def one(text: str) -> Parsed:
    (found,) = pasted.read_text(text)
    return found


def options(item: Parsed) -> list[str]:
    return [option["text"]["zh"] for option in item.body["options"]]


@pytest.mark.parametrize(
    "text",
    [
        "1. 首选途径（ ） A. 口服 B. 皮下 C. 静脉 D. 肌注 答案：B 解析：因为",
        "1、首选途径（ ）\nA、口服\nB、皮下\nC、静脉\nD、肌注\n【答案】B\n【解析】因为",
        "（1）首选途径（ ）\nA．口服  B．皮下\nC．静脉  D．肌注\n正确答案：B\n答案解析：因为",
        "第1题 首选途径（ ）\nA.口服B.皮下C.静脉D.肌注\n参考答案: ｂ\n解析: 因为",
        "1．首选途径（B）\n（A）口服\n（B）皮下\n（C）静脉\n（D）肌注\n解析：因为",
        "首页标题\n1) 首选途径（ ）\n A) 口服\n B) 皮下\n C) 静脉\n D) 肌注\n答案 ：B。\n解析：因为",
        "1. 首选途径（ ）\nA. 口服 B. 皮下\nC. 静脉 D. 肌注\n\n参考答案\n1. B\n解析：因为",
        "一、单选题\n1. 首选途径（ ）\nA. 口服 B. 皮下\nC. 静脉 D. 肌注\n答案：\n一、1-1 B\n解析：因为",
    ],
)
def test_one_question_written_in_many_ways(text: str) -> None:
    item = one(text)
    assert (item.type, item.status, item.name) == ("A1", "whole", "1")
    assert options(item) == ["口服", "皮下", "静脉", "肌注"]
    assert item.body["key"] == ["b"]
    assert item.body["explanation"]["zh"] == "因为"
    assert item.body["stem"]["zh"].startswith("首选途径（")
    assert "B" not in item.body["stem"]["zh"]


WHOLE = """安宁疗护题库（第一期）
一、单项选择题（每题1分，共2分）
1. 癌痛治疗首选
A. 口服 B. 皮下 C. 静脉 D. 肌注
2. NRS 7 分属于
A. 轻度 B. 中度 C. 重度 D. 无痛
二、多项选择题
1. 阿片类不良反应有
A. 便秘 B. 恶心 C. 嗜睡 D. 高血压 E. 瘙痒
三、判断题
1. 安宁疗护就是等死。（×）
2. 吗啡没有天花板效应。
四、A3/A4型题
（1～2题共用题干）
患者，男，68岁，肺癌骨转移。
疼痛 NRS 8 分。
1. 首先应当
A. 评估 B. 化疗 C. 手术 D. 观察
2. 爆发痛的处理
A. 即释吗啡 B. 化疗 C. 手术 D. 观察
五、B1型题
（3-4题共用备选答案）
A. 乳果糖 B. 甲氧氯普胺
C. 吗啡 D. 咪达唑仑
3. 便秘
4. 呼吸困难
六、填空题
1. 第（  ）阶梯用____。
七、简答题
1. 简述给药原则
八、案例分析题
案例一：女，70岁，胃癌晚期。
提问1：评估 A.疼痛 B.睡眠 C.情绪 D.体重 E.家属 F.血型
提示：出现谵妄。
提问2：处理 A.疼痛 B.睡眠 C.情绪 D.体重 E.家属 F.血型
提问3：告知 A.疼痛 B.睡眠 C.情绪 D.体重 E.家属 F.血型
"""
ANSWERS = """参考答案
一、单选题 1-2 AC
二、1.ABCE
三、2.√
四、1.A 2. A
五、3.A 4.C
六、1. 三；吗啡|强阿片
七、1. 口服（2分）
按时（2分）
八、1.ABC 2.AB 3.C
"""


def test_a_whole_paper_with_its_answers_at_the_end() -> None:
    found = pasted.read_text(WHOLE + ANSWERS)
    assert [(item.type, item.status) for item in found] == [
        (name, "whole") for name in ("A1", "A1", "X", "judgement", "judgement", "A3", "B1", "blanks", "essay", "case")
    ]
    single, second, several, wrong, right, a3, b1, blanks, essay, case = (item.body for item in found)
    assert [one["key"] for one in (single, second, several, wrong, right)] == [
        ["a"], ["c"], ["a", "b", "c", "e"], ["false"], ["true"],
    ]  # fmt: skip
    assert a3["stem"]["zh"] == "患者，男，68岁，肺癌骨转移。\n疼痛 NRS 8 分。"
    assert [[part["key"] for part in body["parts"]] for body in (a3, b1, case)] == [
        [["a"], ["a"]], [["a"], ["c"]], [["a", "b", "c"], ["a", "b"], ["c"]],
    ]  # fmt: skip
    assert [part.get("release", {}).get("zh") for part in case["parts"]] == [None, "出现谵妄。", None]
    assert [[one["text"] for one in blank["accepted"]] for blank in blanks["blanks"]] == [["三"], ["吗啡", "强阿片"]]
    assert [(one["text"]["zh"], one["points"]) for one in essay["rubric"]] == [("口服", 2), ("按时", 2)]


def test_answers_may_follow_each_section() -> None:
    text = (
        "一、单选题\n1. 甲\nA. a B. b C. c D. d\n答案：1.B\n"
        "二、判断题\n1. 乙\n2. 丙\n参考答案：1.对 2.错\n三、填空题\n1. 用____\n答案\n1. 吗啡\n"
    )
    found = pasted.read_text(text)
    assert [item.body.get("key") for item in found[:3]] == [["b"], ["true"], ["false"]]
    assert found[3].body["blanks"][0]["accepted"][0]["text"] == "吗啡"


def test_a_case_with_numbered_questions_in_brackets_is_a_set() -> None:
    text = (
        "A3型题\n1. 男，68 岁，肺癌。\n（1）首先\nA. a B. b C. c D. d\n答案：A\n"
        "（2）其次\nA. a B. b C. c D. d\n答案：B\n"
        "2. 女，70 岁，胃癌。\n（1）首先\nA. a B. b C. c D. d\n答案：C\n（2）其次\nA. a B. b C. c D. d\n答案：D\n"
    )
    found = pasted.read_text(text)
    assert [(item.type, item.body["stem"]["zh"]) for item in found] == [
        ("A3", "男，68 岁，肺癌。"), ("A3", "女，70 岁，胃癌。"),
    ]  # fmt: skip
    assert [[part["key"] for part in item.body["parts"]] for item in found] == [[["a"], ["b"]], [["c"], ["d"]]]


def test_what_is_wrong_is_told_by_line() -> None:
    text = (
        "一、单选题\n1. 甲\nA. a B. b C. c D. d\n答案：G\n2. 乙\nA. a B. b C. c D. d\n难度：超难\n参考答案\n2.A\n9.B\n"
    )
    found = pasted.read_text(text)
    assert [[problem.where for problem in (*item.losses, *item.refusals)] for item in found] == [
        ["Line 4"], ["Line 7"], ["Line 10"],
    ]  # fmt: skip
    assert found[2].status == "refused"
    assert "9" in found[2].refusals[0].message


def test_numbers_with_decimals_and_lines_of_a_stem_begin_no_question() -> None:
    item = one("判断题\n1. 剂量为\n2.5 mg 每日\n30 mg 每日一次\n答案：对")
    assert item.body["stem"]["zh"] == "剂量为\n2.5 mg 每日\n30 mg 每日一次"


@pytest.mark.parametrize("text", ["", "  \n", "没有试题", "A. 口服\nB. 皮下"])
def test_text_without_a_question_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        pasted.read_text(text)
    assert str(caught.value).endswith(("…", "."))


def test_a_text_file_may_be_in_gb18030() -> None:
    (item,) = pasted.read("判断题\n1. 安宁疗护尊重患者意愿\n答案：对".encode("gb18030"))
    assert item.body["stem"]["zh"] == "安宁疗护尊重患者意愿"


LINES = st.sampled_from(
    [
        "1. 甲（ ）", "（2）乙____", "第3题 丙", "A. a B. b C. c D. d", "C、c", "答案：B", "【答案】ABD",
        "解析：因为",
        "一、单选题", "二、A3/A4型题", "三、B1型题", "四、案例分析题", "五、填空题", "（1-2题共用题干）",
        "（3～4题共用备选答案）",
        "案例一：男", "提问1：问", "提示：新", "参考答案", "1-3 ABC", "1.B 2.ACD 3.√", "2. 吗啡；芬太尼",
        "难度：中", "99999999.x",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(LINES | st.text(max_size=12), max_size=14))
def test_any_text_gives_items_or_says_why_not(lines: list[str]) -> None:
    with suppress(DomainError):
        for item in pasted.read_text("\n".join(lines)):
            assert item.where.startswith("Line")
            assert item.status == "refused" or item.type
            assert all(problem.message and problem.where for problem in (*item.losses, *item.refusals))


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_items_or_a_refusal(data: bytes) -> None:
    with suppress(DomainError):
        assert pasted.read(data)


def test_a_text_that_is_far_too_long_is_refused_before_anything_is_made_of_it() -> None:
    (item,) = pasted.read_text("填空题\n1. " + "____ " * 5_000)
    assert [problem.message for problem in item.refusals] == ["It has a text of more than 10000 characters."]
    with pytest.raises(Invalid, match="5000 questions"):
        pasted.read_text("1. 甲\n" * 5_001)
