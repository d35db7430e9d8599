"""What forms of items are nested from: texts in both languages, lists that grow, lists typed in one field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from question_bank.item_types import LANGUAGES
from training.core.forms import Form, PrintableText, clean, long_text

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
NUMBERS = tuple(str(number) for number in range(1, 100))
LONGEST_LIST = 4000
ROOM = 200  # rows that a form holds, however many its button adds: what came from elsewhere is shown whole
BESIDE = frozenset({"id", "shape"})  # what a row has before anybody writes into it


def is_filled(value: object) -> bool:
    """Whether anything was written: ticks, ids and the kind of a shape alone do not count."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return any(is_filled(inner) for name, inner in value.items() if name not in BESIDE)
    if isinstance(value, list | tuple):
        return any(is_filled(inner) for inner in value)
    return value is not None and not isinstance(value, bool)


class Row(Form):
    """A part of an item as a form. Its fields are named as in the body, so that `body` needs no table.

    `apart` are fields that stand elsewhere in the body, `optional` those left out of it while they are empty.
    """

    class Meta:
        """The form around it carries the token."""

        csrf = False

    apart: ClassVar[frozenset[str]] = frozenset()
    optional: ClassVar[frozenset[str]] = frozenset({"explanation", "release", "weight", "case"})

    def body(self) -> dict[str, Any]:
        """This part of the item's body as typed."""
        found = {name: body_of(one) for name, one in self._fields.items() if name not in self.apart}
        return {
            name: value
            for name, value in found.items()
            if name not in self.optional or value is True or is_filled(value)
        }

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written into it, so that it is left out."""
        return not is_filled(self.data)


class Rows(FieldList):
    """A list of rows that grows by a button; rows left empty are dropped.

    `entry` names a row by `%(name)s`: its letter, or its number. `ids` are given to rows that have none.
    """

    def __init__(
        self,
        row: type[Row],
        label: Any = None,
        *,
        entry: Any,
        add: Any = "",
        shown: int = 1,
        most: int = 12,
        ids: Sequence[str] = (),
        names: Sequence[Any] = (),
        numbered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(FormField(row), label, min_entries=shown, max_entries=max(most, ROOM), **options)
        self.most = most
        self.entry, self.add, self.ids, self.names = entry, add, ids, names
        self.lettered = ids == LETTERS and not numbered
        self.complaints: list[str] = []

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the rows and give each its id."""
        super().process(formdata, data, extra_filters)
        self._identify()

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """The numbers of the rows that were sent; WTForms takes digits that `int` does not."""
        start = f"{prefix}-"
        for name in formdata:
            number = name.removeprefix(start).partition("-")[0] if name.startswith(start) else ""
            if number.isascii() and number.isdecimal() and len(number) < 6:
                yield int(number)

    def grow(self) -> None:
        """One more row, unless there are as many as may be."""
        if self.may_grow:
            self.append_entry()
            self._identify()

    @property
    def may_grow(self) -> bool:
        """Whether another row may be added."""
        return bool(self.add) and len(self.entries) < self.most

    @property
    def next_id(self) -> str:
        """Where the row will stand that the button adds."""
        return f"{self.id}-{self.last_index + 1}"

    def _identify(self) -> None:
        taken = {one.form.id.data for one in self.entries} if self.ids else set()
        free = (one for one in self.ids if one not in taken)
        for one in self.entries if self.ids else ():
            one.form.id.data = one.form.id.data or next(free, "")

    def name_of(self, place: int) -> str:
        """What the row at that place is called: "Option C"."""
        if self.names:
            return str(self.names[place])
        name = chr(ord("A") + place) if self.lettered else str(place + 1)
        return str(self.entry) % {"name": name}

    @property
    def written(self) -> list[Row]:
        """The rows into which something was written."""
        return [one.form for one in self.entries if not one.form.is_blank]

    def body(self) -> list[dict[str, Any]]:
        """The list as the body has it."""
        return [one.body() for one in self.written]

    def find(self, option: str) -> Row | None:
        """The row of that id, else the one of that number among those that are written."""
        named: Row | None = next((one.form for one in self.entries if self.ids and one.form.id.data == option), None)
        if named is not None:
            return named
        place = int(option) - 1 if option.isdecimal() and len(option) < 4 else -1
        if 0 <= place < len(self.written):
            return self.written[place]
        return next((one for one in self.written if "name" in one and one.name.data == option), None)


def body_of(field: Field) -> Any:
    """What a field puts into the body."""
    if isinstance(field, Rows):
        return field.body()
    if isinstance(field, FormField):
        return {language: text or "" for language, text in field.data.items()}
    return "" if field.data is None else field.data


def rows_in(form: Form) -> Iterator[Rows]:
    """Every list of a form and of its rows."""
    for field in form:
        if isinstance(field, Rows):
            yield field
            for entry in field.entries:
                yield from rows_in(entry.form)


def languages_of(form: Form) -> list[str]:
    """The languages in which anything is written, Chinese where nothing is."""
    texts = [field.data for field in _pairs_in(form)]
    return [one for one in LANGUAGES if any(is_filled(text[one]) for text in texts)] or [LANGUAGES[0]]


def _pairs_in(form: Form) -> Iterator[FormField]:
    for field in form:
        if isinstance(field, FormField):
            yield field
        for entry in field.entries if isinstance(field, Rows) else ():
            yield from _pairs_in(entry.form)


@cache
def _pair(maximum: int, rows: int) -> type[Row]:
    class Pair(Row):
        """A text in both languages."""

        zh = long_text(_l("Chinese"), maximum=maximum, required=False, render_kw={"rows": rows})
        en = long_text(_l("English"), maximum=maximum, required=False, render_kw={"rows": rows})

    return Pair


def both(label: Any, maximum: int, *, rows: int = 2, description: Any = "") -> FormField:
    """A text in both languages; its fields are `<name>_zh` and `<name>_en`."""
    return FormField(_pair(maximum, rows), label, separator="_", description=description)


class Lines(TextAreaField):
    """A list of short texts, one a line."""

    separator = "\n"

    data: list[Any] | None

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, validators=[_Joined()], **{"render_kw": {"rows": 2}, **options})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Split what was typed."""
        if valuelist:
            typed = clean(valuelist[0]) or ""
            self.data = [one.strip() for one in self.split(typed) if one.strip()]

    def split(self, typed: str) -> list[str]:
        """The pieces of what was typed."""
        return typed.split("\n")

    def _value(self) -> str:
        return self.separator.join(str(one) for one in self.data or ())


class _Joined(PrintableText):
    """Texts of a list that are too long in all, or cannot be printed."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise for the first that cannot be printed."""
        texts = field.data
        joined = "\n".join(str(one) for one in texts or ())
        if len(joined) > LONGEST_LIST:
            raise StopValidation(_l("At most %(max)d characters; shorten the text.") % {"max": LONGEST_LIST})
        field.data = joined
        try:
            super().__call__(form, field)
        except StopValidation:
            field.data = field.data.split("\n")
            raise
        field.data = texts


class Listed(Lines):
    """A list of short texts in one line, with commas of either kind between them."""

    separator = ", "

    def __init__(self, label: Any = None, **options: Any) -> None:
        super().__init__(label, **options, render_kw={"rows": 1})

    def split(self, typed: str) -> list[str]:
        """The pieces of what was typed."""
        return typed.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")


class Places(Listed):
    """A list of whole numbers; what is none stays as it was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Numbers of what was typed."""
        super().process_formdata(valuelist)
        self.data = [whole(str(one)) for one in self.data or ()]


class Whole(StringField):
    """A whole number; what is none stays as it was typed, and the item's type says what is wrong with it."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A number of what was typed."""
        if valuelist:
            self.data = whole(clean(valuelist[0]) or "")

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


def whole(typed: str) -> int | str:
    """The number that was typed, or what was typed instead."""
    plain = typed.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 9 else plain[:40]


def hidden_id() -> HiddenField:
    """The id of a row, sent back unseen."""
    return HiddenField(filters=[lambda typed: (typed or "")[:40]])
