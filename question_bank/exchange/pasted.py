"""Items from text as instructors number it: `1. … A. … B. … 答案：B 解析：…`, sections, cases, answers at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from question_bank.exchange import answer_lists, assembly, columns, decoding, gaps, kinds, languages
from question_bank.exchange.entries import Entry, Table
from question_bank.exchange.parsed import Parsed, Problem
from question_bank.exchange.said import gettext as _
from training.core.errors import Invalid

MOST_TEXT = 1_000_000
MOST_QUESTIONS = 5_000
SHORTEST_HEADING, LONGEST_HEADING = 3, 60
FIELDS = frozenset({
    "key", "explanation", "difficulty", "knowledge", "source", "points", "type", "category", "tags",
    "tolerance", "unit", "critical", "level", "review_by", "module", "competency", "weights",
})  # fmt: skip
_HEADING = re.compile(
    r"第?([一二三四五六七八九十]{1,3})(?:部分|大题|[、.．:：])\s*([^\d\s:：（(]*)((?:[（(][^)）]*[)）])?.*)", re.DOTALL
)
_NUMBER = re.compile(
    r"(?:第\s*(\d{1,4})\s*小?题\s*[.、．:：]?|(?:提问|问题|小题|[Qq]uestion|Q)\s*(\d{1,4})\s*[.、．:：)]?"
    r"|[（(]\s*(\d{1,4})\s*[)）]|(\d{1,4})\s*(?:[.．、](?!\d)|[)）:：]))\s*(.*)",
    re.DOTALL,
)
_SHARED = re.compile(
    r"[（(【\[]?\s*第?\s*(\d{1,4})\s*[-~～—–至到]\s*(\d{1,4})\s*题?\s*(共用[^)）】\]:：\s]{0,12}|题)\s*[)）】\]]?\s*[:：]?\s*(.*)",
    re.DOTALL,
)
_CASE = re.compile(
    r"[（(【\[]?\s*(?:案例|病例|病历|材料)\s*[一二三四五六七八九十\d]{0,3}\s*[)）】\]]?\s*[:：、.．]\s*(.*)", re.DOTALL
)
_LABELLED = re.compile(
    r"[【\[]\s*([^\s:：【】\[\]]{1,8})\s*[】\]]\s*[:：]?\s*(.*)|([^\s:：【】\[\]]{1,12})\s*[:：]\s*(.*)", re.DOTALL
)
_LABEL = "(?:参考|正确|标准|试题)?答案(?:解析)?|(?:试题|题目)?解析|难度|知识点|考点|来源|分值|[Aa]nswer|[Ee]xplanation"
_INNER_LABEL = re.compile(rf"(?<=\S)(?=[【\[](?:{_LABEL})[】\]])|(?<=[\s。；;）)])(?=(?:{_LABEL})\s*[:：])")

_WIDE_SPACE = re.compile(r"\s{3,}|\u3000")  # bounded, so that no line makes a search slow
_LETTER = re.compile(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])")  # of an option or an answer, in whatever language


@dataclass
class Question:
    """A numbered question as its lines say it, before anything is made of it."""

    number: int
    line: int
    section: Section
    case: Case | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    bracketed: bool = False

    def add(self, name: str, text: str, line: int) -> None:
        """Another line of a field."""
        self.fields.setdefault(name, []).append(text)
        self.lines.setdefault(name, line)


@dataclass
class Section:
    """What stands under one heading: the kind that it names, if any."""

    kind: str | None = None
    numeral: str = ""


@dataclass
class Case:
    """What several questions share: the text of a case, or options; `last` is the number of the last one, if told."""

    line: int
    kind: str
    last: int | None = None
    text: list[str] = field(default_factory=list)


def read(data: bytes, language: str = "") -> list[Parsed]:
    """The same as `read_text` for a text file in any usual encoding."""
    return read_text(decoding.decode(data), language)


def read_text(text: str, language: str = "") -> list[Parsed]:
    """The items of a pasted text, told by line; raises `Invalid` where it holds no question or too much."""
    if not text.strip():
        raise Invalid(_("The text is empty. Paste the questions."))
    if len(text) > MOST_TEXT:
        raise Invalid(_("The text is longer than %(most)s characters. Paste it in parts.", most=MOST_TEXT))
    reader = _Reader()
    for line, part in _lines(text):
        reader.take(line, part)
    if len(reader.questions) > MOST_QUESTIONS:
        raise Invalid(_("The text holds more than %(most)s questions. Paste it in parts.", most=MOST_QUESTIONS))
    if not reader.questions:
        raise Invalid(_("There is no question in this text. Number the questions 1., 2. … and their options A., B. …"))
    table = Table(language=language or languages.prevailing(_LETTER.sub("", text)), form="text")
    strangers = answer_lists.give(reader.answers[:MOST_QUESTIONS], reader.questions)
    return [*_items(reader.questions, table), *(_stranger(table, one) for one in strangers)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines by number; one that holds labels (`… 答案：B 解析：…`) is cut before each of them."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        for part in _INNER_LABEL.split(_WIDE_SPACE.sub("  ", line)):
            if part.strip():
                yield number, part.strip()


class _Reader:
    """Takes line by line and knows what each one continues."""

    def __init__(self) -> None:
        self.section = Section()
        self.case: Case | None = None
        self.questions: list[Question] = []
        self.answers: list[answer_lists.Given] = []
        self.field = ""
        self.in_answers = False
        self.released: list[str] = []  # facts told before the question that comes next

    def take(self, line: int, text: str) -> None:
        """One line: a heading, a case, a question, a labelled field, or more of what came before."""
        if self._heading(line, text) or (self.in_answers and self._answer(line, text)):
            return
        if not (self._labelled(line, text) or self._shared(line, text) or self._question(line, text)):
            self._more(line, text)

    def _heading(self, line: int, text: str) -> bool:
        """A heading that names a kind, or in Chinese numbers anything short; in the list answers may follow at once."""
        found = _HEADING.fullmatch(text)
        if found is None:
            word = re.split(r"[（(:：\s]", text.strip("【】[]"))[0]
            if len(text) > LONGEST_HEADING or len(word) < SHORTEST_HEADING or not columns.said("types", word):
                return False
            self._begin(Section(kinds.kind_of(text)))
            return True
        rest = found[3].strip(" :：")
        if rest and not self.in_answers and len(text) > LONGEST_HEADING:
            return False
        self._begin(Section(kinds.kind_of(found[2] if self.in_answers else text), found[1]))
        if self.in_answers and rest:
            self._answer(line, rest)
        return True

    def _begin(self, section: Section) -> None:
        """A new section; in the list of answers one that the text has not had yet ends the list."""
        before = [one.section for one in self.questions]
        if self.in_answers and not any(answer_lists.is_same(section, one) for one in before):
            self.in_answers = False
        self.section, self.case, self.field = section, None, ""

    def _labelled(self, line: int, text: str) -> bool:
        found = _LABELLED.fullmatch(text)
        name = columns.said("columns", found[1] or found[3]) if found else None
        is_list = name == "key" and found is not None and answer_lists.is_list((found[2] or found[4] or "").strip())
        if is_list or answer_lists.HEADING.fullmatch(text):
            self.in_answers, self.section, self.field = True, Section(), ""
            if is_list and found is not None:
                self._answer(line, (found[2] or found[4]).strip())
            return True
        if found and name == "release" and self.questions:
            self.released.append((found[2] or found[4] or "").strip())
            self.field = name
            return True
        if found is None or name not in FIELDS or not self.questions:
            return False
        self.field = str(name)
        if value := (found[2] or found[4] or "").strip():
            self.questions[-1].add(self.field, value, line)
        return True

    def _answer(self, line: int, text: str) -> bool:
        """A line of the list of answers at the end; a question with options would end the list."""
        found = _LABELLED.fullmatch(text)
        name = columns.said("columns", found[1] or found[3]) if found else None
        if found and name == "explanation" and self.answers:
            self.answers[-1].explanation += (found[2] or found[4] or "").strip()
            return True
        given = answer_lists.answers(text, self.section, line)
        if not given and _NUMBER.fullmatch(text) and self.section.kind not in kinds.IN_WORDS:
            self.in_answers = False
            return False
        self.answers += given
        if not given and self.answers:
            self.answers[-1].more(text)
        return True

    def _shared(self, line: int, text: str) -> bool:
        found = _SHARED.fullmatch(text)
        if found:
            kind = "B1" if re.search("选项|答案", found[3]) else self._case_kind()
            self.case, self.field = Case(line, kind, int(found[2])), "case"
            self.case.text += [found[4]] if found[4] else []
            return True
        case = _CASE.fullmatch(text)
        if case and self.section.kind in kinds.SHARED_STEM:
            self.case, self.field = Case(line, self._case_kind()), "case"
            self.case.text += [case[1]] if case[1] else []
            return True
        return False

    def _case_kind(self) -> str:
        return self.section.kind if self.section.kind in kinds.SHARED_STEM else "A3A4"

    def _question(self, line: int, text: str) -> bool:
        found = _NUMBER.fullmatch(text)
        if found is None:
            return False
        number = int(next(one for one in found.groups()[:4] if one))
        is_bracketed = found[3] is not None
        self._settle_case(number, is_bracketed=is_bracketed)
        question = Question(number, line, self.section, self.case, bracketed=is_bracketed)
        if found[5]:
            question.add("stem", found[5], line)
        for one in self.released:
            question.add("release", one, line)
        self.released.clear()
        self.questions.append(question)
        self.field = "stem"
        return True

    def _settle_case(self, number: int, *, is_bracketed: bool) -> None:
        """Whether the next question still belongs to the case; one without an answer of its own may be the case."""
        last = self.questions[-1] if self.questions else None
        if self.case and self.case.last is not None and number > self.case.last:
            self.case = None
        elif self.case and self.case.last is None and last and last.case is self.case:
            self.case = self.case if last.bracketed == is_bracketed else None
        if last and is_bracketed and self._is_case(last):
            self.questions.pop()
            self.case = Case(last.line, self._case_kind(), None, last.fields["stem"])

    def _is_case(self, question: Question) -> bool:
        """Whether what was numbered as a question only tells the case of those in brackets below it."""
        fits = self.section.kind in kinds.SHARED_STEM and not question.bracketed and question.case is None
        return fits and set(question.fields) == {"stem"} and not gaps.options("\n".join(question.fields["stem"]))[1]

    def _more(self, line: int, text: str) -> None:
        """More of the field, of the case, or options that the questions of a section share."""
        if self.field == "case" and self.case:
            self.case.text.append(text)
        elif self.field == "release":
            self.released.append(text)
        elif self.field and self.questions:
            self.questions[-1].add(self.field if self._continues(text) else "stem", text, line)
        elif self.section.kind in kinds.SHARED_OPTIONS and gaps.options(text)[1]:
            self.case, self.field = Case(line, str(self.section.kind), None, [text]), "case"

    def _continues(self, text: str) -> bool:
        """Whether a line goes on with the field that was labelled last: not where it is an option."""
        return self.field in ("stem", "explanation", "key") and not (
            self.field == "key" and re.match(r"[A-L][.．、]", text)
        )


def _items(questions: list[Question], table: Table) -> list[Parsed]:
    """The items, section by section."""
    found: list[Parsed] = []
    start = 0
    for place in range(1, len(questions) + 1):
        if place == len(questions) or questions[place].section is not questions[start].section:
            section = questions[start].section
            entries = list(_entries(questions[start:place], table))
            found += assembly.items(entries, None if section.kind in kinds.SETS else section.kind)
            start = place
    return found


def _entries(questions: list[Question], table: Table) -> Iterator[Entry]:
    """The entries of a section; what a case shares stands with its first question."""
    seen: Case | None = None
    for one in questions:
        cells = {name: "\n".join(parts).strip() for name, parts in one.fields.items()}
        cells["serial"] = str(one.number)
        kind = one.case.kind if one.case else one.section.kind
        if one.case:
            cells["group"] = str(one.case.line)
            if one.case is not seen:
                _share(one.case, cells)
                seen = one.case
        yield Entry(cells, table, one.line, kind if kind in kinds.SETS and "type" not in cells else "", one.lines)


def _share(case: Case, cells: dict[str, str]) -> None:
    text = "\n".join(case.text)
    if case.kind in kinds.SHARED_OPTIONS:
        before, found = gaps.options(text)
        cells |= {f"option_{letter}": option for letter, option in found.items()}
        text = before
    if text:
        cells["shared_stem"] = text


def _stranger(table: Table, given: answer_lists.Given) -> Parsed:
    where = table.place(given.line, given.line)
    sentence = _(
        "The list of answers at the end names question %(number)s, which is not in the text.", number=given.number
    )
    return Parsed(where=where, refusals=[Problem(sentence, where)])
