"""Moodle XML read: every question becomes an item, or says by name why it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from question_bank.exchange import building, plain
from question_bank.exchange.building import Draft
from question_bank.exchange.figures import written
from question_bank.exchange.gift import LONGEST_NAME, MOST_QUESTIONS
from question_bank.exchange.moodle_elements import Damaged, Element, figure, flag, language_of, questions, raw, words
from question_bank.exchange.moodle_kinds import KINDS, LOST
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import gettext as _
from training.core.errors import Invalid

USUAL_FEEDBACK = {
    "correctfeedback": "Your answer is correct.",
    "partiallycorrectfeedback": "Your answer is partially correct.",
    "incorrectfeedback": "Your answer is incorrect.",
}
USUAL_PENALTIES = {"truefalse": {Decimal(1)}, "essay": {Decimal(0)}}
USUAL_PENALTY = Decimal("0.333")


def read(data: bytes, language: str = "") -> list[Parsed]:
    """All questions of a file; raises `Invalid` for a file that is no Moodle XML."""
    return list(items(data, language))


def items(data: bytes, language: str = "") -> Iterator[Parsed]:
    """The questions of a file one by one; `language` is guessed where it is empty."""
    language = language or language_of(data)
    category: tuple[str, ...] = ()
    count = 0
    try:
        for element in questions(data):
            if element.get("type") == "category":
                category = building.categories(words(element, "category/text"))
                continue
            if (count := count + 1) > MOST_QUESTIONS:
                raise Invalid(_("The file holds more than %(max)s questions. Divide it.", max=MOST_QUESTIONS))
            yield _item(element, count, category, language)
    except Damaged as error:
        parsed = Parsed(_("line %(number)s", number=error.line))
        parsed.refuse(_("The file is cut off or damaged here; what follows could not be read. Export it again."))
        yield parsed


def _item(element: Element, count: int, category: tuple[str, ...], language: str) -> Parsed:
    kind = element.get("type") or ""
    parsed = Parsed(
        _("question %(number)s (line %(line)s)", number=count, line=element.sourceline or 0),
        name=plain.tidy(words(element, "name/text"))[:LONGEST_NAME],
        code=words(element, "idnumber"),
        category=category,
        original_type=kind,
    )
    points = figure(element, "defaultgrade")
    parsed.points = "" if points is None else written(points)
    building.tags_of(parsed, [words(one) for one in element.iterfind("tags/tag")])
    if kind not in KINDS:
        parsed.refuse(_refusal(kind))
        return parsed
    draft = Draft(parsed, language, raw(element.find("questiontext")))
    draft.explain(raw(element.find("generalfeedback")))
    _name_losses(parsed, element, kind)
    return draft.finish(KINDS[kind](draft, element), kind)


def _refusal(kind: str) -> str:
    if kind == "description":
        return _("A description is no item: it asks nothing.")
    if kind in LOST:
        return _("A question of the type “%(kind)s” cannot be kept: %(reason)s", kind=kind, reason=str(LOST[kind]))
    return _("Questions of the type “%(kind)s” are unknown here.", kind=plain.tidy(kind)[:40])


def _name_losses(parsed: Parsed, element: Element, kind: str) -> None:
    """What Moodle keeps beside a question and the bank does not, where an author has changed it."""
    if any(words(one) for one in element.iterfind("hint")):
        parsed.lose(_("The hints for further tries were left out."))
    penalty = figure(element, "penalty")
    is_usual = penalty is None or abs(penalty - USUAL_PENALTY) < Decimal("0.001")
    if penalty is not None and not is_usual and penalty not in USUAL_PENALTIES.get(kind, ()):
        parsed.lose(_("The penalty of %(penalty)s for further tries was left out.", penalty=written(penalty)))
    if flag(element, "hidden"):
        parsed.lose(_("The question was hidden in Moodle; here it is a draft like any other."))
    for name, usual in USUAL_FEEDBACK.items():
        text = plain.render(words(element, f"{name}/text")).text
        if text and text != usual:
            parsed.lose(_("The feedback on the answer as a whole was left out: “%(text)s”", text=text[:80]))
    if kind in {"multichoice", "matching"} and not flag(element, "shuffleanswers", default=True):
        parsed.lose(_("The fixed order of the options was left out; sections decide whether to shuffle."))
