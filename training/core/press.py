"""The press: HTML set by WeasyPrint from our own typefaces and resources, and nothing else. Pure.

A document that would be wrong is not made: a character without a glyph, a resource that is not ours, a font that is not
ours and any complaint of WeasyPrint's are errors (`CannotPrint`). Loading this module is half of what starting costs:
import it where something is printed.
"""

from __future__ import annotations

import logging
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pydyf
from tinyhtml5 import inputstream
from weasyprint import HTML
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from training.core.drawings import Modules, Plate
from training.core.fonts import CannotPrint, FontFace
from training.core.garbage import uncollected
from training.core.styles import Sheet, SheetDocument

VARIANT = "pdf/a-3a"
COLOURS = "anning-srgb"
"""Our name for sRGB: under its own, WeasyPrint 70 opens the profile anew each time and never closes it."""

_PRINTING = threading.Lock()
"""Pango's font map is not safe for two threads, and the log handler must hear one document only."""


class _Patterns(dict[tuple[Any, bool], re.Pattern[str]]):
    """The patterns of the HTML parser: tinyhtml5 2.1 keeps each where it never looks, and puts it together anew."""

    def __missing__(self, key: tuple[Any, bool]) -> re.Pattern[str]:
        characters, among = key
        listed = "".join(map(re.escape, characters))
        pattern = self[key] = re.compile(f"[{'' if among else '^'}{listed}]+")
        return pattern


inputstream.characters_until_regex = _Patterns()


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
    sheet: Sheet
    resources: Mapping[str, bytes | Path]
    families: frozenset[str]
    plates: Mapping[str, Plate]


@lru_cache(maxsize=8)
def load(faces: tuple[FontFace, ...], sheet: str, pictures: tuple[tuple[str, bytes], ...] = ()) -> Press:
    """The press for documents of those faces and that style sheet (CSS), loaded once in this process.

    The sheet names its own `pictures`, each a file name with its SVG, as `anning:<file name>`; each is drawn once.
    """
    resources: dict[str, bytes | Path] = {_address(face): face.path for face in faces}
    plates = {f"anning:{name}": Plate(svg, f"anning:{name}") for name, svg in pictures}
    rules = "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{_address(face)}") }}\n'
        for face in faces
    )
    fonts = FontConfiguration()
    with at_work():
        read = Sheet(rules + sheet, font_config=fonts, url_fetcher=OwnResources(resources))
    return Press(fonts, read, resources, frozenset(face.family for face in faces), plates)


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


def set_pages(
    html: str, press: Press, resources: Mapping[str, bytes | Path], drawings: Mapping[str, Modules] | None = None
) -> Document:
    """The pages of a document, which may load the press's resources and those. Only within `at_work`.

    `drawings` are pictures that are drawn as they are, by address.
    """
    return SheetDocument.lay_out(
        HTML(string=html, url_fetcher=OwnResources({**press.resources, **resources})),
        press.sheet,
        press.fonts,
        {COLOURS: _Srgb()},
        cache={**press.plates, **(drawings or {})},  # each its own: a shared one grows by what it is given
        pdf_variant=VARIANT,
        output_intent=COLOURS,
    )


Finisher = Callable[[pydyf.PDF], None]


def write(document: Document, press: Press, finish: Finisher | None = None) -> bytes:
    """The pages as a tagged PDF/A-3a and PDF/UA-1, fonts embedded and subset; the same bytes on every day.

    `finish` adds what it likes before the file is put together. Only within `at_work`.
    """
    for page in document.pages:
        page.paint = partial(_paint_with_languages, page.paint, document.metadata.lang)
    document.metadata.generate_rdf_metadata = partial(_both_standards, document.metadata.generate_rdf_metadata)

    def finisher(_document: Document, pdf: pydyf.PDF) -> None:
        if finish is not None:
            finish(pdf)
        for one in pdf.objects:
            if isinstance(one, pydyf.Stream) and one.extra.get("Subtype") == "/Image":
                one.extra["Interpolate"] = "false"  # ISO 19005-3, 6.2.8
        pdf.objects = [one if one.free == "f" else _Packed(one) for one in pdf.objects]

    printed: bytes = document.write_pdf(pdf_variant=VARIANT, output_intent=COLOURS, finisher=finisher)
    foreign = {font.family for font in document.fonts.values()} - press.families
    if foreign:
        raise CannotPrint(f"The document would use fonts that are not ours: {', '.join(sorted(foreign))}.")
    return printed


def _paint_with_languages(paint: Callable[..., None], usual: str, stream: Any, *given: Any) -> None:
    """Paint a page, and say of every marked piece of text in which language it is, if not in the document's."""
    paint(stream, *given)
    languages = {mark["mcid"]: box.style["lang"] for box, mark in stream._tags.items()}
    for operand in stream.stream:
        if isinstance(operand, pydyf.Dictionary) and languages.get(operand.get("MCID")) not in {None, usual}:
            operand["Lang"] = pydyf.String(languages[operand["MCID"]])


class _Packed(pydyf.Object):
    """An object written out once: its bytes are asked for twice, for the file's identifier and for the file.

    Streams are deflated at the usual level: pydyf's, the highest, takes twice as long for 300 bytes of 45,000.
    """

    compressible = False
    data = b""

    def __init__(self, one: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = one.number, one.generation, one.free
        if isinstance(one, pydyf.Stream) and one.compress:
            one.stream = [zlib.compress(b"\n".join(map(pydyf._to_bytes, one.stream)))]
            one.extra, one.compress = {**one.extra, "Filter": "/FlateDecode"}, False
        self.compressible, self.data = one.compressible, one.data


_UNIVERSAL = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""PDF/UA-1 by its identifier, and the description of that identifier which PDF/A asks for (ISO 19005-3, 6.6.2.3)."""


def _both_standards(of_pdfa: Callable[..., bytes], *given: Any) -> bytes:
    """WeasyPrint knows one standard a file: its metadata of PDF/A with those of PDF/UA."""
    head, end, rest = of_pdfa(*given).rpartition(b"</rdf:RDF>")
    return head + _UNIVERSAL + end + rest


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
    with _PRINTING, _complaints_refused(), uncollected():
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
