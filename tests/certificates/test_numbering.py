"""Local numbers: checked, without gaps, voids kept with their reason, a mistyped one told."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.models import Certificate
from certificates.numbering import rules, services
from certificates.numbering.models import DrawnNumber, NumberCounter, NumberScheme
from tests.certificates.conftest import Class
from tests.client import client_for, main_text
from training.core import clock, printing
from training.core.db import db, reading, transaction
from training.core.scopes import Scope
from training.places.models import TrainingBase

PATTERN = "鲁安护证字〔{year}〕{serial:06}{check}号"
COORDINATOR = "13900000011"
STRANGER = "13900000021"
OFFICER = "13900000002"
UNPRINTABLE = "王\U000323a0敏"


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        (PATTERN, None),
        ("{year}{serial}{check}", None),
        ("{year}-{serial:06}", rules.Fault.FIELDS),
        ("{year}{year}{serial}{check}", rules.Fault.FIELDS),
        ("{year:06}{serial}{check}", rules.Fault.FIELDS),
        ("{year}{serial:3}{check}", rules.Fault.FIELDS),
        ("{year}{serial}{check}{x}", rules.Fault.BRACES),
        ("{0.__class__}{year}{serial}{check}", rules.Fault.BRACES),
        ("A7{year}{serial}{check}", rules.Fault.DIGITS),
        ("七" * 61, rules.Fault.TOO_LONG),
    ],
)
def test_a_pattern_that_cannot_number_is_told(pattern: str, fault: rules.Fault | None) -> None:
    assert rules.fault(pattern) is fault


def test_the_check_digits_agree_with_the_standards_example() -> None:
    # ISO/IEC 7064, MOD 97-10: 794 is followed by 44.
    assert 98 - 794 * 100 % 97 == 44
    assert rules.check_digits(2026, 1) == f"{98 - 20260001 * 100 % 97:02}"


@given(st.integers(2020, 2099), st.integers(1, 999_999))
def test_every_wrong_digit_and_every_exchange_is_found(year: int, serial: int) -> None:
    number = rules.written(PATTERN, year, serial)
    assert rules.read(PATTERN, number) == rules.Reading(year, serial, True)
    places = [place for place, one in enumerate(number) if one.isdigit()]
    for place in places:
        for wrong in "0123456789":
            if wrong != number[place]:
                said = rules.read(PATTERN, number[:place] + wrong + number[place + 1 :])
                assert said is not None
                assert not said.is_right
    for first, second in zip(places, places[1:], strict=False):
        if second == first + 1 and number[first] != number[second]:
            swapped = number[:first] + number[second] + number[first] + number[second + 1 :]
            said = rules.read(PATTERN, swapped)
            assert said is not None
            assert not said.is_right


@pytest.mark.parametrize(
    "change", [str.lower, lambda one: one.replace("〔", "(").replace("〕", "）"), lambda one: f" {one} "]
)
def test_a_number_is_understood_however_its_brackets_are_typed(change: Any) -> None:
    assert rules.read(PATTERN, change(rules.written(PATTERN, 2026, 7))) == rules.Reading(2026, 7, True)
    assert rules.read(PATTERN, "AN-2026-7K3-M9Q-XB4") is None


def scheme_of(app: Flask) -> int:
    """The scheme in use of the base `jn`."""
    with app.app_context(), reading():
        statement = select(NumberScheme.id).join(TrainingBase, TrainingBase.scope_id == NumberScheme.scope_id)
        return db.session.scalars(statement.where(TrainingBase.code == "B-jn")).one()


def drawn(group: Class) -> list[DrawnNumber]:
    """The numbers drawn at the base `jn`, in order."""
    return group.all(DrawnNumber, DrawnNumber.scheme_id == scheme_of(group.app))


@pytest.mark.world
def test_certificates_bear_the_next_number_and_their_own(group: Class, app: Flask, as_):
    before = len(drawn(group))
    group.enrol("王敏")
    certificate = group.issue("王敏")
    number = certificate.fields["local_number"]
    assert number == rules.written("jn证字〔{year}〕{serial:06}{check}号", clock.today().year, before + 1)
    assert [one.certificate_id for one in drawn(group)][-1] == certificate.id
    assert number in main_text(client_for(app, None).get(f"/verify/{certificate.number}"))
    assert certificate.number in main_text(as_(COORDINATOR).get("/certificates/", query_string={"q": number}))


@pytest.mark.world
def test_a_refused_certificate_leaves_no_gap(group: Class, app: Flask):
    from certificates.batches import services as batches
    from certificates.batches import tasks
    from training.programmes.models import Cohort

    before = len(drawn(group))
    for name in ("王敏", UNPRINTABLE, "李强"):
        group.enrol(name)
    with app.app_context():
        with transaction():
            cohort = db.session.get_one(Cohort, group.cohort_id)
            chosen = list(group.enrolments.values())
            batch = batches.open_batch(cohort, chosen, key="k", confirmed_by=group.actor("coordinator.jn"))
        tasks.work(batch.id)
    assert [one.serial for one in drawn(group)] == list(range(1, before + 3))


@pytest.mark.world
def test_writers_at_the_same_moment_draw_each_number_once(group: Class, app: Flask):
    names = [f"学员{one}" for one in "甲乙丙丁戊己"]
    for name in names:
        group.enrol(name)
    with app.app_context():
        printing.typefaces()
    threads = [
        threading.Thread(target=lambda some: [group.issue(one) for one in some], args=(names[n::3],)) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    serials = [one.serial for one in drawn(group)]
    assert serials == list(range(1, len(serials) + 1))
    assert len({one.fields["local_number"] for one in group.all(Certificate) if one.fields["local_number"]}) >= len(
        names
    )


@pytest.mark.world
def test_void_numbers_are_kept_with_their_reason(group: Class, app: Flask, as_):
    group.enrol("王敏")
    certificate = group.issue("王敏")
    group.revoke(certificate, "交付前撕毁")
    client = as_(COORDINATOR, "en")
    page = f"/certificates/numbering/{scheme_of(app)}"
    assert client.post(f"{page}/void", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/void", data={"reason": "第一张纸卡住"}).status_code == 303
    words = main_text(client.get(page))
    last = drawn(group)[-1]
    for expected in (certificate.fields["local_number"], "交付前撕毁", last.number, "第一张纸卡住"):
        assert expected in words
    found = main_text(client.get("/certificates/", query_string={"q": last.number}))
    assert f"The local number {last.number} is void. Reason: 第一张纸卡住" in found


@pytest.mark.world
def test_a_mistyped_number_is_told_in_the_register(group: Class, app: Flask, as_):
    group.enrol("王敏")
    number = group.issue("王敏").fields["local_number"]
    wrong = number.replace("号", "").rstrip("0123456789") + f"{int(number[-9:-1]) + 1:08}号"
    client = as_(COORDINATOR, "en")
    assert "its check digits do not fit" in main_text(client.get("/certificates/", query_string={"q": wrong}))
    unknown = rules.written("jn证字〔{year}〕{serial:06}{check}号", clock.today().year, 999_999)
    assert "was never given out" in main_text(client.get("/certificates/", query_string={"q": unknown}))
    assert "mistyped" not in main_text(client.get("/certificates/", query_string={"q": number}))


@pytest.mark.world
@pytest.mark.parametrize(
    "statement", ["UPDATE certificate_drawn_number SET number = 'x'", "DELETE FROM certificate_drawn_number"]
)
def test_the_database_keeps_every_number_drawn(app: Flask, statement: str):
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
        db.session.execute(text(statement))


@pytest.mark.world
def test_a_pattern_never_comes_twice_and_the_next_place_above_numbers_then(group: Class, app: Flask, as_):
    client, page = as_(COORDINATOR, "en"), "/certificates/numbering/"
    with app.app_context(), reading():
        scope_id = db.session.scalars(select(TrainingBase.scope_id).where(TrainingBase.code == "B-jn")).one()
    for pattern, status in (
        ("jn证字〔{year}〕{serial:06}{check}号", 409),
        ("jn证字[{year}]{serial:08}{check}号", 409),  # would give the same numbers
        ("\U000323a0{year}{serial}{check}", 422),
        ("{year}{serial}", 422),
        ("新字{year}{serial}{check}", 303),
    ):
        answer = client.post(page, data={"scope_id": scope_id, "pattern": pattern})
        assert answer.status_code == status, pattern
    group.enrol("王敏")
    assert group.issue("王敏").fields["local_number"].startswith("新字")
    address = answer.location
    assert as_(STRANGER).get(address).status_code == 404
    assert client.post(f"{address}/end").status_code == 303
    assert client.post(f"{address}/end").status_code == 409
    assert client.post(f"{address}/void", data={"reason": "x"}).status_code == 409
    group.enrol("李强")
    assert group.issue("李强").fields["local_number"] == ""


@pytest.mark.world
def test_a_new_year_begins_with_one(group: Class, app: Flask):
    scheme_id = scheme_of(app)
    with app.app_context(), transaction():
        scheme = db.session.get_one(NumberScheme, scheme_id)
        path = db.session.get_one(Scope, scheme.scope_id).path
        now = clock.now()
        with clock.frozen(now.replace(year=now.year + 1, month=6)):
            reserved = services.reserve(path)
        assert reserved is not None
        assert reserved[1:] == (now.year + 1, 1)
    assert len(group_counters(app, scheme_id)) == 2


def group_counters(app: Flask, scheme_id: int) -> list[int]:
    """The last serials of a scheme by year."""
    with app.app_context(), reading():
        return list(db.session.scalars(select(NumberCounter.last).where(NumberCounter.scheme_id == scheme_id)))
