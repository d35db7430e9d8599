"""Which form each type has, what each type is for, and how they are grouped when one is chosen."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from question_bank.forms import choices, numbers, regions, sets, texts
from question_bank.forms.items import ItemForm

FORMS: dict[str, type[ItemForm]] = {
    "A1": choices.ChoiceForm,
    "A2": choices.ChoiceForm,
    "X": choices.ChoiceForm,
    "judgement": choices.JudgementForm,
    "choice": choices.WeightedForm,
    "A3": sets.CaseForm,
    "A4": sets.GoingOnForm,
    "B1": sets.SharedForm,
    "case": sets.AnalysisForm,
    "matching": sets.MatchingForm,
    "ordering": choices.OrderingForm,
    "blanks": texts.BlanksForm,
    "short": texts.ShortForm,
    "numeric": numbers.NumericForm,
    "calculated": numbers.CalculatedForm,
    "essay": texts.EssayForm,
    "hotspot": regions.HotspotForm,
}

GROUPS = (
    (_l("One question with options"), ("A1", "A2", "X", "judgement", "choice")),
    (_l("Sets of questions"), ("A3", "A4", "B1", "case")),
    (_l("Written answers"), ("blanks", "short", "numeric", "calculated", "essay")),
    (_l("Others"), ("matching", "ordering", "hotspot")),
)

PURPOSES = {
    "A1": _l("Knowledge in one sentence: a stem and five options, one of them best."),
    "A2": _l("A patient in a few lines, then five options, one of them best."),
    "X": _l("Several options are right; all of them must be found."),
    "judgement": _l("A statement that is true or false."),
    "choice": _l("Two to ten options with a share for each, as other systems have them."),
    "A3": _l("A case with two or three questions that do not depend on one another."),
    "A4": _l("A case that goes on: new facts come before later questions."),
    "B1": _l("Options first, then several short questions that share them."),
    "case": _l("Prompts one after the other, several right options each; wrong ones cost."),
    "blanks": _l("A text with gaps, each with the answers that are accepted."),
    "short": _l("A word or a phrase, compared with accepted answers."),
    "numeric": _l("A number within bounds, with a unit."),
    "calculated": _l("A dose to be worked out; everyone gets other numbers."),
    "essay": _l("A longer text that a person marks by a rubric."),
    "matching": _l("Pairs to be found, such as drugs and their effects."),
    "ordering": _l("Steps to be put in their right order."),
    "hotspot": _l("A place to be found in a picture."),
}


def form_for(type_name: str, body: dict[str, Any] | None = None, **values: Any) -> ItemForm:
    """The form of a type, filled from the request, else from a body."""
    made = FORMS[type_name]
    form = made(data={**made.values_of(body), **values} if body else values)
    form.settle()
    return form
