"""Calculated items: values are drawn, the key follows from a formula, and every draw is checked beforehand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from question_bank.item_types import about, formulas, numbers, numeric, parameters, strengths, texts
from question_bank.item_types.numbers import Number
from question_bank.item_types.plans import KEY, MOST_CRITICAL, MOST_WRONG, Plan, are_decimals, draw_faults, plan_of
from question_bank.item_types.protocol import LANGUAGES, Body, Fault, Mark, Shown, ShownOption, ShownPart, Text

PLACEHOLDER = re.compile(r"\{([^{}\s]{1,30})\}")


class Calculated:
    """Values put into the stem as `{dose}`; answered by a number, or with `wrong` formulas as a choice.

    In the explanation `{key}` stands for the right answer, in a critical condition (`>= 10 * key`) `key` does.
    """

    name = "calculated"
    entry = "texts"
    staged = False
    policy = "all_or_nothing"
    by_hand = False

    def validate(self, body: Body) -> list[Fault]:
        """Stem, parameters, formulas, limits and explanation; where all can be read, every draw is tried."""
        body = texts.mapping(body)
        languages = texts.spoken(body)
        return [
            *texts.faults(body.get("stem"), "stem", languages),
            *_placeholder_faults(body, languages),
            *parameters.faults(body),
            *_formula_faults(body),
            *_limit_faults(body),
            *numeric.unit_faults(body),
            *texts.optional_faults(body.get("explanation"), "explanation", languages),
            *about.faults(body),
            *draw_faults(plan_of(body)),
        ]

    def draw(self, body: Body, chance: Random, shuffle: bool) -> list[str]:
        """Values that the constraints allow, and for a choice the order of its options."""
        plan = plan_of(body)
        drawn = plan.space.drawn(chance) if plan else None
        if plan is None or drawn is None:
            return []
        ids = list(_options(plan, drawn))
        if shuffle:
            chance.shuffle(ids)
        return [*parameters.written(drawn), *ids]

    def show(self, body: Body, draw: Sequence[str]) -> Shown:
        """The drawn values put into stem and explanation; a number to be written, or options."""
        stem, explanation = body.get("stem") or {}, body.get("explanation") or {}
        plan, drawn = _drawn(body, draw)
        if plan is None or drawn is None:
            return Shown(stem, [ShownPart(unit=numeric.unit_of(body), numeric=True)], explanation)
        key, options = plan.key(drawn), _options(plan, drawn)
        order = [one for one in draw if one in options]
        bounds = f" ± {numbers.written(plan.tolerance)}" if plan.tolerance and not options else ""
        part = ShownPart(
            options=[_option(body, one, place, options[one], key) for place, one in enumerate(order)],
            accepted=[numbers.written(key) + bounds],
            unit=numeric.unit_of(body),
            numeric=not options,
        )
        return Shown(_filled(stem, drawn), [part], _filled(explanation, {**drawn, KEY: key}))

    def tidy(self, answer: Sequence[str]) -> list[str]:
        """A number as typed, its space made one, or an option."""
        return list(dict.fromkeys(numeric.tidy_number(answer)))

    def answer_fault(self, draw: Sequence[str], answer: Sequence[str], before: Sequence[str] = ()) -> str | None:
        """A number that can be read, or none; of a choice exactly one option."""
        options = [one for one in draw if "=" not in one]
        if not options:
            return numeric.number_fault(answer)
        if not set(answer) <= set(options):
            return "unknown"
        return "nothing" if not answer else "too_many" if len(answer) > 1 else None

    def mark(self, body: Body, draw: Sequence[str], answer: object) -> Mark:
        """The number or the option against the key of the draw."""
        body = texts.mapping(body)
        given = "".join(texts.strings(answer)[:1]).strip()
        plan, drawn = _drawn(body, draw)
        if not given or plan is None or drawn is None:
            return Mark()
        try:
            return _marked(body, plan, drawn, given)
        except formulas.Undefined:
            return Mark(wrong=1)

    def key(self, body: Body, draw: Sequence[str]) -> list[str]:
        """The option or the number that the draw asks for."""
        plan, drawn = _drawn(body, draw)
        if plan is None or drawn is None:
            return []
        key, options = plan.key(drawn), _options(plan, drawn)
        if options:
            return [one for one, value in options.items() if value == key]
        near = (numbers.half_up(key, places) for places in range(numbers.MOST_DECIMALS + 1))
        written = (
            key
            if numbers.has_end(key)
            else next((one for one in near if numbers.size(one - key) <= plan.tolerance), key)
        )
        return [numeric.with_unit(body, written)]


def _marked(body: Body, plan: Plan, drawn: formulas.Values, given: str) -> Mark:
    key, options = plan.key(drawn), _options(plan, drawn)
    value = options.get(given) if options else numeric.value_of(body, [given])
    bare = value if options else numeric.value_of(body, [given], required=False)
    critical = bare is not None and plan.is_critical(drawn, key, bare)
    room = Fraction(0) if options else plan.tolerance
    right = value is not None and numbers.size(value - key) <= room
    return Mark(hits=int(right), wrong=int(not right), critical=critical)


def _drawn(body: Body, draw: Sequence[str]) -> tuple[Plan | None, formulas.Values | None]:
    """The plan with the values of a draw, if the key has a value with them."""
    plan = plan_of(body)
    drawn = parameters.read(draw, plan.space.names) if plan else None
    try:
        if plan and drawn is not None:
            plan.key(drawn)
    except formulas.Undefined:
        return plan, None
    return plan, drawn


def _options(plan: Plan, drawn: formulas.Values) -> dict[str, Number]:
    try:
        return plan.options(drawn)
    except formulas.Undefined:
        return {}


def _option(body: Body, name: str, place: int, value: Number, key: Number) -> ShownOption:
    text = dict.fromkeys(LANGUAGES, numeric.with_unit(body, value))
    return ShownOption(name, name, chr(ord("A") + place), text, {}, right=value == key)


def _filled(text: Text, drawn: formulas.Values) -> Text:
    """A text in each language with the values in the place of their names."""
    written = {name: numbers.written(value) for name, value in drawn.items()}
    return {
        language: PLACEHOLDER.sub(lambda found: written.get(found[1], found[0]), texts.text_of(text, language))
        for language in LANGUAGES
    }


def _placeholder_faults(body: Body, languages: Sequence[str]) -> Iterator[Fault]:
    names = [str(one.get("name", "")) for one in texts.rows(body.get("parameters"))]
    for language in languages:
        used = PLACEHOLDER.findall(texts.text_of(body.get("stem"), language))
        for name in dict.fromkeys(used):
            if name not in names:
                yield Fault("placeholder_unknown", "stem", language=language, figure=name)
        for name in names:
            if name and name not in used:
                yield Fault("parameter_unused", "stem", language=language, figure=name)
        for name in dict.fromkeys(PLACEHOLDER.findall(texts.text_of(body.get("explanation"), language))):
            if name not in (*names, KEY):
                yield Fault("placeholder_unknown", "explanation", language=language, figure=name)


def _formula_faults(body: Body) -> Iterator[Fault]:
    names = [str(one.get("name", "")) for one in texts.rows(body.get("parameters"))]
    for part in ("formula", "check"):
        if not body.get(part):
            yield Fault("missing", part)
        else:
            yield from _reading_faults(body[part], names, part)
    formula, check = body.get("formula"), body.get("check")
    if isinstance(formula, str) and isinstance(check, str) and formula.strip() and _same(formula, check):
        yield Fault("check_same", "check")
    yield from _wrong_faults(body, names)


def _same(formula: str, check: str) -> bool:
    return "".join(formulas.fold(formula).split()) == "".join(formulas.fold(check).split())


def _wrong_faults(body: Body, names: Sequence[str]) -> Iterator[Fault]:
    wrong = body.get("wrong", [])
    if not isinstance(wrong, list):
        yield Fault("malformed", "wrong")
        return
    if len(wrong) > MOST_WRONG:
        yield Fault("too_many_rows", "wrong", figure=MOST_WRONG)
    for number, one in enumerate(wrong, start=1):
        yield from _reading_faults(one, names, "wrong", str(number))


def _reading_faults(text: object, names: Sequence[str], part: str, option: str | None = None) -> Iterator[Fault]:
    try:
        formulas.read(text, names)
    except formulas.Unreadable as error:
        yield Fault("formula", part, option, figure=str(error))


def _limit_faults(body: Body) -> Iterator[Fault]:
    tolerance = numbers.plain_number(body.get("tolerance") or "0")
    if tolerance is None or tolerance < 0:
        yield Fault("tolerance_range", "tolerance")
    if not are_decimals(body.get("decimals")):
        yield Fault("decimals_range", "decimals")
    cap = numbers.plain_number(body.get("cap") or "1")
    if cap is None or cap <= 0:
        yield Fault("cap_range", "cap")
    if body.get("strengths") and strengths.strengths_of(body["strengths"]) is None:
        yield Fault("strengths_range", "strengths")
    critical = body.get("critical", [])
    if not isinstance(critical, list) or len(critical) > MOST_CRITICAL:
        yield Fault("malformed", "critical")
    names = [str(one.get("name", "")) for one in texts.rows(body.get("parameters"))]
    for one in texts.strings(critical):
        condition = numeric.condition_of(one)
        if condition is None or any(_reading_faults(condition[1], [*names, KEY], "critical")):
            yield Fault("condition", "critical", figure=one)
