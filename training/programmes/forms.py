"""Forms of the coordinator: opening a cohort, finding people, withdrawing them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange

from training.core import i18n
from training.core.forms import Form, SeenVersion, long_text, text
from training.core.scopes import Scope

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


class ProgrammeForm(Form):
    """What a programme is called and where it belongs; its requirements and credits are rows beside it."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    code = text(_l("Programme code"), maximum=40)
    title_zh = text(_l("Title in Chinese"), maximum=200)
    title_en = text(_l("Title in English"), maximum=200)
    valid_months = IntegerField(
        _l("Certificate valid for (months)"),
        description=_l("0: without end."),
        validators=[
            InputRequired(_l("Fill this in.")),
            NumberRange(min=0, max=1200, message=_l("A whole number from 0 to 1200.")),
        ],
    )
    version = SeenVersion()

    def offer(self, places: Sequence[Scope]) -> None:
        """Fill the choices; one that is left needs no choosing."""
        self.scope_id.choices = [(one.id, i18n.local(one, "name")) for one in places]
        if len(places) == 1:
            self.scope_id.data = places[0].id
            self.scope_id.raw_data = [str(places[0].id)]
