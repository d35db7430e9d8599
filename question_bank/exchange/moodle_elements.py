"""The elements of Moodle's XML, read with bounds: no entities, no network, no huge trees, one question at a time."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from question_bank.exchange import decoding, languages, plain
from question_bank.exchange.building import Raw
from question_bank.exchange.figures import number
from question_bank.exchange.said import gettext as _
from training.core.errors import Invalid

LARGEST = 64 * 1024 * 1024
SAMPLE = 200_000
FORMS = {"html": "html", "moodle_auto_format": "moodle", "plain_text": "plain", "markdown": "markdown"}
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,200}\?>")

Element = Any  # lxml carries no types


class Damaged(Exception):
    """The file breaks off or is no XML from some line on."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def questions(data: bytes) -> Iterator[Element]:
    """The questions of a file, each forgotten after the next is asked for.

    Raises `Invalid` for a file that is none of Moodle's, or declares entities; `Damaged` where it stops being XML.
    """
    context = _events(prepared(data), ("start", "end"))
    root: Element = None
    try:
        for event, element in context:
            if root is None:
                root = element
                _check_root(root)
            elif event == "end" and element.tag == "question" and element.getparent() is root:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
    except etree.XMLSyntaxError as error:
        if root is None:
            raise Invalid(_no_moodle()) from error
        raise Damaged(error.lineno or 0) from error


def language_of(data: bytes) -> str:
    """The language that prevails in the texts of a file; looks at its beginning only."""
    texts, size = [], 0
    try:
        for _event, element in _events(prepared(data), ("end",)):
            if element.tag == "text" and element.text:
                texts.append(element.text)
                size += len(element.text)
            element.clear()
            if size > SAMPLE:
                break
    except etree.XMLSyntaxError:
        pass  # what was read so far is enough; `questions` tells of the damage
    return languages.prevailing("\n".join(texts))


def prepared(data: bytes) -> bytes:
    """The file in UTF-8, whatever it says of itself."""
    if len(data) > LARGEST:
        raise Invalid(
            _("The file is larger than %(size)s MB. Divide it and import the parts.", size=LARGEST // 1024 // 1024)
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _is_utf8(data):
        return _DECLARATION.sub("", decoding.decode(data), count=1).encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8).lstrip()


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), 1 << 20):
            decoder.decode(data[start : start + (1 << 20)])
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def _events(data: bytes, events: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
    return etree.iterparse(  # type: ignore[no-any-return]
        io.BytesIO(data),
        events=events,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _check_root(root: Element) -> None:
    information = root.getroottree().docinfo
    if information.internalDTD is not None or information.externalDTD is not None:
        raise Invalid(_("The file declares a document type, which no export of Moodle does. Export it again."))
    if root.tag != "quiz":
        raise Invalid(_no_moodle())


def _no_moodle() -> str:
    return _("This is no Moodle XML: it does not begin with <quiz>. Export the questions as “Moodle XML format”.")


# ---- what stands in an element ----


def words(element: Element, path: str = "text") -> str:
    """The text of the first element at a path; empty where there is none."""
    found = element.find(path) if element is not None else None
    return "" if found is None else "".join(found.itertext()).strip()


def flag(element: Element, path: str, *, default: bool = False) -> bool:
    """What Moodle writes as `true`, `1` or an empty element."""
    text = words(element, path).lower()
    return text in {"true", "1", "yes"} if text else default


def figure(element: Element, path: str) -> Decimal | None:
    """A number at a path; None for none."""
    return number(words(element, path))


def raw(element: Element, default: str = "html") -> Raw:
    """A text with its form and the files embedded beside it."""
    if element is None:
        return Raw("")
    form = FORMS.get(element.get("format", ""), default)
    text = words(element) if element.find("text") is not None else (element.text or "").strip()
    return Raw(text, form, {path: content for path, content in map(_file, element.findall("file")) if content})


def _file(element: Element) -> tuple[str, bytes]:
    path = f"{element.get('path', '')}/{element.get('name', '')}".replace("//", "/").strip("/")
    content = plain.base64_bytes(element.text or "") if element.get("encoding", "base64") == "base64" else None
    return path, content or b""


def share(element: Element) -> Decimal:
    """The percentage that an answer earns, −100 to 100."""
    found = number(element.get("fraction", "") or words(element, "fraction"))
    return max(Decimal(-100), min(Decimal(100), found)) if found is not None else Decimal(0)
