"""What the register keeps of signatures, and what it tells whoever checks: keys, list of standings, a file sent in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from certificates import tasks
from certificates.models import Certificate, CertificateDocument
from certificates.signing import desk, published, status_list
from certificates.signing.models import CertificateSignature, SignatureKey
from certificates.signing.status_list import Standing
from certificates.signing.views import FILES_PER_ADDRESS
from tests.certificates.conftest import Class
from tests.certificates.signed import MOMENT, Desk
from tests.client import main_text
from tests.counting import counting
from training.core import clock
from training.core.db import db, reading

pytestmark = pytest.mark.world


@pytest.fixture
def issued(group: Class) -> Certificate:
    """A certificate that was issued and printed."""
    group.enrol("王䶮")
    certificate = group.issue("王䶮")
    with group.app.app_context():
        tasks.render_document(certificate.id)
    return certificate


def document(app: Flask, certificate: Certificate) -> bytes:
    """Its stored bytes."""
    with app.app_context(), reading():
        return db.session.get_one(CertificateDocument, certificate.id).pdf


def send(client, content: bytes):
    """Send a file to be examined."""
    return client.post("/verify/file", data={"file": (BytesIO(content), "certificate.pdf")})


@pytest.fixture
def use(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Desk], None]:
    """Put other keys into the settings of this process, for this test alone."""

    def put(keys: Desk) -> None:
        monkeypatch.setitem(app.extensions[desk._SHELF], desk._document_key, keys.key)
        monkeypatch.setitem(app.extensions[desk._SHELF], desk._code_key, keys.code_key)

    return put


def test_the_register_keeps_who_signed(app: Flask, group: Class, issued: Certificate):
    with app.app_context(), reading():
        kept = db.session.scalars(
            db.select(CertificateSignature).where(CertificateSignature.certificate_id == issued.id)
        ).one()
        key = db.session.get_one(SignatureKey, kept.document_key_id)
        stored = db.session.get_one(CertificateDocument, issued.id)
        assert kept.sha256 == stored.sha256
        assert (key.fingerprint, key.development) == (desk.document_key().fingerprint, True)
        assert db.session.get_one(SignatureKey, kept.code_key_id).public == desk.code_key().public


def test_an_expired_key_refuses_before_anything_is_issued(group: Class, people, as_, use):
    enrolment = group.enrol("王敏")
    use(Desk(days=1))
    before = len(group.all(Certificate))
    coordinator = as_(people["coordinator.jn"])
    coordinator.crashes_allowed = True
    answer = coordinator.post(f"/certificates/enrolments/{enrolment}/issue")
    assert answer.status_code == 503
    assert "签名密钥的有效期为 2026年5月27日至2026年5月29日" in main_text(answer)
    assert len(group.all(Certificate)) == before


def test_a_document_waits_until_its_key_is_valid_again(app: Flask, group: Class, use):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    use(Desk(days=1))
    with app.app_context():
        tasks.render_what_is_left()
    with app.app_context(), reading():
        assert db.session.get(CertificateDocument, certificate.id) is None
    use(Desk())
    with app.app_context(), clock.frozen(MOMENT):
        tasks.render_what_is_left()
    assert document(app, certificate).startswith(b"%PDF-")


def test_keys_roll_over_and_earlier_ones_stay_accepted(app: Flask, issued: Certificate, client, use):
    old = document(app, issued)
    new, told = Desk(), published.read(client.get("/verify/keys").data)
    use(new)
    later = published.read(client.get("/verify/keys").data)
    assert later.documents == (*new.published.documents, *told.documents)
    assert later.codes == (*new.published.codes, *told.codes)
    assert "不差一字节" in main_text(send(client, old))


def test_the_list_tells_what_is_revoked(app: Flask, group: Class, issued: Certificate, client):
    group.revoke(issued, "发错了人")
    with counting(app, at_most=2):
        content = client.get("/verify/status-list").data
    with app.app_context():
        read = status_list.read(content, [desk.code_key().public])
    assert read.standing(issued.id) is Standing.REVOKED
    assert read.standing(issued.id - 1) is Standing.VALID
    assert issued.number.encode() not in content


def test_a_file_that_was_issued_is_recognised(app: Flask, issued: Certificate, client, english):
    content = document(app, issued)
    with counting(app, at_most=5):
        words = main_text(send(client, content))
    for expected in ("不差一字节", issued.number, "王䶮", "开发密钥"):
        assert expected in words
    words = main_text(send(english, content))
    assert "This is the file that was issued" in words
    assert issued.number in words


def test_a_revoked_ones_file_says_so(group: Class, app: Flask, issued: Certificate, client):
    content = document(app, issued)
    group.revoke(issued, "发错了人")
    assert "已撤销" in main_text(send(client, content))


def test_a_changed_file_and_a_strange_one_are_told(app: Flask, issued: Certificate, client, certificate, typefaces):
    content = document(app, issued)
    place = len(content) // 2
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    assert "文件被改动过" in main_text(send(client, changed))
    assert "签名之后又添加了内容" in main_text(send(client, content + b"%"))
    words = main_text(send(client, Desk().sign(certificate, typefaces)))
    assert "签名的是别人" in words
    assert "登记册中没有这个编号" in words
    assert "不是我们的证书" in main_text(send(client, b"hello"))


def test_a_file_that_cannot_be_examined_is_refused_with_a_sentence(client):
    assert send(client, b"").status_code == 422
    assert client.post("/verify/file").status_code == 422
    assert send(client, b"%PDF-" + b" " * (2 << 20)).status_code == 413


def test_files_are_counted_by_address(client):
    for _number in range(FILES_PER_ADDRESS):
        assert send(client, b"hello").status_code == 200
    answer = send(client, b"hello")
    assert answer.status_code == 429
    assert "15" in main_text(answer)
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert send(client, b"hello").status_code == 200


def test_the_command_verifies_a_file(app: Flask, group: Class, issued: Certificate, client, tmp_path: Path):
    names = {"file": "c.pdf", "keys": "keys.json", "list": "list.json"}
    file, keys, listed = (tmp_path / name for name in names.values())
    file.write_bytes(document(app, issued))
    keys.write_bytes(client.get("/verify/keys").data)
    listed.write_bytes(client.get("/verify/status-list").data)
    run = app.test_cli_runner().invoke

    def verify(*more: str) -> tuple[int, dict[str, object]]:
        result = run(args=["certificates", "verify", str(file), "--json", *more])
        return result.exit_code, json.loads(result.output)

    offline = ("--keys", str(keys), "--status-list", str(listed))
    for more, verdict in (((), "issued"), (offline, "genuine")):
        code, told = verify(*more)
        assert (code, told["verdict"], told["status"], told["number"]) == (0, verdict, "valid", issued.number)
        assert told["development_key"]
    with counting(app, at_most=0):
        verify(*offline)
    group.revoke(issued, "发错了人")
    assert verify()[1]["status"] == "revoked"
    listed.write_bytes(client.get("/verify/status-list").data)
    assert verify(*offline)[:1] == (1,)
    assert verify(*offline)[1]["status"] == "revoked"
    file.write_bytes(file.read_bytes() + b"%")
    assert verify()[1]["verdict"] == "changed-after-signing"


def test_the_command_refuses_with_a_sentence(app: Flask, issued: Certificate, client, tmp_path: Path):
    run = app.test_cli_runner().invoke
    file, wrong, listed = tmp_path / "c.pdf", tmp_path / "wrong.json", tmp_path / "list.json"
    file.write_bytes(document(app, issued))
    wrong.write_text("{}")
    listed.write_bytes(client.get("/verify/status-list").data)
    for option in ("--keys", "--status-list"):
        result = run(args=["certificates", "verify", str(file), option, str(wrong)])
        assert result.exit_code == 1
        assert result.output.startswith("Error: This is no list")
    with clock.frozen(clock.now() + timedelta(days=8)):
        result = run(args=["certificates", "verify", str(file), "--status-list", str(listed)])
    assert (result.exit_code, "fetch a newer one" in result.output) == (1, True)
    assert run(args=["certificates", "verify", "AN-1", "--keys", str(wrong)]).exit_code == 2
