"""What a design may hold, told line by line before anything of it runs. Pure.

The page is Jinja, but only as much of it as must end soon: it may show fields, choose, go through the rows of the table
and use macros that stand above; what it could print at most is counted beforehand. The style sheet and the frame may
name no resource but the house's own. So a page costs the worker little, whoever wrote it; that the sheet and the frame
do is measured in a process of its own (`trial.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

import tinycss2
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from certificates.design import PHOTO, Design
from certificates.fields import CertificateFields

LONGEST = {"page": 40_000, "sheet": 40_000, "frame": 200_000}
"""Characters of each part."""
MOST_PRINTED = 400_000
"""Characters that a page may come to: the house's own is counted as some 140,000."""
A_VALUE = 100
MOST_ROWS = 12
DEEPEST = 2  # loops within one another: the rows of the table, the cells of a row
MOST_ELEMENTS = 3000


class Problem(StrEnum):
    """What is wrong with a design."""

    TOO_LARGE = "too_large"
    SYNTAX = "syntax"
    NOT_OFFERED = "not_offered"
    UNKNOWN = "unknown"
    TOO_MUCH = "too_much"
    RESOURCE = "resource"
    ELEMENT = "element"
    GLYPH = "glyph"
    OVERFLOW = "overflow"
    LACKING = "lacking"
    TOO_LONG = "too_long"
    OTHER = "other"


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which part (`page`, `sheet`, `frame`) and line (0: none), and what stands there."""

    problem: Problem
    part: str = ""
    line: int = 0
    detail: str = ""


def faults(design: Design) -> list[Fault]:
    """All that can be told without running anything; empty when there is nothing."""
    parts = {"page": design.page, "sheet": design.sheet, "frame": design.frame.decode("utf-8", "replace")}
    large = [
        Fault(Problem.TOO_LARGE, name, 0, str(LONGEST[name])) for name in parts if len(parts[name]) > LONGEST[name]
    ]
    return large or [*page_faults(design.page), *sheet_faults(design.sheet), *frame_faults(design.frame)]


# ---- the page ----

NAMES = {"c", "density", "facts", "name_size", "name_is_latin", "loop"}
FILTERS = {"batch", "date_en", "date_zh", "default", "e", "escape", "length", "lower", "upper"}
OF_A_CERTIFICATE = {field.name for field in fields(CertificateFields)}
OF_A_LOOP = {"first", "last", "index", "index0", "length"}
OFFERED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If, nodes.For),
    *(nodes.Filter, nodes.Macro, nodes.Call, nodes.Assign, nodes.Compare, nodes.Operand, nodes.And, nodes.Or),
    *(nodes.Not, nodes.Add, nodes.Sub, nodes.Mul, nodes.CondExpr, nodes.Tuple),
)


def page_faults(page: str) -> list[Fault]:
    """What a page does that is not offered, and whether it could grow too long."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    try:
        tree = environment.parse(page)
        found = list(dict.fromkeys(_Reader(tree).faults()))
        too_much = not found and _printed(tree, {}) > MOST_PRINTED
    except TemplateSyntaxError as error:
        return [Fault(Problem.SYNTAX, "page", error.lineno, str(error.message)[:200])]
    except RecursionError:
        return [Fault(Problem.TOO_MUCH, "page")]
    return [Fault(Problem.TOO_MUCH, "page")] if too_much else found


class _Reader:
    """Goes through a template's tree and says what is not offered."""

    def __init__(self, tree: nodes.Template) -> None:
        self._tree = tree
        self._macros: set[str] = set()
        self._loops = 0
        self._all = NAMES | {one.name for one in tree.find_all(nodes.Name) if one.ctx in {"store", "param"}}
        self._all |= {one.name for one in tree.find_all(nodes.Macro)}

    def faults(self) -> Iterator[Fault]:
        """Every fault, from the top."""
        yield from self._of(self._tree)

    def _of(self, node: nodes.Node) -> Iterator[Fault]:
        if not isinstance(node, OFFERED):
            yield self._fault(node, type(node).__name__)
            return
        check = getattr(self, f"_{type(node).__name__.lower()}", None)
        if check is not None:
            yield from check(node)
        self._loops += isinstance(node, nodes.For)
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Call) and not _is_isoformat(child) and not isinstance(node, nodes.Output):
                yield self._fault(child, "()")
            if isinstance(child, nodes.Macro) and node is not self._tree:
                yield self._fault(child, "macro")
            yield from self._of(child)
        self._loops -= isinstance(node, nodes.For)
        if isinstance(node, nodes.Macro):
            self._macros.add(node.name)  # known from its end on: nothing calls itself

    def _fault(self, node: nodes.Node, detail: str, problem: Problem = Problem.NOT_OFFERED) -> Fault:
        return Fault(problem, "page", node.lineno, detail[:80])

    def _name(self, node: nodes.Name) -> Iterator[Fault]:
        if node.ctx == "load" and node.name not in self._all:
            yield self._fault(node, node.name, Problem.UNKNOWN)
        if node.ctx == "store" and node.name in NAMES:
            yield self._fault(node, node.name)

    def _getattr(self, node: nodes.Getattr) -> Iterator[Fault]:
        of = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = {"c": OF_A_CERTIFICATE, "loop": OF_A_LOOP}.get(of, {"zh", "en", "isoformat"})
        if node.attr not in known:
            yield self._fault(node, f"{of}.{node.attr}", Problem.UNKNOWN)

    def _filter(self, node: nodes.Filter) -> Iterator[Fault]:
        plain = len(node.args) <= 1 and not node.kwargs and all(isinstance(one, nodes.Const) for one in node.args)
        if node.name not in FILTERS or node.node is None or not plain:
            yield self._fault(node, f"|{node.name}")

    def _for(self, node: nodes.For) -> Iterator[Fault]:
        rows = node.iter.node if isinstance(node.iter, nodes.Filter) and node.iter.name == "batch" else node.iter
        known = isinstance(rows, nodes.Name) and rows.name not in NAMES - {"facts"}
        if not known or node.recursive or self._loops >= DEEPEST:
            yield self._fault(node, "for")

    def _call(self, node: nodes.Call) -> Iterator[Fault]:
        if _is_isoformat(node):
            return
        plain = not node.dyn_args and not node.dyn_kwargs
        if not plain or not isinstance(node.node, nodes.Name) or node.node.name not in self._macros:
            yield self._fault(node, "()")

    def _add(self, node: nodes.BinExpr) -> Iterator[Fault]:
        if not (_is_number(node.left) and _is_number(node.right)):
            yield self._fault(node, node.operator)

    _sub = _mul = _add


def _is_isoformat(node: nodes.Call) -> bool:
    plain = not (node.args or node.kwargs or node.dyn_args or node.dyn_kwargs)
    return plain and isinstance(node.node, nodes.Getattr) and node.node.attr == "isoformat"


def _is_number(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int) and abs(node.value) < 10_000
    if isinstance(node, nodes.BinExpr):
        return _is_number(node.left) and _is_number(node.right)
    return isinstance(node, nodes.Filter) and node.name == "length"


def _printed(node: nodes.Node, macros: dict[str, int]) -> int:
    """How many characters a part of a page may come to: every branch, every row of every loop."""
    if isinstance(node, nodes.TemplateData):
        return len(node.data)
    if isinstance(node, nodes.Macro):
        macros[node.name] = sum(_printed(one, macros) for one in node.body)
        return 0
    if isinstance(node, nodes.Call):
        return macros.get(node.node.name, A_VALUE) if isinstance(node.node, nodes.Name) else A_VALUE
    if isinstance(node, nodes.Expr):
        return A_VALUE
    times = MOST_ROWS if isinstance(node, nodes.For) else 1
    return times * (1 + sum(_printed(one, macros) for one in node.iter_child_nodes()))


# ---- the style sheet ----

AT_RULES = re.compile(r"page|(top|bottom|left|right)(-[a-z]+)*")
OWN_PICTURES = {"anning:frame.svg", "anning:qr.svg"}
SHOWN_BY_A_PAGE = {"anning:qr.svg", PHOTO}
"""A sheet shows the photo of nobody: it is the same for whoever has none."""
FETCHING = {"url", "src", "image", "image-set", "cross-fade", "element", "attr", "var", "env"}


def sheet_faults(sheet: str) -> list[Fault]:
    """Which rules and resources of a style sheet are not offered."""
    return list(dict.fromkeys(_of_tokens(tinycss2.parse_component_value_list(sheet))))


def _of_tokens(tokens: list[tinycss2.ast.Node]) -> Iterator[Fault]:
    for token in tokens:
        line = token.source_line
        if token.type == "error":
            yield Fault(Problem.SYNTAX, "sheet", line, str(token.message)[:200])
        elif token.type == "at-keyword" and not AT_RULES.fullmatch(token.lower_value):
            yield Fault(Problem.NOT_OFFERED, "sheet", line, f"@{token.value}"[:80])
        elif token.type == "url" and token.value not in OWN_PICTURES:
            yield Fault(Problem.RESOURCE, "sheet", line, token.value[:80])
        elif token.type == "function":
            yield from _of_function(token)
        elif token.type in {"{} block", "[] block", "() block"}:
            yield from _of_tokens(token.content)


def _of_function(function: tinycss2.ast.FunctionBlock) -> Iterator[Fault]:
    line = function.source_line
    if function.lower_name == "url":
        named = [one.value for one in function.arguments if one.type == "string"]
        if len(named) != 1 or named[0] not in OWN_PICTURES:
            yield Fault(Problem.RESOURCE, "sheet", line, "".join(named)[:80] or "url()")
    elif function.lower_name in FETCHING:
        yield Fault(Problem.NOT_OFFERED, "sheet", line, f"{function.name}()"[:80])
    yield from _of_tokens(function.arguments)


# ---- the frame ----

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "desc", "defs"),
    *("linearGradient", "radialGradient", "stop", "clipPath"),
}
WITHIN = re.compile(r"url\(\s*['\"]?#[\w-]+['\"]?\s*\)")


def frame_faults(frame: bytes) -> list[Fault]:
    """Which elements and attributes of a frame are not offered: it is lines and surfaces, and refers to nothing."""
    if b"<!DOCTYPE" in frame.upper() or b"<!ENTITY" in frame.upper():
        return [Fault(Problem.NOT_OFFERED, "frame", 1, "<!DOCTYPE")]
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(frame, parser)
    except etree.XMLSyntaxError as error:
        return [Fault(Problem.SYNTAX, "frame", error.lineno or 0, str(error.msg)[:200])]
    every = list(root.iter())
    if root.tag != f"{SVG}svg":
        return [Fault(Problem.ELEMENT, "frame", 1, str(root.tag)[:80])]
    if len(every) > MOST_ELEMENTS:
        return [Fault(Problem.TOO_LARGE, "frame", 0, str(MOST_ELEMENTS))]
    return list(dict.fromkeys(fault for element in every for fault in _of_element(element)))


def _of_element(element: etree._Element) -> Iterator[Fault]:
    line = element.sourceline or 0
    if not isinstance(element.tag, str):
        if element.tag is not etree.Comment:
            yield Fault(Problem.ELEMENT, "frame", line, "<?")
        return
    if element.tag.removeprefix(SVG) not in ELEMENTS:
        yield Fault(Problem.ELEMENT, "frame", line, f"<{etree.QName(element).localname}>"[:80])
    for name, value in element.attrib.items():
        plain = str(name).lower()
        if plain.startswith(("on", "{")) or plain in {"href", "style"}:
            yield Fault(Problem.NOT_OFFERED, "frame", line, str(etree.QName(name).localname)[:80])
        elif "url(" in str(value).lower() and not WITHIN.fullmatch(str(value)):
            yield Fault(Problem.RESOURCE, "frame", line, str(value)[:80])
