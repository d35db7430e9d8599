"""What the pages of a roster send: the file, what each column holds, a new institution."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from training.accounts import id_numbers
from training.accounts.models import Profession
from training.core import i18n
from training.core.errors import DomainError, Invalid
from training.core.forms import Form, text
from training.core.sheets import LARGEST_FILE
from training.places.models import Institution
from training.programmes.roster import columns
from training.programmes.roster.columns import IGNORED, Field
from training.programmes.roster.contents import Choices, Content
from training.programmes.roster.words import FIELDS, visible

MOST_WORDS = 20
LONGEST_NUMBER = 10  # a word for a place that holds more digits than this is no place: nothing of it is kept


class RosterForm(Form):
    """The file of a roster."""

    file = FileField(_l("The list, as .xlsx or CSV"))


class InstitutionForm(Form):
    """An institution that is not known yet."""

    name_zh = text(_l("Name in Chinese"), maximum=200)
    name_en = text(_l("Name in English"), maximum=200)


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, and what was read from it; `refused` says why it could not be."""

    name: str
    data: bytes
    content: Content | None
    refused: DomainError | None = None


def uploaded() -> tuple[str, bytes]:
    """The name and the bytes of the file that a request carries; raises `Invalid` for none, and for too large a one."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(_("Choose the file with the list first."))
    data = sent.stream.read(LARGEST_FILE + 1)
    name = PurePath(sent.filename.replace("\\", "/")).name
    printable = PurePath("".join(one if one.isprintable() else " " for one in name))
    return f"{printable.stem[:180]}{printable.suffix[:12]}", data


@dataclass(frozen=True)
class ColumnView:
    """A column as its select shows it."""

    place: int
    head: str
    examples: Sequence[str]
    chosen: str


@dataclass(frozen=True)
class WordView:
    """A word for a place that is not known, with the institutions it may mean."""

    key: str
    text: str
    near: Sequence[Institution]
    chosen: int | None


def column_views(content: Content, choices: Choices) -> list[ColumnView]:
    """The columns that hold or head anything."""
    made = []
    for place, head in enumerate(content.head.cells):
        examples = [_told(text) for text in content.examples(place)]
        if head or examples:
            made.append(ColumnView(place, visible(head), examples, choices.columns[place]))
    return made


def _told(example: str) -> str:
    """An example as the page shows it: an identity number is masked."""
    number = id_numbers.normalise(example)
    return id_numbers.masked(number) if len(number) >= 15 and number[:-1].isdigit() else visible(example)


def options() -> list[tuple[str, str]]:
    """What a column may hold."""
    return [(IGNORED, _("Leave it out")), *((name.value, str(label)) for name, label in FIELDS.items())]


def professions() -> list[tuple[str, str]]:
    """The professions by name."""
    return [(one.value, one.label) for one in Profession]


def unknown_words(
    content: Content, choices: Choices, by_word: Mapping[str, int], everywhere: Sequence[Institution]
) -> list[WordView]:
    """The words for places that no institution's own name is, each with the names it is like."""
    by_name = {name: one for one in everywhere for name in (one.name_zh, one.name_en)}
    made = []
    for word, shown in content.texts(choices.place_of(Field.INSTITUTION)).items():
        if word in by_word or sum(one.isdigit() for one in word) > LONGEST_NUMBER:
            continue
        likely = dict.fromkeys(by_name[name].id for name in columns.near(shown, list(by_name)))
        near = [next(one for one in everywhere if one.id == number) for number in likely]
        made.append(WordView(word_key(word), visible(shown[:80]), near, choices.institutions.get(word)))
        if len(made) == MOST_WORDS:
            break
    return made


def word_key(word: str) -> str:
    """What a word is called in the form: the word itself may be long and hold anything."""
    return hashlib.sha256(word.encode()).hexdigest()[:16]


def chosen(content: Content, before: Choices, known: Sequence[Institution]) -> Choices:
    """What the page of the columns sent; raises `Invalid` when a field is in two columns, or the name in none."""
    sent = request.form
    fields = {one.value for one in Field}
    picked = [sent.get(f"column-{place}", before.columns[place]) for place in range(len(content.head.cells))]
    mapping = tuple(one if one in fields else IGNORED for one in picked)
    for name in Field:
        if mapping.count(name.value) > 1:
            raise Invalid(
                _("Two columns are said to hold the same: %(field)s. Leave one of them out.", field=FIELDS[name])
            )
    if Field.NAME.value not in mapping:
        raise Invalid(_("No column holds the name. Choose the one that does."))
    ids = {one.id for one in known}
    made = Choices(mapping, {}, _profession(sent.get("profession", "")), _one_of(sent.get("institution", ""), ids))
    words = content.texts(made.place_of(Field.INSTITUTION))
    meant = {word: _one_of(sent.get(f"word-{word_key(word)}", ""), ids) for word in words}
    kept = {word: one or before.institutions.get(word) for word, one in meant.items()}
    emptied = {word for word in words if sent.get(f"word-{word_key(word)}") == ""}
    places = {word: one for word, one in kept.items() if one and word not in emptied}
    return Choices(mapping, places, made.profession, made.institution_id)


def _profession(text_sent: str) -> str | None:
    return text_sent if text_sent in {one.value for one in Profession} else None


def _one_of(text_sent: str, ids: set[int]) -> int | None:
    number = int(text_sent) if text_sent.isascii() and text_sent.isdigit() and len(text_sent) < 19 else 0
    return number if number in ids else None


def named(institutions: Sequence[Institution]) -> list[tuple[int, str]]:
    """Institutions for a select."""
    return [(one.id, i18n.local(one, "name")) for one in institutions]


def asked_before(words: Sequence[WordView], sent: Mapping[str, Any]) -> bool:
    """Whether the page that was sent had asked for every word."""
    return all(f"word-{one.key}" in sent for one in words)
