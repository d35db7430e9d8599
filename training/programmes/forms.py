"""Forms of the coordinator: opening a cohort, finding people, withdrawing them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Length

from training.core.forms import Form, long_text, text

SHORTEST_SEARCH = 2


class CohortForm(Form):
    """A new class of a programme at a base."""

    base_id = SelectField(_l("Training base"), coerce=int)
    programme_id = SelectField(_l("Programme"), coerce=int)
    code = text(_l("Code"), maximum=40)
    name = text(_l("Cohort name"), maximum=120)
    starts_on = DateField(_l("First day"), validators=[InputRequired(_l("Fill this in."))])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(_l("Fill this in."))])

    def offer(self, bases: list[tuple[int, str]], programmes: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.base_id.choices, self.programme_id.choices = bases, programmes


class CandidateForm(Form):
    """Whom to enrol."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(
        _l("Name, whole mobile number or whole e-mail"),
        maximum=80,
        validators=[Length(min=SHORTEST_SEARCH, message=_l("Type at least %(min)d characters."))],
    )


class NameForm(Form):
    """Whom to look for within a cohort."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Name"), maximum=80, required=False)


class WithdrawForm(Form):
    """Why an enrolment ends."""

    reason = long_text(_l("Reason"), maximum=500)
