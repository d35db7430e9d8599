"""The press: HTML set by WeasyPrint from our own typefaces and resources, and nothing else. Pure.

A document that would be wrong is not made: a character without a glyph, a resource that is not ours, a font that is not
ours and any complaint of WeasyPrint's are errors (`CannotPrint`). Loading this module is half of what starting costs:
import it where something is printed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from training.core.fonts import CannotPrint, FontFace

VARIANT = "pdf/a-3a"
COLOURS = "anning-srgb"
"""Our name for sRGB: under its own, WeasyPrint 70 opens the profile anew each time and never closes it."""

_PRINTING = threading.Lock()
"""Pango's font map is not safe for two threads, and the log handler must hear one document only."""


class OwnResources(URLFetcher):
    """Hands WeasyPrint the resources named at the start and nothing else: no network, no other file."""

    def __init__(self, resources: Mapping[str, bytes | Path]) -> None:
        super().__init__(fail_on_errors=True)
        self._resources = resources

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """One of our own resources; any other address stops the document."""
        if url not in self._resources:
            raise CannotPrint(f"a document may not load {url[:200]}.")
        resource = self._resources[url]
        body = resource.read_bytes() if isinstance(resource, Path) else resource
        kind = "image/svg+xml" if url.endswith(".svg") else "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": kind})


@dataclass(frozen=True)
class Press:
    """What documents of one set of faces share: the loaded fonts and the style sheet."""

    fonts: FontConfiguration
    style: CSS
    resources: Mapping[str, bytes | Path]
    families: frozenset[str]


@lru_cache(maxsize=8)
def load(faces: tuple[FontFace, ...], sheet: str, pictures: tuple[tuple[str, bytes], ...] = ()) -> Press:
    """The press for documents of those faces and that style sheet (CSS), loaded once in this process.

    The sheet names its own `pictures`, each a file name with its bytes, as `anning:<file name>`.
    """
    resources: dict[str, bytes | Path] = {_address(face): face.path for face in faces}
    resources |= {f"anning:{name}": body for name, body in pictures}
    rules = "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{_address(face)}") }}\n'
        for face in faces
    )
    fonts = FontConfiguration()
    with at_work():
        style = CSS(string=rules + sheet, font_config=fonts, url_fetcher=OwnResources(resources))
    return Press(fonts, style, resources, frozenset(face.family for face in faces))


class _Srgb(ColorProfile):
    """The profile that WeasyPrint brings, byte for byte: LittleCMS writes it differently each time."""

    def __init__(self) -> None:
        self._bytes = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
        super().__init__(BytesIO(self._bytes), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))

    @property
    def content(self) -> bytes:
        return self._bytes


def _address(face: FontFace) -> str:
    """The file URL under which the style sheet names a face."""
    return face.path.resolve().as_uri()


def set_pages(html: str, press: Press, resources: Mapping[str, bytes | Path]) -> Document:
    """The pages of a document, which may load the press's resources and those. Only within `at_work`."""
    return HTML(string=html, url_fetcher=OwnResources({**press.resources, **resources})).render(
        font_config=press.fonts,
        stylesheets=[press.style],
        color_profiles={COLOURS: _Srgb()},
        pdf_variant=VARIANT,
        output_intent=COLOURS,
    )


def write(document: Document, press: Press) -> bytes:
    """The pages as a tagged PDF/A-3a, fonts embedded and subset; the same bytes on every day. Only within `at_work`."""
    printed: bytes = document.write_pdf(pdf_variant=VARIANT, output_intent=COLOURS)
    foreign = {font.family for font in document.fonts.values()} - press.families
    if foreign:
        raise CannotPrint(f"The document would use fonts that are not ours: {', '.join(sorted(foreign))}.")
    return printed


class _Complaints(logging.Handler):
    """Collects what WeasyPrint would only have logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def at_work() -> Iterator[None]:
    """Have the press to oneself; a warning of WeasyPrint's (a missing glyph, font or image) becomes `CannotPrint`."""
    with _PRINTING, _complaints_refused():
        yield


@contextmanager
def _complaints_refused() -> Iterator[None]:
    logger = logging.getLogger("weasyprint")
    complaints = _Complaints()
    logger.addHandler(complaints)
    try:
        yield
    except FatalURLFetchingError as error:  # no `Exception`: uncaught, it would end the worker
        raise CannotPrint(f"The document would not come out right: {error.__cause__}") from error
    finally:
        logger.removeHandler(complaints)
    if complaints.messages:
        raise CannotPrint(f"The document would not come out right: {'; '.join(complaints.messages)}.")
