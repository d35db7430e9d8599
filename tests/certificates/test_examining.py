"""Files that were tampered with, told apart; the code in the QR and the list of standings, without a network."""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from unittest import mock

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates import pdf
from certificates.fields import CertificateFields
from certificates.signing import codes, offline, pen, published, status_list
from certificates.signing.examine import LARGEST, Finding, KnownKey, Verdict, examine
from certificates.signing.keys import CodeKey, DocumentKey, KeyFault
from certificates.signing.status_list import ListFault, Standing
from tests.certificates.signed import MOMENT, PLACE, Desk
from training.core.fonts import Typefaces

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """Whoever signs here."""
    return Desk()


@pytest.fixture(scope="module")
def stranger() -> Desk:
    """Somebody else with a key of their own."""
    return Desk()


@pytest.fixture
def signed(desk: Desk, certificate: CertificateFields, typefaces: Typefaces) -> bytes:
    """A certificate as it is issued."""
    return desk.sign(certificate, typefaces)


def looked_at(content: bytes, desk: Desk, *issued: bytes) -> Finding:
    """What the file is for whoever knows the keys of that desk and these issued files."""
    known = {sha256(one).hexdigest() for one in issued}
    return examine(content, desk.published.documents, known.__contains__)


def signed_by_pyhanko(content: bytes, by: Desk) -> bytes:
    """The file with an invisible signature that is added behind it, as any program for signing does."""
    der = by.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        x509.Certificate.load(by.key.der), asn1_keys.PrivateKeyInfo.load(der), SimpleCertificateStore()
    )
    meta = signers.PdfSignatureMetadata(field_name="Another")
    with mock.patch.object(signers.PdfSigner, "_enforce_certification_constraints"):  # as one without manners does
        out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(content), strict=False), meta, signer=signer)
    return bytes(out.getbuffer())


def rewritten(content: bytes) -> bytes:
    """The file as another program writes it anew."""
    with pikepdf.open(BytesIO(content)) as document:
        for key in ("/AcroForm", "/Perms"):
            del document.Root[key]
        document.pages[0].Annots = pikepdf.Array([one for one in document.pages[0].Annots if one.Subtype == "/Link"])
        out = BytesIO()
        document.save(out)
    return out.getvalue()


def test_issued_bytes_are_recognised(signed: bytes, desk: Desk, certificate: CertificateFields) -> None:
    found = looked_at(signed, desk, signed)
    assert (found.verdict, found.number, found.name) == (
        Verdict.ISSUED,
        certificate.number,
        certificate.person_name,
    )
    assert found.genuine
    assert found.signed_at == MOMENT
    assert found.fingerprint == desk.key.fingerprint
    assert looked_at(signed, desk).verdict is Verdict.GENUINE, "by the signature alone"


def test_any_byte_that_is_changed_is_found(signed: bytes, desk: Desk) -> None:
    places = [*range(9, len(signed), 997), signed.index(b"/ByteRange") + 13, signed.index(b"/M (D:") + 8]
    contents = signed.index(b"/Contents <") + 11
    places += [contents + 40, contents + 300, signed.index(b">", contents) - 5, len(signed) - 3]
    for place in places:
        other = b"1" if signed[place : place + 1] != b"1" else b"2"
        found = looked_at(signed[:place] + other + signed[place + 1 :], desk, signed)
        assert found.verdict is Verdict.ALTERED, place
        assert not found.genuine


def test_any_byte_of_the_signature_that_is_changed_is_found(signed: bytes, desk: Desk) -> None:
    """Those too that the signature does not vouch for itself: of its envelope, and how its digits are written."""
    begin = signed.index(b"/Contents <") + 11
    end = signed.index(b">", begin)
    length = len(signed[begin:end].rstrip(b"0"))
    for place in range(begin, begin + length + 8, 2):
        other = b"%02x" % (int(signed[place : place + 2], 16) ^ 1)
        found = looked_at(signed[:place] + other + signed[place + 2 :], desk)
        assert found.verdict is Verdict.ALTERED, place - begin
    upper = signed[:begin] + signed[begin:end].upper() + signed[end:]
    assert looked_at(upper, desk).verdict is Verdict.ALTERED


def test_what_is_added_behind_the_signature_is_found(signed: bytes, desk: Desk) -> None:
    update = IncrementalPdfFileWriter(BytesIO(signed))
    update.root["/Lang"] = update.root["/Lang"]
    update.update_root()
    update.write_in_place()
    extended = update.prev.stream.getvalue()
    assert len(extended) > len(signed)
    for content in (extended, signed + b"\n% one line more"):
        assert looked_at(content, desk, signed).verdict is Verdict.EXTENDED
    assert looked_at(signed[:-1], desk, signed).verdict is Verdict.ALTERED, "cut off"


def test_a_signature_of_somebody_else_is_told(signed: bytes, desk: Desk, stranger: Desk) -> None:
    for content in (signed_by_pyhanko(signed, stranger), signed_by_pyhanko(rewritten(signed), stranger)):
        found = looked_at(content, desk, signed)
        assert found.verdict is Verdict.RESIGNED
        assert "Shandong Training Centre" in found.signer
        assert found.fingerprint == stranger.key.fingerprint


def test_a_strangers_file_of_our_shape_is_not_ours(
    desk: Desk, stranger: Desk, certificate: CertificateFields, typefaces: Typefaces
) -> None:
    found = looked_at(stranger.sign(replace(certificate, person_name="赵六"), typefaces), desk)
    assert (found.verdict, found.name) == (Verdict.RESIGNED, "赵六")


def test_another_name_printed_without_a_signature_is_told(
    desk: Desk, certificate: CertificateFields, typefaces: Typefaces, signed: bytes
) -> None:
    found = looked_at(pdf.render(replace(certificate, person_name="赵六"), typefaces), desk, signed)
    assert (found.verdict, found.number) == (Verdict.UNSIGNED, certificate.number)
    assert "赵六" in found.title
    assert looked_at(rewritten(signed), desk, signed).verdict in {Verdict.UNSIGNED, Verdict.ALTERED}


def test_what_is_no_certificate_is_told(desk: Desk) -> None:
    blank = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(blank)
    for content in (b"", b"hello", b"%PDF-1.7", blank.getvalue(), b"\x89PNG\r\n" * 1000):
        assert looked_at(content, desk).verdict is Verdict.FOREIGN
    with pytest.raises(ValueError, match="larger"):
        looked_at(b"%PDF-" + b" " * LARGEST, desk)


def test_hostile_files_are_told_in_bounded_time(desk: Desk, signed: bytes) -> None:
    bomb = zlib.compress(b"\0" * 50_000_000)
    for piece in (
        b"/ByteRange [0 1 2 3",
        b"/ByteRange [0 1 2 3]",
        b"stream\n" + bomb,
        b"<dc:title>",
        b"/AnningName (" + b"a" * 300,
        b"/verify/",
        signed[signed.index(b"/ByteRange") :],
    ):
        began = time.process_time()
        looked_at((b"%PDF-" + piece * (LARGEST // len(piece)))[:LARGEST], desk)
        assert time.process_time() - began < 20


@given(st.binary(max_size=400), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_it(junk: bytes, place: int) -> None:
    content = b"%PDF-1.7 /ByteRange [0 60 90 100] /Contents <30820102> /AnningNumber (" + junk
    assert examine(content[:place] + junk + content[place:], []).verdict in set(Verdict)


def test_a_key_that_had_expired_when_it_signed_is_told(
    certificate: CertificateFields, typefaces: Typefaces, desk: Desk
) -> None:
    late = Desk(desk.private, days=10)
    content = Desk(desk.private).sign(certificate, typefaces)
    assert looked_at(content, Desk(desk.private)).verdict is Verdict.RESIGNED, "another certificate of the same key"
    placed = late.place(certificate, typefaces)
    with mock.patch.object(DocumentKey, "is_valid_at", return_value=True):
        content = pen.sign(placed, late.key, MOMENT + timedelta(days=11))
    found = looked_at(content, late)
    assert (found.verdict, found.key_was_valid, found.genuine) == (Verdict.GENUINE, False, False)


def test_keys_that_were_used_before_stay_accepted(signed: bytes, desk: Desk, stranger: Desk) -> None:
    told = published.write(
        "https://anning.example.org",
        [*stranger.published.documents, *desk.published.documents],
        [*stranger.published.codes, *desk.published.codes],
    )
    read = published.read(json.dumps(told).encode())
    assert read.documents[0].fingerprint == stranger.key.fingerprint
    opinion = offline.judge(signed, read, TODAY)
    assert opinion.finding.verdict is Verdict.GENUINE
    assert opinion.name_fits
    for wrong in (b"", b"[]", b"{}", b'{"documentKeys": [{"certificate": 1}], "codeKeys": []}', b"[" * 100_000):
        with pytest.raises(KeyFault):
            published.read(wrong)


def listed(desk: Desk, standings: dict[int, Standing], at: datetime = MOMENT) -> bytes:
    """A list of standings as it is downloaded."""
    told = status_list.write(standings, last=PLACE + 10, site="https://a.example", at=at, key=desk.code_key)
    return json.dumps(told).encode()


@pytest.mark.parametrize("standing", list(Standing))
def test_a_file_is_judged_by_keys_and_list_alone(signed: bytes, desk: Desk, standing: Standing) -> None:
    read = status_list.read(listed(desk, {PLACE: standing, PLACE + 1: Standing.REVOKED}), desk.published.codes)
    opinion = offline.judge(signed, desk.published, TODAY, listed=read)
    assert opinion.status == standing.name.lower()
    assert opinion.holds is (standing is Standing.VALID)
    assert opinion.as_dict()["valid_until"] == "2029-05-27"


def test_the_last_day_is_told_without_a_network(signed: bytes, desk: Desk) -> None:
    read = status_list.read(listed(desk, {}), desk.published.codes)
    for today, status in ((date(2029, 5, 27), "valid"), (date(2029, 5, 28), "expired")):
        opinion = offline.judge(signed, desk.published, today, listed=read)
        assert (opinion.status, opinion.holds) == (status, status == "valid")


def test_a_tampered_or_strange_list_is_refused(desk: Desk, stranger: Desk) -> None:
    content = listed(desk, {PLACE: Standing.REVOKED})
    told = json.loads(content)
    for wrong in (
        b"",
        b"[]",
        b"null",
        json.dumps({**told, "validUntil": "2099-01-01T00:00:00+00:00"}).encode(),
        json.dumps({**told, "signature": ""}).encode(),
        listed(stranger, {}),
    ):
        with pytest.raises(ListFault):
            status_list.read(wrong, desk.published.codes)
    assert status_list.read(content, desk.published.codes).standing(10**9) is None


def test_the_list_tells_no_numbers_and_not_how_many(desk: Desk, certificate: CertificateFields) -> None:
    one, many = listed(desk, {}), listed(desk, {5: Standing.REVOKED})
    assert certificate.number.encode() not in one + many
    lists = [status_list.read(content, desk.published.codes) for content in (one, many)]
    assert {len(each.bits) for each in lists} == {status_list.SMALLEST // 4}
    assert len(many) < 2000


@given(
    st.dictionaries(st.integers(1, 300_000), st.sampled_from(list(Standing)[1:]), max_size=50),
    st.integers(1, 300_000),
)
@settings(max_examples=25, deadline=None)
def test_every_place_of_the_list_is_its_own(standings: dict[int, Standing], place: int) -> None:
    key = CodeKey(ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    told = status_list.write(standings, last=300_000, site="x", at=datetime.now(UTC), key=key)
    read = status_list.read(json.dumps(told).encode(), [key.public])
    for one in (*standings, place):
        assert read.standing(one) is standings.get(one, Standing.VALID)


def test_a_code_is_of_its_number_and_name_alone(desk: Desk, stranger: Desk) -> None:
    days = {"issued_on": date(2026, 5, 28), "valid_until": None}
    code = codes.mint("AN-2026-7K3-M9Q-XB4", "王敏", place=7, key=desk.code_key, **days)  # type: ignore[arg-type]
    assert len(code) == codes.LENGTH
    read = codes.read("AN-2026-7K3-M9Q-XB4", code, desk.published.codes)
    assert read is not None
    assert (read.issued_on, read.valid_until, read.place) == (date(2026, 5, 28), None, 7)
    assert read.is_of("AN-2026-7K3-M9Q-XB4", "王敏")
    assert not read.is_of("AN-2026-7K3-M9Q-XB4", "王明")
    assert codes.read("AN-2026-7K3-M9Q-XB5", code, desk.published.codes) is None
    assert codes.read("AN-2026-7K3-M9Q-XB4", code, stranger.published.codes) is None
    for wrong in (
        "",
        "A" * 103,
        code[:-1],
        code + "A",
        "é" * 103,
        code[:50] + ("A" if code[50] != "A" else "B") + code[51:],
    ):
        assert codes.read("AN-2026-7K3-M9Q-XB4", wrong, desk.published.codes) is None


def test_development_keys_are_called_so(signed: bytes, desk: Desk) -> None:
    assert examine(signed, [KnownKey(desk.key.der, development=True)]).development
