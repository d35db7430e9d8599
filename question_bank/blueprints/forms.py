"""Sections and draws as rows of the form of a quiz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from question_bank import item_types
from question_bank import words as bank
from question_bank.blueprints.rules import MOST_DRAWS, MOST_SECTIONS, Blueprint, Criteria, Draw, Section
from question_bank.blueprints.words import POLICY_LABELS
from question_bank.forms.named import Named
from question_bank.forms.rows import Row, Rows, is_filled
from question_bank.queries.categories import Branch
from training.core.forms import text

MOST_POINTS = 100


def _choice(label: Any, choices: dict[str, Any]) -> SelectField:
    any_of_them = SelectChoice("", _l("any"))
    return SelectField(label, choices=[any_of_them, *(SelectChoice(*one) for one in choices.items())], default="")


def _number(label: Any) -> IntegerField:
    fits = NumberRange(1, MOST_POINTS, message=_l("A whole number from %(min)s to %(max)s."))
    return IntegerField(label, [Optional(), fits], render_kw={"inputmode": "numeric", "autocomplete": "off"})


def section_choice(label: Any = None) -> SelectField:
    """The choice of a section; which there are is said by `offer_sections`, and judged when the quiz is saved."""
    return SelectField(label or _l("Section"), validate_choice=False, default="1", choices=[])


class SectionRow(Row):
    """A section: its title, and how it is scored."""

    title_zh = text(_l("Title, Chinese"), maximum=200, required=False)
    title_en = text(_l("Title, English"), maximum=200, required=False)
    policy = SelectField(
        _l("Scoring"), choices=[SelectChoice(key, label) for key, label in POLICY_LABELS.items()], default=""
    )

    def section(self, number: int) -> Section:
        """The section as typed; where a title is missing in one language, pages show that of the other."""
        return Section(number, self.title_zh.data or "", self.title_en.data or "", self.policy.data)


class DrawRow(Row):
    """How many items are drawn, and what they must be."""

    count = _number(_l("Items to draw"))
    points = _number(_l("Points each"))
    section = section_choice()
    type = _choice(_l("Type"), {one: bank.TYPE_LABELS[one] for one in item_types.names()})
    module = Named(_l("Module"), "module", nothing=_l("any"))
    competency = Named(_l("Competency"), "competency", nothing=_l("any"))
    level = _choice(_l("Cognitive level"), dict(bank.LEVEL_LABELS))
    difficulty_min = _choice(_l("Difficulty from"), {str(one): str(one) for one in range(1, 6)})
    difficulty_max = _choice(_l("Difficulty to"), {str(one): str(one) for one in range(1, 6)})
    category = _choice(_l("Category, with those below it"), {})
    tag = text(_l("Tag"), maximum=40, required=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing says what to draw, so that the row is left out."""
        return not any(is_filled(one.data) for name, one in self._fields.items() if name not in {"points", "section"})

    def validate(self, extra_validators: Any = None) -> bool:
        """A row that asks for something says how many."""
        if self.is_blank:
            return True
        sound: bool = super().validate(extra_validators)
        if self.count.data is None and not self.count.errors:
            self.count.errors = [_("Fill this in.")]
        return sound and not self.count.errors

    def draw(self, number: int, section: int) -> Draw:
        """The draw as typed."""
        wanted = Criteria(
            type=self.type.data,
            module=self.module.data or "",
            competency=self.competency.data or "",
            level=self.level.data,
            difficulty_min=int(self.difficulty_min.data) if self.difficulty_min.data else None,
            difficulty_max=int(self.difficulty_max.data) if self.difficulty_max.data else None,
            category_id=int(self.category.data) if self.category.data else None,
            tag=self.tag.data or "",
        )
        return Draw(number, section, self.count.data or 0, self.points.data or 1, wanted)


def section_rows() -> Rows:
    """The sections of a quiz; none of them is one section without a title."""
    return Rows(
        SectionRow,
        _l("Sections"),
        entry=_l("Section %(name)s"),
        add=_l("Add a section"),
        shown=0,
        most=MOST_SECTIONS,
        description=_l("A section without title and scoring is left out."),
    )


def draw_rows() -> Rows:
    """The draws of a quiz."""
    return Rows(
        DrawRow,
        _l("Draws"),
        entry=_l("Draw %(name)s"),
        add=_l("Add a draw"),
        shown=0,
        most=MOST_DRAWS,
        description=_l(
            "Each trainee gets items of their own: as many as a draw says, of the approved ones in the quiz's bank "
            "that are as it says. Of items that say nearly the same a paper has one at most. An empty draw is left out."
        ),
    )


def offer(sections: Rows, draws: Rows, placing: Sequence[SelectField], tree: Sequence[Branch]) -> None:
    """Fill the choices of sections, as they stand on the page, and of categories."""
    below = {str(one.category.id): "\u2003" * one.depth + one.category.name for one in tree}
    for entry in draws.entries:
        entry.form.category.choices = [SelectChoice("", _("any")), *(SelectChoice(*one) for one in below.items())]
    named = [
        SelectChoice(str(place), _("%(number)s %(title)s", number=place, title=_title(entry.form)).strip())
        for place, entry in enumerate(sections.entries, start=1)
    ]
    for field in (*placing, *(entry.form.section for entry in draws.entries)):
        field.choices = named or [SelectChoice("1", "1")]


def _title(row: Row) -> str:
    return str(row.title_zh.data or row.title_en.data or "")


def blueprint(sections: Rows, draws: Rows, placed: dict[int, str]) -> Blueprint:
    """The blueprint as typed; `placed` are the places of the sections of fixed items, as the form has them.

    A section that is left out leaves no gap in the numbers: what stood in it stands in none, which is told on saving.
    """
    written = [place for place, entry in enumerate(sections.entries, start=1) if not entry.form.is_blank]
    numbers = {str(place): number for number, place in enumerate(written, start=1)}
    found = tuple(sections.entries[place - 1].form.section(number) for number, place in enumerate(written, start=1))
    if not found:
        numbers = {str(place): 1 for place in range(1, MOST_SECTIONS + 1)}
    asked = [entry.form for entry in draws.entries if not entry.form.is_blank]
    drawn = tuple(
        row.draw(number, _number_of(numbers, row.section.data, len(found))) for number, row in enumerate(asked, 1)
    )
    items = {item: _number_of(numbers, place, len(found)) for item, place in placed.items()}
    return Blueprint(
        found or ((Section(1),) if drawn else ()), drawn, {item: one for item, one in items.items() if one != 1}
    )


def _number_of(numbers: dict[str, int], place: str | None, sections: int) -> int:
    """The number of a section by its place on the page; one that there is not where it was left out."""
    return numbers.get(place or "1", sections + 1)


def values_of(plan: Blueprint) -> dict[str, Any]:
    """What the rows show of a blueprint that there is."""
    sections = [
        {"title_zh": one.title_zh, "title_en": one.title_en, "policy": one.policy}
        for one in plan.sections
        if one != Section(1) or len(plan.sections) > 1
    ]
    return {"sections": sections, "draws": [_values_of(one) for one in plan.draws]}


def _values_of(draw: Draw) -> dict[str, Any]:
    wanted = draw.criteria
    return {
        "count": draw.count,
        "points": draw.points,
        "section": str(draw.section),
        "type": wanted.type,
        "module": wanted.module,
        "competency": wanted.competency,
        "level": wanted.level,
        "difficulty_min": str(wanted.difficulty_min or ""),
        "difficulty_max": str(wanted.difficulty_max or ""),
        "category": str(wanted.category_id or ""),
        "tag": wanted.tag,
    }
