"""GIFT written: what Moodle reads back with the same keys, weights and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from flask_babel import gettext as _

from question_bank.exchange.figures import number
from question_bank.exchange.markup import BOTH, Text, languages_of, pictures_in, to_html, without_pictures
from question_bank.exchange.moodle_questions import Question, Weighted, questions_of
from question_bank.exchange.parsed import Exported, Written

_SIGNS = re.compile(r"[\\~=#{}:]")
_NO_TAG = re.compile(r"[<>`\]]")


def write(items: Iterable[Exported], language: str = "zh") -> tuple[bytes, list[Written]]:
    """A file in one language (`zh`, `en`), or `both` for Moodle's multi-language filter; what became of each item."""
    pieces: list[str] = []
    reports = []
    category: tuple[str, ...] = ()
    for item in items:
        report = Written(item.code)
        reports.append(report)
        if item.category != category:
            category = item.category
            pieces.append(f"$CATEGORY: {category_path(category)}\n\n")
        for question in questions_of(item, report):
            pieces.append(_Writer(item, report, language).question(question))
    return "".join(pieces).encode(), reports


def category_path(names: tuple[str, ...]) -> str:
    """Names as Moodle's path; a stroke within a name is doubled."""
    return "/".join(("$course$", "top", *(one.replace("/", "//") for one in names)))


def escape(text: str) -> str:
    """A text in which no sign means anything to GIFT."""
    return _SIGNS.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")


class _Writer:
    """Writes the questions of one item; `[html]` in front of the stem holds for all its texts."""

    def __init__(self, item: Exported, report: Written, language: str) -> None:
        self.item, self.report, self.language = item, report, language

    def question(self, question: Question) -> str:
        """A question with its comment, title and answer; empty where GIFT has no such type."""
        make = KINDS.get(question.kind)
        if make is None:
            self.report.refuse(_("GIFT has no type of question like “%(type)s”.", type=self.item.type))
            return ""
        if self.language != BOTH and len(languages_of(question.stem)) == 2:
            self.report.lose(_("One language was written; the other was left out."))
        answer = make(self, question)
        if self.report.refusals:
            return ""
        feedback = self.text(question.feedback)
        if feedback:
            answer += f"\n\t####{feedback}"
        name = " ".join(question.name.split())
        return (
            f"// question: 0  name: {name}\n{self._identity(question)}"
            f"::{escape(name)}::[html]{self.text(question.stem)}{{{answer}\n}}\n\n"
        )

    def _identity(self, question: Question) -> str:
        tags = [one for one in self.item.tags if not _NO_TAG.search(one)]
        if len(tags) < len(self.item.tags):
            self.report.lose(_("A tag with “<”, “>”, “]” or “`” was left out."))
        marks = [f"[id:{question.name.replace(']', chr(92) + ']')}]", *(f"[tag:{one}]" for one in tags)]
        return f"// {' '.join(marks)}\n"

    def text(self, text: Text) -> str:
        """A text as escaped HTML; what would be taken for a form or a weight is disguised."""
        pictures = pictures_in(text, self.language)
        if pictures:
            self.report.lose(_("GIFT holds no pictures; they were left out."))
        found = to_html(without_pictures(text, pictures), self.language, {})
        if found[:1] in {"[", "%"}:
            found = f"&#{ord(found[0])};{found[1:]}"
        return escape(found)

    def answer(self, mark: str, text: str, comment: Text) -> str:
        """One answer on a line of its own."""
        words = self.text(comment)
        return f"\n\t{mark}{text}" + (f"#{words}" if words else "")

    def choice(self, question: Question) -> str:
        """The first full answer of a single choice gets `=`, which tells Moodle that there is one."""
        lines, marked = [], False
        for one in question.answers:
            is_first = question.single and not marked and number(one.weight) == 100
            marked = marked or is_first
            weight = "" if number(one.weight) == 0 else f"%{one.weight}%"
            lines.append(self.answer("=" if is_first else f"~{weight}", self._option(one), one.comment))
        if question.single and not marked:
            self.report.refuse(_("GIFT knows a single choice by an option that earns all points; none does."))
        return "".join(lines)

    def _option(self, one: Weighted) -> str:
        return escape(one.text) if isinstance(one.text, str) else self.text(one.text)

    def judgement(self, question: Question) -> str:
        """The comment on a wrong answer stands before that on the right one."""
        if_true, if_false = (self.text(one.comment) for one in question.answers)
        right = number(question.answers[0].weight) == 100
        for_wrong, for_right = (if_false, if_true) if right else (if_true, if_false)
        comments = f"#{for_wrong}#{for_right}" if for_right else f"#{for_wrong}" if for_wrong else ""
        return ("TRUE" if right else "FALSE") + comments

    def short(self, question: Question) -> str:
        """Answers letter by letter; `->` in one would make Moodle take the question for matching."""
        if question.body.get("case"):
            self.report.lose(_("GIFT cannot say that capitals count."))
        if any("->" in one.text for one in question.answers):
            self.report.refuse(_("GIFT takes an answer with “->” for matching."))
        lines = []
        for one in question.answers:
            text = self._option(one)
            weight = "" if number(one.weight) == 100 and not text.startswith("%") else f"%{one.weight}%"
            lines.append(self.answer(f"={weight}", f"[html]{text}" if text.startswith("[") else text, one.comment))
        return "".join(lines)

    def numeric(self, question: Question) -> str:
        """Bounds as they are."""
        if question.body.get("unit"):
            self.report.lose(_("GIFT holds no units; numbers are marked without."))
        lines = []
        for one in question.body.get("answers", ()):
            weight = str(one.get("weight", "100"))
            limits = f"{one['low']}:0" if one["low"] == one["high"] else f"{one['low']}..{one['high']}"
            mark = "=" if Decimal(weight) == 100 else f"=%{weight}%"
            lines.append(self.answer(mark, limits, one.get("explanation") or {}))
        return "#" + "".join(lines)

    def matching(self, question: Question) -> str:
        """Pairs; an option without a question stands alone."""
        return "".join(f"\n\t={self.text(left)} -> {self.text(right)}" for left, right in question.pairs)

    def essay(self, question: Question) -> str:
        """Nothing in the braces."""
        if question.body.get("rubric"):
            self.report.lose(_("GIFT holds no rubric for marking."))
        return ""


KINDS: dict[str, Callable[[_Writer, Question], str]] = {
    "multichoice": _Writer.choice,
    "truefalse": _Writer.judgement,
    "shortanswer": _Writer.short,
    "numerical": _Writer.numeric,
    "matching": _Writer.matching,
    "essay": _Writer.essay,
}
