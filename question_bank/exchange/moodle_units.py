"""The units of Moodle's numerical and calculated questions."""

from __future__ import annotations

from decimal import Decimal

from question_bank.exchange.building import Draft
from question_bank.exchange.figures import inverse
from question_bank.exchange.moodle_elements import Element, figure, words
from question_bank.exchange.said import gettext as _


def read_units(draft: Draft, element: Element) -> None:
    """The unit of multiplier 1 is the item's; of the others it is kept how many of it they are."""
    factors = [(words(one, "unit_name"), figure(one, "multiplier")) for one in element.iterfind("units/unit")]
    own = next((name for name, factor in factors if name and factor == 1), "")
    if not own:
        if factors:
            draft.parsed.lose(_("The units were left out, because none of them has the multiplier 1."))
        return
    units = {}
    for name, factor in factors:
        if name and name != own and factor:
            units[name], is_exact = inverse(factor)
            if not is_exact:
                draft.parsed.lose(_("The unit %(unit)s could only be kept rounded.", unit=name[:20]))
    penalty = figure(element, "unitpenalty") or Decimal(0)
    is_graded = words(element, "unitgradingtype") in {"1", "2"}
    if is_graded and penalty < 1:
        draft.parsed.lose(_("A missing or wrong unit cost %(share)s of the points; this was left out.", share=penalty))
    draft.body |= {"unit": own, "unit_required": is_graded and penalty >= 1}
    if units:
        draft.body["units"] = units
