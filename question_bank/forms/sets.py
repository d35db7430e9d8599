"""Forms of sets: a case with questions, and questions that share their options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from question_bank.forms.choices import StepRow, marked_options, option_list, ticked
from question_bank.forms.items import ItemForm
from question_bank.forms.rows import NUMBERS, Row, Rows, both, hidden_id
from question_bank.item_types.texts import LONGEST

QUESTION = _l("Question %(name)s")
ADD_QUESTION = _l("Add a question")


class _Asking(Row):
    """A question with options of its own; the forms below say in which order its fields stand."""

    options: Rows

    def body(self) -> dict[str, Any]:
        """The question with its key."""
        return super().body() | {"key": ticked(self.options, "right")}


class QuestionRow(_Asking):
    """A question of a case."""

    id = hidden_id()
    stem = both(_l("Question"), LONGEST["stem"])
    options = option_list()
    explanation = both(_l("Explanation"), LONGEST["explanation"])


class StagedRow(_Asking):
    """A question before which facts may be told."""

    id = hidden_id()
    release = both(_l("Facts told first"), LONGEST["release"])
    stem = both(_l("Question"), LONGEST["stem"])
    options = option_list()
    explanation = both(_l("Explanation"), LONGEST["explanation"])


class PromptRow(_Asking):
    """A prompt of a case analysis, with six options and more."""

    id = hidden_id()
    release = both(_l("Facts told first"), LONGEST["release"])
    stem = both(_l("Question"), LONGEST["stem"])
    options = option_list(shown=6)
    explanation = both(_l("Explanation"), LONGEST["explanation"])


def questions(row: type[Row], shown: int, most: int) -> Rows:
    """A list of questions with numbers."""
    return Rows(row, _l("Questions"), entry=QUESTION, add=ADD_QUESTION, shown=shown, most=most, ids=NUMBERS)


class CaseForm(ItemForm):
    """A case with questions that do not depend on one another: A3."""

    parts = questions(QuestionRow, 2, 3)

    def critical_answers(self) -> Iterable[str]:
        """The options marked so, with their question."""
        return [
            f"{part.form.id.data}:{one}" for part in self.parts.entries for one in ticked(part.form.options, "critical")
        ]

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Questions with their options and ticks."""
        critical = critical_by_part(body)
        parts = [
            {**one, "options": marked_options(one, critical.get(one.get("id"), ()))} for one in body.get("parts") or ()
        ]
        return super().values_of(body) | {"parts": parts}


def critical_by_part(body: dict[str, Any]) -> dict[Any, list[str]]:
    """The safety-critical options of each question."""
    found: dict[Any, list[str]] = {}
    for one in body.get("critical") or ():
        of, _colon, name = str(one).partition(":")
        found.setdefault(of, []).append(name)
    return found


class GoingOnForm(CaseForm):
    """A case that goes on: A4."""

    back = BooleanField(_l("Trainees may go back to earlier questions"), default=True)
    parts = questions(StagedRow, 3, 6)


class AnalysisForm(CaseForm):
    """Case analysis: never back, several right options."""

    parts = questions(PromptRow, 3, 12)


class SharingRow(Row):
    """A question that takes one of the shared options."""

    apart: ClassVar[frozenset[str]] = frozenset({"critical"})

    id = hidden_id()
    stem = both(_l("Question"), LONGEST["stem"])
    key = SelectField(_l("Right option"), choices=[], validate_choice=False, default="")
    critical = SelectMultipleField(
        _l("Safety-critical errors"),
        choices=[],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    explanation = both(_l("Explanation"), LONGEST["explanation"])

    def body(self) -> dict[str, Any]:
        """The question with its key."""
        return super().body() | {"key": [self.key.data] if self.key.data else []}

    @property
    def is_blank(self) -> bool:
        """A choice alone is not a question either."""
        return not any(self[name].data["zh"] or self[name].data["en"] for name in ("stem", "explanation"))


class SharedForm(ItemForm):
    """Options first, shared by the questions: B1."""

    options = option_list(row=StepRow)
    parts = questions(SharingRow, 2, 12)

    def settle(self) -> None:
        """Each question offers the options that there are, by their letters."""
        ids = [one.form.id.data for one in self.options.entries]
        letters = [SelectChoice(one, chr(ord("A") + place)) for place, one in enumerate(ids)]
        for part in self.parts.entries:
            part.form.key.choices = [SelectChoice("", "—"), *letters]
            part.form.critical.choices = letters

    def critical_answers(self) -> Iterable[str]:
        """The options marked so, with their question."""
        return [f"{one.form.id.data}:{name}" for one in self.parts.entries for name in one.form.critical.data or ()]

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """Questions with what is right and what is dangerous."""
        critical = critical_by_part(body)
        parts = [
            {**one, "key": next(iter(one.get("key") or ()), ""), "critical": critical.get(one.get("id"), [])}
            for one in body.get("parts") or ()
        ]
        return super().values_of(body) | {"parts": parts}


class MatchingForm(SharedForm):
    """Pairs to be found."""

    parts = questions(SharingRow, 3, 12)
