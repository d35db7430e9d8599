"""Aiken read: a question on one line or more, options `A) …` or `A. …`, then `ANSWER: B`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from question_bank.exchange import building, languages
from question_bank.exchange.building import EMPTY, FULL, Answer, Draft, Raw
from question_bank.exchange.decoding import decode
from question_bank.exchange.gift import MOST_QUESTIONS, NONE
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import gettext as _
from training.core.errors import Invalid

_OPTION = re.compile(r"([A-Z])[.)]\s*(.*)")
_ANSWER = re.compile(r"ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)


@dataclass
class _Question:
    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None


def read(data: bytes, language: str = "") -> list[Parsed]:
    """All questions of a file; raises `Invalid` for a file that is no Aiken."""
    text = decode(data)
    questions = list(_questions(text))
    if not any(one.options for one in questions):
        raise Invalid(_("No Aiken question is in this file. Options begin with “A)”, and “ANSWER: A” follows them."))
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(_("The file holds more than %(max)s questions. Divide it.", max=MOST_QUESTIONS))
    language = language or languages.prevailing(text)
    return [_item(one, language) for one in questions]


def _questions(text: str) -> Iterator[_Question]:
    """A question ends with its answer; a text after options without one begins the next."""
    question = _Question(0)
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if not bare:
            continue
        if not question.line:
            question.line = number
        option, answer = _OPTION.fullmatch(bare), _ANSWER.fullmatch(bare)
        if answer is not None:
            question.answer = answer[1].strip().rstrip(".)").upper()
            yield question
            question = _Question(0)
        elif option is not None and question.stem:
            question.options.append((option[1], option[2]))
        elif question.options:
            yield question
            question = _Question(number, [bare])
        else:
            question.stem.append(bare)
    if question.line:
        yield question


def _item(question: _Question, language: str) -> Parsed:
    parsed = Parsed(_("line %(number)s", number=question.line), original_type="multichoice")
    letters = [letter for letter, _text in question.options]
    if not question.stem:
        parsed.refuse(_("The question itself is missing before its options or answer."))
    elif len(letters) < 2:
        parsed.refuse(_("Fewer than two options follow the question. Write “A)” or “A.” before each."))
    elif len(set(letters)) != len(letters):
        parsed.refuse(_("Two options have the same letter."))
    elif question.answer is None:
        parsed.refuse(_("The answer is missing. Write “ANSWER: A” after the options."))
    elif question.answer not in letters:
        parsed.refuse(_("The answer “%(answer)s” is none of the options.", answer=question.answer[:20]))
    if parsed.refusals:
        return parsed
    draft = Draft(parsed, language, Raw("\n".join(question.stem), "plain"))
    answers = [
        Answer(Raw(text, "plain"), FULL if letter == question.answer else NONE, EMPTY)
        for letter, text in question.options
    ]
    return draft.finish(building.choice(draft, answers, single=True), "multichoice")
