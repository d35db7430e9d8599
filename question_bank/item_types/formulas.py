"""Formulas that authors write: read once, evaluated exactly, within bounds. Pure.

A formula has numbers, names, `+ - * / **`, brackets, comparisons with `and`, `or`, `not`, and `round`, `min`, `max`,
`abs`, `sqrt`, `ceil`, `floor`. Values are fractions, so 0.1 + 0.2 is 0.3; roots and broken powers are taken to 40
digits.
"""

from __future__ import annotations

import ast
import keyword
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, DecimalException
from fractions import Fraction

from question_bank.item_types import numbers
from question_bank.item_types.numbers import Number

LONGEST = 300
MOST_NODES = 150
LARGEST = 10**12
FINEST_BITS = 2000  # of a denominator; a formula that needs more is no dose
LARGEST_POWER = 12
NAME_LONGEST = 30
EXACT = Context(prec=40)
NUMERAL = re.compile(r"[0-9]{1,12}(\.[0-9]{0,20})?|\.[0-9]{1,20}")
SIGNS = str.maketrans({"×": "*", "÷": "/", "−": "-", "–": "-", "·": "*"})
WRITINGS = {"≤": "<=", "≥": ">=", "≠": "!="}

Values = Mapping[str, Number]
Term = Callable[[Values], Number]
Condition = Callable[[Values], bool]


class Unreadable(Exception):
    """A text that is no formula; its text says which piece of it."""


class Undefined(Exception):
    """A formula without a value for these values: division by zero, a root of a negative, a number out of bounds."""


def fold(text: str) -> str:
    """A formula in the signs that are evaluated, from those of a Chinese keyboard or of print."""
    folded = unicodedata.normalize("NFKC", text).translate(SIGNS)
    for written, meant in WRITINGS.items():
        folded = folded.replace(written, meant)
    return folded.strip()


def is_name(text: object) -> bool:
    """Whether a parameter may be called so."""
    return (
        isinstance(text, str)
        and text.isidentifier()
        and not keyword.iskeyword(text)
        and text == unicodedata.normalize("NFKC", text)
        and len(text) <= NAME_LONGEST
        and text not in FUNCTIONS
        and text != "key"
    )


def holds(values: Values, condition: Condition) -> bool:
    """Whether a condition holds; one without a value does not."""
    try:
        return condition(values)
    except Undefined:
        return False


def read(text: object, names: Sequence[str]) -> Term:
    """Make a term of a formula; it raises `Undefined` where it has no value.

    Raises `Unreadable` with the piece that fails.
    """
    source, tree = _tree(text)
    return _Reader(source, names).term(tree)


def read_condition(text: object, names: Sequence[str]) -> Condition:
    """Make a condition of a comparison; raises as `read` does."""
    source, tree = _tree(text)
    return _Reader(source, names).condition(tree)


def _tree(text: object) -> tuple[str, ast.expr]:
    if not isinstance(text, str) or not text.strip():
        raise Unreadable("…")
    source = fold(text)
    if len(source) > LONGEST:
        raise Unreadable(source[:20] + "…")
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unreadable(source[:40]) from None
    if sum(1 for _node in ast.walk(tree)) > MOST_NODES:
        raise Unreadable(source[:20] + "…")
    return source, tree


class _Reader:
    """Turns the nodes that are allowed into steps, and refuses any other."""

    def __init__(self, source: str, names: Sequence[str]) -> None:
        self.source, self.names = source, names

    def refusal(self, node: ast.AST) -> Unreadable:
        return Unreadable((ast.get_source_segment(self.source, node) or self.source)[:40])

    def term(self, node: ast.expr) -> Term:
        if isinstance(node, ast.Constant):
            return self._numeral(node)
        if isinstance(node, ast.Name) and node.id in self.names:
            name = node.id
            return lambda values: values[name]
        if isinstance(node, ast.UnaryOp) and type(node.op) in SIGNED:
            inner, sign = self.term(node.operand), SIGNED[type(node.op)]
            return lambda values: sign * inner(values)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            left, right, act = self.term(node.left), self.term(node.right), OPERATIONS[type(node.op)]
            return lambda values: _bounded(act(left(values), right(values)))
        if isinstance(node, ast.Call):
            return self._call(node)
        raise self.refusal(node)

    def _numeral(self, node: ast.Constant) -> Term:
        """A number as written, for the tree holds it as the nearest binary fraction."""
        written = ast.get_source_segment(self.source, node) or ""
        if not NUMERAL.fullmatch(written):
            raise self.refusal(node)
        value = numbers.slim(Fraction(Decimal(written)))
        return lambda _values: value

    def _call(self, node: ast.Call) -> Term:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            raise self.refusal(node)
        function, fewest, most = FUNCTIONS[name]
        if not fewest <= len(node.args) <= most:
            raise self.refusal(node)
        steps = [self.term(one) for one in node.args]
        return lambda values: _bounded(function(*[step(values) for step in steps]))

    def condition(self, node: ast.expr) -> Condition:
        if isinstance(node, ast.BoolOp):
            parts, join = [self.condition(one) for one in node.values], all if isinstance(node.op, ast.And) else any
            return lambda values: join(part(values) for part in parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            inner = self.condition(node.operand)
            return lambda values: not inner(values)
        if isinstance(node, ast.Compare) and all(type(one) in COMPARISONS for one in node.ops):
            steps = [self.term(one) for one in (node.left, *node.comparators)]
            tests = [COMPARISONS[type(one)] for one in node.ops]
            return lambda values: _chain([step(values) for step in steps], tests)
        raise self.refusal(node)


def _chain(values: Sequence[Number], tests: Sequence[Callable[[Number, Number], bool]]) -> bool:
    return all(test(a, b) for test, a, b in zip(tests, values, values[1:], strict=False))


def _bounded(value: Number) -> Number:
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise Undefined
        return value
    if abs(value.numerator) > LARGEST * value.denominator or value.denominator.bit_length() > FINEST_BITS:
        raise Undefined
    return value


def _divided(a: Number, b: Number) -> Number:
    if not b:
        raise Undefined
    return numbers.slim(Fraction(a, b))


def _power(a: Number, b: Number) -> Number:
    if numbers.size(b) > LARGEST_POWER or (not a and b <= 0) or (a < 0 and b.denominator != 1):
        raise Undefined
    return Fraction(a) ** int(b) if b.denominator == 1 else _inexact(lambda x, y: EXACT.power(x, y), a, b)


def _root(a: Number) -> Fraction:
    if a < 0:
        raise Undefined
    exact = Fraction(math.isqrt(a.numerator), math.isqrt(a.denominator))
    return exact if exact * exact == a else _inexact(lambda x: EXACT.sqrt(x), a)


def _inexact(act: Callable[..., Decimal], *values: Number) -> Fraction:
    try:
        return Fraction(act(*(EXACT.divide(Decimal(one.numerator), Decimal(one.denominator)) for one in values)))
    except (DecimalException, OverflowError, ValueError):
        raise Undefined from None


def _rounded(value: Number, places: Number = 0) -> Number:
    if places.denominator != 1 or not 0 <= places <= LARGEST_POWER:
        raise Undefined
    return numbers.slim(numbers.half_up(value, int(places)))


SIGNED: dict[type[ast.AST], int] = {ast.UAdd: 1, ast.USub: -1}
OPERATIONS: dict[type[ast.AST], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divided,
    ast.Pow: _power,
}
COMPARISONS: dict[type[ast.AST], Callable[[Number, Number], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
# With the fewest and the most values that each takes.
FUNCTIONS: dict[str, tuple[Callable[..., Number], int, int]] = {
    "round": (_rounded, 1, 2),
    "min": (min, 2, 10),
    "max": (max, 2, 10),
    "abs": (abs, 1, 1),
    "sqrt": (_root, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "floor": (math.floor, 1, 1),
}
