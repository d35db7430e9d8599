"""Forms about people."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from training.accounts import logins, passwords
from training.accounts.models import Profession
from training.core.access import Role
from training.core.forms import Form, PrintableText, text


def _known_password(label: Any) -> PasswordField:
    return PasswordField(label, validators=[InputRequired(_l("Fill this in.")), Length(max=passwords.LONGEST)])


def new_password(label: Any) -> PasswordField:
    """The field for a password that is to be set."""
    return PasswordField(
        label,
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


class SignInForm(Form):
    """Mobile number, e-mail address or staff number, and the password."""

    login = text(_l("Mobile number, e-mail or staff number"), maximum=200)
    password = _known_password(_l("Password"))
    next = HiddenField()


class UnlockForm(Form):
    """The password of whoever is signed in already."""

    password = _known_password(_l("Password"))
    next = HiddenField()


class InstitutionForm(Form):
    """Which institution to look for."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(
        _l("Part of the institution's name"),
        maximum=80,
        validators=[Length(min=2, message=_l("Type at least %(min)d characters."))],
    )


class ActivationForm(Form):
    """What somebody signs in with, the code, and the password they choose."""

    login = text(_l("Mobile number, e-mail or staff number"), maximum=200)
    code = text(_l("One-time code"), maximum=40)
    password = new_password(_l("Your own password"))


class ForgottenForm(Form):
    """Who asks for a code."""

    login = text(_l("Mobile number, e-mail or staff number"), maximum=200)


class OwnPasswordForm(Form):
    """The present password and the next."""

    old = _known_password(_l("Present password"))
    password = new_password(_l("New password"))


class PersonForm(Form):
    """Somebody new."""

    name = text(_l("Name"), maximum=80)
    mobile = text(_l("Mobile number"), maximum=20, required=False)
    email = text(_l("E-mail"), maximum=200, required=False)
    profession = SelectField(_l("Profession"), validators=[InputRequired(_l("Choose one."))])
    institution_id = SelectField(_l("Institution"), coerce=int)
    password = new_password(_l("First password"))

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


class DelegationForm(Form):
    """A role lent to somebody for a period."""

    grant_id = SelectField(_l("Role"), coerce=int)
    login = text(_l("Mobile number or e-mail"), maximum=200)
    first = DateField(_l("First day"), validators=[InputRequired(_l("Fill this in."))])
    last = DateField(_l("Last day"), validators=[InputRequired(_l("Fill this in."))])
    reason = text(_l("Reason"), maximum=200)

    def offer(self, roles: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.grant_id.choices = roles


class TrailForm(Form):
    """What to look for in the audit trail."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    who = text(_l("Who: name, mobile number or e-mail"), maximum=80, required=False)
    verb = SelectField(_l("What"), default="")
    first = DateField(_l("First day"), validators=[Optional()])
    last = DateField(_l("Last day"), validators=[Optional()])

    def offer(self, verbs: list[tuple[str, str]]) -> None:
        """Fill the choices."""
        self.verb.choices = [("", _l("Everything")), *verbs]
