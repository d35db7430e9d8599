"""Forms of the types that choose among options of their own, and of those that put them in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from question_bank import words
from question_bank.forms.items import ItemForm
from question_bank.forms.rows import LETTERS, Lines, Row, Rows, both, hidden_id
from question_bank.item_types.texts import LONGEST
from training.core.forms import text as line

OPTION = _l("Option %(name)s")
ADD_OPTION = _l("Add an option")


class OptionRow(Row):
    """An option, whether it is right, and whether choosing it is dangerous."""

    apart: ClassVar[frozenset[str]] = frozenset({"right", "critical", "weight"})

    id = hidden_id()
    text = both("", LONGEST["text"], rows=1)
    right = BooleanField(_l("Right"))
    critical = BooleanField(_l("Safety-critical error"))
    explanation = both(_l("Why it is right or wrong"), LONGEST["explanation"])


class WeightedRow(OptionRow):
    """An option with the share that its author gives for it."""

    weight = line(_l("Weight in percent, −100 to 100"), maximum=20, required=False)


class StepRow(Row):
    """A step, or an option that is right or wrong only for a question."""

    id = hidden_id()
    text = both("", LONGEST["text"], rows=1)
    explanation = both(_l("Explanation"), LONGEST["explanation"])


class VerdictRow(Row):
    """True or false: whether giving it is dangerous, and why it is right or wrong."""

    apart: ClassVar[frozenset[str]] = frozenset({"critical"})

    id = hidden_id()
    critical = BooleanField(_l("Safety-critical error"))
    explanation = both(_l("Why it is right or wrong"), LONGEST["explanation"])


def option_list(shown: int = 5, most: int = 12, row: type[Row] = OptionRow) -> Rows:
    """A list of options with letters."""
    return Rows(row, _l("Options"), entry=OPTION, add=ADD_OPTION, shown=shown, most=most, ids=LETTERS)


def ticked(rows: Rows, name: str) -> list[str]:
    """The ids of the rows whose box of that name is ticked."""
    return [one.form.id.data for one in rows.entries if one.form[name].data]


def marked_options(body: Mapping[str, Any], critical: Sequence[str]) -> list[dict[str, Any]]:
    """The options of a body or a part, each with its ticks and weight."""
    key, weights = body.get("key") or (), body.get("weights") or {}
    return [
        {
            **one,
            "right": one.get("id") in key,
            "critical": one.get("id") in critical,
            "weight": weights.get(one.get("id"), ""),
        }
        for one in body.get("options") or ()
    ]


class ChoiceForm(ItemForm):
    """One question with options: A1, A2 and X."""

    options = option_list()

    def body(self) -> dict[str, Any]:
        """The body with its key."""
        return super().body() | {"key": ticked(self.options, "right")}

    def critical_answers(self) -> Iterable[str]:
        """The options marked so."""
        return ticked(self.options, "critical")

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Options with their ticks."""
        return super().values_of(body) | {"options": marked_options(body, body.get("critical") or ())}


class WeightedForm(ChoiceForm):
    """What other systems bring: any number of options, with a share for each."""

    multiple = BooleanField(_l("Several options may be chosen"))
    options = option_list(shown=4, most=10, row=WeightedRow)

    def body(self) -> dict[str, Any]:
        """The body with its weights, if any."""
        weights = {
            one.form.id.data: one.form.weight.data.strip() for one in self.options.entries if one.form.weight.data
        }
        return super().body() | ({"weights": weights} if weights else {})


class JudgementForm(ItemForm):
    """True or false, each with its explanation."""

    key = RadioField(
        _l("Answer key"),
        choices=[SelectChoice("true", _l("True")), SelectChoice("false", _l("False"))],
        validate_choice=False,
        default="",
    )
    options = Rows(VerdictRow, "", entry="", shown=2, most=2, ids=("true", "false"), names=(_l("True"), _l("False")))

    def settle(self) -> None:
        """The two rows are what they are, whatever was sent."""
        for one, name in zip(self.options.entries, ("true", "false"), strict=True):
            one.form.id.data = name

    def body(self) -> dict[str, Any]:
        """The body with both options and the key."""
        return super().body() | {"options": list(self._both()), "key": [self.key.data] if self.key.data else []}

    def _both(self) -> Iterator[dict[str, Any]]:
        for entry, (name, label) in zip(self.options.entries, words.true_and_false().items(), strict=True):
            yield {**entry.form.body(), "id": name, "text": label}

    def critical_answers(self) -> Iterable[str]:
        """Those of the two marked so."""
        return ticked(self.options, "critical")

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The key, and both options with their ticks."""
        options = marked_options(body, body.get("critical") or ())
        return super().values_of(body) | {"key": next(iter(body.get("key") or ()), ""), "options": options}


class OrderingForm(ItemForm):
    """Steps in their right order."""

    options = Rows(
        StepRow,
        _l("Steps, in the right order"),
        entry=_l("Step %(name)s"),
        add=_l("Add a step"),
        shown=5,
        most=8,
        ids=LETTERS,
    )
    critical = Lines(
        _l("Safety-critical errors, one a line"),
        description=_l("c<a says: step C put before step A."),
    )
