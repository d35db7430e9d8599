"""YAML as a small tree in which every part knows its line and column. Reads any text; never raises, never runs deep.

Only plain data is read: maps, lists and texts. Anchors, aliases and tags are faults, because a file with them does not
say what it seems to say; depth and size are bounded.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

if TYPE_CHECKING:
    from yaml import Event

DEEPEST = 10
LARGEST = 200_000
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would make a text read otherwise


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong with a file: where (line and column from 1, and the part by name) and what, in words."""

    line: int
    column: int
    where: str
    message: str


@dataclass
class Node:
    """A part of the file: a map (`items`), a list (`parts`) or a text (`text`)."""

    line: int
    column: int
    text: str | None = None
    items: dict[str, tuple[Node, Node]] | None = None
    parts: list[Node] | None = None
    _key: Node | None = field(default=None, repr=False)

    @property
    def children(self) -> list[Node]:
        """What stands in a map or a list."""
        return [value for _key, value in (self.items or {}).values()] + (self.parts or [])


def is_printable(character: str) -> bool:
    """Whether a page may hold the character: no control, no half of a pair, nothing that turns the direction."""
    point = ord(character)
    if character in "\n\t" or point < 0x7F:
        return character in "\n\t" or point >= 0x20
    is_noncharacter = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return not (is_noncharacter or unicodedata.category(character) in {"Cc", "Cs"} or character in TURNING)


def showable(text: str) -> str:
    """The text with U+FFFD in place of what no page may hold."""
    return text if text.isascii() and text.isprintable() else "".join(c if is_printable(c) else "\ufffd" for c in text)


class TooDeep(Exception):
    """The file is nested deeper than any dialogue."""


def read(text: str) -> tuple[Node | None, list[Fault]]:
    """The tree of a file, as far as it can be read, and what is wrong with its form."""
    import yaml

    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        message = _("The file is larger than %(max)d kB; a dialogue is never that long.", max=LARGEST // 1000)
        return None, [Fault(1, 1, "", message)]
    reader = _Reader()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        problem = str(error.problem or error.context)
        reader.fault(
            error.problem_mark or error.context_mark, _("This cannot be read as YAML: %(problem)s.", problem=problem)
        )
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        code = f"{error.character:04X}" if isinstance(error.character, int) else str(error.character)
        reader.faults.append(
            Fault(line, column, "", _("The character U+%(code)s cannot be printed; delete it.", code=code))
        )
    except TooDeep:
        pass
    except (ValueError, IndexError, RecursionError):  # what PyYAML lets through, such as a version out of range
        reader.faults.append(Fault(1, 1, "", _("This cannot be read as YAML.")))
    return reader.root, reader.faults


class _Reader:
    """Builds the tree from the parser's events."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self.open: list[Node] = []
        self.documents = 0

    def fault(self, mark: Any, message: str) -> None:
        """Note what is wrong at a place."""
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.faults.append(Fault(line, column, "", message))

    def take(self, event: Event) -> None:
        """One event of the parser."""
        import yaml

        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self.fault(event.start_mark, _("The file ends here for us: one file holds one dialogue."))
        if self.documents > 1:
            return
        if isinstance(event, yaml.NodeEvent):
            self._check(event)
        node = self._begun(event)
        if node is not None:
            self._place(node)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent) and node is not None:
            self.open.append(node)
            if len(self.open) > DEEPEST:
                self.fault(
                    event.start_mark, _("This is nested deeper than a dialogue can be; look at the indentation.")
                )
                raise TooDeep
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.open.pop()

    def _check(self, event: Event) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self.fault(event.start_mark, _("Aliases (*) are not read; write the text out."))
        elif getattr(event, "anchor", None):
            self.fault(event.start_mark, _("Anchors (&) are not read; take it away."))
        if getattr(event, "tag", None):
            self.fault(event.start_mark, _("Tags (!) are not read; take it away."))

    def _begun(self, event: Event) -> Node | None:
        import yaml

        mark = event.start_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.ScalarEvent):
            return Node(*place, text=event.value)
        if isinstance(event, yaml.AliasEvent):
            return Node(*place, text="")
        if isinstance(event, yaml.MappingStartEvent):
            return Node(*place, items={})
        return Node(*place, parts=[]) if isinstance(event, yaml.SequenceStartEvent) else None

    def _place(self, node: Node) -> None:
        """Put a node where it belongs: the root, a part of a list, a key of a map or its value."""
        if not self.open:
            self.root = node
            return
        above = self.open[-1]
        if above.parts is not None:
            above.parts.append(node)
        elif above._key is None:
            above._key = node
        elif above.items is not None:
            key, above._key = above._key, None
            self._add(above.items, key, node)

    def _add(self, items: dict[str, tuple[Node, Node]], key: Node, value: Node) -> None:
        if key.text is None:
            self.faults.append(Fault(key.line, key.column, "", _("A name is expected here, not a map or a list.")))
        elif key.text in items:
            message = _("“%(name)s” stands here a second time; keep one of them.", name=key.text)
            self.faults.append(Fault(key.line, key.column, "", message))
        else:
            items[key.text] = (key, value)
