"""Moodle's cloze: answers written into the text as `{1:SHORTANSWER:=Paris#Yes~%50%Marseille}`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from question_bank.exchange import languages, plain
from question_bank.exchange.building import FULL, Draft
from question_bank.exchange.figures import number, written
from question_bank.exchange.moodle_elements import Element, words
from question_bank.exchange.said import gettext as _

FIELD = re.compile(r"\{([0-9]{0,3}):([A-Z_]{1,20}):")
TEXTS = {"SHORTANSWER": False, "SA": False, "MW": False, "SHORTANSWER_C": True, "SAC": True, "MWC": True}
NUMBERS = frozenset({"NUMERICAL", "NM"})
CHOICES = frozenset(
    {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS", "MULTICHOICE_VS"}
    | {"MCVS", "MULTICHOICE_HS", "MCHS"}
)
MOST_FIELDS, MOST_VARIANTS = 50, 100
_SIGNS = re.compile(r"[}#~/\"\\]")
_ESCAPED = re.compile(r"\\([}#~/\"\\])")


@dataclass(frozen=True)
class Field:
    """A gap: its weight among the others, its type, and variants with weight and comment."""

    weight: int
    kind: str
    variants: tuple[tuple[str, Decimal, str], ...]


def read(draft: Draft, element: Element) -> str:
    """A cloze as an item with blanks; refused by name where a gap is of another type."""
    source = languages.pick(html.unescape(words(element, "questiontext/text")), draft.languages[0])
    _text, fields = split(source)
    if not fields or len(fields) > MOST_FIELDS:
        draft.parsed.refuse(_("The text holds no gap that could be read, or more than %(max)s.", max=MOST_FIELDS))
        return ""
    unknown = {one.kind for one in fields} - TEXTS.keys() - NUMBERS - CHOICES
    if unknown:
        kinds = ", ".join(sorted(unknown))
        draft.parsed.refuse(_("Gaps of the type “%(kind)s” cannot be kept.", kind=kinds))
        return ""
    blanks = [_blank(draft, place, field) for place, field in enumerate(fields, 1)]
    draft.body["stem"] = {language: split(text)[0] for language, text in draft.body["stem"].items()}
    draft.body["blanks"] = blanks
    if len({one.weight for one in fields}) > 1:
        draft.parsed.lose(_("The gaps had different weights; here each counts the same."))
    return "blanks"


def split(text: str) -> tuple[str, list[Field]]:
    """The text with `[[1]]`, `[[2]]` … in place of its gaps, and the gaps."""
    pieces, fields, place = [], [], 0
    while (mark := FIELD.search(text, place)) is not None:
        end = _end(text, mark.end())
        if end < 0:
            break
        fields.append(Field(int(mark[1] or 1), mark[2], _variants(text[mark.end() : end])))
        pieces += [text[place : mark.start()], f"[[{len(fields)}]]"]
        place = end + 1
    return "".join((*pieces, text[place:])), fields


def _end(text: str, start: int) -> int:
    """Where the brace that closes a gap stands; −1 for nowhere."""
    end = text.find("}", start)
    while end > 0 and _escapes(text, end) % 2:
        end = text.find("}", end + 1)
    return end


def _escapes(text: str, place: int) -> int:
    return len(text[:place][-20:]) - len(text[:place][-20:].rstrip("\\"))


def _variants(text: str) -> tuple[tuple[str, Decimal, str], ...]:
    """`=a#yes~%50%b` as what is accepted, its weight and the comment."""
    protected = _ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1])), text)
    found = []
    for piece in protected.split("~")[:MOST_VARIANTS]:
        piece, weight = piece.strip(), Decimal(0)
        if piece.startswith("="):
            piece, weight = piece[1:], FULL
        elif piece.startswith("%") and (end := piece.find("%", 1)) > 0:
            piece, weight = piece[end + 1 :], number(piece[1:end]) or Decimal(0)
        answer, _mark, comment = piece.partition("#")
        if answer.strip():
            found.append((_revealed(answer), weight, _revealed(comment)))
    return tuple(found)


def _revealed(text: str) -> str:
    return "".join(chr(ord(one) - 0xE000) if 0xE000 <= ord(one) < 0xE080 else one for one in text).strip()


def _blank(draft: Draft, place: int, field: Field) -> dict[str, Any]:
    parsed = draft.parsed
    if any(comment for _text, _weight, comment in field.variants):
        parsed.lose(_("The comments on answers in gaps were left out."))
    if field.kind in CHOICES:
        parsed.lose(_("Gap %(gap)s offered options; here its right ones are to be typed.", gap=place))
    if field.kind in NUMBERS:
        parsed.lose(_("Gap %(gap)s took numbers within a tolerance; here they are compared as text.", gap=place))
    accepted = []
    for text, weight, _comment in field.variants:
        shown = plain.tidy(text)
        if field.kind in NUMBERS:
            shown = shown.partition(":")[0].strip()
        if field.kind not in TEXTS and (weight <= 0 or shown == "*"):
            continue
        accepted.append({"text": shown, "weight": written(weight)})
    return {"id": str(place), "accepted": accepted, "case": TEXTS.get(field.kind, False)}


def written_field(blank: Mapping[str, Any]) -> str:
    """A blank as a gap in HTML."""
    kind = "SHORTANSWER_C" if blank.get("case") else "SHORTANSWER"
    variants = []
    for one in blank.get("accepted") or ():
        weight = number(str(one.get("weight", "100")))
        mark = "=" if weight == FULL else f"%{written(weight or Decimal(0))}%"
        variants.append(mark + _SIGNS.sub(r"\\\g<0>", html.escape(str(one["text"]), quote=False)))
    return f"{{1:{kind}:{'~'.join(variants)}}}"
