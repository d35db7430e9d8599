"""The types that choose among options: A1, A2, X and judgement. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from question_bank.item_types import about, texts
from question_bank.item_types.protocol import LANGUAGES, Body, Fault, Mark, Shown, ShownOption, ShownPart

OPTION_IDS = tuple("abcdefghijkl")


def options_of(body: Body) -> Sequence[Body]:
    """The options of a body or of a part; empty where they are missing or malformed."""
    return texts.rows(body.get("options"))


def key_of(body: Body) -> set[str]:
    """The ids of the right options; empty where the key is missing or malformed."""
    return set(texts.strings(body.get("key")))


def ids_of(options: Sequence[Body]) -> list[str]:
    """The ids of options as written."""
    return [texts.id_of(one) for one in options]


def chosen(answer: object) -> set[str]:
    """The option ids of an answer, whatever it is."""
    return set(texts.strings(answer))


def option_faults(
    options: Sequence[Body], languages: Sequence[str], fewest: int, most: int, of: str | None = None
) -> Iterator[Fault]:
    """Too few or too many options, ids that fail, a text missing or too long, two options that say the same."""
    if len(options) < fewest:
        yield Fault("too_few_options", "options", figure=fewest, of=of)
    if len(options) > most:
        yield Fault("too_many_options", "options", figure=most, of=of)
    yield from texts.id_faults(options, "options", of)
    seen: dict[tuple[str, str], str] = {}
    for option in options[: 2 * most]:  # far too many need no list of all that is wrong
        name = texts.id_of(option)
        yield from texts.faults(option.get("text"), "text", languages, option=name, of=of)
        yield from texts.optional_faults(option.get("explanation"), "explanation", languages, option=name, of=of)
        for language in LANGUAGES:
            said = (language, texts.text_of(option.get("text"), language))
            if said in seen:
                yield Fault("same_text", "text", name, language, seen[said], of)
            elif said[1]:
                seen[said] = name


def key_faults(
    body: Body, options: Sequence[Body], *, multiple: bool, fewest: int = 2, of: str | None = None
) -> Iterator[Fault]:
    """A key that names no option, or not as many as the type takes: one, or where several may be right `fewest`."""
    key = key_of(body)
    if not key <= set(ids_of(options)):
        yield Fault("key_unknown", "key", of=of)
    elif multiple and len(key) < fewest:
        yield Fault("key_two" if fewest == 2 else "key_some", "key", of=of)
    elif not multiple and len(key) != 1:
        yield Fault("key_one", "key", of=of)


def shown_options(
    options: Sequence[Body], order: Sequence[str], key: set[str], *, prefix: str = "", letters: bool = True
) -> list[ShownOption]:
    """Options in that order, with letters by place; `prefix` stands before the values that a form sends."""
    known = {texts.id_of(one): one for one in options}
    return [
        ShownOption(
            id=one,
            value=prefix + one,
            letter=chr(ord("A") + place) if letters else None,
            text=known[one].get("text") or {},
            explanation=known[one].get("explanation") or {},
            right=one in key,
        )
        for place, one in enumerate(order)
        if one in known
    ]


class ChoiceType:
    """One question with options of its own."""

    name = ""
    entry = "options"
    staged = False
    policy = "all_or_nothing"
    by_hand = False
    multiple = False
    fewest, most = 4, 6

    def validate(self, body: Body) -> list[Fault]:
        """Stem, options, key and explanation, in that order, then what stands beside them."""
        body = texts.mapping(body)
        languages = self._languages(body)
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *self._option_faults(options_of(body), languages),
            *self._key_faults(body),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *about.critical_faults(body, ids_of(options_of(body)), key_of(body)),
        ]

    def _key_faults(self, body: Body) -> Iterator[Fault]:
        return key_faults(body, options_of(body), multiple=self.multiple)

    def _languages(self, body: Body) -> tuple[str, ...]:
        return texts.spoken(body)

    def _option_faults(self, options: Sequence[Body], languages: Sequence[str]) -> Iterator[Fault]:
        return option_faults(options, languages, self.fewest, self.most)

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The options as written, or shuffled."""
        ids = ids_of(options_of(body))
        if shuffle:
            chance.shuffle(ids)
        return ids

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part without a stem of its own."""
        options = shown_options(options_of(body), draw, key_of(body), letters=self._has_letters)
        part = ShownPart(options=options, multiple=self.multiple)
        return Shown(body.get("stem") or {}, [part], body.get("explanation") or {})

    @property
    def _has_letters(self) -> bool:
        return True

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """Each option once, sorted."""
        return sorted(set(answer))

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """Exactly one of the options, or any of them; none takes an answer of several back."""
        if not set(answer) <= set(draw):
            return "unknown"
        if self.multiple:
            return None
        if not answer:
            return "nothing"
        return "too_many" if len(answer) > 1 else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """The options chosen against the key."""
        return marked(texts.mapping(body), answer)

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """The key, sorted."""
        return sorted(key_of(body))


def marked(body: Body, answer: object) -> Mark:
    """The options chosen against the key of a body."""
    key, given = key_of(body), chosen(answer)
    return Mark(
        hits=len(given & key),
        of=max(1, len(key)),
        wrong=len(given - key),
        critical=bool(given & critical_of(body)),
    )


def critical_of(body: Body) -> set[str]:
    """What counts as a safety-critical error when it is answered."""
    return set(texts.strings(body.get("critical")))


class A1(ChoiceType):
    """One statement, usually five options, one best."""

    name = "A1"


class A2(ChoiceType):
    """A short case, usually five options, one best; the case is part of the stem."""

    name = "A2"


class X(ChoiceType):
    """Several options are right: two or more."""

    name = "X"
    multiple = True


class Judgement(ChoiceType):
    """True or false (对/错), never shuffled."""

    name = "judgement"
    option_ids = ("true", "false")

    @property
    def _has_letters(self) -> bool:
        return False

    def _languages(self, body: Body) -> tuple[str, ...]:
        """True and false are said in both languages anyway."""
        reasons = [option.get("explanation") for option in options_of(body)]
        return texts.spoken(body.get("stem"), body.get("explanation"), *reasons)

    def _option_faults(self, options: Sequence[Body], languages: Sequence[str]) -> Iterator[Fault]:
        if tuple(ids_of(options)) != self.option_ids:
            yield Fault("not_true_and_false", "options")
        for option in options:
            name = texts.id_of(option)
            yield from texts.faults(option.get("text"), "text", languages, option=name)
            yield from texts.optional_faults(option.get("explanation"), "explanation", languages, option=name)

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Always as written."""
        return super().draw(body, chance, shuffle=False)
