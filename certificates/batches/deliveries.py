"""What a batch leaves to download: the documents in one ZIP, and a sheet that lists them."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO

from flask_babel import gettext as _

from certificates import words
from certificates.batches import queries
from certificates.fields import CertificateFields
from certificates.models import Certificate
from training.core import i18n, workbooks
from training.core.workbooks import Column, SheetOut

LONGEST_NAME = 60
A_PIECE = 64 * 1024
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))


def archive(batch_id: int) -> tuple[int, Iterator[bytes]]:
    """The ZIP of every document that is valid now, written into a temporary file: its size, and its bytes in pieces.

    The documents are compressed already and are stored as they are.
    """
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been handed out
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as packed:
        for number, name, pdf in queries.documents(batch_id):
            packed.writestr(file_name(number, name), pdf)
    size = kept.tell()
    pieces = _handed_out(kept)
    next(pieces)  # from here on the file is closed with the pieces, even if nobody asks for one
    return size, pieces


def _handed_out(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        yield b""
        kept.seek(0)
        while piece := kept.read(A_PIECE):
            yield piece


def file_name(number: str, name: str) -> str:
    """The name of one document: its number, then whose it is, without what file systems refuse."""
    return f"{number} {name[:LONGEST_NAME].translate(FORBIDDEN_IN_NAMES)}.pdf"


def sheet(batch_id: int) -> bytes:
    """The certificates of a batch, and what took their place since, as XLSX in the order of issue."""
    head = [
        Column(_("Certificate number"), 22),
        Column(_("Name"), 16),
        Column(_("Institution"), 30),
        Column(_("Issued on"), 14),
        Column(_("Valid until"), 14),
        Column(_("Status"), 10),
        Column(_("Verification address"), 48),
        Column(_("Issuer's number"), 28),
    ]
    rows = [_row(one) for one in queries.issued_certificates(batch_id)]
    return workbooks.write_xlsx([SheetOut(_("Certificates"), head, rows)])


def _row(certificate: Certificate) -> list[workbooks.Value]:
    fields = CertificateFields.from_dict(certificate.fields)
    return [
        certificate.number,
        fields.person_name,
        i18n.local(fields.institution._asdict()),
        fields.issued_on,
        fields.valid_until,
        words.mark(certificate).label,
        fields.verify_url,
        fields.local_number,
    ]
