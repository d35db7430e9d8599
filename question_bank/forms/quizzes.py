"""The form of a quiz: its rules, and a place and points for each item that may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from question_bank.blueprints import forms as blueprints
from question_bank.blueprints.rules import Blueprint
from question_bank.forms.items import Complaint, complaints_in
from question_bank.models import Item
from question_bank.queries.categories import Branch
from question_bank.services.quizzes import Rules, Titles
from training.core.forms import Form, SeenVersion, text

TOLERANCE = Rules.tolerance


def _number(label: Any, smallest: int, largest: int, **options: Any) -> IntegerField:
    fits = NumberRange(smallest, largest, message=_l("A whole number from %(min)s to %(max)s."))
    return IntegerField(label, validators=[InputRequired(_l("Fill this in.")), fits], **options)


class QuizForm(Form):
    """Title and rules, sections and draws; `form_for` adds `order_`, `points_` and `section_<id>` for each item."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    version = SeenVersion()
    title_zh = text(_l("Title, Chinese"), maximum=200)
    title_en = text(_l("Title, English"), maximum=200)
    time_limit_minutes = _number(_l("Time in minutes"), 1, 600, default=20)
    pass_percent = _number(_l("Points of 100 to pass"), 1, 100, default=60)
    attempts_allowed = _number(_l("Attempts, the first one included"), 1, 10, default=2)
    resit_wait_hours = _number(_l("Hours to wait before a resit"), 0, 8760, default=0)
    critical_limit = IntegerField(
        _l("Safety-critical errors that fail"),
        [Optional(), NumberRange(1, 20, message=_l("A whole number from %(min)s to %(max)s."))],
        description=_l("From so many on nobody passes, whatever the points. Empty: points alone decide."),
    )
    shuffle_items = BooleanField(_l("Each trainee gets the items in another order"), default=True)
    shuffle_options = BooleanField(_l("Each trainee gets the options in another order"), default=True)
    sections = blueprints.section_rows()
    draws = blueprints.draw_rows()

    items_per_page = IntegerField(
        _l("Items on a page"),
        validators=[Optional(), NumberRange(0, 100, message=_l("A whole number from %(min)s to %(max)s."))],
        description=_l("Empty: all on one page."),
    )
    supervised = BooleanField(
        _l("Supervised: it is sat in examinations alone, at a set time by those who are admitted"), default=False
    )
    markers = SelectField(
        _l("Written answers are marked by"),
        coerce=int,
        default=1,
        choices=[
            SelectChoice(1, _l("one person")),
            SelectChoice(2, _l("two people, neither of whom knows of the other’s mark")),
        ],
    )
    tolerance = IntegerField(
        _l("Percent that two marks may differ by"),
        [Optional(), NumberRange(0, 100, message=_l("A whole number from %(min)s to %(max)s."))],
        default=TOLERANCE,
        description=_l(
            "Of the points of the rubric. Up to this the mean of both counts; beyond it, and where they differ about a "
            "safety-critical error, a third person decides."
        ),
    )

    def offer(self, scopes: list[tuple[int, str]]) -> None:
        """Fill the choice of where a new quiz belongs."""
        self.scope_id.choices = [SelectChoice(value, label) for value, label in scopes]

    def offer_parts(self, tree: Sequence[Branch]) -> None:
        """Fill the choices of sections and of categories."""
        self.tree = tree
        placing = [field for name, field in self._fields.items() if name.startswith("section_")]
        blueprints.offer(self.sections, self.draws, placing, tree)

    def grow(self, name: str) -> None:
        """One more row in the list of that name, if there is one."""
        if name in {"sections", "draws"}:
            self._fields[name].grow()
            self.offer_parts(self.tree)

    def draws_written(self) -> list[int]:
        """The places of the rows that say what to draw, as the page counts them."""
        return [place for place, entry in enumerate(self.draws.entries, start=1) if not entry.form.is_blank]

    @property
    def is_plain(self) -> bool:
        """Whether nothing is said of sections and draws, so that they are folded away."""
        return not (self.sections.entries or self.draws.entries)

    @property
    def has_exam_rules(self) -> bool:
        """Whether a rule of examinations is set, or typed wrongly."""
        rules = (self.supervised, self.critical_limit, self.items_per_page)
        return any(one.data or one.errors for one in rules) or self.markers.data != 1 or bool(self.tolerance.errors)

    def complaints(self) -> list[Complaint]:
        """Everything that is wrong, in the order of the page, each with its place."""
        return [Complaint("", "", str(one)) for one in self.form_errors] + list(complaints_in(self))

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
            critical_limit=self.critical_limit.data,
            markers=self.markers.data,
            tolerance=TOLERANCE if self.tolerance.data is None else self.tolerance.data,
        )

    def chosen(self, items: Sequence[Item]) -> list[tuple[Item, int]]:
        """The items that were given a place, section by section in order, each with its points."""
        plan = self.blueprint(items)
        placed = [((plan.section_of(one.id), self._place_of(one)), one) for one in self._placed(items)]
        placed.sort(key=lambda pair: pair[0])
        return [(one, self._fields[f"points_{one.id}"].data or 1) for _place, one in placed]

    def blueprint(self, items: Sequence[Item]) -> Blueprint:
        """Sections and draws as typed, and the sections of the items that were given a place."""
        placed = {one.id: self._fields[f"section_{one.id}"].data for one in self._placed(items)}
        return blueprints.blueprint(self.sections, self.draws, placed)

    def _place_of(self, item: Item) -> int:
        return self._fields[f"order_{item.id}"].data or 0

    def _placed(self, items: Sequence[Item]) -> list[Item]:
        return [one for one in items if self._place_of(one)]

    def require_distinct_places(self, items: Sequence[Item]) -> bool:
        """Tell where two items of a section have one place; returns whether all differ."""
        plan = self.blueprint(items)
        seen: dict[tuple[int, int], Item] = {}
        for one in self._placed(items):
            other = seen.setdefault((plan.section_of(one.id), self._place_of(one)), one)
            if other is not one:
                errors = [_("Item %(code)s has this place too; give another.", code=other.code)]
                self._fields[f"order_{one.id}"].errors = errors
        return not any(self._fields[f"order_{one.id}"].errors for one in items)


def form_for(items: Sequence[Item], **values: Any) -> QuizForm:
    """The form with fields for those items, filled from the request, else from `values`."""
    fields: dict[str, Any] = {}
    place = NumberRange(1, 999, message=_l("A whole number from %(min)s to %(max)s."))
    points = NumberRange(1, 100, message=_l("A whole number from %(min)s to %(max)s."))
    for one in items:
        fields[f"order_{one.id}"] = IntegerField(_l("Place of %(code)s", code=one.code), [Optional(), place])
        fields[f"points_{one.id}"] = IntegerField(_l("Points of %(code)s", code=one.code), [Optional(), points])
        fields[f"section_{one.id}"] = blueprints.section_choice(_l("Section of %(code)s", code=one.code))
    made = cast("type[QuizForm]", type("QuizFormWithItems", (QuizForm,), fields))
    return made(data=values)
