"""Forms of the types that are answered by a number: numeric and calculated."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from question_bank.forms.items import ItemForm, whole_number
from question_bank.forms.rows import Lines, Listed, Row, Rows, both
from question_bank.forms.texts import WEIGHT
from question_bank.item_types.texts import LONGEST
from training.core.forms import text as line


def number(label: Any, **options: Any) -> StringField:
    """A number as bodies hold it: as text, so that it stays exact."""
    shown = {"inputmode": "decimal", "autocomplete": "off"}
    return line(label, maximum=40, required=False, render_kw=shown, **options)


def formula_field(label: Any, **options: Any) -> StringField:
    """A formula over the parameters."""
    shown = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return line(label, maximum=500, required=False, render_kw=shown, **options)


class RangeRow(Row):
    """Numbers that are accepted, and what they earn."""

    low = number(_l("Lower bound"))
    high = number(_l("Upper bound"))
    weight = line(WEIGHT, maximum=20, required=False)
    explanation = both(_l("Explanation"), LONGEST["explanation"])

    def body(self) -> dict[str, Any]:
        """The range; one number alone is both its bounds."""
        body = super().body()
        return body | {"low": body["low"] or body["high"], "high": body["high"] or body["low"]}


class UnitRow(Row):
    """Another unit, and how many of the item's own unit one of it is."""

    unit = line(_l("Unit"), maximum=20, required=False)
    factor = number(_l("One of it is so many of the item's unit"))


class _Measured(ItemForm):
    """What numbers with units have; the forms below say in which order."""

    optional: ClassVar[frozenset[str]] = ItemForm.optional | {"unit", "units", "unit_required"}

    def body(self) -> dict[str, Any]:
        """The body, its other units by name."""
        body = super().body()
        if "units" in body:
            body["units"] = {one["unit"]: one["factor"] for one in body["units"]}
        if self["unit_required"].data:
            body["unit_required"] = True
        return body

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Other units as rows."""
        units = [{"unit": unit, "factor": factor} for unit, factor in (body.get("units") or {}).items()]
        return super().values_of(body) | {"units": units}


def _unit() -> StringField:
    return line(_l("Unit"), maximum=20, required=False, render_kw={"autocomplete": "off"})


def _units() -> Rows:
    return Rows(UnitRow, _l("Other units"), entry=_l("Unit %(name)s"), add=_l("Add a unit"), shown=1, most=10)


def _conditions() -> Lines:
    return Lines(
        _l("Safety-critical errors, one a line"), description=_l("Conditions such as >= 50, in the item's unit.")
    )


class NumericForm(_Measured):
    """A number within bounds."""

    answers = Rows(
        RangeRow,
        _l("Accepted numbers"),
        entry=_l("Accepted number %(name)s"),
        add=_l("Add a number"),
        shown=1,
        most=20,
        description=_l("Both bounds are accepted too. Without a weight a number earns everything."),
    )
    unit = _unit()
    unit_required = BooleanField(_l("The unit must be written"))
    units = _units()
    critical = _conditions()


class ParameterRow(Row):
    """A value drawn for each attempt: from a list, or from steps between two bounds."""

    optional: ClassVar[frozenset[str]] = frozenset({"values", "from", "to", "step"})

    name = line(
        _l("Name in formulas"), maximum=30, required=False, render_kw={"autocomplete": "off", "autocapitalize": "off"}
    )
    values = Listed(_l("Values, with commas between"))


for _name, _label in (("from", _l("or from")), ("to", _l("to")), ("step", _l("in steps of"))):
    setattr(ParameterRow, _name, number(_label))  # `from` is a word of the language


class CalculatedForm(_Measured):
    """Values drawn for each attempt; the key from a formula and checked by a second one."""

    optional: ClassVar[frozenset[str]] = _Measured.optional | {
        "constraints",
        "tolerance",
        "decimals",
        "cap",
        "strengths",
        "wrong",
    }

    parameters = Rows(
        ParameterRow,
        _l("Parameters"),
        entry=_l("Parameter %(name)s"),
        add=_l("Add a parameter"),
        shown=2,
        most=10,
        description=_l("Put {dose} into the stem where the value of the parameter dose belongs."),
    )
    constraints = Lines(_l("Constraints, one a line"), description=_l("Only draws that keep them are used: dose < 60"))
    formula = formula_field(_l("Formula"), description=_l("What is right, from the parameters: dose * weight / 2"))
    check = formula_field(
        _l("Second formula"), description=_l("The same by another way; where both differ, the item is refused.")
    )
    tolerance = number(_l("Tolerance"), description=_l("By how much an answer may differ."))
    decimals = whole_number(_l("Decimal places"))
    unit = _unit()
    unit_required = BooleanField(_l("The unit must be written"))
    units = _units()
    cap = number(_l("Highest dose"))
    strengths = Listed(_l("Marketed strengths"), description=_l("Such as 5, 10: the result must be made of them."))
    wrong = Lines(
        _l("Tempting wrong answers, one formula a line"),
        description=_l("With them the item is shown as a choice: dose * 10"),
    )
    critical = _conditions()
