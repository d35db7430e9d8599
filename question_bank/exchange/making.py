"""From entries to items: what every type has in common, and everything an author must mend told at its cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from question_bank import item_types, vocabulary, words
from question_bank.exchange import columns, spelling
from question_bank.exchange.entries import Entry, Text, filled
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import gettext as _
from question_bank.item_types import LANGUAGES, Fault

LONGEST_CATEGORY, LONGEST_TAG, LONGEST_KEY, LONGEST_CODE = 80, 40, 40, 40


class Making:
    """One item on its way from its entries: the first speaks for the whole, `parts` are those of a set."""

    def __init__(self, kind: str, entries: Sequence[Entry]) -> None:
        self.kind = kind
        self.entries = list(entries)
        self.parts: list[Entry] = []
        self.parsed = Parsed(
            where=self.head.table.place(self.entries[0].row, self.entries[-1].row),
            original_type=self.first("type") or kind,
        )
        self.part_ids: list[str] = []

    @property
    def head(self) -> Entry:
        """The entry that speaks for the whole."""
        return self.entries[0]

    def first(self, name: str) -> str:
        """The first entry's word on what counts for the whole item."""
        return next((one.get(name) for one in self.entries if one.has(name)), "")

    def first_text(self, name: str) -> Text:
        """The same for a text in both languages."""
        return next((one.text(name) for one in self.entries if one.has(name)), self.head.text(name))

    def entry_of(self, name: str) -> Entry:
        """The entry that holds a field, else the first."""
        return next((one for one in self.entries if one.has(name)), self.head)

    def lose(self, message: str, *names: str, entry: Entry | None = None) -> None:
        """Say what could not be read, at its cell; the item comes in without it."""
        self.parsed.losses.append((entry or self.entry_of(names[0])).problem(message, *names))

    def refuse(self, message: str, *names: str) -> None:
        """Say why nothing can be made of the entries."""
        self.parsed.refusals.append(self.head.problem(message, *names))

    def yes(self, name: str, default: bool) -> bool:
        """A yes or no."""
        text = self.first(name)
        said = spelling.truth(text) if text else None
        if text and said is None:
            self.lose(_("Write yes or no."), name)
        return default if said is None else said == "true"


def describe(making: Making, body: dict[str, Any]) -> None:
    """Put in what does not depend on the type: explanation, source, notes; and the item's name, tags and category."""
    parsed = making.parsed
    if source := making.first("source"):
        body["source"] = source
    if about := _about(making):
        body["about"] = about
    parsed.code = _code(making)
    parsed.name = parsed.code or making.first("serial") or making.first("group")
    parsed.points = making.first("points")
    parsed.category = tuple(
        _names(making, "category", spelling.listed(making.first("category"), spelling.PATH), LONGEST_CATEGORY)
    )
    tags = [one for name in ("tags", "knowledge") for one in spelling.listed(making.first(name), spelling.LISTED)]
    parsed.tags = tuple(dict.fromkeys(_names(making, "tags", tags, LONGEST_TAG)))


def _code(making: Making) -> str:
    """The code of the item: of a set, its first row's."""
    code = making.first("code")
    if len(code) > LONGEST_CODE:
        making.lose(_("The code is longer than %(max)s characters and was left out.", max=LONGEST_CODE), "code")
        return ""
    return code


def _names(making: Making, field: str, names: Sequence[str], longest: int) -> list[str]:
    for one in names:
        if len(one) > longest:
            sentence = _("“%(name)s…” is longer than %(max)s characters and was left out.", name=one[:20], max=longest)
            making.lose(sentence, field, "knowledge")
    return [one for one in names if len(one) <= longest]


def _about(making: Making) -> dict[str, Any]:
    """The notes on an item that can be read; the others are told."""
    found: dict[str, Any] = {}
    for name in ("module", "competency"):
        if text := making.first(name):
            key = vocabulary.key(name, text)
            _put(making, found, name, key if len(key) <= LONGEST_KEY else None, _("At most 40 characters."))
    facility = making.head.table.facility
    read: dict[str, tuple[Callable[[str], Any], str]] = {
        "level": (lambda text: columns.said("level", text), _("Write remember, understand or apply.")),
        "difficulty": (
            lambda text: spelling.difficulty(text, facility=facility),
            _("Write easy, medium or hard, or a number from 1 (easy) to 5."),
        ),
        "review_by": (spelling.day, _("This is no day. Write it as 2027-06-30.")),
    }
    for name, (reading, sentence) in read.items():
        if text := making.first(name):
            _put(making, found, name, reading(text), sentence)
    return found


def _put(making: Making, found: dict[str, Any], name: str, value: Any, sentence: str) -> None:
    if value is None:
        making.lose(sentence, name)
    else:
        found[name] = value


def explain(entry: Entry, target: dict[str, Any], name: str = "explanation") -> dict[str, Any]:
    """Add an explanation to an item, a part or an option, if one is written."""
    text = entry.text(name)
    if filled(text):
        target["explanation"] = text
    return target


def judge(making: Making, type_name: str, body: dict[str, Any]) -> Parsed:
    """The item as that type, with every fault of it told at the cell where it is mended."""
    parsed = making.parsed
    parsed.type, parsed.body = type_name, body
    told = {one.cell or one.where for one in parsed.losses}
    for fault in item_types.get(type_name).validate(body):
        problem = _entry(making, fault).problem(_sentence(fault, type_name), *_fields(making, fault))
        is_of_key = fault.part in KEY_PARTS or fault.code == "blank_unknown"
        if not is_of_key or (problem.cell or problem.where) not in told:
            parsed.losses.append(problem)
    return parsed


KEY_PARTS = frozenset({"key", "critical", "accepted", "answers", "blanks", "weights", "rubric"})
FIELD_OF = {
    "accepted": ("key",),
    "answers": ("key",),
    "blanks": ("key", "stem"),
    "rubric": ("key",),
    "weight": ("weights", "key"),
    "parts": ("stem", "group"),
    "text": ("stem",),
}


def _entry(making: Making, fault: Fault) -> Entry:
    """The entry that a fault is about."""
    if fault.of in making.part_ids:
        return making.parts[making.part_ids.index(fault.of)]
    return making.head


def _fields(making: Making, fault: Fault) -> list[str]:
    """The columns in which a fault is mended, the likeliest first."""
    names: list[str] = ["key"] if fault.code == "blank_unknown" else []
    if fault.option and len(fault.option) == 1 and fault.option in columns.LETTERS:
        why = "_why" if fault.part == "explanation" else ""
        names.append(f"option_{fault.option}{why}")
    if fault.part == "options":
        names += ["option_a", "options"]
    if fault.part == "stem" and not fault.of and making.part_ids:
        names.append("shared_stem")
    names += FIELD_OF.get(fault.part, (fault.part,))
    if fault.language in LANGUAGES:
        names = [key for one in names for key in (f"{one}@{fault.language}", one)]
    return [*names, "stem", "shared_stem"]


def _sentence(fault: Fault, type_name: str) -> str:
    """What is wrong, said for a cell."""
    if type_name == "judgement" and fault.part == "key":
        return str(_("Write true or false."))
    special = {
        "key_one": _("Write the letter of the one right option here, such as B."),
        "key_two": _("Write the letters of the right options here, two or more, such as ABD."),
        "key_unknown": _("The answer names an option that has no text. Write the option, or correct the answer."),
    }
    return special.get(fault.code) or str(words.reason(fault))
