"""Forms of the register and of the public's verification."""

from __future__ import annotations

import re
import secrets

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from certificates.lifecycle.history import LONGEST_AUTHORITY, LONGEST_REASON, Ground
from certificates.rules import Standing
from certificates.serials import LONGEST_INPUT, normalise
from certificates.words import STANDINGS
from training.core.forms import Form, long_text, text

KEY_LENGTH = 32
MOST_AT_ONCE = 50
LONGEST_LIST = 2000
BETWEEN = re.compile(r"[\n,;，、；]")


class GroundForm(Form):
    """Why something is done to a certificate, and on whose authority; `key` makes what is sent twice happen once."""

    reason = long_text(_l("Reason"), maximum=LONGEST_REASON)
    authority = text(
        _l("On whose authority"),
        maximum=LONGEST_AUTHORITY,
        required=False,
        description=_l("For example the number of a decision. Left empty: the training base that issued it."),
    )
    key = HiddenField()

    def ground(self) -> Ground:
        """What was typed; a key that is none of ours is left out."""
        key = str(self.key.data or "")
        sound = key.isascii() and key.isalnum() and len(key) == KEY_LENGTH
        return Ground(self.reason.data or "", self.authority.data or "", key if sound else None)


class SeveralForm(GroundForm):
    """The same for several certificates at once."""

    numbers = long_text(
        _l("Certificate numbers"),
        maximum=LONGEST_LIST,
        description=_l("One a line, at most %(most)s, as they stand in the list of the batch.", most=MOST_AT_ONCE),
    )

    def chosen(self) -> list[str]:
        """The numbers in their canonical form, each once; what is none stays as it was typed."""
        typed = (one.strip() for one in BETWEEN.split(self.numbers.data or ""))
        return list(dict.fromkeys(normalise(one) or one for one in typed if one))


class SuspendForm(GroundForm):
    """The same, and until when the suspension is expected to last."""

    until = DateField(
        _l("A decision is expected by"), validators=[Optional()], description=_l("Leave it empty if that is not known.")
    )


def new_key() -> str:
    """A key for a form that is opened."""
    return secrets.token_hex(KEY_LENGTH // 2)


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
    """The number on the paper. It is sent by GET: the address can be passed on."""

    class Meta:
        """A question changes nothing."""

        csrf = False

    number = text(_l("Certificate number"), maximum=LONGEST_INPUT)
