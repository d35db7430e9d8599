"""The commands: what they write and say, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from certificates import serials
from tests.certificates.conftest import Class

pytestmark = pytest.mark.world


def test_export_writes_the_issued_document(group: Class, app: Flask, tmp_path: Path):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    run = app.test_cli_runner().invoke
    for arguments in ([certificate.number.lower()], ["--one"]):
        target = tmp_path / "one.pdf"
        result = run(args=["certificates", "export", *arguments, "--output", str(target)])
        assert result.exit_code == 0, result.output
        assert target.read_bytes().startswith(b"%PDF-")
        target.unlink()


def test_export_refuses_with_a_sentence(app: Flask, tmp_path: Path):
    run = app.test_cli_runner().invoke
    target = str(tmp_path / "one.pdf")
    number = serials.new_number(2026)
    assert run(args=["certificates", "export", number, "--output", target]).exit_code == 1
    assert run(args=["certificates", "export", "--one", "--output", str(tmp_path / "no" / "folder.pdf")]).exit_code == 1
    for misuse in ([], [number, "--one"]):
        assert run(args=["certificates", "export", *misuse, "--output", target]).exit_code == 2
    assert not Path(target).exists()


def test_verify_tells_the_status(group: Class, app: Flask):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    run = app.test_cli_runner().invoke
    result = run(args=["certificates", "verify", certificate.number, "--json"])
    assert (result.exit_code, json.loads(result.output)["status"]) == (0, "valid")
    group.revoke(certificate, "发错了人")
    result = run(args=["certificates", "verify", certificate.number, "--json"])
    assert (result.exit_code, json.loads(result.output)["revoked_reason"]) == (1, "发错了人")
    assert run(args=["certificates", "verify", "nonsense"]).exit_code == 1
