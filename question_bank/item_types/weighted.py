"""`choice`: what other systems bring, with any number of options and the author's weights. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from question_bank.item_types import choice, numbers, texts
from question_bank.item_types.protocol import Body, Fault, Mark, Shown

MULTIPLE = "multiple"
FULL = Fraction(100)
NEARLY = Fraction(1, 10)  # three options at 33.33333 percent each are meant as the whole


def weight_of(value: object) -> Fraction | None:
    """A weight in percent, −100 to 100, as a share; None for anything else."""
    found = numbers.plain_number(value)
    return found / 100 if found is not None and abs(found) <= FULL else None


def weight_faults(value: object, option: str | None = None) -> Iterator[Fault]:
    """A weight that is no number from −100 to 100."""
    if weight_of(value) is None:
        yield Fault("weight_range", "weight", option)


class Choice(choice.ChoiceType):
    """Two to ten options, one or several right, a share for each where the author wrote one.

    A draw of an item that takes several options is headed by `multiple`.
    """

    name = "choice"
    fewest, most = 2, 10

    def _key_faults(self, body: Body) -> Iterator[Fault]:
        ids = choice.ids_of(choice.options_of(body))
        yield from choice.key_faults(body, choice.options_of(body), multiple=_several(body), fewest=1)
        weights = texts.mapping(body.get("weights"))
        for name, value in weights.items():
            if name in ids:
                yield from weight_faults(value, name)
            else:
                yield Fault("weight_unknown", "weights", figure=str(name))
        if weights:
            yield from _share_faults(body, weights)

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """The options as written, or shuffled."""
        ids = super().draw(body, chance, shuffle)
        return [MULTIPLE, *ids] if _several(body) else ids

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part that takes one option or several."""
        shown = super().show(body, draw)
        return replace(shown, parts=[replace(one, multiple=_several(body)) for one in shown.parts])

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """Exactly one of the options, or where several may be right any of them."""
        if MULTIPLE in draw:
            return None if set(answer) <= set(draw) - {MULTIPLE} else "unknown"
        return super().answer_fault(draw, answer, before)

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """The options against the key; with weights, what they add up to (several options never below 0)."""
        body = texts.mapping(body)
        mark, given = super().mark(body, draw, answer), choice.chosen(answer)
        weights = texts.mapping(body.get("weights"))
        if not weights or not given:
            return mark
        share = sum((weight_of(weights.get(one, "0")) or Fraction(0) for one in given), Fraction(0))
        lowest = Fraction(0 if _several(body) else -1)
        return replace(mark, written=Fraction(1) if mark.right else max(lowest, min(share, Fraction(1))))


def _several(body: Body) -> bool:
    return body.get("multiple") is True


def _share_faults(body: Body, weights: Body) -> Iterator[Fault]:
    """The key must earn everything: one option all of it, several together."""
    earned = sum((weight_of(weights.get(one, "0")) or Fraction(0) for one in choice.key_of(body)), Fraction(0))
    if abs(earned * 100 - FULL) > NEARLY:
        yield Fault("weights_full", "weights")
