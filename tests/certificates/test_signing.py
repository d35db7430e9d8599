"""Signed certificates: accepted by independent validators, still PDF/A and PDF/UA, and their keys."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from certificates.fields import CertificateFields
from certificates.photos.drawing import silhouette
from certificates.signing import keys, pen
from certificates.signing.keys import DocumentKey, KeyFault
from tests.certificates.conftest import NAMES
from tests.certificates.signed import MOMENT, Desk, certificate_of, pem_of, rsa_key
from training.core.fonts import Typefaces
from training.settings import Settings, SettingsError


def validated(signed: bytes, *roots: Any) -> PdfSignatureStatus:
    """What pyHanko's own validator says, which reads the file as any PDF."""
    (signature,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    context = ValidationContext(trust_roots=[signature.signer_cert, *roots], moment=MOMENT, allow_fetching=False)
    return validate_pdf_signature(signature, context, ts_validation_context=context)


def external(program: str) -> str:
    """The program, or a skipped test where it is not installed (in CI it is)."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_validator_accepts_every_name(
    name: str, certificate: CertificateFields, typefaces: Typefaces, tmp_path: Path
) -> None:
    signed = Desk().sign(replace(certificate, person_name=name), typefaces)
    assert len(signed) < 70_000
    file = accepted(signed, tmp_path)
    text = subprocess.run([external("pdftotext"), file, "-"], capture_output=True, text=True, check=True).stdout
    assert name in re.sub(r"\s+", " ", text) or name.replace(" ", "") in re.sub(r"\s+", "", text)


def test_every_validator_accepts_a_photo(certificate: CertificateFields, typefaces: Typefaces, tmp_path: Path) -> None:
    pictured = replace(certificate, photo=hashlib.sha256(silhouette()).hexdigest())
    file = accepted(Desk().sign(pictured, typefaces), tmp_path)
    listed = subprocess.run([external("pdfimages"), "-list", file], capture_output=True, text=True, check=True).stdout
    (image,) = listed.splitlines()[2:]
    assert image.split()[2:9] == ["image", "295", "413", "rgb", "3", "8", "jpeg"]
    assert image.split()[12:14] == ["300", "300"], "25 x 35 mm"


def accepted(signed: bytes, folder: Path) -> Path:
    """The file, once every validator has accepted it."""
    status = validated(signed)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    file = folder / "signed.pdf"
    file.write_bytes(signed)
    checked = subprocess.run([external("qpdf"), "--check", file], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    told = subprocess.run([external("pdfsig"), "-nocert", file], capture_output=True, text=True, check=True).stdout
    assert "Signature Validation: Signature is Valid." in told
    assert "Total document signed" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    return file


def test_a_key_of_rsa_signs_as_well(certificate: CertificateFields, typefaces: Typefaces) -> None:
    assert validated(Desk(rsa_key()).sign(certificate, typefaces)).bottom_line


def test_it_signs_where_a_loop_is_running(certificate: CertificateFields, typefaces: Typefaces) -> None:
    async def signing() -> bytes:
        return Desk().sign(certificate, typefaces)

    assert validated(asyncio.run(signing())).bottom_line


def test_only_the_signature_differs_from_one_signing_to_the_next(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    desk = Desk()
    first, second = desk.place(certificate, typefaces), desk.place(certificate, typefaces)
    assert first == second
    one, other = (pen.sign(first, desk.key, MOMENT + timedelta(minutes=wait)) for wait in (0, 1))
    assert len(one) == len(other) == len(first)
    begin, end = one.index(b"/ByteRange"), one.index(b"/AnningNumber")
    assert one[:begin] == other[:begin]
    assert one[end:] == other[end:] == first[end:]


def test_a_signed_file_keeps_to_pdf_a_and_pdf_ua(certificate: CertificateFields, typefaces: Typefaces) -> None:
    with pikepdf.open(BytesIO(Desk().sign(certificate, typefaces))) as document:
        (signature_field,) = document.Root.AcroForm.Fields
        signature = signature_field.V
        assert [float(one) for one in signature_field.Rect] == [0, 0, 0, 0]
        assert int(signature_field.F) & 0b100111 == 0b100, "printed, and neither hidden nor invisible"
        assert "/AP" not in signature_field
        assert str(signature_field.TU) == "数字签名 Digital signature"
        assert int(document.Root.AcroForm.SigFlags) == 3
        assert "/NeedAppearances" not in document.Root.AcroForm
        assert set(document.Root.Perms.keys()) == {"/DocMDP"}
        assert document.Root.Perms.DocMDP.objgen == signature.objgen
        (reference,) = signature.Reference
        assert (str(reference.TransformMethod), int(reference.TransformParams.P)) == ("/DocMDP", 1)
        assert not {"/DigestMethod", "/DigestValue", "/DigestLocation"} & set(reference.keys())
        parents = list(document.Root.StructTreeRoot.ParentTree.Nums)
        form = parents[parents.index(signature_field.StructParent) + 1]
        assert str(form.S) == "/Form"
        assert form.K[0].Obj.objgen == signature_field.objgen
        assert form.objgen in [kid.objgen for kid in form.P.K]
        numbers = [int(one) for one in parents[::2]]
        assert numbers == sorted(set(numbers))
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_a_key_signs_in_its_time_alone(certificate: CertificateFields, typefaces: Typefaces) -> None:
    desk = Desk()
    placed = desk.place(certificate, typefaces)
    for moment in (MOMENT - timedelta(days=2), MOMENT + timedelta(days=366)):
        with pytest.raises(KeyFault, match="cannot sign on"):
            pen.sign(placed, desk.key, moment)


def test_a_file_without_a_place_is_not_signed(certificate: CertificateFields, typefaces: Typefaces) -> None:
    desk = Desk()
    signed = desk.sign(certificate, typefaces)
    for document in (b"%PDF-1.7", signed):
        with pytest.raises(KeyFault, match="no place"):
            pen.sign(document, desk.key, MOMENT)


@pytest.mark.parametrize("passphrase", [None, b"open sesame"])
def test_a_key_is_read_from_pem_and_from_pkcs12(passphrase: bytes | None, tmp_path: Path) -> None:
    desk = Desk()
    secret = None
    if passphrase:
        secret = tmp_path / "passphrase"
        secret.write_bytes(passphrase + b"\n")
    sealed = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    above = certificate_of(rsa_key(), "Authority")
    packed = tmp_path / "key.p12"
    packed.write_bytes(pkcs12.serialize_key_and_certificates(b"", desk.private, desk.key.certificate, [above], sealed))
    for path in (pem_of(desk.key, tmp_path / "key.pem", passphrase), packed):
        read = keys.load_document_key(path, secret)
        assert read.fingerprint == desk.key.fingerprint
        assert not read.development
    assert read.chain == (above,)


def test_a_wrong_key_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    from training.app import create_app
    from wsgi import PACKAGES

    strangers = DocumentKey(rsa_key(), Desk().key.certificate)
    files = {
        "absent": tmp_path / "absent.pem",
        "text": tmp_path / "text.pem",
        "mismatch": pem_of(strangers, tmp_path / "mismatch.pem"),
        "sealed": pem_of(Desk().key, tmp_path / "sealed.pem", b"secret"),
    }
    files["text"].write_text("hello")
    for path in files.values():
        for name in ("ANNING_SIGNING_KEY", "ANNING_CODE_KEY"):
            settings = Settings.from_environ({"ANNING_DATA_DIR": str(tmp_path / "data"), name: str(path)})
            with pytest.raises(SettingsError, match=f"{name}: .*{path.name}"):
                create_app(settings, PACKAGES)


def test_the_development_key_is_made_once_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "signing" / "development.pem"
    made = keys.development_key(path)
    assert keys.development_key(path).fingerprint == made.fingerprint
    assert made.development
    assert "proves nothing" in made.certificate.subject.rfc4514_string()
    assert path.stat().st_mode & 0o077 == 0
    assert keys.own_code_key(tmp_path / "code.pem").public == keys.own_code_key(tmp_path / "code.pem").public


@contextmanager
def authority(answers: bytes | None = None) -> Iterator[tuple[str, Any]]:
    """A time-stamp authority that answers over HTTP, with its certificate; or a server that answers anything."""
    private = rsa_key()
    subject = certificate_of(private, "Authority of time").subject
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(4711)
        .not_valid_before(MOMENT - timedelta(days=1))
        .not_valid_after(MOMENT + timedelta(days=1))
        .add_extension(certificates.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(private, hashes.SHA256())
    )
    root = x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(root, asn1_keys.PrivateKeyInfo.load(der), fixed_dt=MOMENT)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            content = stamper.request_tsa_response(asked).dump() if answers is None else answers
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", root
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_time_stamp_authority_vouches_for_the_moment(certificate: CertificateFields, typefaces: Typefaces) -> None:
    desk = Desk()
    placed = desk.place(certificate, typefaces, stamped=True)
    with authority() as (url, root):
        signed = pen.sign(placed, desk.key, MOMENT, pen.Authority(url))
    status = validated(signed, root)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.timestamp == MOMENT


def test_without_the_authoritys_answer_nothing_is_signed(certificate: CertificateFields, typefaces: Typefaces) -> None:
    desk = Desk()
    placed = desk.place(certificate, typefaces, stamped=True)
    with authority(b"no stamp today") as (url, _root), pytest.raises(KeyFault, match="No time stamp"):
        pen.sign(placed, desk.key, MOMENT, pen.Authority(url))
    with pytest.raises(KeyFault, match="No time stamp"):
        pen.sign(placed, desk.key, MOMENT, pen.Authority(url))
