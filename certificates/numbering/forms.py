"""The forms of local numbers."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from certificates.numbering.rules import LONGEST_PATTERN
from certificates.numbering.services import LONGEST_REASON
from training.core.forms import Form, long_text, text
from training.core.i18n import local
from training.core.scopes import Scope


class SchemeForm(Form):
    """How certificates of a place are numbered."""

    scope_id = SelectField(_l("Applies to"), coerce=int)
    pattern = text(_l("Pattern of the numbers"), maximum=LONGEST_PATTERN)

    def offer(self, places: Sequence[Scope]) -> None:
        """Set the places to choose from."""
        self.scope_id.choices = [SelectChoice(one.id, local(one, "name")) for one in places]


class VoidForm(Form):
    """Why the next number is void."""

    reason = long_text(_l("Reason"), maximum=LONGEST_REASON)
