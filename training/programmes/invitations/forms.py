"""Forms of invitations: making one, applying, declining."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from training.accounts.forms import new_password
from training.accounts.models import Profession
from training.core.forms import Form, long_text, text
from training.programmes.invitations.services import MOST


class InvitationForm(Form):
    """For how many people, and until when."""

    most = IntegerField(
        _l("At most how many people"),
        validators=[
            InputRequired(_l("Fill this in.")),
            NumberRange(1, MOST, _l("A whole number from %(min)s to %(max)s.")),
        ],
    )
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Fill this in."))])


class JoinForm(Form):
    """Somebody who wants to join."""

    name = text(_l("Name"), maximum=80)
    login = text(_l("Mobile number or e-mail"), maximum=200)
    profession = SelectField(_l("Profession"), validators=[InputRequired(_l("Choose one."))])
    institution = text(_l("Institution"), maximum=120, required=False)
    password = new_password(_l("Your own password"))
    agrees = BooleanField(
        _l("I agree that my details are used for this training."),
        validators=[InputRequired(_l("Without this you cannot be enrolled."))],
    )

    def offer(self) -> None:
        """Fill the choices."""
        self.profession.choices = [("", _l("Choose…")), *((one.value, one.label) for one in Profession)]


class DeclineForm(Form):
    """Why an application is declined."""

    reason = long_text(_l("Reason"), maximum=500)
