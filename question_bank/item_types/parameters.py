"""The values that a calculated item may draw. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from question_bank.item_types import formulas, numbers, texts
from question_bank.item_types.numbers import Number
from question_bank.item_types.protocol import Body, Fault

MOST_DRAWS = 20_000
MOST_PARAMETERS, MOST_CONSTRAINTS = 10, 10
TRIES = 200  # of a random draw, before all that satisfy the constraints are listed


@dataclass(frozen=True)
class Space:
    """Names with their values, and the conditions under which values come together."""

    names: tuple[str, ...]
    values: tuple[tuple[Number, ...], ...]
    constraints: tuple[formulas.Condition, ...]

    @property
    def size(self) -> int:
        """How many draws there are before the constraints."""
        return math.prod(len(one) for one in self.values)

    def allows(self, drawn: formulas.Values) -> bool:
        """Whether a draw satisfies every constraint."""
        return all(formulas.holds(drawn, one) for one in self.constraints)

    def every(self) -> Iterator[formulas.Values]:
        """Every draw that the constraints allow."""
        for combination in itertools.product(*self.values):
            drawn = dict(zip(self.names, combination, strict=True))
            if self.allows(drawn):
                yield drawn

    def drawn(self, chance: Random) -> formulas.Values | None:
        """One draw, each that is allowed as likely as any other; None where none is."""
        for _try in range(TRIES):
            drawn = {name: chance.choice(one) for name, one in zip(self.names, self.values, strict=True)}
            if self.allows(drawn):
                return drawn
        allowed = list(self.every()) if self.size <= MOST_DRAWS else []
        return chance.choice(allowed) if allowed else None


def space_of(body: Body) -> Space | None:
    """The draws of a body; None where parameters or constraints are malformed, or too many."""
    rows = texts.rows(body.get("parameters"))
    names = tuple(str(one.get("name", "")) for one in rows)
    values = tuple(tuple(map(numbers.slim, values_of(one))) for one in rows)
    written = body.get("constraints", [])
    if not all(map(formulas.is_name, names)) or not all(values) or not isinstance(written, list):
        return None
    if len(set(names)) < len(names) or len(written) > MOST_CONSTRAINTS or len(names) > MOST_PARAMETERS:
        return None
    try:
        constraints = tuple(formulas.read_condition(one, names) for one in written)
    except formulas.Unreadable:
        return None
    return Space(names, values, constraints)


def values_of(row: Body) -> tuple[Fraction, ...]:
    """The values of a parameter, listed or stepped through; none where they are malformed or too fine to be shown."""
    found = _values_of(row)
    sound = all(numbers.has_end(one) and abs(one) <= formulas.LARGEST for one in (*found[:2], *found[-1:]))
    return found if sound else ()


def _values_of(row: Body) -> tuple[Fraction, ...]:
    if "values" in row:
        listed = row["values"] if isinstance(row["values"], list) else []
        found = [numbers.plain_number(one) for one in listed[: MOST_DRAWS + 1]]
        known = tuple(dict.fromkeys(one for one in found if one is not None and numbers.has_end(one)))
        return () if None in found or len(known) < len(set(found)) else known
    low, high, step = (numbers.plain_number(row.get(name)) for name in ("from", "to", "step"))
    if low is None or high is None or step is None or step <= 0 or low > high:
        return ()
    count = min((high - low) // step, MOST_DRAWS) + 1
    return tuple(low + step * number for number in range(count))


def faults(body: Body) -> Iterator[Fault]:
    """Names and values that fail, constraints that cannot be read, more draws than can be checked, none at all."""
    rows = texts.rows(body.get("parameters"))
    names = [str(one.get("name", ""))[: formulas.NAME_LONGEST + 1] for one in rows]
    if len(rows) > MOST_PARAMETERS:
        yield Fault("too_many_rows", "parameters", figure=MOST_PARAMETERS)
    for number, row in enumerate(rows):
        if not formulas.is_name(names[number]):
            yield Fault("parameter_name", "parameters", str(number + 1))
        elif names[number] in names[:number]:
            yield Fault("same_id", "parameters", str(number + 1), figure=names[number])
        if not values_of(row):
            yield Fault("parameter_values", "parameters", names[number] or str(number + 1))
    yield from _constraint_faults(body.get("constraints", []), [one for one in names if one])
    space = space_of(body)
    if space is None:
        return
    if space.size > MOST_DRAWS:
        yield Fault("too_many_draws", "parameters", figure=MOST_DRAWS)
    elif next(space.every(), None) is None:
        yield Fault("no_draws", "constraints")


def _constraint_faults(written: object, names: Sequence[str]) -> Iterator[Fault]:
    if not isinstance(written, list):
        yield Fault("malformed", "constraints")
        return
    if len(written) > MOST_CONSTRAINTS:
        yield Fault("too_many_rows", "constraints", figure=MOST_CONSTRAINTS)
    for number, one in enumerate(written, start=1):
        try:
            formulas.read_condition(one, names)
        except formulas.Unreadable as error:
            yield Fault("formula", "constraints", str(number), figure=str(error))


def told(drawn: formulas.Values) -> str:
    """A draw in words: `dose=10, weight=60`."""
    return ", ".join(f"{name}={numbers.written(value)}" for name, value in drawn.items())


def written(drawn: formulas.Values) -> list[str]:
    """A draw as an attempt keeps it."""
    return [f"{name}={numbers.written(value)}" for name, value in drawn.items()]


def read(draw: Sequence[str], names: Sequence[str]) -> formulas.Values | None:
    """The values that a kept draw holds; None where one is missing."""
    found = {}
    for one in draw:
        name, equals, value = one.partition("=")
        number = numbers.plain_number(value) if equals else None
        if number is not None:
            found[name] = number
    return found if all(name in found for name in names) else None
