"""The work after issuing: printing the document, and finding what no wake-up reached."""

from __future__ import annotations

from certificates import queries, services
from certificates.designs import queries as designs
from certificates.fields import CertificateFields
from training.core import jobs, printing
from training.core.db import reading, transaction
from training.core.logs import log

A_SWEEP = 200
"""How many documents one sweep makes at most: some 20 seconds of work, so that the worker stays awake for others."""


@jobs.job(services.RENDER)
def render_document(certificate_id: int) -> None:
    """Print one certificate and keep its bytes; harmless when run twice, and for a number that is not there."""
    with reading():
        frozen = queries.fields_to_print(certificate_id)
        design = designs.printed_with(certificate_id)
    if frozen is None:
        return
    from certificates import pdf  # the press is half of what starting costs, and web processes never print

    printed = pdf.render(CertificateFields.from_dict(frozen), printing.typefaces(), design)
    with transaction():
        services.store_document(certificate_id, printed)


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
