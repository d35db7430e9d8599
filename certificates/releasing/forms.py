"""The forms about releases."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice

from certificates.releasing.models import Needs
from certificates.releasing.services import LONGEST_REASON
from certificates.releasing.words import NEEDS
from training.core.forms import Form, long_text
from training.core.i18n import local
from training.core.scopes import Scope


class RuleForm(Form):
    """Whom batches of a place need."""

    scope_id = SelectField(_l("Applies to"), coerce=int)
    needs = RadioField(_l("A batch is released by"), choices=[SelectChoice(one.value, NEEDS[one]) for one in Needs])

    def offer(self, places: Sequence[Scope]) -> None:
        """Set the places to choose from."""
        self.scope_id.choices = [SelectChoice(one.id, local(one, "name")) for one in places]


class SendBackForm(Form):
    """Why a batch goes back to its maker."""

    reason = long_text(_l("Reason"), maximum=LONGEST_REASON)
