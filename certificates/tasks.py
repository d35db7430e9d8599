"""The work after issuing: printing and signing the document, and finding what no wake-up reached."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app

from certificates import making, queries, services
from certificates.designs import queries as designs
from certificates.fields import CertificateFields
from certificates.making import Needs, Order, Tools
from certificates.photos import queries as photos
from certificates.signing import codes, desk
from certificates.signing import queries as signing
from certificates.signing.services import SignedBy
from training.core import clock, jobs, printing
from training.core.db import reading, transaction
from training.core.logs import log
from training.settings import Settings

A_SWEEP = 200
"""How many documents one sweep makes at most: some 20 seconds of work, so that the worker stays awake for others."""


@jobs.job(services.RENDER)
def render_document(certificate_id: int) -> None:
    """Print and sign one certificate and keep its bytes; harmless when run twice, and for an id that is not there."""
    have_made(certificate_id, lambda order, keep: keep(making.make(order, _tools())))


def have_made(certificate_id: int, make: Callable[[Order, Callable[[bytes], None]], None]) -> None:
    """Order the document of a certificate that has none, and keep what `make` then hands over, at once or later."""
    with reading():
        frozen = queries.fields_to_print(certificate_id)
        design = designs.printed_with(certificate_id)
        photo = photos.picture_to_print(certificate_id)
        place = signing.place_of(certificate_id)
    if frozen is None:
        return
    by = SignedBy(desk.document_key(), desk.code_key(), clock.now())
    desk.require_ready(by.at)
    fields = CertificateFields.from_dict(frozen)
    code = codes.mint(
        fields.number,
        fields.person_name,
        issued_on=fields.issued_on,
        valid_until=fields.valid_until,
        place=place,
        key=by.code_key,
    )

    def keep(signed: bytes) -> None:
        with transaction():
            services.store_document(certificate_id, signed, signed_by=by)

    make(Order(fields, design, photo, code, by.at, by.key.fingerprint), keep)


def _tools() -> Tools:
    """What this process makes certificates with."""
    return Tools(printing.typefaces(), desk.document_key(), desk.time_stamp_url())


def needs() -> Needs:
    """Where other processes find the same: a key that is made at its first use is there from now on."""
    desk.document_key()
    settings: Settings = current_app.extensions["anning_settings"]
    key, passphrase = desk.document_key_files(settings)
    return Needs(
        str(settings.fonts_dir),
        str(settings.data_dir / "fonts"),
        str(key),
        str(passphrase or ""),
        desk.time_stamp_url(),
    )


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
