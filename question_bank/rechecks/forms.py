"""The forms of a request and of its answer."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from question_bank.rechecks.models import LONGEST_WORDS
from question_bank.rechecks.services import Wish
from training.core.forms import Form, long_text


class AskForm(Form):
    """Which items are to be checked, and why."""

    positions = SelectMultipleField(
        _l("Which items"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Tick none to have the whole paper checked."),
    )
    reason = long_text(_l("What seems wrong"), maximum=LONGEST_WORDS)

    def offer(self, items: Sequence[tuple[int, str]]) -> None:
        """Fill the choice: number and name of each item."""
        self.positions.choices = [SelectChoice(number, name) for number, name in items]

    def wish(self) -> Wish:
        """What was typed."""
        return Wish(self.positions.data or [], self.reason.data or "")


class AnswerForm(Form):
    """The words of the answer; `seen` is what it would come to, once that was looked at."""

    seen = HiddenField()
    words = long_text(_l("Answer to whoever asked"), maximum=LONGEST_WORDS)
