"""Moodle's calculated questions: a formula over datasets, where both can be carried over."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from question_bank.exchange.building import FULL, Draft
from question_bank.exchange.figures import written
from question_bank.exchange.moodle_elements import Element, figure, share, words
from question_bank.exchange.moodle_units import read_units
from question_bank.exchange.said import gettext as _

_PARAMETER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,30})\}")
_ARITHMETIC = re.compile(r"[A-Za-z0-9_+\-*/()., ]+")
_WORD = re.compile(r"[A-Za-z_]\w*")
FUNCTIONS = frozenset({"round", "min", "max", "abs", "sqrt", "ceil", "floor"})
_OPTION_FORMULA = re.compile(r"(?:<p>)?\s*\{=([^{}]*(?:\{[A-Za-z0-9_]+\}[^{}]*)*)\}\s*(?:</p>)?")
MOST_VALUES = 100


def calculated(draft: Draft, element: Element) -> str:
    """The formula of the full answer, its parameters, an absolute tolerance; a loss for what goes beyond."""
    answers = element.findall("answer")
    options = element.get("type") == "calculatedmulti"
    right = next((one for one in answers if share(one) == FULL), None)
    if right is None:
        draft.parsed.refuse(_("No answer earns all points, so there is no formula to keep."))
        return ""
    formula = _formula(draft, words(right), options=options)
    parameters = [_parameter(one) for one in element.iterfind("dataset_definitions/dataset_definition")]
    names = {one["name"] for one in parameters if one}
    if not formula or not names or not set(_WORD.findall(formula)) - FUNCTIONS <= names:
        if not draft.parsed.refusals:
            draft.parsed.refuse(_("The formula names values that the file does not give."))
        return ""
    draft.body |= {"parameters": [one for one in parameters if one], "constraints": [], "formula": formula, "check": ""}
    draft.body["decimals"] = min(6, max(0, int(figure(right, "correctanswerlength") or 2)))
    draft.body["tolerance"] = _tolerance(draft, right)
    draft.body["stem"] = {language: text.replace("{=", "{") for language, text in draft.body["stem"].items()}
    read_units(draft, element)
    wrong = [_formula(draft, words(one), options=True) for one in answers if one is not right] if options else []
    if wrong:
        draft.body["wrong"] = wrong
    elif len(answers) > 1:
        draft.parsed.lose(_("Further answers of the calculation were left out; the one that earns all points is kept."))
    if len(names) > 1 and element.find(".//dataset_item") is not None:
        draft.parsed.lose(_("Moodle drew the values in fixed sets; here each is drawn by itself."))
    return "calculated"


def _formula(draft: Draft, text: str, *, options: bool) -> str:
    """`{dose} * 2` as `dose * 2`; refused where it is more than arithmetic."""
    if options:
        found = _OPTION_FORMULA.fullmatch(text)
        text = found[1] if found else ""
    functions = set(_WORD.findall(_PARAMETER.sub("0", text)))
    formula = _PARAMETER.sub(r"\1", text).strip()
    if not formula or not _ARITHMETIC.fullmatch(formula) or "**" in formula or not functions <= FUNCTIONS:
        draft.parsed.refuse(_("The formula “%(formula)s” is more than arithmetic.", formula=text[:80]))
        return ""
    return formula


def _parameter(element: Element) -> dict[str, Any] | None:
    """The values of a dataset if it gives them, else its range."""
    name = words(element, "name") or words(element, "name/text")
    values = [figure(one, "value") for one in element.iterfind("dataset_items/dataset_item")][:MOST_VALUES]
    kept = list(dict.fromkeys(written(one) for one in values if one is not None))
    if not _PARAMETER.fullmatch(f"{{{name}}}"):
        return None
    if kept:
        return {"name": name, "values": kept}
    low, high = figure(element, "minimum/text"), figure(element, "maximum/text")
    decimals = int(figure(element, "decimals/text") or 0)
    if low is None or high is None or not 0 <= decimals <= 9:
        return None
    return {"name": name, "from": written(low), "to": written(high), "step": written(Decimal(1).scaleb(-decimals))}


def _tolerance(draft: Draft, answer: Element) -> str:
    """An absolute tolerance; a relative one becomes 0, for the author to replace."""
    tolerance = figure(answer, "tolerance") or Decimal(0)
    if words(answer, "tolerancetype") in {"2", "nominal"} or not tolerance:
        return written(tolerance)
    draft.parsed.lose(
        _(
            "The tolerance of %(share)s times the answer cannot be kept; write an absolute one.",
            share=written(tolerance),
        )
    )
    return "0"
