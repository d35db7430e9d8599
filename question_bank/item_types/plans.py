"""What a calculated item says, read once, and the trial of every draw before it may be used. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from question_bank.item_types import formulas, numbers, numeric, parameters, strengths, texts
from question_bank.item_types.choice import OPTION_IDS
from question_bank.item_types.numbers import Number
from question_bank.item_types.protocol import Body, Fault

KEY = "key"
MOST_WRONG, MOST_DECIMALS, MOST_CRITICAL = 9, 6, 10
AGREE = Fraction(1, 10**9)  # roots are taken to 40 digits, so two ways to one value may differ in the last of them


@dataclass(frozen=True)
class Plan:
    """A body read: what is drawn, how the key follows, and what is refused."""

    space: parameters.Space
    formula: formulas.Term
    check: formulas.Term
    wrong: tuple[formulas.Term, ...]
    critical: tuple[tuple[numeric.Comparison, formulas.Term], ...]
    tolerance: Fraction
    decimals: int | None
    cap: Fraction | None
    strengths: tuple[Fraction, ...]

    def shown(self, value: Number) -> Number:
        """A value as it is written: rounded where decimal places are given."""
        return value if self.decimals is None else numbers.slim(numbers.half_up(value, self.decimals))

    def key(self, drawn: formulas.Values) -> Number:
        """The right answer; raises `Undefined`."""
        return self.shown(self.formula(drawn))

    def options(self, drawn: formulas.Values) -> dict[str, Number]:
        """The options of a draw, from the smallest on, so that an id says nothing about the key."""
        if not self.wrong:
            return {}
        values = sorted({self.key(drawn), *(self.shown(one(drawn)) for one in self.wrong)})
        return dict(zip(OPTION_IDS, values, strict=False))

    def is_critical(self, drawn: formulas.Values, key: Number, *values: Number) -> bool:
        """Whether one of the answers meets a condition that makes it a safety-critical error."""
        known = {**drawn, KEY: key}
        return any(compare(value, bound(known)) for compare, bound in self.critical for value in values)


def plan_of(body: Body) -> Plan | None:
    """Read a body; None where a part of it cannot be read."""
    space = parameters.space_of(body)
    tolerance, decimals = numbers.plain_number(body.get("tolerance") or "0"), body.get("decimals")
    wrong, critical = texts.strings(body.get("wrong")), texts.strings(body.get("critical"))
    conditions = [numeric.condition_of(one) for one in critical]
    if space is None or tolerance is None or tolerance < 0 or not are_decimals(decimals):
        return None
    if len(wrong) > MOST_WRONG or len(critical) > MOST_CRITICAL or None in conditions:
        return None
    marketed = strengths.strengths_of(body["strengths"]) if body.get("strengths") else ()
    cap = numbers.plain_number(body["cap"]) if body.get("cap") else None
    if marketed is None or (body.get("cap") and cap is None):
        return None
    try:
        return Plan(
            space,
            formulas.read(body.get("formula"), space.names),
            formulas.read(body.get("check"), space.names),
            tuple(formulas.read(one, space.names) for one in wrong),
            tuple((one[0], formulas.read(one[1], [*space.names, KEY])) for one in conditions if one),
            tolerance,
            decimals,
            cap,
            marketed,
        )
    except formulas.Unreadable:
        return None


def are_decimals(value: object) -> bool:
    """Whether a body may ask for so many decimal places; None asks for no rounding."""
    return value is None or (type(value) is int and 0 <= value <= MOST_DECIMALS)


def draw_faults(plan: Plan | None) -> Iterator[Fault]:
    """The first draw that fails in each way; none where there are too many to try."""
    if plan is None or plan.space.size > parameters.MOST_DRAWS:
        return
    found: dict[tuple[str, str], formulas.Values] = {}
    for drawn in plan.space.every():
        for fault in _faults_of(plan, drawn):
            found.setdefault(fault, drawn)
    for (code, part), drawn in found.items():
        yield Fault(code, part, figure=parameters.told(drawn))


def _faults_of(plan: Plan, drawn: formulas.Values) -> Iterator[tuple[str, str]]:
    """What is wrong with one draw, as code and place."""
    try:
        value = plan.formula(drawn)
    except formulas.Undefined:
        yield "draw_undefined", "formula"
        return
    try:
        second = plan.check(drawn)
        if value != second and numbers.size(value - second) > AGREE * max(1, numbers.size(value)):
            yield "draw_disagree", "check"
    except formulas.Undefined:
        yield "draw_undefined", "check"
    key = plan.shown(value)
    if plan.cap is not None and key > plan.cap:
        yield "draw_above_cap", "cap"
    if plan.strengths and not strengths.can_make(key, plan.strengths):
        yield "draw_not_marketed", "strengths"
    if not plan.wrong and not plan.tolerance and not numbers.has_end(key):
        yield "draw_no_end", "decimals"
    yield from _option_faults(plan, drawn, key)
    yield from _critical_faults(plan, drawn, key)


def _option_faults(plan: Plan, drawn: formulas.Values, key: Number) -> Iterator[tuple[str, str]]:
    values = [key]
    try:
        values += [plan.shown(one(drawn)) for one in plan.wrong]
    except formulas.Undefined:
        yield "draw_undefined", "wrong"
        return
    if len(set(values)) < len(values) or any(numbers.size(one - key) <= plan.tolerance for one in values[1:]):
        yield "draw_same_option", "wrong"
    if plan.wrong and not all(map(numbers.has_end, values)):
        yield "draw_no_end", "decimals"


def _critical_faults(plan: Plan, drawn: formulas.Values, key: Number) -> Iterator[tuple[str, str]]:
    try:
        if plan.critical and plan.is_critical(drawn, key, key - plan.tolerance, key, key + plan.tolerance):
            yield "draw_critical", "critical"
    except formulas.Undefined:
        yield "draw_undefined", "critical"
