"""The types of items: what an item of each must hold, how it is shown, and how an answer to it is graded. Pure.

The body of an item is plain data, the same for every type so far; every text is `{"zh": …, "en": …}`:

    {"stem": text, "options": [{"id": "a", "text": text, "explanation": text}, …], "key": ["b"],
     "explanation": text, "source": "where it comes from"}

An answer is a list of option ids. Scoring by points is the quiz's (`grading`); a type says which fraction is earned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Protocol

LANGUAGES = ("zh", "en")
OPTION_IDS = ("a", "b", "c", "d", "e", "f")
FEWEST_OPTIONS = 4
LONGEST = {"stem": 2000, "text": 500, "explanation": 1000, "source": 200}

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with an item, and where: `part` of the item or of one option, in one language if it is a text.

    `figure` belongs to the code: the limit that was exceeded, the option that says the same.
    """

    code: str
    part: str
    option: str | None = None
    language: str | None = None
    figure: int | str | None = None


@dataclass(frozen=True)
class ShownOption:
    """An option as a page shows it; judgements carry no letter."""

    id: str
    letter: str | None
    text: Mapping[str, str]
    explanation: Mapping[str, str]
    right: bool


class ItemType(Protocol):
    """What a type of item knows; one instance a type, found by `get`."""

    name: str
    multiple: bool

    def validate(self, body: Body) -> list[Fault]:
        """Everything that is wrong with a body, in the order of a page; empty for a sound one."""
        ...

    def order(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The ids of the options in the order in which one attempt shows them."""
        ...

    def show(self, body: Body, order: Sequence[str]) -> list[ShownOption]:
        """The options of a body in that order."""
        ...

    def answer_fault(self, option_ids: Sequence[str], answer: Sequence[str]) -> str | None:
        """Why an answer cannot be saved (`nothing`, `unknown`, `too_many`), or None for one that can."""
        ...

    def grade(self, body: Body, answer: object) -> Fraction:
        """The fraction earned, 0 to 1; never raises, whatever the answer is."""
        ...


class _Choice:
    """What the types that choose among options share: all or nothing against the key."""

    name = ""
    multiple = False

    def validate(self, body: Body) -> list[Fault]:
        """Stem, options, key and explanation, in that order."""
        return [
            *_text_faults(body.get("stem"), "stem", "stem"),
            *self._option_faults(options_of(body)),
            *self._key_faults(body),
            *_text_faults(body.get("explanation"), "explanation", "explanation"),
            *_source_faults(body.get("source", "")),
        ]

    def _option_faults(self, options: Sequence[Body]) -> Iterator[Fault]:
        if len(options) < FEWEST_OPTIONS:
            yield Fault("too_few_options", "options", figure=FEWEST_OPTIONS)
        if len(options) > len(OPTION_IDS):
            yield Fault("too_many_options", "options", figure=len(OPTION_IDS))
        for number, option in enumerate(options):
            yield from _one_option_faults(option)
            yield from _same_text_faults(option, options[:number])

    def _key_faults(self, body: Body) -> Iterator[Fault]:
        key = key_of(body)
        if not key <= {option.get("id") for option in options_of(body)}:
            yield Fault("key_unknown", "key")
        elif len(key) != 1:
            yield Fault("key_one", "key")

    def order(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """As written, or shuffled."""
        ids = [str(option["id"]) for option in options_of(body)]
        if shuffle:
            chance.shuffle(ids)
        return ids

    def show(self, body: Body, order: Sequence[str]) -> list[ShownOption]:
        """With letters by place."""
        known = {option["id"]: option for option in options_of(body)}
        key = key_of(body)
        return [
            ShownOption(
                one, self._letter(place), known[one].get("text") or {}, known[one].get("explanation") or {}, one in key
            )
            for place, one in enumerate(order)
            if one in known
        ]

    def _letter(self, place: int) -> str | None:
        return chr(ord("A") + place)

    def answer_fault(self, option_ids: Sequence[str], answer: Sequence[str]) -> str | None:
        """Exactly one of the options."""
        if not set(answer) <= set(option_ids):
            return "unknown"
        if not answer:
            return "nothing"
        return "too_many" if len(set(answer)) > 1 else None

    def grade(self, body: Body, answer: object) -> Fraction:
        """1 when exactly the key was chosen, else 0."""
        if not isinstance(answer, list | tuple) or not all(isinstance(one, str) for one in answer):
            return Fraction(0)
        key = key_of(body)
        return Fraction(1 if key and set(answer) == key else 0)


class A1(_Choice):
    """One statement, usually five options, one best."""

    name = "A1"


class X(_Choice):
    """Several options are right: two or more, all or nothing."""

    name = "X"
    multiple = True

    def _key_faults(self, body: Body) -> Iterator[Fault]:
        key = key_of(body)
        if not key <= {option.get("id") for option in options_of(body)}:
            yield Fault("key_unknown", "key")
        elif len(key) < 2:
            yield Fault("key_two", "key")

    def answer_fault(self, option_ids: Sequence[str], answer: Sequence[str]) -> str | None:
        """Any of the options; none takes an answer back."""
        return None if set(answer) <= set(option_ids) else "unknown"


class Judgement(_Choice):
    """True or false (对/错), never shuffled."""

    name = "judgement"
    option_ids = ("true", "false")

    def _option_faults(self, options: Sequence[Body]) -> Iterator[Fault]:
        if tuple(option.get("id") for option in options) != self.option_ids:
            yield Fault("not_true_and_false", "options")
        for option in options:
            yield from _one_option_faults(option)

    def order(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Always as written."""
        return super().order(body, chance, shuffle=False)

    def _letter(self, place: int) -> str | None:
        return None


_types: dict[str, ItemType] = {one.name: one for one in (A1(), X(), Judgement())}


def get(name: str) -> ItemType:
    """The type of that name; `KeyError` for none."""
    return _types[name]


def names() -> tuple[str, ...]:
    """The names of all types, in the order in which they are offered."""
    return tuple(_types)


def options_of(body: Body) -> Sequence[Body]:
    """The options of a body; empty where they are missing or malformed."""
    options = body.get("options")
    return [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []


def key_of(body: Body) -> set[str]:
    """The ids of the right options; empty where the key is missing or malformed."""
    key = body.get("key")
    return {one for one in key if isinstance(one, str)} if isinstance(key, list) else set()


def _text(value: object, language: str) -> str:
    text = value.get(language) if isinstance(value, Mapping) else None
    return text.strip() if isinstance(text, str) else ""


def _text_faults(value: object, kind: str, part: str, option: str | None = None) -> Iterator[Fault]:
    for language in LANGUAGES:
        text = _text(value, language)
        if not text:
            yield Fault("missing", part, option, language)
        elif len(text) > LONGEST[kind]:
            yield Fault("too_long", part, option, language, LONGEST[kind])


def _one_option_faults(option: Body) -> Iterator[Fault]:
    name = str(option.get("id", ""))
    yield from _text_faults(option.get("text"), "text", "text", name)
    explanation = option.get("explanation")
    if any(_text(explanation, language) for language in LANGUAGES):
        yield from _text_faults(explanation, "explanation", "explanation", name)


def _same_text_faults(option: Body, others: Sequence[Body]) -> Iterator[Fault]:
    for language in LANGUAGES:
        text = _text(option.get("text"), language)
        for other in others:
            if text and text == _text(other.get("text"), language):
                yield Fault("same_text", "text", str(option.get("id", "")), language, str(other.get("id", "")))
                break


def _source_faults(source: object) -> Iterator[Fault]:
    if not isinstance(source, str) or len(source) > LONGEST["source"]:
        yield Fault("too_long", "source", figure=LONGEST["source"])
