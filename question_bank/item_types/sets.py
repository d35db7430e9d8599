"""Sets: one item with parts that belong together: A3, A4, B1 and case analysis. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from question_bank.item_types import about, choice, texts
from question_bank.item_types.protocol import FORWARD, Body, Fault, Mark, Shown, ShownPart

CLOSED = ""  # what stands after the colon of the element that closes a part


def parts_of(body: Body) -> list[Body]:
    """The parts of a set; empty where they are missing or malformed."""
    return texts.rows(body.get("parts"))


def by_part(values: Sequence[str]) -> dict[str, list[str]]:
    """Elements of a draw or an answer (`2:b`) by their part, in order; what names no part is left out."""
    found: dict[str, list[str]] = {}
    for value in values:
        name, colon, option = value.partition(":")
        if colon:
            found.setdefault(name, []).append(option)
    return found


def order_fault(draw: Sequence[str], answer: Sequence[str], before: Sequence[str]) -> str | None:
    """Why an answer breaks the order of parts that lead forward only: `locked`, `not_yet`, or None.

    A part that is closed (`2:`), or after which a later one is answered, stays as it is; a part may be answered once
    those before it are, or are closed.
    """
    old, new = by_part(before), by_part(answer)
    names = list(by_part(draw))
    for place, name in enumerate(names):
        later = names[place + 1 :]
        was, now = set(old.get(name, ())), set(new.get(name, ()))
        changed = was - {CLOSED} != now - {CLOSED}
        passed = name in old and any(one in old or one in new for one in later)
        if (CLOSED in was and (changed or CLOSED not in now)) or (changed and passed):
            return "locked"
        if not now and any(one in new for one in later):
            return "not_yet"
    return None


class PartsType:
    """Parts that each choose among options, of their own or shared by all."""

    name = ""
    entry = "options"
    staged = False
    policy = "all_or_nothing"
    by_hand = False
    fewest_parts, most_parts = 2, 12
    fewest, most = 4, 6
    shared = False
    stem_required = True
    multiple = False

    def validate(self, body: Body) -> list[Fault]:
        """The stem, options that are shared, each part, and what stands beside them."""
        body = texts.mapping(body)
        parts = parts_of(body)
        stem = body.get("stem")
        languages = texts.spoken(body)
        stem_faults = texts.faults if self.stem_required else texts.optional_faults
        return [
            *stem_faults(stem, "stem", languages),
            *self._shared_faults(body, languages),
            *self._count_faults(parts),
            *texts.id_faults(parts, "parts"),
            *(fault for part in parts for fault in self._part_faults(body, part, languages)),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *about.critical_faults(body, self._every(body), self.key(body, [])),
        ]

    def _shared_faults(self, body: Body, languages: Sequence[str]) -> Iterator[Fault]:
        if self.shared:
            yield from choice.option_faults(choice.options_of(body), languages, self.fewest, self.most)

    def _count_faults(self, parts: Sequence[Body]) -> Iterator[Fault]:
        if len(parts) < self.fewest_parts:
            yield Fault("too_few_parts", "parts", figure=self.fewest_parts)
        if len(parts) > self.most_parts:
            yield Fault("too_many_parts", "parts", figure=self.most_parts)

    def _part_faults(self, body: Body, part: Body, languages: Sequence[str]) -> Iterator[Fault]:
        of, options = texts.id_of(part), self._options(body, part)
        yield from texts.optional_faults(part.get("release"), "release", languages, of=of)
        yield from texts.faults(part.get("stem"), "stem", languages, of=of)
        if not self.shared:
            yield from choice.option_faults(options, languages, self.fewest, self.most, of)
        yield from choice.key_faults(part, options, multiple=self.multiple, fewest=1, of=of)
        yield from texts.optional_faults(part.get("explanation"), "explanation", languages, of=of)

    def _options(self, body: Body, part: Body) -> Sequence[Body]:
        return choice.options_of(body if self.shared else part)

    def _every(self, body: Body) -> list[str]:
        """Everything that can be answered."""
        return [
            f"{texts.id_of(part)}:{option}"
            for part in parts_of(body)
            for option in choice.ids_of(self._options(body, part))
        ]

    def _forward(self, body: Body) -> bool:
        """Whether nobody may go back."""
        return False

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The order of options in each part; of shared ones the same in all."""
        drawn = [FORWARD] if self._forward(body) else []
        shared = choice.ids_of(choice.options_of(body))
        if shuffle:
            chance.shuffle(shared)
        for part in parts_of(body):
            ids = shared if self.shared else choice.ids_of(choice.options_of(part))
            if shuffle and not self.shared:
                chance.shuffle(ids)
            drawn += [f"{texts.id_of(part)}:{one}" for one in ids]
        return drawn

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """Each part with its options in the drawn order."""
        orders = by_part(draw)
        parts = [self._shown_part(body, part, orders.get(texts.id_of(part), [])) for part in parts_of(body)]
        return Shown(body.get("stem") or {}, parts, body.get("explanation") or {})

    def _shown_part(self, body: Body, part: Body, order: Sequence[str]) -> ShownPart:
        name = texts.id_of(part)
        return ShownPart(
            id=name,
            stem=part.get("stem") or {},
            release=part.get("release") or {},
            options=choice.shown_options(self._options(body, part), order, choice.key_of(part), prefix=f"{name}:"),
            multiple=self.multiple,
            explanation=part.get("explanation") or {},
        )

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """Each choice once, sorted."""
        return sorted(set(answer))

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """Options of the parts, one a part where one is right; parts may be left open, unless they lead forward."""
        closing = {f"{name}:{CLOSED}" for name in by_part(draw)} if self.staged else set()
        if not set(answer) <= (set(draw) - {FORWARD}) | closing:
            return "unknown"
        if not self.multiple:
            if not answer:
                return "nothing"
            if any(len(set(options) - {CLOSED}) > 1 for options in by_part(answer).values()):
                return "too_many"
        return order_fault(draw, answer, before) if FORWARD in draw else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """A mark for each part, and their sums."""
        body = texts.mapping(body)
        given = by_part([one for one in texts.strings(answer) if not one.endswith(":")])
        critical = by_part(texts.strings(body.get("critical")))
        marks = []
        for part in parts_of(body):
            name = texts.id_of(part)
            marks.append(
                choice.marked({"key": part.get("key"), "critical": critical.get(name, [])}, given.get(name, []))
            )
        return total(marks)

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """The keys of all parts, sorted."""
        return sorted(f"{texts.id_of(part)}:{one}" for part in parts_of(body) for one in choice.key_of(part))


def total(marks: Sequence[Mark]) -> Mark:
    """The mark of an item from those of its parts."""
    return Mark(
        hits=sum(one.hits for one in marks),
        of=max(1, sum(one.of for one in marks)),
        wrong=sum(one.wrong for one in marks),
        parts=tuple(marks),
        critical=any(one.critical for one in marks),
    )


class A3(PartsType):
    """A case with two or three questions that do not depend on one another."""

    name = "A3"
    fewest_parts, most_parts = 2, 3


class A4(PartsType):
    """A case that goes on: facts are released before later questions; going back can be barred."""

    name = "A4"
    staged = True
    fewest_parts, most_parts = 3, 6

    def _forward(self, body: Body) -> bool:
        return body.get("back") is False


class B1(PartsType):
    """Options first, shared by two or more questions; an option may be right once, more than once or never."""

    name = "B1"
    entry = "letters"
    fewest, most = 2, 10
    shared = True
    stem_required = False


class Case(PartsType):
    """Case analysis (案例分析题): prompts one after the other, never back, each with several right options."""

    name = "case"
    staged = True
    policy = "plus_minus"
    fewest_parts = 3
    fewest, most = 6, 12
    multiple = True

    def _forward(self, body: Body) -> bool:
        return True
