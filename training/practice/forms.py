"""Forms of practice: hours, logbook, postings, plans, checklists."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from training.accounts.models import Profession
from training.accounts.services import PersonData
from training.core.forms import Form, SeenVersion, long_text, text
from training.practice import words
from training.practice.kinds import hours
from training.practice.models import Setting, Situation
from training.practice.rules import LONGEST_LINE
from training.practice.scoring import CheckItem
from training.practice.services.hours import LineData
from training.practice.services.logbook import EntryData, NamesSomebody
from training.practice.services.plans import Checklist, Hours, Titles
from training.practice.services.postings import PostingData

FILL = _l("Fill this in.")


def _choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


def _key() -> str:
    return secrets.token_hex(16)


def once() -> HiddenField:
    """A key made with the form, so that what is sent twice is written once."""
    return HiddenField(_l("Key of the form"), default=_key, validators=[InputRequired(FILL), Length(min=16, max=64)])


class LineForm(Form):
    """Hours worked on one day."""

    key = once()
    worked_on = DateField(_l("Day"), validators=[InputRequired(FILL)])
    halves = SelectField(_l("Hours"), coerce=int)
    what = text(_l("What was done"), maximum=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every half hour."""
        super().__init__(*args, **kwargs)
        self.halves.choices = [(one, hours(one)) for one in range(1, LONGEST_LINE + 1)]

    def line(self) -> LineData:
        """What was typed."""
        return LineData(self.worked_on.data, self.halves.data, self.what.data)


class ReasonForm(Form):
    """Why hours are returned or taken back."""

    reason = long_text(_l("Reason"), maximum=300)


class EntryForm(Form):
    """An entry of the logbook."""

    key = once()
    enrolment_id = SelectField(_l("Cohort"), coerce=int)
    month = SelectField(_l("Month"))
    setting = SelectField(_l("Setting"), choices=_choices(words.SETTINGS.items()))
    situation = SelectField(_l("Kind of situation"), choices=_choices(words.SITUATIONS.items()))
    did = long_text(_l("What I did"), maximum=2000)
    learnt = long_text(_l("What I learnt"), maximum=2000)
    confirmed = BooleanField(_l("What is marked as doubtful tells nobody who the patient is"))

    def entry(self) -> EntryData:
        """What was typed."""
        return EntryData(
            month=self.month.data,
            setting=Setting(self.setting.data),
            situation=Situation(self.situation.data),
            did=self.did.data,
            learnt=self.learnt.data,
        )

    def tell(self, error: NamesSomebody) -> None:
        """Put each finding beside its field."""
        self.form_errors.append(error.message)
        for name, one in error.found:
            field = self._fields[name]
            field.errors = [*field.errors, words.finding(field.label.text, one)]


class CommentForm(Form):
    """What a supervisor writes to an entry."""

    key = once()
    text = long_text(_l("Your comment"), maximum=1000)

    def tell(self, error: NamesSomebody) -> None:
        """Put each finding beside the field."""
        self.form_errors.append(error.message)
        self.text.errors = [words.finding(self.text.label.text, one) for _field, one in error.found]


class PostingForm(Form):
    """Trainees of a cohort assigned together: everybody, or those who are ticked."""

    everybody = BooleanField(_l("Everybody in this cohort"))
    people = SelectMultipleField(
        _l("Or only these trainees"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    rotation_id = SelectField(_l("Rotation plan"), coerce=int)
    setting = SelectField(_l("Setting"), choices=_choices(words.SETTINGS.items()))
    unit = text(_l("Ward or unit"), maximum=80)
    supervisor_id = SelectField(_l("Supervisor"), coerce=int)
    starts_on = DateField(_l("First day"), validators=[InputRequired(FILL)])
    ends_on = DateField(_l("Last day"), validators=[InputRequired(FILL)])

    def validate_people(self, _field: Field) -> None:
        """Somebody must be chosen, one way or the other."""
        if not self.chosen:
            raise ValidationError(_("Choose at least one trainee."))

    @property
    def chosen(self) -> list[int]:
        """The enrolments that are meant."""
        if self.everybody.data:
            return [int(value) for value, _name in self.people.choices or ()]
        return list(self.people.data or [])

    def posting(self) -> PostingData:
        """What is the same for all."""
        return PostingData(
            Setting(self.setting.data),
            self.unit.data,
            self.supervisor_id.data,
            self.starts_on.data,
            self.ends_on.data,
        )


def _hours(label: Any, least: int) -> IntegerField:
    fits = NumberRange(min=least, max=5000, message=_l("Give a whole number of hours up to 5000."))
    return IntegerField(label, validators=[InputRequired(_l("Give a whole number of hours up to 5000.")), fits])


class SupervisorForm(Form):
    """Who is to sign hours at a base."""

    base_id = SelectField(_l("Training base"), coerce=int)
    name = text(_l("Name"), maximum=80)
    mobile = text(_l("Mobile number"), maximum=20)
    profession = SelectField(_l("Profession"), validators=[InputRequired(_l("Choose one."))])

    def offer(self, bases: list[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.base_id.choices = bases
        self.profession.choices = [(one.value, one.label) for one in Profession]

    def person(self) -> PersonData:
        """What was typed of the person."""
        return PersonData(
            name=self.name.data or "", mobile=self.mobile.data or None, profession=Profession(self.profession.data)
        )


class PlanForm(Form):
    """What every practice plan has."""

    version = SeenVersion()
    scope_id = SelectField(_l("Belongs to"), coerce=int)
    title_zh = text(_l("Title, Chinese"), maximum=200)
    title_en = text(_l("Title, English"), maximum=200)
    class_hours = DecimalField(
        _l("Class hours"),
        default=Decimal(0),
        validators=[
            InputRequired(_l("Give the class hours as a number; 0 if there are none.")),
            NumberRange(min=0, max=2000, message=_l("Give the class hours as a number; 0 if there are none.")),
        ],
    )

    def titles(self) -> Titles:
        """The titles and class hours typed."""
        return Titles(self.title_zh.data, self.title_en.data, self.class_hours.data)


class RotationForm(PlanForm):
    """A rotation plan."""

    hours_all = _hours(_l("Hours in all"), 1)
    hours_ward = _hours(_l("of them on the ward"), 0)
    hours_outpatient = _hours(_l("of them in the outpatient clinic"), 0)
    hours_home = _hours(_l("of them on home visits"), 0)

    def content(self) -> Hours:
        """The hours typed."""
        return Hours(self.hours_all.data, self.hours_ward.data, self.hours_outpatient.data, self.hours_home.data)


class ChecklistForm(PlanForm):
    """A checklist; `checklist_form` adds the fields of its rows below."""

    rows = 0
    pass_percent = IntegerField(
        _l("Pass mark in per cent"),
        default=80,
        validators=[
            InputRequired(_l("Give a whole number from 1 to 100.")),
            NumberRange(min=1, max=100, message=_l("Give a whole number from 1 to 100.")),
        ],
    )

    def content(self) -> Checklist:
        """The items typed, without empty rows; a group is carried on from the row above."""
        items: list[CheckItem] = []
        group = ("", "")
        for number in range(1, self.rows + 1):
            value = {name: self._fields[f"{name}_{number}"].data or "" for name in ROW_TEXTS}
            group = (value["group_zh"] or group[0], value["group_en"] or group[1])
            if value["text_zh"] or value["text_en"]:
                items.append(
                    CheckItem(
                        key=f"i{len(items) + 1}",
                        text_zh=value["text_zh"],
                        text_en=value["text_en"],
                        scale=self._fields[f"scale_{number}"].data,
                        critical=self._fields[f"critical_{number}"].data,
                        group_zh=group[0],
                        group_en=group[1],
                    )
                )
        return Checklist(items, self.pass_percent.data)


ROW_TEXTS = ("group_zh", "group_en", "text_zh", "text_en")


def checklist_form(rows: int, **values: Any) -> ChecklistForm:
    """The form of a checklist with that many rows."""
    fields: dict[str, Any] = {"rows": rows}
    for number in range(1, rows + 1):
        fields |= {
            f"group_zh_{number}": text(_l("Group, Chinese"), maximum=60, required=False),
            f"group_en_{number}": text(_l("Group, English"), maximum=60, required=False),
            f"text_zh_{number}": text(_l("Item, Chinese"), maximum=200, required=False),
            f"text_en_{number}": text(_l("Item, English"), maximum=200, required=False),
            f"scale_{number}": SelectField(
                _l("Marked by"),
                choices=_choices([("done", _l("done or not done")), ("points", _l("0, 1 or 2 points"))]),
            ),
            f"critical_{number}": BooleanField(_l("Critical: failing it fails the assessment")),
        }
    made: ChecklistForm = type("ChecklistWithRows", (ChecklistForm,), fields)(**values)
    return made


class AssessForm(Form):
    """A checklist to fill in; `assess_form` adds a field for each item."""

    key = once()
    version = SeenVersion()
    advice = long_text(
        _l("What to practise, and what went well"), maximum=1000, required=False, validators=[Optional()]
    )

    def marks(self, items: Sequence[CheckItem]) -> dict[str, int]:
        """The mark of each item."""
        return {one.key: int(self._fields[f"mark_{one.key}"].data) for one in items}


def assess_form(items: Sequence[CheckItem], labels: Sequence[str], **values: Any) -> AssessForm:
    """The form of a checklist's items; `labels` are their texts in the present language."""
    done = [("1", _("Carried out")), ("0", _("Not carried out"))]
    points = [("2", _("2 · fully")), ("1", _("1 · partly")), ("0", _("0 · not"))]
    critical = _("critical")
    fields: dict[str, Any] = {}
    for one, label in zip(items, labels, strict=True):
        shown = f"{label} · {critical}" if one.critical else label
        fields[f"mark_{one.key}"] = RadioField(
            shown,
            choices=_choices(done if one.scale == "done" else points),
            validators=[InputRequired(_l("Mark this item."))],
        )
    made: AssessForm = type("ChecklistToFill", (AssessForm,), fields)(**values)
    return made
