"""Moodle XML written: questions with embedded pictures, in one language or both."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from lxml import etree

from question_bank.exchange import cloze, plain
from question_bank.exchange.figures import halves, inverse, number, written
from question_bank.exchange.gift_writer import category_path
from question_bank.exchange.markup import BOTH, Text, in_language, languages_of, pictures_in, to_html
from question_bank.exchange.moodle_datasets import add_calculation
from question_bank.exchange.moodle_elements import Element
from question_bank.exchange.moodle_questions import Question, questions_of
from question_bank.exchange.parsed import Exported, Written
from question_bank.item_types.about import placed_in

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
PENALTIES = {"truefalse": "1", "essay": "0"}


def write(items: Iterable[Exported], language: str = BOTH) -> tuple[bytes, list[Written]]:
    """A file in one language (`zh`, `en`) or in `both`, told apart by spans; and what became of each item."""
    pieces, reports = [HEAD], []
    category: tuple[str, ...] = ()
    for item in items:
        report = Written(item.code)
        reports.append(report)
        if item.category != category:
            category = item.category
            pieces.append(_bytes(_category(category)))
        writer = _Writer(item, report, language)
        written_ones = [writer.question(one) for one in questions_of(item, report)]
        if not report.refusals:
            pieces += [_bytes(one) for one in written_ones]
    return b"".join([*pieces, b"</quiz>\n"]), reports


def _bytes(element: Element) -> bytes:
    return bytes(etree.tostring(element, encoding="UTF-8", pretty_print=True))


def _category(names: tuple[str, ...]) -> Element:
    question = etree.Element("question", type="category")
    category = etree.SubElement(question, "category")
    etree.SubElement(category, "text").text = plain.tidy(category_path(names))
    return question


class _Writer:
    """Writes the questions of one item."""

    def __init__(self, item: Exported, report: Written, language: str) -> None:
        self.item, self.report, self.language = item, report, language
        pictures = item.body.get("pictures") or ()
        self.alts: Mapping[str, Text] = {
            one["name"]: one.get("alt") or {} for one in pictures if one["name"] in item.media
        }
        if len(self.alts) < len(pictures):
            report.lose(_("A picture is missing and was left out."))
        for name in sorted(self.alts.keys() - {*placed_in(item.body)}):
            report.lose(_("The picture %(name)s was left out: no text shows it.", name=name))

    def question(self, question: Question) -> Element:
        """A question with what all kinds have, then what its own needs."""
        self.root = etree.Element("question", type=question.kind)
        self._named("name", " ".join(question.name.split()))
        if self.language != BOTH and len(languages_of(question.stem)) == 2:
            self.report.lose(_("One language was written; the other was left out."))
        stem = self.text(self.root, "questiontext", question.stem)
        self.text(self.root, "generalfeedback", question.feedback)
        self.value("defaultgrade", self.item.points or "1")
        self.value("penalty", PENALTIES.get(question.kind, "0.3333333"))
        self.value("hidden", "0")
        self.value("idnumber", question.name)
        KINDS[question.kind](self, question, stem)
        if self.item.tags:
            tags = etree.SubElement(self.root, "tags")
            for tag in self.item.tags:
                self._named("tag", tag, tags)
        return self.root

    def value(self, name: str, text: str, parent: Element = None) -> None:
        """An element that holds a bare value."""
        etree.SubElement(self.root if parent is None else parent, name).text = plain.tidy(text)

    def _named(self, name: str, text: str, parent: Element = None) -> None:
        element = etree.SubElement(self.root if parent is None else parent, name)
        etree.SubElement(element, "text").text = plain.tidy(text)

    def text(self, parent: Element, name: str, text: Text, **attributes: str) -> Element:
        """A text as HTML, with the files of the pictures that it shows."""
        element = etree.SubElement(parent, name, format="html", **attributes)
        return self._fill(element, text)

    def _fill(self, element: Element, text: Text) -> Element:
        cleaned = {language: plain.tidy(words) for language, words in text.items()}
        etree.SubElement(element, "text").text = to_html(cleaned, self.language, self.alts)
        for picture in pictures_in(cleaned, self.language):
            if picture in self.alts:
                file = etree.SubElement(element, "file", name=picture, path="/", encoding="base64")
                file.text = base64.b64encode(self.item.media[picture]).decode()
        return element

    def choice(self, question: Question, _stem: Element) -> None:
        """Options with their weights."""
        self.value("single", "true" if question.single else "false")
        self.value("shuffleanswers", "true")
        self.value("answernumbering", "ABCD")
        for one in question.answers:
            answer = self.text(self.root, "answer", _text(one.text), fraction=_fraction(one.weight))
            self.text(answer, "feedback", one.comment)

    def judgement(self, question: Question, _stem: Element) -> None:
        """The two answers by the names that Moodle knows."""
        for name, one in zip(("true", "false"), question.answers, strict=True):
            self._verbatim(name, one.weight, one.comment)

    def _verbatim(self, text: str, weight: str, comment: Text) -> Element:
        answer = etree.SubElement(self.root, "answer", fraction=_fraction(weight), format="moodle_auto_format")
        etree.SubElement(answer, "text").text = plain.tidy(text)
        self.text(answer, "feedback", comment)
        return answer

    def short(self, question: Question, _stem: Element) -> None:
        """Answers letter by letter."""
        self.value("usecase", "1" if question.body.get("case") else "0")
        for one in question.answers:
            self._verbatim(str(one.text), one.weight, one.comment)

    def numeric(self, question: Question, _stem: Element) -> None:
        """Bounds as middle and tolerance, and the units."""
        for one in question.body.get("answers", ()):
            middle, tolerance = halves(Decimal(one["low"]), Decimal(one["high"]))
            answer = self._verbatim(middle, str(one.get("weight", "100")), one.get("explanation") or {})
            self.value("tolerance", tolerance, answer)
        self.units(question.body)

    def units(self, body: Mapping[str, Any]) -> None:
        """The own unit has the multiplier 1; of another as many make one as its multiplier says."""
        unit = body.get("unit") or ""
        is_required = bool(unit and body.get("unit_required"))
        self.value("unitgradingtype", "1" if is_required else "0")
        self.value("unitpenalty", "1" if is_required else "0.1")
        self.value("showunits", "0" if unit else "3")
        self.value("unitsleft", "0")
        if not unit:
            return
        units = etree.SubElement(self.root, "units")
        self._unit(units, unit, "1")
        for name, factor in (body.get("units") or {}).items():
            self._unit(units, name, inverse(Decimal(str(factor)))[0])

    def _unit(self, units: Element, name: str, multiplier: str) -> None:
        element = etree.SubElement(units, "unit")
        self.value("multiplier", multiplier, element)
        self.value("unit_name", name, element)

    def matching(self, question: Question, _stem: Element) -> None:
        """Pairs; an option without a question stands alone."""
        self.value("shuffleanswers", "true")
        for left, right in question.pairs:
            element = self.text(self.root, "subquestion", left)
            answer = etree.SubElement(element, "answer")
            etree.SubElement(answer, "text").text = to_html(right, self.language, {})

    def ordering(self, question: Question, _stem: Element) -> None:
        """Steps with their numbers; all of them in place, or nothing."""
        for name, value in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("selectcount", "0")):
            self.value(name, value)
        self.value("gradingtype", "ALL_OR_NOTHING")
        self.value("showgrading", "SHOW")
        for place, one in enumerate(question.answers, 1):
            self.text(self.root, "answer", _text(one.text), fraction=f"{place}.0000000")

    def essay(self, question: Question, _stem: Element) -> None:
        """The rubric as information for markers; one criterion by itself, several with their points."""
        rubric = question.body.get("rubric") or ()
        self.value("responseformat", "editor")
        self.value("responserequired", "1")
        if len(rubric) > 1:
            self.report.lose(_("The criteria of the rubric were written as one text for markers."))
        texts: list[Text] = [one["text"] for one in rubric]
        if len(rubric) > 1:
            texts = [
                {language: f"{words} ({one['points']})" for language, words in one["text"].items()} for one in rubric
            ]
        found = self.root.find("defaultgrade")
        if found is not None and rubric:
            found.text = str(sum(one["points"] for one in rubric))
        joined = {one: "\n".join(in_language(text, one) for text in texts) for one in ("zh", "en")}
        spoken = {one for text in texts for one in languages_of(text)}
        self.text(self.root, "graderinfo", {one: words for one, words in joined.items() if one in spoken})

    def cloze(self, question: Question, stem: Element) -> None:
        """The gaps stand in the text, so one language only can be written."""
        if self.language == BOTH and len(languages_of(question.stem)) == 2:
            self.report.lose(_("Gaps stand in one language only; the Chinese text was written."))
        text = {"zh": plain.tidy(in_language(question.stem, self.language))}
        shown = to_html(text, "zh", self.alts)
        for blank in question.body.get("blanks", ()):
            shown = shown.replace(f"[[{blank['id']}]]", cloze.written_field(blank), 1)
        stem.find("text").text = shown

    def calculated(self, question: Question, _stem: Element) -> None:
        """A formula over sets of values drawn beforehand."""
        if (refusal := add_calculation(self.root, question.body, self.report)) is not None:
            self.report.refuse(refusal)
            return
        self.units(question.body)


def _text(text: Text | str) -> Text:
    return {"zh": text} if isinstance(text, str) else text


def _fraction(weight: str) -> str:
    found = number(weight)
    return written(found) if found is not None else "0"


KINDS: dict[str, Callable[[_Writer, Question, Element], None]] = {
    "multichoice": _Writer.choice,
    "truefalse": _Writer.judgement,
    "shortanswer": _Writer.short,
    "numerical": _Writer.numeric,
    "matching": _Writer.matching,
    "ordering": _Writer.ordering,
    "essay": _Writer.essay,
    "cloze": _Writer.cloze,
    "calculated": _Writer.calculated,
}
