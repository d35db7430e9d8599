"""Workbooks and CSV files of instructors read: heads, types, answers, sets, and what is wrong at which cell."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank.exchange import columns, labels, sheets
from question_bank.exchange.parsed import Parsed
from tests.question_bank.exchange.tables import HEAD, OPTIONS, book, csv_file, row
from training.core.errors import DomainError, Invalid


def read(*rows: list[str], head: Any = HEAD, name: str = "题库.csv") -> list[Parsed]:
    return sheets.read(csv_file([list(head), *rows]), name)


def one(**cells: str) -> Parsed:
    (found,) = read(row(**{"题干": "癌痛首选的给药途径", **cells}))
    return found


def key(answer: str, kind: str = "多选题") -> list[str]:
    found: list[str] = one(题型=kind, 答案=answer, **OPTIONS).body["key"]
    return found


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("题干", "stem"), ("试题", "stem"), ("题目", "stem"), ("*题干（必填）", "stem"), ("试题\n内容", "stem"),
        ("题干（英文）", "stem@en"), ("Stem (English)", "stem@en"), ("英文题干", "stem@en"), ("Stem", "stem"),
        ("选项A", "option_a"), ("选项Ａ", "option_a"), ("A", "option_a"), ("A选项", "option_a"),
        ("选项12", "option_l"),
        ("Option C (English)", "option_c@en"), ("选项B解析", "option_b_why"), ("Explanation of D", "option_d_why"),
        ("答案", "key"), ("正确选项", "key"), ("标准答案", "key"), ("Correct answer", "key"), ("备选答案", "options"),
        ("解析", "explanation"), ("答案解析", "explanation"), ("难易程度", "difficulty"), ("题目分类", "category"),
        ("知识点", "knowledge"), ("分值", "points"), ("来源", "source"), ("标签", "tags"), ("组号", "group"),
        ("共用题干", "shared_stem"), ("审核到期", "review_by"), ("Review by", "review_by"),
        ("单位", "unit"),
        ("容差", "tolerance"), ("安全关键", "critical"), ("编号", "code"), ("序号", "serial"), ("备注", ""),
        ("天气", ""),
    ],
)  # fmt: skip
def test_heads_are_known(head: str, field: str) -> None:
    assert columns.meaning(head)[0] == field


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_head_of_our_own_is_read_as_itself(language: str) -> None:
    for field in (*labels.order(), "options"):
        for suffix in ("", "@zh", "@en"):
            assert columns.meaning(labels.label(field + suffix, language))[0] == field + suffix


def test_a_column_of_questions_beside_one_of_stems_leaves_the_stems_to_the_set() -> None:
    assert columns.guess(["题干", "问题", "A", "B", "答案"]) == {
        0: "shared_stem", 1: "stem", 2: "option_a", 3: "option_b", 4: "key",
    }  # fmt: skip
    assert columns.guess(["问题", "答案"]) == {0: "stem", 1: "key"}


@pytest.mark.parametrize(
    ("kind", "type_name"),
    [
        ("A1", "A1"), ("A1型题", "A1"), ("Ａ１型", "A1"), ("单选", "A1"), ("单项选择题", "A1"),
        ("A2型题", "A2"), ("X型题", "X"),
        ("多选题", "X"), ("一、多项选择题（每题2分）", "X"), ("选择题", "X"), ("不定项选择题", "X"),
        ("安宁疗护多选题", "X"),
    ],
)  # fmt: skip
def test_types_are_known_in_every_usual_spelling(kind: str, type_name: str) -> None:
    answer = "B" if type_name in ("A1", "A2") else "ABD"
    assert one(题型=kind, 答案=answer, **OPTIONS).type == type_name


@pytest.mark.parametrize(
    ("kind", "answer", "type_name"),
    [
        ("判断", "对", "judgement"), ("是非题", "×", "judgement"), ("填空题", "吗啡", "blanks"),
        ("短答题", "NRS", "short"),
        ("简答题", "NRS", "short"), ("简答", "按阶梯给药（2分）；按时给药（2分）", "essay"),
        ("问答题", "略", "essay"),
        ("计算题", "60 mg", "numeric"), ("计算题", "先换算，再减量", "essay"), ("排序题", "", "ordering"),
    ],
)  # fmt: skip
def test_types_in_words_are_known(kind: str, answer: str, type_name: str) -> None:
    assert one(题型=kind, 答案=answer, 题干="首选____").type == type_name


@pytest.mark.parametrize(
    "answer", ["ABD", "A,B,D", "A、B、D", "ＡＢＤ", "abd", "A B D", "A；B；D", "(ABD)", "BAD", "A，B和D"]
)
def test_letters_are_read_however_they_are_parted(answer: str) -> None:
    assert key(answer) == ["a", "b", "d"]


@pytest.mark.parametrize("answer", ["B", "ｂ", "皮下", "B.皮下", "（B）", "选B"])
def test_one_right_option_may_be_named_in_words(answer: str) -> None:
    assert key(answer, "单选题") == ([] if answer == "选B" else ["b"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [(text, "true") for text in ("对", "正确", "√", "T", "true", "Y", "1", "是", "TRUE")]
    + [(text, "false") for text in ("错", "错误", "×", "F", "False", "N", "0", "否", "✗", "不正确")],
)
def test_judgements_are_read_however_they_are_answered(answer: str, said: str) -> None:
    assert one(题型="判断题", 答案=answer).body["key"] == [said]


def test_a_judgement_with_options_may_be_answered_by_letter() -> None:
    assert one(题型="判断题", 选项A="错误", 选项B="正确", 答案="A").body["key"] == ["false"]


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (["易", "中", "难"], [1, 3, 5]), (["1", "3", "5"], [1, 3, 5]), (["0.95", "0.5", "0.1"], [1, 3, 5]),
        (["1", "0.7", "0"], [1, 2, 5]), (["较易", "困难", "80%"], [2, 5, 1]),
    ],
)  # fmt: skip
def test_difficulty_is_a_word_a_level_or_the_share_that_answers_rightly(values: list[str], levels: list[int]) -> None:
    found = read(*(row(题型="判断题", 题干=f"甲{value}", 答案="对", 难度=value) for value in values))
    assert [item.body["about"]["difficulty"] for item in found] == levels


def test_the_name_of_a_sheet_tells_the_type_and_other_sheets_are_left_alone() -> None:
    head = ["序号", "题干", "选项A", "选项B", "选项C", "选项D", "正确选项"]
    data = book(
        {
            "单选题": [["安宁疗护题库"], head, ["1", "甲", "a", "b", "c", "d", "B"]],
            "多选题": [head, ["1", "乙", "a", "b", "c", "d", "ABD"]],
            "判断题": [["题目", "标准答案"], ["丙", "错"]],
            "填写说明": [["说明"], ["每题一行"]],
        }
    )
    found = sheets.read(data, "题库.xlsx")
    assert [(item.type, item.body["key"], item.status) for item in found] == [
        ("A1", ["b"], "whole"), ("X", ["a", "b", "d"], "whole"), ("judgement", ["false"], "whole"),
    ]  # fmt: skip
    assert found[0].where == "Sheet 单选题, row 3"


@pytest.mark.parametrize("form", ["merged", "blank below", "repeated", "by number alone"])
def test_questions_of_one_case_are_one_item(form: str) -> None:
    rows = [
        ["组号", "题型", "共用题干", "题干", "A", "B", "C", "D", "答案"],
        ["1", "A3/A4", "男，68 岁，肺癌。", "首先", "评估", "化疗", "手术", "观察", "A"],
        ["1", "A3/A4", "男，68 岁，肺癌。", "其次", "评估", "化疗", "手术", "观察", "D"],
        ["2", "A3/A4", "女，70 岁，胃癌。", "首先", "评估", "化疗", "手术", "观察", "B"],
        ["2", "A3/A4", "女，70 岁，胃癌。", "其次", "评估", "化疗", "手术", "观察", "C"],
    ]
    merged: list[str] = []
    if form == "merged":
        merged = [f"{column}{first}:{column}{first + 1}" for column in "ABC" for first in (2, 4)]
    for number in (2, 4) if form in ("merged", "blank below") else ():
        rows[number][:3] = ["", "", ""]
    if form == "by number alone":
        rows[2][2] = rows[4][2] = ""
    found = sheets.read(book({"题库": rows}, {"题库": merged}), "题库.xlsx")
    assert [(item.type, item.status, item.where) for item in found] == [
        ("A3", "whole", "Sheet 题库, rows 2–3"), ("A3", "whole", "Sheet 题库, rows 4–5"),
    ]  # fmt: skip
    assert found[1].body["stem"]["zh"] == "女，70 岁，胃癌。"
    assert [part["key"] for part in found[1].body["parts"]] == [["b"], ["c"]]


def test_options_are_shared_by_the_rows_of_a_group() -> None:
    head = ["题型", "组号", "题干", "A", "B", "C", "答案"]
    options, others = ["乳果糖", "吗啡", "咪达唑仑"], ["甲", "吗啡", "氟哌啶醇"]
    found = read(
        ["B1", "1", "便秘", *options, "A"], ["B1", "1", "呼吸困难", "", "", "", "B"],
        ["B1", "", "躁动", *others, "C"], ["B1", "", "疼痛", *others, "B"],
        ["配对题", "3", "便秘", *options, "A"], ["配对题", "3", "疼痛", "甲", "", "", "B"], head=head,
    )  # fmt: skip
    assert [(item.type, [part["key"] for part in item.body["parts"]]) for item in found] == [
        ("B1", [["a"], ["b"]]), ("B1", [["c"], ["b"]]), ("matching", [["a"], ["b"]]),
    ]  # fmt: skip
    assert [problem.cell for problem in found[2].losses] == [("题库", 7, 3)]


def test_options_may_stand_in_one_cell_or_behind_the_stem() -> None:
    head = ["题型", "题干", "选项", "答案"]
    found = read(
        ["单选题", "首选", "A.口服  B.皮下  C.静脉  D.肌注", "A"], ["单选题", "首选（B）",
        "口服\n皮下\n静脉\n肌注", ""],
        ["单选题", "首选\nA、口服\nB、皮下\nC、静脉\nD、肌注", "", "C"], head=head,
    )  # fmt: skip
    assert [[one["text"]["zh"] for one in item.body["options"]] for item in found] == [
        ["口服", "皮下", "静脉", "肌注"]
    ] * 3
    assert [(item.body["stem"]["zh"], item.body["key"]) for item in found] == [
        ("首选", ["a"]), ("首选（　）", ["b"]), ("首选", ["c"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stem", "answer", "accepted"),
    [
        ("第（  ）阶梯用____。", "三；吗啡|强阿片", [["三"], ["吗啡", "强阿片"]]),
        ("用____和____", "吗啡|芬太尼", [["吗啡"], ["芬太尼"]]),
        ("每____小时，每日____次", "4、6", [["4"], ["6"]]),
        ("首选____（口服）", "吗啡；morphine", [["吗啡", "morphine"]]),
        ("用[[b]]，不用（  ）", "甲\\；乙", [["甲；乙"]]),
    ],
)
def test_blanks_are_found_in_the_stem_and_answers_parted(stem: str, answer: str, accepted: list[list[str]]) -> None:
    blanks = one(题型="填空题", 题干=stem, 答案=answer).body["blanks"]
    assert [[variant["text"] for variant in blank["accepted"]] for blank in blanks] == accepted


@pytest.mark.parametrize(
    ("answer", "tolerance", "unit", "bounds"),
    [
        ("10", "0.5", "mg", ("9.5", "10.5", "mg")), ("１０", "5%", "", ("9.5", "10.5", "")),
        ("9.5~10.5 mg", "", "", ("9.5", "10.5", "mg")),
        ("10±1 mg/d", "", "", ("9", "11", "mg/d")), ("1,200", "", "ml", ("1200", "1200", "ml")),
        ("-5--3", "", "", ("-5", "-3", "")),
        ("=10", "", "", ("10", "10", "")),
    ],
)  # fmt: skip
def test_numbers_have_tolerances_and_units(
    answer: str, tolerance: str, unit: str, bounds: tuple[str, str, str]
) -> None:
    head = ["题型", "题干", "答案", "容差", "单位"]
    (found,) = read(["数值题", "每日多少？", answer, tolerance, unit], head=head)
    (number,) = found.body["answers"]
    assert (number["low"], number["high"], found.body["unit"]) == bounds


def test_both_languages_are_one_item() -> None:
    head = [
        "题型",
        "题干",
        "Stem (English)",
        "选项A",
        "Option A (English)",
        "选项B",
        "B（英文）",
        "选项C",
        "选项D",
        "答案",
    ]
    (found,) = read(
        ["单选题", "甲", "first", "口服", "by mouth", "皮下", "subcutaneous", "静脉", "肌注", "A"], head=head
    )
    assert found.body["stem"] == {"zh": "甲", "en": "first"}
    assert found.body["options"][0]["text"] == {"zh": "口服", "en": "by mouth"}
    assert [problem.cell for problem in found.losses] == [("题库", 2, 7), ("题库", 2, 8)]  # C and D have no English


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"题型": "怪题"}, "题型"), ({"答案": "G"}, "答案"), ({"答案": "甲乙"}, "答案"),
        ({"答案": ""}, "答案"), ({"答案": "AB"}, "答案"),
        ({"难度": "超难"}, "难度"), ({"选项B": "口服"}, "选项B"), ({"题干": ""}, "题干"),
        ({"来源": "长" * 300}, "来源"),
        ({"知识点": "长" * 50}, "知识点"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_cell(cells: dict[str, str], column: str) -> None:
    good = {"题型": "单选题", "题干": "甲", "答案": "A", **OPTIONS}
    (found,) = read(row(**{**good, **cells}))
    (problem,) = (*found.losses, *found.refusals)
    assert problem.cell == ("题库", 2, HEAD.index(column))
    assert problem.where == f"Row 2, column {column}"
    assert problem.message[-1] == "."
    assert problem.told(found.where) == f"{column}: {problem.message}"


def test_dangerous_options_are_named_or_are_all_wrong_ones() -> None:
    head = [*HEAD, "安全关键"]
    cells = {"题型": "单选题", "题干": "甲", "答案": "A", **OPTIONS}
    found = read(*(row(head, **cells, 安全关键=text) for text in ("C、D", "是", "否", "F也许")), head=head)
    assert [item.body.get("critical") for item in found] == [["c", "d"], ["b", "c", "d", "e"], None, None]
    assert [item.status for item in found] == ["whole", "whole", "whole", "with_losses"]


def test_a_guess_that_is_corrected_counts() -> None:
    data = csv_file([["甲", "乙", "丙", "丁", "戊", "己"], ["首选", "口服", "皮下", "静脉", "肌注", "B"]])
    with pytest.raises(Invalid):
        sheets.read(data, "题库.csv")
    fields = ["stem", "option_a", "option_b", "option_c", "option_d", "key"]
    (found,) = sheets.read(data, "题库.csv", {"题库": dict(enumerate(fields))})
    assert (found.type, found.status, found.body["key"]) == ("A1", "whole", ["b"])
    (shown,) = sheets.described(sheets.layouts(sheets.open_file(data, "题库.csv")))
    assert shown["columns"][1] == {"head": "乙", "field": "", "examples": ["口服"]}


def test_encodings_and_rows_that_hold_no_question() -> None:
    rows = [list(HEAD), row(序号="1", 题型="判断题", 题干="甲", 答案="√"), row(序号="2"), [""] * 17]
    for encoding in ("gb18030", "utf-8", "utf-16"):
        assert [item.body["key"] for item in sheets.read(csv_file(rows, encoding), "a.csv")] == [["true"]]


def test_a_sheet_whose_stems_have_no_head_is_refused_where_it_is() -> None:
    good = [["题型", "题干", "答案"], ["判断题", "甲", "对"]]
    data = book({"判断题": good, "单选题": [["序号", "答案", "A", "B"], ["1", "A", "口服", "皮下"]]})
    assert [item.status for item in sheets.read(data, "a.xlsx")] == ["whole", "refused"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04truncated", b"%PDF-1.7", b"a,b\n1,2\n", "无关\n文字\n".encode()])
def test_what_holds_no_items_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        sheets.read(data, "")
    assert str(caught.value).endswith(".")


KINDS = ["单选题", "A3/A4", "B1", "填空", "案例分析", "配对题", "计算", "参数计算题", "简答"]
cells = st.sampled_from(
    ["", "A", *KINDS, "1", "甲____（ ）", "A.x B.y", "；|", "0.5", "×", "1=2", "a=1~2/3"]
) | st.text(max_size=8)
heads = st.lists(
    st.sampled_from([*(labels.label(one, "zh") for one in labels.order()), "问题", "选项", "x"]), max_size=14
)


@settings(max_examples=150, deadline=None)
@given(head=heads, rows=st.lists(st.lists(cells, max_size=14), max_size=8))
def test_any_grid_gives_items_or_says_why_not(head: list[str], rows: list[list[str]]) -> None:
    try:
        found = sheets.read(csv_file([["题干", *head], *(["甲", *one] for one in rows)], "utf-16"), "a.csv")
    except DomainError:
        return
    for item in found:
        assert item.where
        assert item.status == "refused" or item.type
        assert all(problem.message for problem in (*item.losses, *item.refusals))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"题干,答案\n{text}".encode()))
def test_any_bytes_give_items_or_a_refusal(data: bytes) -> None:
    with suppress(DomainError):
        assert isinstance(sheets.read(data, ""), list)


def test_a_fault_in_a_set_names_its_row_and_too_few_answers_of_blanks_are_told_once() -> None:
    head = [*HEAD, "组号"]
    rows = [[*row(题型="B1型", 题干=stem, 答案=key, **options), "1"] for stem, key, options in
            (("甲", "A", OPTIONS), ("乙", "G", {}))]  # fmt: skip
    (found,) = read(*rows, head=head)
    (problem,) = found.losses
    assert problem.told(found.where).startswith("Row 3, column 答案: ")
    (blanks,) = read(row(题型="填空题", 题干="每日 ____ 次，每次 ____ 片。", 答案="三"))
    assert [one.head for one in blanks.losses] == ["答案"]


def test_names_of_modules_and_competencies_become_their_keys_and_others_stay() -> None:
    head = [*HEAD, "模块", "胜任力"]
    for module, competency, about in (
        ("疼痛", "疼痛与症状控制", {"module": "pain", "competency": "symptom"}),
        (" PAIN ", "teamwork", {"module": "pain", "competency": "teamwork"}),
        ("中医护理", "手法", {"module": "中医护理", "competency": "手法"}),
    ):
        cells = row(题型="单选题", 题干="甲", 答案="A", **OPTIONS)
        (found,) = read([*cells, module, competency], head=head)
        assert found.body["about"] == about


def test_what_is_refused_is_called_by_its_stem() -> None:
    assert one(题型="怪题", 题干="甲乙丙").name == "甲乙丙"
