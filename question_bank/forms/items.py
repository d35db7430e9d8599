"""What the forms of all types of items have in common, and the way between a form and the item's body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as filled_by
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import Field, FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput

from question_bank import words
from question_bank.exchange.plain import picture_name
from question_bank.forms.named import Named
from question_bank.forms.rows import Row, Rows, Whole, both, is_filled, rows_in
from question_bank.item_types import Fault
from question_bank.item_types.about import MOST_PICTURES
from question_bank.item_types.texts import LONGEST
from training.core.forms import Form, SeenVersion, text

ABOUT = ("module", "competency", "level", "difficulty", "review_by")
LONGEST_PICTURE_NAME = 80
# Where the list is called otherwise than the part that a fault names.
LISTS = {"label": ("regions",), "alt": ("pictures",), "weight": ("options", "accepted", "answers")}


@dataclass(frozen=True)
class Complaint:
    """What is wrong, where in words, and the element to go to."""

    target: str
    place: str
    message: str


@dataclass
class Received:
    """The pictures of a sent form, kept already, as pairs of hash and file name; and why others were not."""

    files: list[tuple[str, str]] = filled_by(default_factory=list)
    refusals: list[str] = filled_by(default_factory=list)


class PictureRow(Row):
    """A picture that was sent: its name in the texts, and what is to be seen."""

    file = HiddenField(filters=[lambda typed: (typed or "")[:64]])
    name = text(_l("Name in the text"), maximum=LONGEST_PICTURE_NAME, required=False)
    alt = both(_l("What is to be seen"), 300, rows=1)

    @property
    def is_blank(self) -> bool:
        """A picture whose name was taken away is taken away."""
        return not is_filled(self.name.data)


class ItemForm(Row):
    """What every type of item has. Only the shape is checked here; `item_types` says what is missing, all at once."""

    class Meta:
        """This one carries the token."""

        csrf = True

    apart: ClassVar[frozenset[str]] = frozenset({"scope_id", "code", "version", "csrf_token", "sent", *ABOUT})
    optional: ClassVar[frozenset[str]] = Row.optional | {"source", "pictures", "critical"}
    first: ClassVar[tuple[str, ...]] = ("stem",)
    last: ClassVar[tuple[str, ...]] = ("explanation", "source")

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    code = text(_l("Item code"), maximum=40)
    version = SeenVersion()
    stem = both(_l("Stem"), LONGEST["stem"], rows=3)
    explanation = both(_l("Explanation"), LONGEST["explanation"], rows=3)
    source = text(_l("Source"), maximum=LONGEST["source"], required=False)
    module = Named(_l("Module"), "module")
    competency = Named(_l("Competency"), "competency")
    level = SelectField(
        _l("Cognitive level"),
        choices=[SelectChoice("", "—"), *(SelectChoice(name, label) for name, label in words.LEVEL_LABELS.items())],
        default="",
    )
    difficulty = SelectField(
        _l("Intended difficulty, 1 easy to 5 hard"),
        choices=[SelectChoice("", "—"), *(SelectChoice(str(one), str(one)) for one in range(1, 6))],
        default="",
    )
    review_by = StringField(_l("Review by"), widget=DateInput(), filters=[lambda typed: (typed or "")[:20]])
    pictures = Rows(PictureRow, _l("Pictures"), entry=_l("Picture %(name)s"), shown=0, most=MOST_PICTURES)
    sent = MultipleFileField(_l("Add pictures"))

    def offer(self, scopes: list[tuple[int, str]]) -> None:
        """Fill the choice of whose bank a new item joins."""
        self.scope_id.choices = [SelectChoice(value, label) for value, label in scopes]

    @property
    def own(self) -> list[Field]:
        """The fields that this type alone has, in order."""
        common = {*self.apart, *self.first, *self.last, "pictures", "critical"}
        return [one for one in self if one.short_name not in common]

    def body(self) -> dict[str, Any]:
        """The item's body as typed."""
        body = super().body()
        about = {name: self._fields[name].data for name in ABOUT if is_filled(self._fields[name].data)}
        if str(about.get("difficulty", "")).isdecimal():
            about["difficulty"] = int(about["difficulty"])
        if about:
            body["about"] = about
        critical = [*self.critical_answers()]
        return {**body, "critical": critical} if critical else body

    def critical_answers(self) -> Iterable[str]:
        """The answers marked as safety-critical; forms with such marks say which."""
        field = self._fields.get("critical")
        return field.data or () if field is not None else ()

    @classmethod
    def values_of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The data of the form from a body: what has the same name, and what the notes say."""
        about = body.get("about") or {}
        return {**body, **{name: str(about.get(name) or "") for name in ABOUT}}

    def grow(self, name: str) -> bool:
        """Add a row to the list of that name; whether there is such a list."""
        found = next((one for one in rows_in(self) if one.name == name), None)
        if found is not None:
            found.grow()
            self.settle()
        return found is not None

    def take(self, received: Received) -> bool:
        """Give each picture that came a row with a name, and tell why others were not taken; whether all were."""
        refusals = [*received.refusals]
        for sha256, file_name in received.files:
            if len(self.pictures.entries) < MOST_PICTURES:
                self.pictures.append_entry({"file": sha256, "name": self._free_name(picture_name(file_name))})
            else:
                refusals.append(_("An item has at most %(max)s pictures; take one out first.", max=MOST_PICTURES))
        if received.files:
            self.settle()
        self.sent.errors = refusals
        return not refusals

    def _free_name(self, name: str) -> str:
        taken, number, free = {one.form.name.data for one in self.pictures.entries}, 1, name
        while free in taken:
            number += 1
            free = f"{number}-{name}"[:LONGEST_PICTURE_NAME]
        return free

    def drop(self, name: str) -> None:
        """Take out the picture whose row has that name."""
        self.pictures.entries = [one for one in self.pictures.entries if one.name != name]
        self.settle()

    def settle(self) -> None:
        """Bring fields that offer what other rows hold up to them."""

    def tell(self, faults: Iterable[Fault]) -> None:
        """Put each fault beside its field; a field that has an error already keeps that one."""
        for fault in faults:
            row, field = self._place_of(fault)
            told = words.reason(_in_letters(row, fault))
            if field is None:
                self.form_errors.append(words.sentence(fault))
            elif isinstance(field, Rows):
                field.complaints.append(told)
            elif not field.errors:
                field.errors = [told]

    def _place_of(self, fault: Fault) -> tuple[Row, Field | None]:
        """The list's owner and the field that a fault belongs to."""
        form: Row = self
        if fault.of and "parts" in self:
            form = self.parts.find(fault.of) or self
        elif fault.of and "blanks" in self:
            form = self.blanks.find(fault.of) or self
        row = _row_of(form, fault) if fault.option else None
        name = {"key": "options"}.get(fault.part, fault.part) if fault.part not in form else fault.part
        field = _field_in(row, fault) if row is not None else form._fields.get(name)
        if isinstance(field, FormField):
            field = field.form[fault.language or "zh"]
        return form, field

    @property
    def is_failed(self) -> bool:
        """Whether anything is wrong with it."""
        return bool(self.complaints())

    @property
    def is_about_open(self) -> bool:
        """Whether the notes on the item are shown at once: there is something in them, or something wrong."""
        return any(self[name].data or self[name].errors for name in ABOUT)

    def complaints(self) -> list[Complaint]:
        """Everything that is wrong, in the order of the page, each with its place."""
        return [Complaint("", "", str(one)) for one in self.form_errors] + list(complaints_in(self))


def _row_of(form: Row, fault: Fault) -> Row | None:
    """The row that a fault names, in the list that it most likely means."""
    lists = {name: one for name, one in form._fields.items() if isinstance(one, Rows)}
    meant = [name for name in LISTS.get(fault.part, (fault.part, "options")) if name in lists]
    for name in [*meant, *(one for one in lists if one not in meant)]:
        found = lists[name].find(fault.option or "")
        if found is not None:
            return found
    return None


def _field_in(row: Row, fault: Fault) -> Field | None:
    """The field of that name in a row, else the row's first one that is seen."""
    if fault.part in row:
        return row[fault.part]
    return next((one for one in row if one.type != "HiddenField"), None)


def _in_letters(form: Row, fault: Fault) -> Fault:
    """The same fault, the option that it compares with named by its letter on the page."""
    if fault.code != "same_text" or "options" not in form:
        return fault
    ids = [one.form.id.data for one in form.options.entries]
    return replace(fault, figure=chr(ord("A") + ids.index(fault.figure))) if fault.figure in ids else fault


def complaints_in(form: Form, trail: Sequence[str] = ()) -> Iterator[Complaint]:
    """Everything that is wrong with a form and the rows of its lists, in the order of the page."""
    for field in form:
        label = str(field.label.text) if field.label and field.label.text else ""
        here = (*trail, label) if label and field.name != "csrf_token" else (*trail,)
        if isinstance(field, Rows):
            yield from (Complaint(f"{field.id}-list", " · ".join(here), one) for one in field.complaints)
            for place, entry in enumerate(field.entries):
                yield from complaints_in(entry.form, (*trail, field.name_of(place)))
        elif isinstance(field, FormField):
            yield from complaints_in(field.form, here)
        else:
            target = f"{field.id}-0" if hasattr(field.widget, "html_tag") else field.id
            yield from (Complaint(target, " · ".join(here), str(one)) for one in field.errors)


def whole_number(label: Any, **options: Any) -> Whole:
    """A field for a whole number."""
    return Whole(label, render_kw={"inputmode": "numeric", "autocomplete": "off"}, **options)
