"""Matching and ordering. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from question_bank.item_types import about, choice, texts
from question_bank.item_types.protocol import Body, Fault, Mark, Shown, ShownPart
from question_bank.item_types.sets import PartsType


class Matching(PartsType):
    """Each part takes one of the shared options; more options than parts are allowed."""

    name = "matching"
    entry = "letters"
    fewest, most = 2, 12
    shared = True
    stem_required = False


class Ordering:
    """Steps to be put in order; the body holds them in the right one.

    What is critical is written `c<a`: step c before step a.
    """

    name = "ordering"
    entry = "order"
    staged = False
    policy = "all_or_nothing"
    by_hand = False
    fewest, most = 3, 8

    def validate(self, body: Body) -> list[Fault]:
        """Stem, steps, explanation and what stands beside them."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        ids = self.key(body, [])
        wrong_pairs = {f"{later}<{one}" for place, one in enumerate(ids) for later in ids[place + 1 :]}
        right_pairs = {f"{one}<{later}" for place, one in enumerate(ids) for later in ids[place + 1 :]}
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *choice.option_faults(choice.options_of(body), languages, self.fewest, self.most),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *about.critical_faults(body, wrong_pairs | right_pairs, right_pairs),
        ]

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Always shuffled, and never into the right order."""
        ids = self.key(body, [])
        drawn = list(ids)
        chance.shuffle(drawn)
        return drawn[1:] + drawn[:1] if drawn == ids else drawn

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part with the steps as drawn; none of them is right by itself."""
        options = choice.shown_options(choice.options_of(body), draw, set())
        return Shown(body.get("stem") or {}, [ShownPart(options=options)], body.get("explanation") or {})

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """As it was ordered."""
        return list(answer)

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """Some or all of the steps, each once."""
        if not set(answer) <= set(draw):
            return "unknown"
        return "twice" if len(set(answer)) < len(answer) else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """Steps in their right place, and those in a wrong one."""
        body = texts.mapping(body)
        steps, given = self.key(body, []), list(dict.fromkeys(texts.strings(answer)))
        hits = sum(one == step for one, step in zip(given, steps, strict=False))
        return Mark(hits, max(1, len(steps)), len(given) - hits, critical=_breaks(given, choice.critical_of(body)))

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """The steps as the body has them."""
        return choice.ids_of(choice.options_of(body))


def _breaks(given: Sequence[str], pairs: Iterable[str]) -> bool:
    """Whether any pair `c<a` is in the answer in that order."""
    place = {one: number for number, one in enumerate(given)}
    for pair in pairs:
        first, _less, second = pair.partition("<")
        if first in place and second in place and place[first] < place[second]:
            return True
    return False
