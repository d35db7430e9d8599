"""Verification by the public: every printed field, nothing more, in three queries at most."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from certificates import rules, serials
from certificates.models import Certificate
from tests.certificates.conftest import Class
from tests.client import main_text
from tests.counting import counting
from training.core import clock
from training.core.db import db, reading, transaction
from training.privacy import erasure

pytestmark = pytest.mark.world


def _issued(group: Class, name: str = "欧阳静") -> Certificate:
    group.enrol(name)
    return group.issue(name)


def test_valid_certificate_shows_every_field_with_the_name_masked(group: Class, app: Flask, client, english):
    certificate = _issued(group)
    with counting(app, at_most=3):
        page = client.get(f"/verify/{certificate.number}")
    words = main_text(page)
    assert "证书真实有效" in words
    for expected in (
        certificate.number,
        "欧**",
        "护士",
        "Nurse",
        "安宁疗护骨干培训",
        "jn培训基地",
        "Base jn",
        "秋季班",
    ):
        assert expected in words
    assert "欧阳静" not in page.get_data(as_text=True)
    assert "137000" not in page.get_data(as_text=True)
    assert "genuine and valid" in main_text(english.get(f"/verify/{certificate.number}"))


def test_the_identity_number_is_shown_as_printed_and_leaves_with_its_holder(group: Class, app: Flask, client):
    group.enrol("欧阳静", id_number="11010519491231002X")
    certificate = group.issue("欧阳静")
    page = client.get(f"/verify/{certificate.number}").get_data(as_text=True)
    assert "110105********002X" in page
    assert "19491231" not in page
    with app.app_context(), transaction():
        printed = db.session.get_one(Certificate, certificate.id).fields
        assert "19491231" not in json.dumps(printed)
        erasure.erase(certificate.person_id, by=None)
    with app.app_context(), reading():
        assert "110105" not in json.dumps(db.session.get_one(Certificate, certificate.id).fields)
    assert "110105" not in client.get(f"/verify/{certificate.number}").get_data(as_text=True)


def test_number_is_read_however_it_is_written(group: Class, client):
    certificate = _issued(group)
    for written in (
        certificate.number.lower(),
        certificate.number.replace("-", ""),
        certificate.number.replace("-", "–"),
    ):
        assert client.get(f"/verify/{written}").status_code == 200
    answer = client.get("/verify/", query_string={"number": f"  {certificate.number.replace('-', ' ').lower()} "})
    assert answer.location == f"/verify/{certificate.number}"


def test_form_asks_for_one_field(client, english):
    assert client.get("/verify/").status_code == 200
    assert english.get("/verify/").status_code == 200
    for number in ("", " ", "---", "A" * 65, "\x00"):
        assert client.get("/verify/", query_string={"number": number}).status_code == 422


def test_revocation_is_shown_with_its_reason(group: Class, client):
    certificate = _issued(group)
    group.revoke(certificate, "姓名<b>录入</b>有误")
    words = main_text(client.get(f"/verify/{certificate.number}"))
    assert "证书已撤销" in words
    assert "姓名<b>录入</b>有误" in words
    assert "证书真实有效" not in words


def test_expiry_is_shown(group: Class, client):
    certificate = _issued(group)
    with clock.frozen(clock.now() + timedelta(days=900)):
        assert "已过有效期" in main_text(client.get(f"/verify/{certificate.number}"))


def test_unknown_number_and_mistyped_number_are_told_apart(group: Class, client, english):
    certificate = _issued(group)
    unknown = client.get(f"/verify/{serials.new_number(2026)}")
    assert unknown.status_code == 404
    assert "查无此证" in main_text(unknown)
    last = "0" if certificate.number[-1] != "0" else "1"
    for wrong in (certificate.number[:-1] + last, "hello", "你好", "x" * 500, "<script>alert(1)</script>"[:20]):
        for asking in (client, english):
            assert asking.get(f"/verify/{wrong}").status_code == 404
    assert "编号输入有误" in main_text(client.get(f"/verify/{certificate.number[:-1]}{last}"))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李娜", "李*"),
        ("欧阳静", "欧**"),
        ("阿卜杜拉·买买提", "阿**"),
        ("𠮷田", "𠮷*"),
        ("Elena Marsh", "E* M*"),
        ("Žofia Brâncuși", "Ž* B*"),
        ("Bo", "B*"),
        ("Žofia", "Ž*"),
        ("阿卜杜拉 买买提", "阿**"),
    ],
)
@pytest.mark.one_database
def test_names_are_masked(name: str, masked: str):
    assert rules.masked(name) == masked


def test_thirty_in_a_row_are_answered_and_so_are_mistakes_among_them(group: Class, client):
    certificate = _issued(group)
    last = "0" if certificate.number[-1] != "0" else "1"
    for _time in range(30):
        assert client.get(f"/verify/{certificate.number}").status_code == 200
    for _time in range(10):
        assert client.get(f"/verify/{certificate.number[:-1]}{last}").status_code == 404
    assert client.get(f"/verify/{certificate.number}").status_code == 200


def test_who_tries_numbers_is_stopped_by_address_for_a_quarter_of_an_hour(group: Class, app: Flask, client, english):
    certificate = _issued(group)
    began = clock.now()
    with clock.frozen(began):
        answers = [client.get(f"/verify/{serials.new_number(2026)}").status_code for _time in range(32)]
        assert answers[:30] == [404] * 30
        assert answers[-1] == 429
        stopped = client.get(f"/verify/{certificate.number}")
        assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "900")
        assert "15 分钟" in main_text(stopped)
        assert "wait and look again" in main_text(english.get(f"/verify/{certificate.number}"))
        elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
        assert client.get(f"/verify/{certificate.number}", environ_overrides=elsewhere).status_code == 200
    with clock.frozen(began + timedelta(minutes=15, seconds=1)):
        assert client.get(f"/verify/{certificate.number}").status_code == 200


def test_a_register_that_cannot_count_now_answers_all_the_same(group: Class, client, monkeypatch):
    certificate = _issued(group)

    def full(_points):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr("certificates.views.verification.accounts.count", full)
    assert client.get(f"/verify/{certificate.number}").status_code == 200
