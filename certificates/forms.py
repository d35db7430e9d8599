"""Forms of the register and of the public's verification."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from certificates.rules import Standing
from certificates.serials import LONGEST_INPUT
from certificates.services import LONGEST_REASON
from certificates.words import STANDINGS
from training.core.forms import Form, long_text, text


class RevokeForm(Form):
    """Why a certificate is revoked."""

    reason = long_text(_l("Reason"), maximum=LONGEST_REASON)


class SearchForm(Form):
    """A part of the register."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Name or number"), maximum=80, required=False)
    status = SelectField(
        _l("Status"),
        choices=[SelectChoice("", _l("All")), *(SelectChoice(one.value, STANDINGS[one]) for one in Standing)],
        default="",
    )


class VerifyForm(Form):
    """The number on the paper. It is sent by GET: nothing is kept of whoever asks, and the address can be passed on."""

    class Meta:
        """A question changes nothing."""

        csrf = False

    number = text(_l("Certificate number"), maximum=LONGEST_INPUT)
