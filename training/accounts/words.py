"""How people are told apart on a page: many share a name, none share the place of work and the end of the number."""

from __future__ import annotations

from flask_babel import gettext as _

from training.accounts.models import Person
from training.core import i18n
from training.places.models import Institution


def told_apart(person: Person, institution: Institution | None) -> str:
    """The institution and the last digits of the mobile number, or the masked e-mail address."""
    return " · ".join(part for part in (i18n.local(institution, "name"), login_end(person)) if part)


def login_end(person: Person) -> str:
    """As much of what a person signs in with as tells namesakes apart, and not more."""
    if person.mobile:
        return _("mobile ending in %(digits)s", digits=person.mobile[-4:])
    name, _at, host = (person.email or "").partition("@")
    return f"{name[:2]}…@{host}"
