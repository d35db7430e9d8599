"""Forms about people's data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired

from training.accounts.models import Profession
from training.core.forms import Form, long_text, text


class ConsentForm(Form):
    """Agreeing to the notice."""

    agree = BooleanField(_l("I have read this and agree"), validators=[InputRequired(_l("Tick this to go on."))])
    id_number = BooleanField(_l("I also agree that my identity number is kept, encrypted"))
    next = HiddenField()


class CorrectionForm(Form):
    """What a person wants corrected."""

    name = text(_l("Name"), maximum=80)
    profession = SelectField(_l("Profession"))
    institution_id = SelectField(_l("Institution"), coerce=int)
    staff_number = text(_l("Staff number"), maximum=40, required=False)
    reason = long_text(_l("What is wrong, and how it can be checked"), maximum=500)

    def offer(self, institutions: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.profession.choices = [(one.value, one.label) for one in Profession]
        self.institution_id.choices = [(0, _l("None")), *institutions]


class ReviseForm(CorrectionForm):
    """What somebody else corrects of a person."""

    mobile = text(_l("Mobile number"), maximum=20, required=False)
    email = text(_l("E-mail"), maximum=200, required=False)
    reason = None


class ReasonForm(Form):
    """Why something is done to somebody's data."""

    reason = text(_l("Reason"), maximum=200)


class AnswerForm(Form):
    """What is answered to a wish."""

    answer = text(_l("Answer"), maximum=500, required=False)
