"""Forms about people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length

from training.accounts import logins, passwords
from training.accounts.models import Profession
from training.core.access import Role
from training.core.forms import Form, PrintableText, text


class SignInForm(Form):
    """Mobile number or e-mail address, and the password."""

    login = text(_l("Mobile number or e-mail"), maximum=200)
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Fill this in.")), Length(max=passwords.LONGEST)]
    )
    next = HiddenField()


class PersonForm(Form):
    """Somebody new."""

    name = text(_l("Name"), maximum=80)
    mobile = text(_l("Mobile number"), maximum=20, required=False)
    email = text(_l("E-mail"), maximum=200, required=False)
    profession = SelectField(_l("Profession"), validators=[InputRequired(_l("Choose one."))])
    institution_id = SelectField(_l("Institution"), coerce=int)
    password = PasswordField(
        _l("First password"),
        validators=[
            InputRequired(_l("Fill this in.")),
            PrintableText(),
            Length(
                min=passwords.SHORTEST,
                max=passwords.LONGEST,
                message=_l("Between %(min)d and %(max)d characters."),
            ),
        ],
    )

    def offer(self, institutions: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.profession.choices = [(one.value, one.label) for one in Profession]
        self.institution_id.choices = [(0, _l("None")), *institutions]


class PeopleForm(Form):
    """What to look for among the people."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Name, mobile number or e-mail"), maximum=80, required=False)

    @property
    def sought(self) -> str:
        """What was typed, a mobile number in the form it is stored in."""
        login = logins.normalise(self.q.data or "")
        return login if logins.is_mobile(login) else self.q.data or ""


class GrantForm(Form):
    """A role on a scope."""

    role = SelectField(_l("Role"))
    scope_id = SelectField(_l("Where"), coerce=int)

    def offer(self, places: dict[str, list[tuple[int, str]]]) -> None:
        """Fill the choices; places come in groups. A trainee's role comes with enrolment alone."""
        self.role.choices = [(role.value, role.label) for role in Role if role is not Role.TRAINEE]
        self.scope_id.choices = {label: several for label, several in places.items() if several}
