"""A certificate as plain values; and a cohort whose people have completed their programme, or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certificates import queries, services
from certificates.fields import Bilingual, CertificateFields
from certificates.models import Certificate
from tests import world
from training.accounts import queries as account_queries
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.activities import kinds
from training.activities import services as activities
from training.activities.models import Activity
from training.core import clock, fonts, printing
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.core.fonts import Typefaces
from training.places.models import TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort
from training.progress import services as progress
from training.progress.outcomes import register

ROOT = Path(__file__).parents[2]
NODE_MODULES = ROOT / "node_modules"
NAMES = [
    "王敏",
    "李䶮",
    "㛃𬭚",
    "堃喆禤",
    "陈𠮷",
    "阿卜杜拉·买买提",
    "欧阳上官司徒令狐皇甫诸葛夏侯公孙慕容安宁",
    "Margaret O’Connell-Fitzgerald",
    "Žofia Brâncuși",
]

DONE = register("test:task-done", "completed", 1)


@dataclass
class Class:
    """One cohort at the base `jn` with one requirement."""

    app: Flask
    task_id: int
    cohort_id: int
    programme_id: int
    enrolments: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody of the small world as one who acts; needs an open transaction."""
        person = db.session.get_one(Person, world.person_id(name))
        actor = account_queries.load_actor(f"{person.id}:{person.stamp}")
        assert actor is not None
        return actor

    def enrol(self, name: str, *, done: bool = True, id_number: str | None = None) -> int:
        """Enrol a new person, who has completed the programme unless `done` is False; returns the enrolment's id."""
        with self.app.app_context(), transaction():
            person = accounts.add_person(
                accounts.PersonData(
                    name=name,
                    mobile=f"137{len(self.people):08}",
                    email=None,
                    profession=Profession.NURSE,
                    institution_id=None,
                    id_number=id_number,
                ),
                password_hash="-",
                added_by=None,
            )
            cohort = db.session.get_one(Cohort, self.cohort_id)
            enrolment = programmes.enrol(cohort, person, enrolled_by=None)
            if done:
                task = db.session.get_one(Activity, self.task_id)
                progress.record(person.id, task, DONE, client_key=f"done:{enrolment.id}", authority=None)
        self.people[name], self.enrolments[name] = person, enrolment.id
        return enrolment.id

    def issue(self, name: str) -> Certificate:
        """Issue as the page does."""
        with self.app.app_context():
            typefaces = printing.typefaces()
            with transaction():
                coordinator = self.actor("coordinator.jn")
                candidate = queries.candidate_for(coordinator, self.enrolments[name])
                return services.issue(candidate, issued_by=coordinator, typefaces=typefaces, site=printing.site())

    def revoke(self, certificate: Certificate, reason: str) -> None:
        """Revoke as the page does."""
        with self.app.app_context(), transaction():
            coordinator = self.actor("coordinator.jn")
            services.revoke(queries.entry_visible_to(coordinator, certificate.id), reason, revoked_by=coordinator)

    def all(self, model: Any, *conditions: Any) -> list[Any]:
        """The rows of a model that fit."""
        with self.app.app_context(), reading():
            return list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))


@pytest.fixture(scope="module")
def typefaces() -> Typefaces:
    """The fonts of this machine, the subset cut once for all runs."""
    return fonts.find_typefaces(NODE_MODULES, ROOT / "build" / "fonts")


@pytest.fixture
def certificate() -> CertificateFields:
    """An ordinary certificate with every field filled."""
    return CertificateFields(
        number="AN-2026-7K3-M9Q-XB4",
        person_name="王敏",
        sex="female",
        institution=Bilingual("济南市历下区人民医院", "Lixia District People’s Hospital, Jinan"),
        profession=Bilingual("护士", "Nurse"),
        programme=Bilingual("山东省安宁疗护骨干护士培训项目", "Shandong Core Nurse Training in Palliative Care"),
        cohort_name="2026 年春季班",
        base=Bilingual("省立医院安宁疗护培训基地", "Palliative Care Training Base, Provincial Hospital"),
        class_hours=Decimal("60.0"),
        started_on=date(2026, 3, 2),
        completed_on=date(2026, 5, 20),
        issued_on=date(2026, 5, 28),
        valid_until=date(2029, 5, 27),
        issuer=Bilingual("山东省安宁疗护培训中心", "Shandong Palliative Care Training Centre"),
        verify_url="https://anning.example.org/verify/AN-2026-7K3-M9Q-XB4",
        result=Bilingual("合格", "Passed"),
    )


@pytest.fixture(autouse=True)
def task_kind() -> Iterator[None]:
    kinds.register(kinds.ActivityKind(name="test:task", label="task", measure="completed"))
    yield
    kinds._kinds.pop("test:task")


@pytest.fixture
def group(app: Flask) -> Class:
    """The cohort, empty; ask for it with the marker `world`."""
    return open_class(app)


def open_class(app: Flask) -> Class:
    """Open the cohort in the small world of `app`."""
    with app.app_context(), transaction():
        base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
        task = activities.add_activity("test:task", scope_id=base.scope_id, title_zh="作业", title_en="Task")
        programme = programmes.add_programme(
            code="T",
            title_zh="安宁疗护骨干培训",
            title_en="Palliative care leaders",
            scope_id=base.scope_id,
            requires=[task],
            valid_months=24,
        )
        cohort = programmes.open_cohort(
            base,
            programme,
            code="T-1",
            name="秋季班",
            starts_on=clock.today(),
            ends_on=clock.today(),
            opened_by=None,
        )
    return Class(app, task.id, cohort.id, programme.activity_id)


@pytest.fixture
def people(app: Flask) -> dict[str, Person]:
    """The people of the small world."""
    return world.people(app)
