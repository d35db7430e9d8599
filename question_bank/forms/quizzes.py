"""The form of a quiz: its rules, and a place and points for each item that may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from question_bank.models import Item
from question_bank.services.quizzes import Rules, Titles
from training.core.forms import Form, SeenVersion, text


def _number(label: Any, smallest: int, largest: int, **options: Any) -> IntegerField:
    fits = NumberRange(smallest, largest, message=_l("A whole number from %(min)s to %(max)s."))
    return IntegerField(label, validators=[InputRequired(_l("Fill this in.")), fits], **options)


class QuizForm(Form):
    """Title and rules; `form_for` adds `order_<id>` and `points_<id>` for each item."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    version = SeenVersion()
    title_zh = text(_l("Title, Chinese"), maximum=200)
    title_en = text(_l("Title, English"), maximum=200)
    time_limit_minutes = _number(_l("Time in minutes"), 1, 600, default=20)
    pass_percent = _number(_l("Points of 100 to pass"), 1, 100, default=60)
    attempts_allowed = _number(_l("Attempts, the first one included"), 1, 10, default=2)
    resit_wait_hours = _number(_l("Hours to wait before a resit"), 0, 8760, default=0)
    shuffle_items = BooleanField(_l("Each trainee gets the items in another order"), default=True)
    shuffle_options = BooleanField(_l("Each trainee gets the options in another order"), default=True)

    items_per_page = IntegerField(
        _l("Items on a page"),
        validators=[Optional(), NumberRange(0, 100, message=_l("A whole number from %(min)s to %(max)s."))],
        description=_l("Empty: all on one page."),
    )
    supervised = BooleanField(
        _l("Supervised: it is sat in examinations alone, at a set time by those who are admitted"), default=False
    )

    def offer(self, scopes: list[tuple[int, str]]) -> None:
        """Fill the choice of where a new quiz belongs."""
        self.scope_id.choices = [SelectChoice(value, label) for value, label in scopes]

    def titles(self) -> Titles:
        """The titles as typed."""
        return Titles(zh=self.title_zh.data, en=self.title_en.data)

    def rules(self) -> Rules:
        """The rules as typed."""
        return Rules(
            time_limit_minutes=self.time_limit_minutes.data,
            pass_percent=self.pass_percent.data,
            attempts_allowed=self.attempts_allowed.data,
            resit_wait_hours=self.resit_wait_hours.data,
            shuffle_items=self.shuffle_items.data,
            shuffle_options=self.shuffle_options.data,
            items_per_page=self.items_per_page.data or 0,
            supervised=self.supervised.data,
        )

    def chosen(self, items: Sequence[Item]) -> list[tuple[Item, int]]:
        """The items that were given a place, in order, each with its points."""
        placed = [(self._fields[f"order_{one.id}"].data, one) for one in items]
        placed = sorted(((place, one) for place, one in placed if place), key=lambda pair: pair[0])
        return [(one, self._fields[f"points_{one.id}"].data or 1) for _place, one in placed]

    def require_distinct_places(self, items: Sequence[Item]) -> bool:
        """Tell where two items have one place; returns whether all differ."""
        seen: dict[int, Item] = {}
        for one in items:
            field = self._fields[f"order_{one.id}"]
            other = seen.get(field.data) if field.data else None
            if other is not None:
                field.errors = [_("Item %(code)s has this place too; give another.", code=other.code)]
            elif field.data:
                seen[field.data] = one
        return not any(self._fields[f"order_{one.id}"].errors for one in items)


def form_for(items: Sequence[Item], **values: Any) -> QuizForm:
    """The form with fields for those items, filled from the request, else from `values`."""
    fields: dict[str, Any] = {}
    place = NumberRange(1, 999, message=_l("A whole number from %(min)s to %(max)s."))
    points = NumberRange(1, 100, message=_l("A whole number from %(min)s to %(max)s."))
    for one in items:
        fields[f"order_{one.id}"] = IntegerField(_l("Place of %(code)s", code=one.code), [Optional(), place])
        fields[f"points_{one.id}"] = IntegerField(_l("Points of %(code)s", code=one.code), [Optional(), points])
    made = cast("type[QuizForm]", type("QuizFormWithItems", (QuizForm,), fields))
    return made(data=values)
