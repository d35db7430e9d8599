"""Numbers with bounds and units. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from random import Random

from question_bank.item_types import about, numbers, texts, weighted
from question_bank.item_types.numbers import Number
from question_bank.item_types.protocol import Body, Fault, Mark, Shown, ShownPart

FULL = Fraction(1)
MOST_ANSWERS, MOST_UNITS = 30, 20
Comparison = Callable[[Number, Number], bool]
COMPARISONS: dict[str, Comparison] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
CONDITION = re.compile(r"\s*(>=|<=|>|<|=)(.+)", re.DOTALL)
Range = tuple[Fraction, Fraction, Fraction]


def condition_of(text: str) -> tuple[Comparison, str] | None:
    """The comparison of a condition such as `>= 50` and what stands right of it; None for no condition."""
    found = CONDITION.fullmatch(text.replace("≥", ">=").replace("≤", "<="))
    return (COMPARISONS[found[1]], found[2].strip()) if found else None


def unit_of(body: Body) -> str:
    """The unit in which an item counts; empty for a bare number."""
    unit = body.get("unit", "")
    return unit.strip() if isinstance(unit, str) else ""


def units_of(body: Body) -> dict[str, Fraction]:
    """How many of its own unit one of each other unit is."""
    found = {name: numbers.plain_number(value) for name, value in texts.mapping(body.get("units")).items()}
    return {name: value for name, value in found.items() if value is not None and value > 0}


def value_of(body: Body, answer: object, *, required: bool | None = None) -> Fraction | None:
    """An answer in the item's own unit; None for what is no number, or in a unit that does not belong."""
    given = numbers.split("".join(texts.strings(answer)[:1]))
    if given is None:
        return None
    required = body.get("unit_required") is True if required is None else required
    return numbers.in_unit(*given, unit_of(body), units_of(body), required=required)


def unit_faults(body: Body) -> Iterator[Fault]:
    """A unit that is no text or too long; others without one of its own, or without a factor above 0."""
    unit, units = body.get("unit", ""), body.get("units", {})
    if not isinstance(unit, str) or len(unit) > texts.ID_LONGEST or unit[:1].isdigit():
        yield Fault("too_long", "unit", figure=texts.ID_LONGEST)
    if not isinstance(units, dict) or len(units) > MOST_UNITS:
        yield Fault("malformed", "units")
        return
    if (units or body.get("unit_required") is True) and not unit_of(body):
        yield Fault("unit_first", "unit")
    for name in units:
        if str(name) not in units_of(body) or not str(name).strip():
            yield Fault("factor_range", "units", str(name), figure=unit_of(body))


def tidy_number(answer: Sequence[str]) -> list[str]:
    """A number as typed, its space made one; an empty text is no answer."""
    return [text for text in (" ".join(one.replace("\0", "").split()) for one in answer) if text]


def number_fault(answer: Sequence[str]) -> str | None:
    """One number that can be read, or none, which takes back what was written."""
    if len(answer) > 1:
        return "too_many"
    return "not_a_number" if any(numbers.split(one) is None for one in answer) else None


def with_unit(body: Body, value: Number) -> str:
    """A number in words, with the item's unit."""
    return f"{numbers.written(value)} {unit_of(body)}".strip()


class Numeric:
    """A number within bounds, bounds included; the first range that holds it decides what it earns."""

    name = "numeric"
    entry = "texts"
    staged = False
    policy = "all_or_nothing"
    by_hand = False

    def validate(self, body: Body) -> list[Fault]:
        """Stem, ranges, units, explanation, and what stands beside them."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *self._answer_faults(body, languages),
            *unit_faults(body),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *self._critical_faults(body),
        ]

    def _answer_faults(self, body: Body, languages: Sequence[str]) -> Iterator[Fault]:
        answers = texts.rows(body.get("answers"))
        if not answers:
            yield Fault("no_answers", "answers")
        if len(answers) > MOST_ANSWERS:
            yield Fault("too_many_answers", "answers", figure=MOST_ANSWERS)
        for number, one in enumerate(answers, start=1):
            low, high = numbers.plain_number(one.get("low")), numbers.plain_number(one.get("high"))
            if low is None or high is None:
                yield Fault("not_a_number", "answers", str(number))
            elif low > high:
                yield Fault("low_above_high", "answers", str(number))
            for fault in weighted.weight_faults(one.get("weight", "100")):
                yield Fault(fault.code, "answers", str(number))
            for fault in texts.optional_faults(one.get("explanation"), "explanation", languages):
                yield Fault(fault.code, "answers", str(number), fault.language, fault.figure)
        if answers and len(_ranges(body)) == len(answers) and not self.key(body, []):
            yield Fault("accepted_full", "answers")

    def _critical_faults(self, body: Body) -> Iterator[Fault]:
        critical = body.get("critical", [])
        if not isinstance(critical, list):
            yield Fault("malformed", "critical")
        for one in texts.strings(critical):
            condition = condition_of(one)
            bound = numbers.plain_number(condition[1]) if condition else None
            if condition is None or bound is None:
                yield Fault("condition", "critical", figure=one)
                continue
            full = [(low, high) for low, high, share in _ranges(body) if share == FULL]
            inside = [low <= bound <= high for low, high in full] if condition[0] is operator.eq else []
            if any(inside) or any(condition[0](low, bound) or condition[0](high, bound) for low, high in full):
                yield Fault("critical_right", "critical", figure=one)

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Nothing is drawn."""
        return []

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """One part with a number to be written."""
        unit = unit_of(body)
        accepted = [_range_words(low, high) for low, high, share in _ranges(body) if share == FULL]
        return Shown(
            body.get("stem") or {},
            [ShownPart(accepted=accepted, unit=unit, numeric=True)],
            body.get("explanation") or {},
        )

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """A number as typed, its space made one."""
        return tidy_number(answer)

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """A number that can be read; whether its unit belongs is part of the answer, and told by the mark."""
        return number_fault(answer)

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """The number, converted, against the ranges; one without its unit can still be a critical error."""
        body = texts.mapping(body)
        if not any(one.strip() for one in texts.strings(answer)):
            return Mark()
        bare = value_of(body, answer, required=False)
        critical = bare is not None and _is_critical(body, bare)
        value = value_of(body, answer)
        for low, high, share in _ranges(body):
            if value is not None and low <= value <= high:
                if share == FULL:
                    return Mark(hits=1, critical=critical)
                return Mark(wrong=int(share <= 0), written=share, critical=critical)
        return Mark(wrong=1, critical=critical)

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """A number that earns everything: the middle of a range, or one of its bounds."""
        body = texts.mapping(body)
        for low, high, share in _ranges(body):
            for value in (Fraction(low + high, 2), low, high) if share == FULL else ():
                answer = [with_unit(body, value)]
                if self.mark(body, [], answer).right:
                    return answer
        return []


def _ranges(body: Body) -> list[Range]:
    found = []
    for one in texts.rows(body.get("answers")):
        low, high = numbers.plain_number(one.get("low")), numbers.plain_number(one.get("high"))
        share = weighted.weight_of(one.get("weight", "100"))
        if low is not None and high is not None and share is not None:
            found.append((low, high, share))
    return found


def _range_words(low: Fraction, high: Fraction) -> str:
    return numbers.written(low) if low == high else f"{numbers.written(low)}–{numbers.written(high)}"


def _is_critical(body: Body, value: Fraction) -> bool:
    for one in texts.strings(body.get("critical")):
        condition = condition_of(one)
        bound = numbers.plain_number(condition[1]) if condition else None
        if condition and bound is not None and condition[0](value, bound):
            return True
    return False
