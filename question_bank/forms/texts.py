"""Forms of the types that are answered in words: blanks, short answer, essay."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from question_bank.forms.items import ItemForm, whole_number
from question_bank.forms.rows import NUMBERS, Lines, Row, Rows, both, hidden_id
from question_bank.item_types.texts import LONGEST
from training.core.forms import text as line

WEIGHT = _l("Weight in percent, −100 to 100")
CASE = _l("Capitals and small letters differ")


class AcceptedRow(Row):
    """A text that is accepted, and what it earns."""

    text = line("", maximum=200, required=False, render_kw={"autocomplete": "off"})
    weight = line(WEIGHT, maximum=20, required=False)
    explanation = both(_l("Explanation"), LONGEST["explanation"])


def accepted_list(shown: int) -> Rows:
    """A list of accepted texts."""
    return Rows(
        AcceptedRow,
        _l("Accepted answers"),
        entry=_l("Accepted answer %(name)s"),
        add=_l("Add an answer"),
        shown=shown,
        most=20,
        description=_l("* stands for anything. Without a weight an answer earns everything."),
    )


class BlankRow(Row):
    """A blank and what is accepted in it."""

    id = hidden_id()
    accepted = accepted_list(1)
    case = BooleanField(CASE)


class BlanksForm(ItemForm):
    """A text with blanks."""

    blanks = Rows(
        BlankRow,
        _l("Blanks"),
        entry=_l("Blank %(name)s"),
        add=_l("Add a blank"),
        shown=2,
        most=20,
        ids=NUMBERS,
        description=_l("Put [[1]], [[2]] … into the stem where the blanks belong."),
    )
    critical = Lines(
        _l("Safety-critical errors, one a line"),
        description=_l("The blank's number, a colon and the answer, such as 1:100."),
    )


class ShortForm(ItemForm):
    """A short answer."""

    accepted = accepted_list(3)
    case = BooleanField(CASE)
    critical = Lines(_l("Safety-critical errors, one a line"), description=_l("Answers written as accepted ones are."))


class CriterionRow(Row):
    """What a person looks for, and the points it earns."""

    id = hidden_id()
    text = both("", 500, rows=1)
    points = whole_number(_l("Points"))


class EssayForm(ItemForm):
    """An essay, marked by a rubric."""

    rubric = Rows(
        CriterionRow,
        _l("Rubric"),
        entry=_l("Criterion %(name)s"),
        add=_l("Add a criterion"),
        shown=3,
        most=20,
        ids=NUMBERS,
    )
    longest = whole_number(_l("Longest answer in characters"), default=2000)

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The length is 2000 where the body names none."""
        return {"longest": 2000} | super().values_of(body)
