"""What somebody wants to rule: about an item, or about the pass mark."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from question_bank.models import ItemVersion
from question_bank.regrading import words
from question_bank.regrading.rules import Ruled
from question_bank.regrading.services import Wish
from training.core.forms import Form, long_text

LONGEST_REASON = 500
READ_BY_ALL = _l("Everybody whose result changes reads it, and whoever looks this up in years to come.")


class ItemRulingForm(Form):
    """A ruling on an item as it stood in one version."""

    kind = RadioField(
        _l("What is to be done"),
        choices=[SelectChoice(one.value, words.KINDS[one]) for one in Ruled if one is not Ruled.PASS_MARK],
        default=Ruled.KEY.value,
    )
    by_version = SelectField(_l("Key of"), coerce=int)
    reason = long_text(_l("Reason"), maximum=LONGEST_REASON, description=READ_BY_ALL)

    def offer(self, versions: Sequence[ItemVersion], own: ItemVersion) -> None:
        """Fill the choice of versions; the newest that is another one comes first."""
        ordered = sorted(versions, key=lambda one: one.id == own.id)
        self.by_version.choices = [
            SelectChoice(
                one.id,
                _("version %(version)s, its own key", version=one.version)
                if one.id == own.id
                else _("version %(version)s, approved", version=one.version),
            )
            for one in ordered
        ]

    def wish(self, own: ItemVersion) -> Wish:
        """What was chosen."""
        kind = Ruled(self.kind.data)
        by = self.by_version.data if kind is Ruled.KEY else None
        return Wish(kind, self.reason.data or "", item_version_id=own.id, by_version_id=by)


class PassMarkForm(Form):
    """A ruling on the pass mark of a quiz."""

    pass_percent = IntegerField(
        _l("Points of 100 to pass"),
        [Optional(), NumberRange(1, 100, message=_l("A whole number from %(min)s to %(max)s."))],
        description=_l("Left empty: what each version of the quiz says itself."),
    )
    reason = long_text(_l("Reason"), maximum=LONGEST_REASON, description=READ_BY_ALL)

    def wish(self) -> Wish:
        """What was chosen."""
        return Wish(Ruled.PASS_MARK, self.reason.data or "", pass_percent=self.pass_percent.data)
