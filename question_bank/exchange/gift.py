"""GIFT read: every question becomes an item, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from question_bank.exchange import building, languages, plain
from question_bank.exchange.building import FULL, Answer, Draft, Raw
from question_bank.exchange.decoding import decode
from question_bank.exchange.figures import bounds, number, written
from question_bank.exchange.gift_syntax import Category, Question, entries, looks_like_gift, reveal, with_form
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import gettext as _
from training.core.errors import Invalid

MOST_QUESTIONS, MOST_ANSWERS = 100_000, 100
LONGEST_NAME = 255
TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")
NONE = Decimal(0)


def read(data: bytes, language: str = "") -> list[Parsed]:
    """All questions of a file; raises `Invalid` for a file that is no GIFT."""
    return list(items(data, language))


def items(data: bytes, language: str = "") -> Iterator[Parsed]:
    """The questions of a file one by one; `language` is guessed where it is empty."""
    text = decode(data)
    if not looks_like_gift(text):
        raise Invalid(_("No GIFT question is in this file. Answers stand in braces: “Question {=right ~wrong}”."))
    language = language or languages.prevailing(text)
    category: tuple[str, ...] = ()
    count = 0
    for entry in entries(text):
        if isinstance(entry, Category):
            category = building.categories(entry.path)
            continue
        if (count := count + 1) > MOST_QUESTIONS:
            raise Invalid(_("The file holds more than %(max)s questions. Divide it.", max=MOST_QUESTIONS))
        parsed = Parsed(
            _("line %(number)s", number=entry.line), name=plain.tidy(entry.title)[:LONGEST_NAME], code=entry.id
        )
        parsed.category = category
        building.tags_of(parsed, entry.tags)
        yield _item(parsed, entry, language)


def _item(parsed: Parsed, question: Question, language: str) -> Parsed:
    if question.answer is None:
        return _no_item(parsed, question)
    draft = Draft(parsed, language, Raw(question.stem, question.form))
    if question.fault == "many":
        parsed.lose(_("More than one pair of braces stands in the question; the first is taken for its answer."))
    answer, mark, feedback = question.answer.partition("####")
    if mark:
        draft.explain(_raw(feedback, question))
    kind = _kind(answer.strip())
    return draft.finish(KINDS[kind](draft, answer.strip(), question), kind)


def _no_item(parsed: Parsed, question: Question) -> Parsed:
    if question.fault:
        parsed.refuse(_("The braces of the answer do not close. Write “{” before and “}” after it, “\\{” in a text."))
    else:
        parsed.original_type = "description"
        parsed.refuse(_("A description is no item: it asks nothing."))
    return parsed


def _kind(answer: str) -> str:
    """What Moodle takes an answer for."""
    if not answer:
        return "essay"
    if answer.startswith("#"):
        return "numerical"
    if "~" in answer:
        return "multichoice"
    if "=" in answer and "->" in answer:
        return "matching"
    return "truefalse" if answer.partition("#")[0].strip() in TRUE + FALSE else "shortanswer"


def _raw(text: str, question: Question) -> Raw:
    return Raw(*with_form(text, question.form))


def _weighted(piece: str) -> tuple[str, Decimal | None]:
    """An answer without the weight `%50%` in front of it, and that weight."""
    piece = piece.strip()
    if piece.startswith("%") and (end := piece.find("%", 1)) > 0:
        weight = number(piece[1:end])
        if weight is not None and abs(weight) <= FULL:
            return piece[end + 1 :], weight
    return piece, None


def _answer(piece: str, default: Decimal, question: Question) -> Answer:
    text, weight = _weighted(piece)
    text, _mark, comment = text.partition("#")
    return Answer(_raw(text, question), default if weight is None else weight, _raw(comment, question))


def _pieces(answer: str, mark: str) -> list[str]:
    """What stands between marks; nothing before the first is no answer."""
    pieces = [one.strip() for one in answer.split(mark)]
    return pieces if pieces[0] else pieces[1:]


def _too_many(draft: Draft, pieces: list[str]) -> bool:
    if len(pieces) > MOST_ANSWERS:
        draft.parsed.refuse(_("The question has more than %(max)s answers.", max=MOST_ANSWERS))
    return len(pieces) > MOST_ANSWERS


def _choice(draft: Draft, answer: str, question: Question) -> str:
    single = "=" in answer
    pieces = _pieces(answer.replace("=", "~="), "~")
    if _too_many(draft, pieces):
        return ""
    answers = [
        _answer(one[1:], FULL, question) if one.startswith("=") else _answer(one, NONE, question) for one in pieces
    ]
    return building.choice(draft, answers, single=single)


def _judgement(draft: Draft, answer: str, question: Question) -> str:
    """Comments: for true, then for false; where Moodle wrote the file, on a wrong answer, then on the right one."""
    value, *comments = answer.split("#", 2)
    right = value.strip() in TRUE
    first, second = (_raw(one, question) for one in (*comments, "", "")[:2])
    swapped = question.exported and right
    if_true, if_false = (second, first) if swapped else (first, second)
    return building.judgement(draft, right=right, if_true=if_true, if_false=if_false)


def _short(draft: Draft, answer: str, question: Question) -> str:
    pieces = _pieces(answer, "=")
    if _too_many(draft, pieces):
        return ""
    return building.short(draft, [_answer(one, FULL, question) for one in pieces])


def _numeric(draft: Draft, answer: str, question: Question) -> str:
    right, wrong, _comment = answer[1:].partition("~")
    pieces = _pieces(right, "=")
    if _too_many(draft, pieces):
        return ""
    found = []
    for one in (_answer(piece, FULL, question) for piece in pieces):
        if one.text.text == "*":
            wrong = wrong or "*"
        elif (limits := _limits(one.text.text)) is None:
            draft.parsed.refuse(
                _("“%(text)s” is no number. Write 9.5, 9.5:0.1 or 9..10.", text=plain.tidy(one.text.text)[:40])
            )
        else:
            low, high = limits
            found.append({"low": low, "high": high, "weight": written(one.weight)} | draft.comment(one.comment))
    if wrong:
        draft.parsed.lose(_("The comment on any other number cannot be kept."))
    draft.body["answers"] = found
    return "numeric"


def _limits(text: str) -> tuple[str, str] | None:
    """The lowest and the highest number that `9..10`, `9.5:0.5` or `9.5` let pass."""
    if (place := text.find("..")) > 0:
        low, high = number(text[:place]), number(text[place + 2 :])
        return None if low is None or high is None else (written(min(low, high)), written(max(low, high)))
    middle, _colon, tolerance = text.partition(":")
    value, width = number(middle), number(tolerance or "0")
    return None if value is None or width is None else bounds(value, width)


def _matching(draft: Draft, answer: str, question: Question) -> str:
    pieces = _pieces(answer, "=")
    if _too_many(draft, pieces):
        return ""
    pairs = []
    for piece in pieces:
        left, arrow, right = piece.partition("->")
        if not arrow:
            draft.parsed.refuse(_("“%(text)s” has no “->” before its answer.", text=plain.tidy(piece)[:40]))
        else:
            pairs.append((_raw(left, question), reveal(right).strip()))
    return building.matching(draft, pairs)


def _essay(draft: Draft, _answer: str, _question: Question) -> str:
    draft.body |= {"rubric": [], "longest": 2000}
    return "essay"


KINDS: dict[str, Callable[[Draft, str, Question], str]] = {
    "multichoice": _choice,
    "truefalse": _judgement,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _matching,
    "essay": _essay,
}
