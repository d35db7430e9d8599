"""The whole sample: a province's eighteen months, as the first start brings it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates.models import Certificate, CertificateStatus, Replacement
from certificates.renewals.models import Renewal, RenewalState
from question_bank.models import Item, ItemVersion
from tests.conftest import build, dispose
from training.accounts.models import Person
from training.core import clock, sample, schema
from training.core.db import Base, UTCDateTime, db, reading
from training.places.models import Alliance, Institution, Region, TrainingBase
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Programme
from training.progress import rollups
from training.progress.models import Rollup


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation with the whole sample; on SQLite alone, as it is large."""
    folder: Path = tmp_path_factory.mktemp("province")
    app = build(f"sqlite:///{folder / 'anning.db'}", folder)
    with app.app_context():
        schema.upgrade()
        assert sample.load()
    yield app
    dispose(app)


def test_the_province_is_all_there(province: Flask) -> None:
    with province.app_context(), reading():
        counts = {
            model.__name__: db.session.scalar(select(func.count()).select_from(model))
            for model in (Institution, TrainingBase, Alliance, Programme, Cohort)
        }
        cities = db.session.scalar(select(func.count()).where(Region.kind == "city"))
        learners = db.session.scalar(select(func.count(Enrolment.person_id.distinct())))
        items = db.session.scalars(select(ItemVersion.body).join(Item, Item.id == ItemVersion.item_id)).all()
    assert counts == {"Institution": 40, "TrainingBase": 8, "Alliance": 1, "Programme": 4, "Cohort": 14}
    assert (cities, learners) == (16, 400)
    assert len(items) >= 150
    assert all(
        option["explanation"]["zh"] and option["explanation"]["en"]
        for body in items
        for option in body.get("options", ())
    )
    assert all(body["source"].startswith("教学示例 · 未经审核") for body in items)


def test_people_are_at_every_stage_and_have_names_of_every_kind(province: Flask) -> None:
    with province.app_context(), reading():
        statuses = set(db.session.scalars(select(Enrolment.status)))
        names = list(db.session.scalars(select(Person.name)))
        begun = db.session.scalars(select(Enrolment.enrolled_at)).all()
    assert statuses == set(EnrolmentStatus)
    assert len(names) > len(set(names))
    for mark in ("·", "䶮", "𠮷", "欧阳", " "):
        assert any(mark in name for name in names), mark
    assert (max(begun) - min(begun)).days > 500


def test_certificates_are_of_every_status(province: Flask) -> None:
    with province.app_context(), reading():
        rows = db.session.scalars(select(Certificate)).all()
    today = clock.today()
    valid = [one for one in rows if one.status is CertificateStatus.VALID]
    assert {one.status for one in rows} == set(CertificateStatus)
    assert {one.replaced_as for one in rows} == {None, Replacement.DUPLICATE, Replacement.CORRECTION}
    assert any(one.valid_until and one.valid_until < today for one in valid)
    assert any(one.valid_until and 0 <= (one.valid_until - today).days <= 90 for one in valid)
    assert len(valid) > 150
    with province.app_context(), reading():
        assert db.session.scalars(select(Renewal.state)).all() == [RenewalState.WAITING]


def test_nothing_of_it_has_happened_in_the_future(province: Flask) -> None:
    ahead = {"deadline", "expires_at", "ends_at", "closes_at"}
    with province.app_context(), reading():
        late = {
            str(column): newest
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, UTCDateTime) and column.name not in ahead
            if (newest := db.session.scalar(select(func.max(column)))) and newest > clock.now()
        }
    assert late == {}


def test_the_counters_are_those_of_the_ledger(province: Flask) -> None:
    with province.app_context(), reading():
        kept = {
            tuple(getattr(row, name) for name in rollups.COLUMNS): row.people
            for row in db.session.scalars(select(Rollup))
            if row.people
        }
        assert kept == rollups.recount()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 31, 16, 1, tzinfo=UTC),  # one minute past midnight of the first, where people live
        datetime(2028, 2, 29, 3, 0, tzinfo=UTC),
    ],
)
def test_the_small_sample_is_brought_at_any_hour(moment: datetime, tmp_path: Path) -> None:
    app = build(f"sqlite:///{tmp_path / 'anning.db'}", tmp_path)
    with app.app_context(), clock.frozen(moment):
        schema.upgrade()
        assert sample.load(small=True)
    dispose(app)
