"""The printed certificate: what it says, frozen as plain values, and the PDF made from that alone.

`render` needs no database and no application: the same fields and fonts give the same bytes on every day. A
document that would be wrong is not made: a character without a glyph, a resource that is not ours, a font
that is not ours, a second page and any complaint of WeasyPrint's are errors (`CannotPrint`).
"""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from certificates.fields import Bilingual, CannotPrint, CertificateFields, require_printable
from certificates.fonts import FontFace, Typefaces

_FOLDER = Path(__file__).parent / "templates" / "certificates"
_PDF_VARIANT = "pdf/a-3a"
_COLOURS = "anning-srgb"
"""Our name for sRGB: under its own, WeasyPrint 70 opens the profile anew each time and never closes it."""

_QR_MASK = 2
"""Any of the eight masks is legal; a fixed one spares segno from drawing all eight to compare them."""

_QR_QUIET_ZONE = 4
_MONTHS = ["January", "February", "March", "April", "May", "June"]
_MONTHS += ["July", "August", "September", "October", "November", "December"]
_PRINTING = threading.Lock()
"""Pango's font map is not safe for two threads, and the log handler must hear one document only."""


def render(certificate: CertificateFields, typefaces: Typefaces) -> bytes:
    """The certificate as a tagged PDF/A-3a of one A4 page, fonts embedded and subset; raises `CannotPrint`.

    Some 100 ms of CPU: call it outside a transaction. Calls from several threads wait for one another.
    """
    require_printable(certificate, typefaces)
    press = _press(typefaces.needed_for("".join(certificate.texts())))
    fetcher = OwnResources({**press.resources, "anning:qr.svg": qr_svg(certificate.verify_url).encode()})
    with _PRINTING, _complaints_refused():
        document = _one_page(certificate, press, fetcher)
        printed: bytes = document.write_pdf(pdf_variant=_PDF_VARIANT, output_intent=_COLOURS)
        _require_own_fonts(document, press.families)
    return printed


def document_html(certificate: CertificateFields, density: str = "") -> str:
    """The certificate as HTML, every value escaped; `density` is empty or `compact`."""
    name = certificate.person_name
    return (
        _templates()
        .get_template("document.html")
        .render(
            c=certificate,
            density=density,
            facts=_facts(certificate),
            name_size=_name_size(name),
            name_is_latin=max(name, default="") < "\u2e80",
        )
    )


def qr_svg(url: str) -> str:
    """A QR code (error correction M) as SVG; rows are a hair taller than a module so that no seam shows."""
    matrix = segno.make_qr(url, error="m", mask=_QR_MASK, boost_error=False).matrix
    side = len(matrix) + 2 * _QR_QUIET_ZONE
    cells = "".join(
        f"M{run.start() + _QR_QUIET_ZONE} {y + _QR_QUIET_ZONE}h{len(run[0])}v1.02h-{len(run[0])}z"
        for y, row in enumerate(matrix)
        for run in re.finditer(b"\x01+", row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<path fill="#12292b" d="{cells}"/></svg>'
    )


class OwnResources(URLFetcher):
    """Hands WeasyPrint the resources named at the start and nothing else: no network, no other file."""

    def __init__(self, resources: Mapping[str, bytes | Path]) -> None:
        super().__init__(fail_on_errors=True)
        self._resources = resources

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """One of our own resources; any other address stops the document."""
        if url not in self._resources:
            raise CannotPrint(f"a certificate may not load {url[:200]}.")
        resource = self._resources[url]
        body = resource.read_bytes() if isinstance(resource, Path) else resource
        kind = "image/svg+xml" if url.endswith(".svg") else "application/octet-stream"
        return URLFetcherResponse(url, body, {"Content-Type": kind})


@dataclass(frozen=True)
class _Press:
    """What documents of one set of faces share: the loaded fonts and the style sheet."""

    fonts: FontConfiguration
    style: CSS
    resources: Mapping[str, bytes | Path]
    families: frozenset[str]


@lru_cache(maxsize=4)
def _press(faces: tuple[FontFace, ...]) -> _Press:
    """Load the faces once in this process."""
    resources: dict[str, bytes | Path] = {_address(face): face.path for face in faces}
    resources["anning:frame.svg"] = (_FOLDER / "frame.svg").read_bytes()
    rules = "".join(
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{_address(face)}") }}\n'
        for face in faces
    )
    fonts = FontConfiguration()
    sheet = rules + (_FOLDER / "document.css").read_text(encoding="utf-8")
    with _PRINTING, _complaints_refused():
        style = CSS(string=sheet, font_config=fonts, url_fetcher=OwnResources(resources))
    return _Press(fonts, style, resources, frozenset(face.family for face in faces))


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


def _one_page(certificate: CertificateFields, press: _Press, fetcher: OwnResources) -> Document:
    """Lay the certificate out, closer if it is long; a second page would mean that something is cut off."""
    for density in ("", "compact"):
        html = HTML(string=document_html(certificate, density), url_fetcher=fetcher)
        document = html.render(
            font_config=press.fonts,
            stylesheets=[press.style],
            color_profiles={_COLOURS: _Srgb()},
            pdf_variant=_PDF_VARIANT,
            output_intent=_COLOURS,
        )
        if len(document.pages) == 1:
            return document
    raise CannotPrint(
        "The certificate does not fit on one page; shorten the names of the programme, institution, base or cohort."
    )


def _require_own_fonts(document: Document, families: frozenset[str]) -> None:
    """Refuse a document for which Pango went to a font of the system."""
    foreign = {font.family for font in document.fonts.values()} - families
    if foreign:
        raise CannotPrint(f"The certificate would use fonts that are not ours: {', '.join(sorted(foreign))}.")


class _Complaints(logging.Handler):
    """Collects what WeasyPrint would only have logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _complaints_refused() -> Iterator[None]:
    """Turn a warning of WeasyPrint's (a missing glyph, an unloaded font or image) into `CannotPrint`."""
    logger = logging.getLogger("weasyprint")
    complaints = _Complaints()
    logger.addHandler(complaints)
    try:
        yield
    except FatalURLFetchingError as error:  # no `Exception`: uncaught, it would end the worker
        raise CannotPrint(f"The certificate would not come out right: {error.__cause__}") from error
    finally:
        logger.removeHandler(complaints)
    if complaints.messages:
        raise CannotPrint(f"The certificate would not come out right: {'; '.join(complaints.messages)}.")


@lru_cache(maxsize=1)
def _templates() -> ImmutableSandboxedEnvironment:
    """A sandbox: the template sees the fields and two date filters, and an unknown name is an error."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["date_zh"] = _date_zh
    environment.filters["date_en"] = _date_en
    return environment


def _facts(certificate: CertificateFields) -> list[tuple[str, str, Bilingual]]:
    """The rows of the table: label in both languages, value; what was not recorded is left out."""
    hours = f"{certificate.class_hours.normalize():f}"
    until = certificate.valid_until
    rows = [
        ("工作单位", "Institution", certificate.institution),
        ("培训基地", "Training base", certificate.base),
        ("性别", "Sex", _SEXES.get(certificate.sex or "", Bilingual())),
        ("职业", "Profession", certificate.profession),
        ("班次", "Cohort", Bilingual(certificate.cohort_name)),
        ("学时", "Class hours", Bilingual(hours)),
        ("考核结果", "Result", certificate.result),
        ("有效期至", "Valid until", Bilingual(_date_zh(until), _date_en(until)) if until else Bilingual()),
    ]
    return [row for row in rows if row[2]]


_SEXES = {"female": Bilingual("女", "Female"), "male": Bilingual("男", "Male")}


def _name_size(name: str) -> str:
    """The size class of a name by its width in full-width characters; a Latin letter is about half of one."""
    width = sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in name)
    return next((size for size, limit in (("short", 7), ("middle", 12), ("long", 23)) if width <= limit), "longest")


def _date_zh(day: date) -> str:
    """A date as Chinese documents write it: 2026年5月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _date_en(day: date) -> str:
    """A date that no reader takes for another one: 20 May 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
