"""The trial of a design: a process of its own prints it for hard names, within bounds of time and memory.

It is started by `proofs.py`, reads one JSON object and answers with one JSON line for each name, as soon as it is
printed: whoever waits knows how far it came when it is stopped. A fault of the page itself ends it.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from certificates.design import Design
from certificates.designs.rules import SHOWN_BY_A_PAGE, Fault, Problem
from certificates.fields import CertificateFields, CharactersMissing
from certificates.photos.drawing import silhouette
from training.core.fonts import CannotPrint, FontFace, Typefaces, describe

CPU_SECONDS = 12
MEMORY = 2 * 1024**3
WRITTEN = 64 * 1024**2
PICTURE_SCALE = 1.2
FETCHED = re.compile(r"may not load (.+)\.\s*$")
GLYPHS = re.compile(r"U\+[0-9A-F]{4,6}")
TAGS = {"script", "style", "link", "base", "iframe", "object", "embed", "form", "input", "button", "svg", "video"}


def main() -> None:
    """Read what to print, print it, say what came of each."""
    bound()
    asked = json.load(sys.stdin)
    design = Design(asked["page"], asked["sheet"], asked["frame"].encode())
    faces = {name: tuple(_face(one) for one in asked["faces"][name]) for name in ("everyday", "rare")}
    typefaces = Typefaces(**faces)
    for person in asked["people"]:
        answer = tried(CertificateFields.from_dict(person), design, typefaces)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
        if answer.get("part") == "page":  # the same for every name
            return


def bound() -> None:
    """Set the limits of this process; the system ends it where they are passed."""
    for what, limit in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, WRITTEN),
    ):
        resource.setrlimit(what, (limit, limit))


def _face(one: list[Any]) -> FontFace:
    family, weight, path = one
    return FontFace(family, weight, Path(path))


def tried(certificate: CertificateFields, design: Design, typefaces: Typefaces) -> dict[str, Any]:
    """What comes of one certificate: its `picture`, or what is wrong."""
    try:
        return {"picture": base64.b64encode(_picture(_printed(certificate, design, typefaces))).decode()}
    except _Refused as refused:
        fault = refused.fault
    except MemoryError:
        fault = Fault(Problem.TOO_LONG)
    return {"problem": fault.problem.value, "part": fault.part, "line": fault.line, "detail": fault.detail}


class _Refused(Exception):
    """The document would not come out right."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault


def _printed(certificate: CertificateFields, design: Design, typefaces: Typefaces) -> bytes:
    from jinja2 import TemplateError

    from certificates import pdf  # half a second: after the bounds are set

    _require_glyphs(design, typefaces)
    try:
        html = pdf.document_html(certificate, design)
        for fault in _of_html(html, certificate.verify_url):
            raise _Refused(fault)
        printed = pdf.render(certificate, typefaces, design, photo=silhouette() if certificate.photo else None)
    except CharactersMissing as missing:
        raise _Refused(Fault(Problem.GLYPH, "", 0, ", ".join(map(describe, missing.characters)))) from missing
    except pdf.Overflows as long:
        raise _Refused(Fault(Problem.OVERFLOW)) from long
    except CannotPrint as error:
        raise _Refused(_of_press(str(error))) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError) as error:
        raise _Refused(Fault(Problem.OTHER, "page", _line_of(error), str(error)[:200])) from error
    _require_all(printed, certificate)
    return printed


def _require_all(printed: bytes, certificate: CertificateFields) -> None:
    """Refuse a design that leaves out what tells a paper from others."""
    import pypdfium2

    from certificates import pdf

    said = "".join(pypdfium2.PdfDocument(printed)[0].get_textpage().get_text_range().split())
    for either in pdf.must_say(certificate):
        if not any("".join(one.split()) in said for one in either):
            raise _Refused(Fault(Problem.LACKING, "page", 0, either[0]))


def _require_glyphs(design: Design, typefaces: Typefaces) -> None:
    for line, text in enumerate(design.page.splitlines(), start=1):
        missing = typefaces.missing_characters(text.replace("\t", ""))
        if missing:
            raise _Refused(Fault(Problem.GLYPH, "page", line, ", ".join(map(describe, missing))))


def _of_press(said: str) -> Fault:
    fetched = FETCHED.search(said)
    if fetched:
        return Fault(Problem.RESOURCE, "page", 0, fetched[1][:80])
    if "glyph" in said:
        return Fault(Problem.GLYPH, "", 0, ", ".join(dict.fromkeys(GLYPHS.findall(said)))[:200])
    return Fault(Problem.OTHER, "", 0, said[:300])


def _line_of(error: BaseException) -> int:
    """The line of the template in which it happened: Jinja rewrites the traceback to its lines."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _of_html(html: str, own: str) -> Iterator[Fault]:
    """Elements that a printed page has no use for, and links that lead anywhere but to the verification."""
    reader = _Html()
    reader.feed(html)
    for tag, attributes in reader.seen:
        if tag in TAGS:
            yield Fault(Problem.ELEMENT, "page", 0, f"<{tag}>")
        for name, value in attributes:
            if name == "style" or name.startswith("on"):
                yield Fault(Problem.NOT_OFFERED, "page", 0, name[:80])
            if name in {"href", "src"} and value not in {own, *SHOWN_BY_A_PAGE}:
                yield Fault(Problem.RESOURCE, "page", 0, str(value)[:80])


class _Html(HTMLParser):
    """Collects the elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def _picture(printed: bytes) -> bytes:
    """The page as JPEG, some 1,000 pixels wide."""
    import pypdfium2

    document = pypdfium2.PdfDocument(printed)
    kept = io.BytesIO()
    document[0].render(scale=PICTURE_SCALE).to_pil().convert("RGB").save(kept, "JPEG", quality=82)
    return kept.getvalue()


if __name__ == "__main__":
    main()
