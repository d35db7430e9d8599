"""The list of answers at the end of a text: `参考答案：1.B 2.ACD`, `1-5 BADCE`, a line for each in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from question_bank.exchange.kinds import IN_WORDS

HEADING = re.compile(
    r"[【\[（(]?\s*(?:参考|标准|正确|试题)?答案(?:与解析|及解析|和解析|部分)?\s*[】\]）)]?\s*[:：]?"
    r"|(?:[Aa]nswers?|[Aa]nswer [Kk]ey)\s*[:：]?"
)
_ANSWER = r"[A-La-l]{1,12}(?![A-Za-z])|正确|错误|[√×✓✗✔✘对错]"
_RUN = re.compile(r"(\d{1,4})\s*[-~～—–至到]\s*(\d{1,4})\s*题?\s*[.．、:：]?\s*((?:[A-La-l√×✓✗✔✘对错]+[\s,，、;；]*)+)")
_PAIR = re.compile(rf"(?<!\d)(\d{{1,4}})\s*[.．、:：)）\-]?\s*({_ANSWER})[\s,，、;；。]*")
_LINE = re.compile(r"[（(]?(\d{1,4})\s*[.．、:：)）]\s*(.+)", re.DOTALL)
MOST_IN_RUN = 200


class Section(Protocol):
    """What stands under one heading: the kind that it names, and its Chinese number; either may be missing."""

    kind: str | None
    numeral: str


class Numbered(Protocol):
    """A question of the text, as far as its answer is concerned."""

    number: int
    fields: dict[str, list[str]]
    lines: dict[str, int]

    @property
    def section(self) -> Section:
        """Where it stands."""
        ...


@dataclass
class Given:
    """An answer in the list: the number of its question, and the section that it stands under."""

    number: int
    text: str
    section: Section
    line: int
    explanation: str = ""

    def more(self, text: str) -> None:
        """A line that goes on with it."""
        if self.explanation:
            self.explanation += "\n" + text
        else:
            self.text += "\n" + text


def is_same(one: Section, other: Section) -> bool:
    """Whether a heading in the list means a section of the text: by its number, else by its kind."""
    if one.numeral and other.numeral:
        return one.numeral == other.numeral
    return one.kind is not None and one.kind == other.kind


def is_list(text: str) -> bool:
    """Whether an answer is in truth a list of answers with their numbers."""
    rest = _PAIR.sub("", _RUN.sub("", text)).strip()
    return not rest and (len(_PAIR.findall(text)) > 1 or bool(_RUN.match(text)))


def answers(text: str, section: Section, line: int) -> list[Given]:
    """The answers in one line of the list; what is answered in words has a line of its own."""
    if not _PAIR.sub("", _RUN.sub("", text)).strip():
        return [Given(number, said, section, line) for number, said in _pairs(text)]
    found = _LINE.fullmatch(text)
    return [Given(int(found[1]), found[2].strip(), section, line)] if found and section.kind in IN_WORDS else []


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    for run in _RUN.finditer(text):
        yield from _of_run(int(run[1]), int(run[2]), run[3])
    for pair in _PAIR.finditer(_RUN.sub(" ", text)):
        yield int(pair[1]), pair[2]


def _of_run(first: int, last: int, said: str) -> list[tuple[int, str]]:
    """`1-5 BADCE` or `1-3 AB C ACD` as one answer a question."""
    wanted = last - first + 1
    words = [one for one in re.split(r"[\s,，、;；]+", said) if one]
    each = words if len(words) == wanted else list("".join(words))
    fits = 0 < wanted <= MOST_IN_RUN and len(each) == wanted
    return list(zip(range(first, last + 1), each, strict=True)) if fits else []


def give(given: Sequence[Given], questions: Sequence[Numbered]) -> list[Given]:
    """Give each answer to its question: of the same kind of section where one is named, else by its number.

    What stands with the question itself stays. Returns the answers whose question is not in the text.
    """
    strangers = []
    for one in given:
        alike = [q for q in questions if q.number == one.number]
        same = [q for q in alike if is_same(one.section, q.section)]
        found = next((q for q in same or alike if "key" not in q.fields), None)
        if found is None:
            strangers += [] if alike else [one]
            continue
        found.fields["key"] = [one.text]
        found.lines["key"] = one.line
        if one.explanation:
            found.fields.setdefault("explanation", []).append(one.explanation)
    return strangers
