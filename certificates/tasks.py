"""The work after issuing: printing and signing the document, and finding what no wake-up reached."""

from __future__ import annotations

from certificates import queries, services
from certificates.design import Design
from certificates.designs import queries as designs
from certificates.fields import CertificateFields
from certificates.photos import queries as photos
from certificates.signing import codes, desk
from certificates.signing import queries as signing
from certificates.signing.services import SignedBy
from training.core import clock, jobs, printing
from training.core.db import reading, transaction
from training.core.logs import log

A_SWEEP = 200
"""How many documents one sweep makes at most: some 20 seconds of work, so that the worker stays awake for others."""


@jobs.job(services.RENDER)
def render_document(certificate_id: int) -> None:
    """Print and sign one certificate and keep its bytes; harmless when run twice, and for an id that is not there."""
    with reading():
        frozen = queries.fields_to_print(certificate_id)
        design = designs.printed_with(certificate_id)
        photo = photos.picture_to_print(certificate_id)
    if frozen is None:
        return
    signed_by = SignedBy(desk.document_key(), desk.code_key(), clock.now())
    desk.require_ready(signed_by.at)
    signed = _signed(certificate_id, CertificateFields.from_dict(frozen), design, photo, signed_by)
    with transaction():
        services.store_document(certificate_id, signed, signed_by=signed_by)


def _signed(
    certificate_id: int, fields: CertificateFields, design: Design | None, photo: bytes | None, by: SignedBy
) -> bytes:
    """The document, printed with its code and signed."""
    from certificates import pdf  # the press is half of what starting costs, and web processes never print
    from certificates.signing import pen, seat

    url = desk.time_stamp_url()
    claim = seat.Claim(
        fields.number,
        fields.person_name,
        codes.mint(
            fields.number,
            fields.person_name,
            issued_on=fields.issued_on,
            valid_until=fields.valid_until,
            place=signing.place_of(certificate_id),
            key=by.code_key,
        ),
    )
    finish = seat.reserve(claim, pen.room_for(by.key, stamped=bool(url)))
    printed = pdf.render(fields, printing.typefaces(), design, code=claim.code, photo=photo, finish=finish)
    return pen.sign(printed, by.key, by.at, pen.Authority(url) if url else None)


@jobs.sweep("certificates")
def render_what_is_left() -> int:
    """Print whatever has no document; one that fails is logged, left for the next sweep, and stops no other."""
    with reading():
        waiting = queries.without_document(A_SWEEP)
    if waiting:
        printing.typefaces()  # without fonts nothing can be printed: one complaint, not one a certificate
    made = 0
    for certificate_id in waiting:
        try:
            render_document(certificate_id)
        except Exception:  # noqa: BLE001 - whatever is wrong with one, the others wait behind it
            log.exception("certificate not printed", certificate=certificate_id)
        else:
            made += 1
    return made
