"""Forms of the coordinator about chosen people of a cohort: a message, and a later last day."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField
from wtforms.validators import InputRequired

from training.core.forms import Form, long_text, text

LONGEST_LIST = 200_000


class _ChosenForm(Form):
    """A form about the people chosen before; their enrolments travel with it as `1,2,3`."""

    people = HiddenField()

    @property
    def enrolment_ids(self) -> set[int]:
        """The ids that were sent; what is none is left out."""
        sent = str(self.people.data or "")[:LONGEST_LIST].split(",")
        return {int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 19}


class MessageForm(_ChosenForm):
    """A message; `token` makes a second click find the first."""

    title = text(_l("Title"), maximum=120)
    body = long_text(_l("Text"), maximum=4000)
    token = HiddenField()


class ExtendForm(_ChosenForm):
    """A later last day."""

    until = DateField(_l("New last day"), validators=[InputRequired(_l("Fill this in."))])
    reason = long_text(_l("Reason"), maximum=500)


class ReasonForm(Form):
    """Why a requirement is waived, or asked for again."""

    reason = long_text(_l("Reason"), maximum=500)
