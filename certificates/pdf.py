"""The printed certificate: what it says, frozen as plain values, and the PDF made from that alone.

`render` needs no database and no application: the same fields, design and fonts give the same bytes on every day. A
document that would be wrong is not made: a character without a glyph, a resource that is not ours, a font
that is not ours, a second page and any complaint of WeasyPrint's are errors (`CannotPrint`).
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import segno
from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint.document import Document

from certificates.design import PHOTO, Design, house_design
from certificates.fields import Bilingual, CertificateFields, require_printable
from training.core import press
from training.core.drawings import Modules
from training.core.fonts import CannotPrint, Typefaces


class Overflows(CannotPrint):
    """The certificate needs a second page, even set closely."""


class PhotoMissing(CannotPrint):
    """The photo that the certificate shows is not at hand as it was frozen."""


_QR_MASK = 2
"""Any of the eight masks is legal; a fixed one spares segno from drawing all eight to compare them."""

_QR_QUIET_ZONE = 4
_QR_COLOUR = (0x12 / 255, 0x29 / 255, 0x2B / 255)
_MONTHS = ["January", "February", "March", "April", "May", "June"]
_MONTHS += ["July", "August", "September", "October", "November", "December"]


def render(
    certificate: CertificateFields,
    typefaces: Typefaces,
    design: Design | None = None,
    *,
    code: str = "",
    photo: bytes | None = None,
    finish: press.Finisher | None = None,
) -> bytes:
    """The certificate as PDF/A-3a and PDF/UA-1 of one A4 page, fonts embedded and subset; raises `CannotPrint`.

    It has the design of the house unless another is given. The QR carries `code` behind the address; `photo` is the
    JPEG whose hash is frozen in the fields, and goes into the file byte for byte; `finish` keeps a place for a
    signature. Some 50 ms of CPU: call it outside a transaction. Calls from several threads wait for one another.
    """
    require_printable(certificate, typefaces)
    pictures = _pictures(certificate, photo)
    design = design or house_design()
    faces = typefaces.needed_for("".join((*certificate.texts(), *design.page.split())))
    own = press.load(faces, design.sheet, (("frame.svg", design.frame),))
    with press.at_work():
        return press.write(_one_page(certificate, design, own, code, pictures), own, finish)


def _pictures(certificate: CertificateFields, photo: bytes | None) -> dict[str, bytes | Path]:
    """What the page may show beside frame and QR code."""
    if not certificate.photo:
        return {}
    if photo is None or hashlib.sha256(photo).hexdigest() != certificate.photo:
        raise PhotoMissing(f"The photo of the certificate {certificate.number} is missing or was changed.")
    return {PHOTO: photo}


def document_html(certificate: CertificateFields, design: Design, density: str = "") -> str:
    """The certificate as HTML, every value escaped; `density` is empty or `compact`."""
    name = certificate.person_name
    return _template(design.page).render(
        c=certificate,
        density=density,
        facts=_facts(certificate),
        name_size=_name_size(name),
        name_is_latin=max(name, default="") < "\u2e80",
    )


def qr_code(url: str) -> Modules:
    """A QR code (error correction M), to be drawn."""
    rows = segno.make_qr(url, error="m", mask=_QR_MASK, boost_error=False).matrix
    return Modules(rows, quiet=_QR_QUIET_ZONE, colour=_QR_COLOUR)


def _one_page(
    certificate: CertificateFields, design: Design, own: press.Press, code: str, pictures: dict[str, bytes | Path]
) -> Document:
    """Lay the certificate out, closer if it is long; a second page would mean that something is cut off."""
    address = f"{certificate.verify_url}#{code}" if code else certificate.verify_url
    qr = {"anning:qr.svg": qr_code(address)}
    for density in ("", "compact"):
        document = press.set_pages(document_html(certificate, design, density), own, pictures, qr)
        if len(document.pages) == 1:
            return document
    raise Overflows(
        "The certificate does not fit on one page; shorten the names of the programme, institution, base or cohort."
    )


@lru_cache(maxsize=16)
def _template(page: str) -> Template:
    """A template in a sandbox: it sees the fields and two date filters, and an unknown name is an error."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["date_zh"] = _date_zh
    environment.filters["date_en"] = _date_en
    return environment.from_string(page)


def _facts(certificate: CertificateFields) -> list[tuple[str, str, Bilingual]]:
    """The rows of the table: label in both languages, value; what was not recorded is left out."""
    hours = f"{certificate.class_hours.normalize():f}"
    until = certificate.valid_until
    rows = [
        ("工作单位", "Institution", certificate.institution),
        ("培训基地", "Training base", certificate.base),
        ("性别", "Sex", _SEXES.get(certificate.sex or "", Bilingual())),
        ("身份证号", "ID number", Bilingual(certificate.id_number_masked)),
        ("职业", "Profession", certificate.profession),
        ("班次", "Cohort", Bilingual(certificate.cohort_name)),
        ("学时", "Class hours", Bilingual(hours)),
        ("考核结果", "Result", certificate.result),
        ("有效期至", "Valid until", Bilingual(_date_zh(until), _date_en(until)) if until else Bilingual()),
        ("发证字号", "Issuer’s No.", Bilingual(certificate.local_number)),
    ]
    return [row for row in (*rows, *_in_place_of(certificate)) if row[2]]


def _in_place_of(certificate: CertificateFields) -> Iterator[tuple[str, str, Bilingual]]:
    """That it is a duplicate, or why else it was issued anew: in the table, so that every design prints it."""
    if certificate.replaced_as and certificate.first_issued_on:
        first = certificate.first_issued_on
        yield (
            *_AGAIN[certificate.replaced_as],
            Bilingual(
                f"代替 {certificate.replaces}，首次发证 {_date_zh(first)}",
                f"In the place of {certificate.replaces}, first issued on {_date_en(first)}",
            ),
        )


def must_say(certificate: CertificateFields) -> Iterator[tuple[str, str]]:
    """What every design has to print, in one language or the other: the number, and that it is not the first paper."""
    yield certificate.number, certificate.number
    if certificate.replaced_as:
        yield _AGAIN[certificate.replaced_as]


_AGAIN = {
    "correction": ("更正换发", "Re-issued with corrections"),
    "duplicate": ("补发", "Duplicate"),
    "renewal": ("续期换发", "Renewed"),
}
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
