"""The form with which a report is asked for: a plain GET, so that the address holds everything."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from training.core.forms import Form
from training.reports.catalogue import Catalogue, months_between
from training.reports.question import DIMENSIONS, Question
from training.reports.words import DIMENSION_LABELS, name_of

OFFERED = ("city", "base", "profession", "programme")


class ReportForm(Form):
    """By what, of which months, of whom. Nothing ticked means all."""

    class Meta:
        """A question changes nothing."""

        csrf = False

    by = SelectField(_l("Rows"), choices=[SelectChoice(one, DIMENSION_LABELS[one]) for one in DIMENSIONS])
    across = SelectField(_l("Columns"))
    since = SelectField(_l("From month"))
    until = SelectField(_l("To month"))
    city = SelectMultipleField(_l("City"), widget=ListWidget(), option_widget=CheckboxInput())
    base = SelectMultipleField(_l("Training base"), widget=ListWidget(), option_widget=CheckboxInput())
    profession = SelectMultipleField(_l("Profession"), widget=ListWidget(), option_widget=CheckboxInput())
    programme = SelectMultipleField(_l("Programme"), widget=ListWidget(), option_widget=CheckboxInput())

    def filters(self) -> list[Any]:
        """The fields that offer a choice of two or more, or hold one already."""
        return [field for field in (self[name] for name in OFFERED) if len(field.choices) > 1 or field.data]


def form_for(question: Question, catalogue: Catalogue, months: tuple[str, str] | None) -> ReportForm:
    """The form as the question would have filled it in."""
    form = ReportForm(
        data={
            "by": question.by,
            "across": question.across,
            "since": question.since,
            "until": question.until,
            **{name: list(question.codes(name)) for name in OFFERED},
        }
    )
    across = [one for one in DIMENSIONS if one != "institution"]
    form.across.choices = [("", _("None: all figures side by side")), *((one, DIMENSION_LABELS[one]) for one in across)]
    counted = months_between(*months) if months else []
    for field in (form.since, form.until):
        chosen = {field.data} if field.data else set()
        field.choices = [("", _("any")), *((one, one) for one in sorted({*counted, *chosen}, reverse=True))]
    for name in OFFERED:
        codes = catalogue.offered[name] | set(question.codes(name))
        form[name].choices = [(one.code, name_of(one)) for one in catalogue.names[name].labels(codes)]
    return form
