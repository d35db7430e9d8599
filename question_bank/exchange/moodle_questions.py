"""What an item of the bank is in Moodle: one question, or several where Moodle has no sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from question_bank.exchange.figures import written
from question_bank.exchange.markup import Text, joined
from question_bank.exchange.parsed import Exported, Written
from question_bank.exchange.said import gettext as _
from question_bank.item_types import Body, key_of, options_of

HUNDRED = Decimal(100)
NO_STEM = {"zh": "请配对。", "en": "Match."}  # Moodle takes no question without a text
FIVE_PLACES = Decimal("0.00001")


@dataclass(frozen=True)
class Weighted:
    """An answer, its weight in percent, the comment on it; a plain `str` is compared letter by letter."""

    text: Text | str
    weight: str
    comment: Text = field(default_factory=dict)


@dataclass
class Question:
    """A question as Moodle knows it; `body` holds what only one kind needs."""

    kind: str
    name: str
    stem: Text
    feedback: Text = field(default_factory=dict)
    answers: list[Weighted] = field(default_factory=list)
    pairs: list[tuple[Text, Text]] = field(default_factory=list)
    single: bool = True
    body: Body = field(default_factory=dict)


def questions_of(item: Exported, report: Written) -> list[Question]:
    """The questions that an item becomes; none where it is refused."""
    make = MAKERS.get(item.type)
    if make is None:
        report.refuse(_("Moodle has no type of question like “%(type)s”.", type=item.type))
        return []
    body = item.body
    if body.get("critical"):
        report.lose(_("The mark on safety-critical answers was left out."))
    if body.get("about") or body.get("source"):
        report.lose(_("Source, classification and review date were left out."))
    return make(item, report)


def share(count: int) -> str:
    """The percentage that each of so many right options earns, as Moodle writes thirds: 33.33333."""
    return written((HUNDRED / max(1, count)).quantize(FIVE_PLACES, ROUND_HALF_UP))


def _question(kind: str, item: Exported, **more: Any) -> Question:
    return Question(kind, item.code, item.body.get("stem") or {}, item.body.get("explanation") or {}, **more)


def _weighted(options: Sequence[Body], weights: Mapping[str, str]) -> list[Weighted]:
    return [
        Weighted(one.get("text") or {}, weights.get(str(one["id"]), "0"), one.get("explanation") or {})
        for one in options
    ]


def _one_best(item: Exported, _report: Written) -> list[Question]:
    weights = dict.fromkeys(key_of(item.body), "100")
    return [_question("multichoice", item, answers=_weighted(options_of(item.body), weights))]


def _several(item: Exported, report: Written) -> list[Question]:
    report.lose(_("Here only all right options together earn points; Moodle gives a share for each of them."))
    weights = _all_weights(item.body, "-100")
    return [_question("multichoice", item, answers=_weighted(options_of(item.body), weights), single=False)]


def _all_weights(body: Body, wrong: str) -> dict[str, str]:
    key = key_of(body)
    return {str(one["id"]): share(len(key)) if one["id"] in key else wrong for one in options_of(body)}


def _choice(item: Exported, report: Written) -> list[Question]:
    weights, multiple = item.body.get("weights"), item.body.get("multiple") is True
    if not weights:
        return _several(item, report) if multiple else _one_best(item, report)
    answers = _weighted(options_of(item.body), weights)
    return [_question("multichoice", item, answers=answers, single=not multiple)]


def _judgement(item: Exported, _report: Written) -> list[Question]:
    weights = dict.fromkeys(key_of(item.body), "100")
    return [_question("truefalse", item, answers=_weighted(options_of(item.body), weights))]


def _short(item: Exported, _report: Written) -> list[Question]:
    answers = [
        Weighted(one["text"], str(one.get("weight", "100")), one.get("explanation") or {})
        for one in item.body.get("accepted", ())
    ]
    return [_question("shortanswer", item, answers=answers, body=item.body)]


def _numeric(item: Exported, _report: Written) -> list[Question]:
    return [_question("numerical", item, body=item.body)]


def _matching(item: Exported, report: Written) -> list[Question]:
    """Options that belong to no part stand without a question, and distract."""
    options = {str(one["id"]): one.get("text") or {} for one in options_of(item.body)}
    pairs, used = [], set()
    for part in item.body.get("parts", ()):
        key = min(key_of(part), default="")
        used.add(key)
        pairs.append((part.get("stem") or {}, options.get(key, {})))
        if any((part.get("explanation") or {}).values()):
            report.lose(_("The explanations of single questions were left out."))
    pairs += [({}, text) for name, text in options.items() if name not in used]
    if item.type == "B1":
        report.lose(_("Moodle knows no shared options; the set was written as matching."))
    if any(any((one.get("explanation") or {}).values()) for one in options_of(item.body)):
        report.lose(_("The explanations of options were left out."))
    question = _question("matching", item, pairs=pairs)
    if not any(question.stem.values()):
        question.stem = {one: words for one, words in NO_STEM.items() if any(left.get(one) for left, _right in pairs)}
    return [question]


def _ordering(item: Exported, report: Written) -> list[Question]:
    if any(any((one.get("explanation") or {}).values()) for one in options_of(item.body)):
        report.lose(_("The explanations of options were left out."))
    return [_question("ordering", item, answers=_weighted(options_of(item.body), {}))]


def _set(item: Exported, report: Written) -> list[Question]:
    """Each part with the case and the facts told so far in front of it."""
    report.lose(_("Moodle knows no sets; each question was written by itself, with the case in front of it."))
    told: list[Text] = [item.body.get("stem") or {}]
    found = []
    for part in item.body.get("parts", ()):
        told.append(part.get("release") or {})
        weights = _all_weights(part, "-" + share(len(key_of(part)))) if item.type == "case" else {}
        weights = weights or dict.fromkeys(key_of(part), "100")
        question = Question(
            "multichoice",
            f"{item.code}-{part['id']}",
            joined(*told, part.get("stem") or {}),
            joined(part.get("explanation") or {}, item.body.get("explanation") or {}),
            _weighted(options_of(part), weights),
            single=item.type != "case",
        )
        found.append(question)
    return found


def _with_body(kind: str) -> Callable[[Exported, Written], list[Question]]:
    return lambda item, _report: [_question(kind, item, body=item.body)]


MAKERS: dict[str, Callable[[Exported, Written], list[Question]]] = {
    "A1": _one_best,
    "A2": _one_best,
    "X": _several,
    "choice": _choice,
    "judgement": _judgement,
    "short": _short,
    "numeric": _numeric,
    "matching": _matching,
    "B1": _matching,
    "A3": _set,
    "A4": _set,
    "case": _set,
    "ordering": _ordering,
    "blanks": _with_body("cloze"),
    "essay": _with_body("essay"),
    "calculated": _with_body("calculated"),
}
