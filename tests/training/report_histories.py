"""Random histories for the reports, and a count of them that shares no code with the writer or the reader.

The ledger is read line by line in plain SQL and held measure by measure in a dictionary.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from training.accounts import services as accounts
from training.accounts.models import NOTICE, Person, Profession, RoleGrant
from training.activities.models import Activity
from training.core import clock, scopes
from training.core.access import Actor, Grant, Role
from training.core.db import db, transaction
from training.core.scopes import Scope
from training.places import services as places
from training.places.models import Institution, Region, TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.progress import services as progress
from training.progress.outcomes import COMPLETED, REOPENED, register

START = datetime(2026, 1, 25, 3, tzinfo=UTC)
CERTIFIED = register("test:certified", "certified", 1)
CERTIFICATE_LOST = register("test:certificate-lost", "certified", -1)
CITIES = ("370100", "370200", "371300")


@dataclass
class History:
    """Three cities, two bases, five institutions, two programmes, people who move and change their profession."""

    people: list[int] = field(default_factory=list)
    cohorts: list[int] = field(default_factory=list)
    institutions: list[int] = field(default_factory=list)
    staff: dict[str, int] = field(default_factory=dict)


def live(seed: int, acts: int = 150) -> History:
    """Make the places, and let `acts` things happen over half a year; needs an application context."""
    chance = random.Random(seed)
    with transaction(), clock.frozen(START):
        history = _settle(chance)
    for number in range(acts):
        with transaction(), clock.frozen(START + timedelta(hours=29 * number)):
            _act(history, chance, number)
    return history


def _settle(chance: random.Random) -> History:
    places.load_regions()
    history = History()
    bases = []
    for number in range(5):
        institution = places.add_institution(
            code=f"H{number}",
            name_zh=f"=医院{number}",  # what a spreadsheet would run
            name_en=f"Hospital {number}",
            city_code=CITIES[number % 3],
            kind="hospital",
            beds=5,
        )
        history.institutions.append(institution.id)
        if number < 2:
            bases.append(
                places.add_base(institution, code=f"B{number}", name_zh=f"基地{number}", name_en=f"Base {number}")
            )
    everywhere = scopes.root()
    for number in range(2):
        programme = programmes.add_programme(
            code=f"P{number}",
            title_zh=f"项目{number}",
            title_en=f"Programme {number}",
            scope_id=everywhere.id,
            requires=[],
            valid_months=12,
        )
        for base in bases:
            cohort = programmes.open_cohort(
                base,
                programme,
                code=f"C{number}",
                name=f"第{number}期",
                starts_on=clock.today(),
                ends_on=clock.today() + timedelta(days=300),
                opened_by=None,
            )
            history.cohorts.append(cohort.id)
    history.people = [_person(number, chance.choice([*history.institutions, None])) for number in range(12)]
    _appoint(history, bases)
    return history


def _person(number: int, institution: int | None) -> int:
    data = accounts.PersonData(
        name=f"人{number}",
        mobile=f"1390000{number:04}",
        email=None,
        profession=list(Profession)[number % 3],
        institution_id=institution,
    )
    person = accounts.add_person(data, added_by=None)
    person.notice_version = NOTICE  # they have agreed, and go straight to their pages
    db.session.flush()
    return person.id


def _appoint(history: History, bases: list[TrainingBase]) -> None:
    region = dict(db.session.execute(select(Region.code, Region.scope_id)).all())
    posts = {
        "officer": (Role.OFFICER, region["370000"]),
        "officer of a city": (Role.OFFICER, region["370100"]),
        "coordinator": (Role.COORDINATOR, bases[1].scope_id),
    }
    for number, (name, (role, scope_id)) in enumerate(posts.items(), start=900):
        history.staff[name] = _person(number, None)
        person = db.session.get_one(Person, history.staff[name])
        accounts.add_grant(person, role, db.session.get_one(Scope, scope_id), granted_by=None)


def _act(history: History, chance: random.Random, number: int) -> None:
    person = db.session.get_one(Person, chance.choice(history.people))
    act = chance.choice(
        ["enrol", "enrol", "enrol", "finish", "finish", "certify", "move", "withdraw", "reopen", "lose"]
    )
    if act == "move":
        person.institution_id = chance.choice(history.institutions)
        person.profession = chance.choice(list(Profession)[:4])
        return
    statement = select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.status != EnrolmentStatus.WITHDRAWN)
    standing = list(db.session.scalars(statement.order_by(Enrolment.id)))
    if act == "enrol":
        cohort = db.session.get_one(Cohort, chance.choice(history.cohorts))
        taken = select(Enrolment.id).where(Enrolment.person_id == person.id, Enrolment.cohort_id == cohort.id)
        if db.session.scalar(taken) is None:
            programmes.enrol(cohort, person, enrolled_by=None)
    elif standing:
        enrolment = chance.choice(standing)
        if act == "withdraw":
            if enrolment.status is EnrolmentStatus.OPEN:
                cohort = db.session.get_one(Cohort, enrolment.cohort_id)
                programmes.withdraw(cohort, enrolment, "moved away", withdrawn_by=_keeper())
        else:
            outcome = {"finish": COMPLETED, "certify": CERTIFIED, "reopen": REOPENED, "lose": CERTIFICATE_LOST}[act]
            programme = db.session.get_one(Activity, enrolment.programme_id)
            progress.record(
                person.id, programme, outcome, client_key=f"act:{number}", authority=None, enrolment=enrolment
            )


def _keeper() -> Actor:
    everywhere = scopes.root()
    coordinator = db.session.scalars(select(RoleGrant.person_id).where(RoleGrant.role == Role.COORDINATOR)).first()
    assert coordinator is not None
    return Actor(id=coordinator, name="", grants=(Grant(Role.COORDINATOR, everywhere.id, everywhere.path),))


LINES = """
SELECT l.person_id AS person, l.measure AS measure, l.sign AS sign, l.occurred_at AS at,
       coalesce(l.city_code, '-') AS city, coalesce(b.code, '-') AS base, coalesce(i.code, '-') AS institution,
       l.profession AS profession, p.code AS programme
FROM ledger_line l JOIN programme p ON p.activity_id = l.activity_id
LEFT JOIN training_base b ON b.id = l.base_id LEFT JOIN institution i ON i.id = l.institution_id
ORDER BY l.id
"""


@dataclass(frozen=True)
class Held:
    """One measure that one person holds in one programme, with the place and month at which it was reached."""

    person: int
    measure: str
    values: dict[str, str]


def held() -> list[Held]:
    """Walk the whole ledger by hand; needs an open transaction."""
    holding: dict[tuple[int, str, str], Held] = {}
    for line in db.session.execute(text(LINES)).mappings():
        owner = (line["person"], line["programme"], line["measure"])
        if line["sign"] < 0:
            holding.pop(owner, None)
        elif line["sign"] > 0 and owner not in holding:
            at = datetime.fromisoformat(str(line["at"]))
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
            month = at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")
            names = ("city", "base", "institution", "profession", "programme")
            holding[owner] = Held(line["person"], line["measure"], {**{n: line[n] for n in names}, "month": month})
    return list(holding.values())


def count(several: Iterable[Held], *dimensions: str) -> dict[tuple[str, ...], Counter[str]]:
    """How many hold each measure, by the values of some dimensions."""
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for one in several:
        counted.setdefault(tuple(one.values[name] for name in dimensions), Counter())[one.measure] += 1
    return counted


def is_sorted(values: list[float]) -> bool:
    """Whether no value is smaller than the one before."""
    return all(before <= after for before, after in pairwise(values))


def institutions() -> list[Institution]:
    """All of them; needs an open transaction."""
    return list(db.session.scalars(select(Institution)))
