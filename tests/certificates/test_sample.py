"""The sample's certificates: two in force, one revoked, with the rare characters right on paper."""

from __future__ import annotations

import unicodedata
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models import Certificate, CertificateDocument
from tests.client import main_text
from training.core import jobs
from training.core.db import db, reading


@pytest.mark.sample
def test_sample_certificates_are_printed_by_the_sweep_and_verify(app: Flask, client, english):
    with app.app_context():
        assert jobs.run_sweeps()["certificates"] == 3
        with reading():
            rows = db.session.execute(
                select(Certificate, CertificateDocument.pdf)
                .join(CertificateDocument, CertificateDocument.certificate_id == Certificate.id)
                .order_by(Certificate.id)
            ).all()
    assert [one.status.value for one, _pdf in rows] == ["valid", "valid", "revoked"]
    names = [one.fields["person_name"] for one, _pdf in rows]
    assert "䶮" in names[0]
    assert "𠮷" in names[1]
    for certificate, pdf in rows:
        text = unicodedata.normalize("NFKC", pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text())
        assert certificate.fields["person_name"] in text
        assert certificate.number in text
    for asking in (client, english):
        assert asking.get(f"/verify/{rows[0][0].number}").status_code == 200
    assert "证书已撤销" in main_text(client.get(f"/verify/{rows[2][0].number}"))
