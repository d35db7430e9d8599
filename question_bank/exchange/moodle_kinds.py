"""What the bank makes of each type of Moodle's questions."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from question_bank.exchange import building, cloze, plain
from question_bank.exchange.building import FULL, LETTERS, Answer, Draft, Raw
from question_bank.exchange.figures import bounds, number, written
from question_bank.exchange.gift import MOST_ANSWERS
from question_bank.exchange.moodle_calculated import calculated
from question_bank.exchange.moodle_elements import Element, figure, flag, raw, share, words
from question_bank.exchange.moodle_units import read_units
from question_bank.exchange.said import gettext as _

GAP = re.compile(r"\[\[([0-9]{1,3})\]\]")
LOST = {
    "randomsamatch": _l("it is put together anew from other questions each time."),
    "random": _l("it stands for a question drawn from a category."),
    "ddmarker": _l("markers are dragged onto a picture."),
    "ddimageortext": _l("texts are dragged onto a picture."),
}


def _answers(draft: Draft, element: Element) -> list[Answer]:
    found = element.findall("answer")
    if len(found) > MOST_ANSWERS:
        draft.parsed.refuse(_("The question has more than %(max)s answers.", max=MOST_ANSWERS))
        return []
    return [Answer(raw(one), share(one), raw(one.find("feedback"))) for one in found]


def _choice(draft: Draft, element: Element) -> str:
    return building.choice(draft, _answers(draft, element), single=flag(element, "single", default=True))


def _judgement(draft: Draft, element: Element) -> str:
    """Answers are named `true` and `false`; very old files have them in that order under other names."""
    right, comments = True, {"true": Raw(""), "false": Raw("")}
    for place, one in enumerate(element.findall("answer")[:2]):
        name = words(one).lower()
        name = name if name in comments else ("true", "false")[place]
        comments[name] = raw(one.find("feedback"))
        if share(one) == FULL:
            right = name == "true"
    return building.judgement(draft, right=right, if_true=comments["true"], if_false=comments["false"])


def _short(draft: Draft, element: Element) -> str:
    return building.short(draft, _answers(draft, element), case=flag(element, "usecase"))


def _numeric(draft: Draft, element: Element) -> str:
    found = []
    for one in element.findall("answer")[:MOST_ANSWERS]:
        text = words(one) if one.find("text") is not None else (one.text or "").strip()
        value, tolerance = number(text), figure(one, "tolerance") or Decimal(0)
        if text == "*":
            draft.parsed.lose(_("The comment on any other number cannot be kept."))
        elif value is None:
            draft.parsed.refuse(_("“%(text)s” is no number.", text=plain.tidy(text)[:40]))
        else:
            low, high = bounds(value, tolerance)
            answer = {"low": low, "high": high, "weight": written(share(one))}
            found.append(answer | draft.comment(raw(one.find("feedback"))))
    draft.body["answers"] = found
    read_units(draft, element)
    return "numeric"


def _matching(draft: Draft, element: Element) -> str:
    found = element.findall("subquestion")
    if len(found) > MOST_ANSWERS:
        draft.parsed.refuse(_("The question has more than %(max)s answers.", max=MOST_ANSWERS))
        return ""
    return building.matching(draft, [(raw(one), words(one, "answer/text")) for one in found])


def _ordering(draft: Draft, element: Element) -> str:
    """Steps stand in their order by `fraction` 1, 2, 3 …"""
    found = element.findall("answer")
    if len(found) > len(LETTERS):
        draft.parsed.refuse(_("The question has more than %(max)s options.", max=len(LETTERS)))
        return ""
    ranks = [number(one.get("fraction", "")) or Decimal(place) for place, one in enumerate(found)]
    steps = [one for _rank, one in sorted(zip(ranks, found, strict=True), key=lambda pair: pair[0])]
    draft.body["options"] = [{"id": LETTERS[place], "text": draft.text(raw(one))} for place, one in enumerate(steps)]
    if words(element, "selecttype").upper() not in {"", "ALL", "0"}:
        draft.parsed.lose(_("Moodle showed a part of the steps only; here all of them are shown."))
    if words(element, "gradingtype").upper() not in {"", "ALL_OR_NOTHING", "-1"}:
        draft.parsed.lose(_("Moodle gave points for a part of the order; here the section's policy decides."))
    return "ordering"


def _essay(draft: Draft, element: Element) -> str:
    points = figure(element, "defaultgrade") or Decimal(1)
    rubric = draft.text(raw(element.find("graderinfo")))
    draft.body["rubric"] = [{"id": "1", "text": rubric, "points": max(1, int(points))}] if any(rubric.values()) else []
    draft.body["longest"] = 2000
    for name, usual in (("minwordlimit", ""), ("maxwordlimit", ""), ("attachments", "0"), ("attachmentsrequired", "0")):
        if (text := words(element, name)) not in {usual, "", "0"}:
            draft.parsed.lose(_("The limit %(name)s = %(value)s was left out.", name=name, value=text[:20]))
    if words(element, "responseformat") not in {"", "editor", "plain", "monospaced"}:
        draft.parsed.lose(_("The answer was to be a file; here it is a text."))
    if words(element, "responsetemplate/text"):
        draft.parsed.lose(_("The text from which answers were to start was left out."))
    return "essay"


def _gaps(draft: Draft, element: Element) -> str:
    """Gaps that take words from one list: each gap is a part, the words are the options."""
    choices = [*element.findall("selectoption"), *element.findall("dragbox")]
    if len(choices) > len(LETTERS):
        draft.parsed.refuse(_("The question has more than %(max)s options.", max=len(LETTERS)))
        return ""
    if len({words(one, "group") or "1" for one in choices}) > 1:
        draft.parsed.refuse(_("The gaps take their words from several lists, which no type here can."))
        return ""
    numbers = [int(one) for one in GAP.findall(words(element, "questiontext/text"))]
    if not numbers or not all(1 <= one <= len(choices) for one in numbers):
        draft.parsed.refuse(_("The text names no gap, or one that no word belongs to."))
        return ""
    draft.body["options"] = [
        {"id": LETTERS[place], "text": draft.text(raw(one, "moodle"))} for place, one in enumerate(choices)
    ]
    draft.body["parts"] = [
        {"id": str(place), "stem": dict.fromkeys(draft.languages, f"({place})"), "key": [LETTERS[one - 1]]}
        for place, one in enumerate(numbers, 1)
    ]
    draft.body["stem"] = {language: _numbered(text) for language, text in draft.body["stem"].items()}
    return "matching"


def _numbered(text: str) -> str:
    """`[[3]] … [[1]]` as `(1) ____ … (2) ____`: gaps are numbered as they stand."""
    pieces = GAP.split(text)[::2]
    return "".join(piece + (f"({place}) ____" if place < len(pieces) else "") for place, piece in enumerate(pieces, 1))


KINDS: dict[str, Callable[[Draft, Element], str]] = {
    "multichoice": _choice,
    "truefalse": _judgement,
    "shortanswer": _short,
    "numerical": _numeric,
    "matching": _matching,
    "essay": _essay,
    "ordering": _ordering,
    "gapselect": _gaps,
    "ddwtos": _gaps,
    "cloze": cloze.read,
    "multianswer": cloze.read,
    "calculated": calculated,
    "calculatedsimple": calculated,
    "calculatedmulti": calculated,
}
