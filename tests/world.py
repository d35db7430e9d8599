"""A small world made by the services themselves: two bases in two cities, people of every role at each.

It is built once into a template database (marker `world`); a test finds what it needs by name:

    people = world.people(app)         {"trainee.jn": Person, "other_trainee.qd": Person, "officer": Person, …}
    world.PLACES                       ("jn", "qd"): the two bases; nobody of one has business at the other

Password of everybody: `PASSWORD`. Activities of the upper packages are added by `tests/world_content.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from certificates.tasks import render_what_is_left
from question_bank.analysis.tasks import count_what_is_new
from training.accounts import codes, delegations, id_numbers, passwords
from training.accounts import queries as account_queries
from training.accounts import services as accounts
from training.accounts.delegations import Period
from training.accounts.models import NOTICE, CodePurpose, Person, Profession
from training.activities.models import Activity
from training.core import clock, scopes, sheets
from training.core.access import Actor, Role
from training.core.db import db, reading, transaction
from training.core.keys import identity_key
from training.core.scopes import Scope
from training.places import services as places
from training.places.models import Institution, Region, TrainingBase
from training.privacy import services as privacy
from training.programmes import services as programmes
from training.programmes.invitations import services as invitations
from training.programmes.models import Cohort, Enrolment
from training.programmes.roster import services as rosters

PASSWORD = "the-world-of-tests"
PLACES = ("jn", "qd")
CITIES = {"jn": "370100", "qd": "370200"}
# name: (mobile, role or None, scope: a place, "city <place>", "province" or "everywhere")
PEOPLE: dict[str, tuple[str, Role | None, str]] = {
    "administrator": ("13900000001", Role.ADMINISTRATOR, "everywhere"),
    "officer": ("13900000002", Role.OFFICER, "province"),
    "officer.jn": ("13900000003", Role.OFFICER, "city jn"),
    "officer.qd": ("13900000004", Role.OFFICER, "city qd"),
    "nobody": ("13900000005", None, ""),
    "coordinator.jn": ("13900000011", Role.COORDINATOR, "jn"),
    "coordinator.qd": ("13900000021", Role.COORDINATOR, "qd"),
    "instructor.jn": ("13900000012", Role.INSTRUCTOR, "jn"),
    "instructor.qd": ("13900000022", Role.INSTRUCTOR, "qd"),
    "supervisor.jn": ("13900000015", Role.SUPERVISOR, "jn"),
    "supervisor.qd": ("13900000025", Role.SUPERVISOR, "qd"),
    "trainee.jn": ("13900000013", None, "jn"),
    "trainee.qd": ("13900000023", None, "qd"),
    "other_trainee.jn": ("13900000014", None, "jn"),
    "other_trainee.qd": ("13900000024", None, "qd"),
    "candidate": ("13900000006", None, ""),
    "stand_in.jn": ("13900000016", None, "jn"),
    "stand_in.qd": ("13900000026", None, "qd"),
    "reviewer.jn": ("13900000017", Role.INSTRUCTOR, "jn"),
    "reviewer.qd": ("13900000027", Role.INSTRUCTOR, "qd"),
}


@dataclass
class Making:
    """What is at hand while the world is made."""

    people: dict[str, Person] = field(default_factory=dict)
    bases: dict[str, TrainingBase] = field(default_factory=dict)
    base_scopes: dict[str, Scope] = field(default_factory=dict)
    requires: dict[str, list[Activity]] = field(default_factory=dict)
    cohorts: dict[str, Cohort] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person of that name as one who acts."""
        person = self.people[name]
        actor = account_queries.load_actor(f"{person.id}:{person.stamp}")
        assert actor is not None
        return actor


def build() -> None:
    """Fill an empty, migrated database; needs an application context."""
    from tests import world_content, world_practice

    password_hash = passwords.hash_password(PASSWORD)
    making = Making()
    with transaction():
        places.load_regions()
        for place in PLACES:
            _add_base(making, place)
        for number, name in enumerate(PEOPLE):
            _add_person(making, name, number, password_hash)
        for place in PLACES:
            making.requires[place] = world_content.add_activities(making, place)
            _open_cohort(making, place)
            _invite(making, place)
        for place in PLACES:
            _stand_in(making, place)
            world_content.add_progress(making, place)
            world_practice.add_practice(making, place)
    _work()


def _work() -> None:
    """What the worker counts and prints; it sends no messages, so the world is the same by day and by night."""
    count_what_is_new()
    render_what_is_left()


def _add_base(making: Making, place: str) -> None:
    institution = places.add_institution(
        code=f"W-{place}",
        name_zh=f"{place}医院",
        name_en=f"Hospital {place}",
        city_code=CITIES[place],
        kind="hospital",
        beds=10,
    )
    base = places.add_base(institution, code=f"B-{place}", name_zh=f"{place}培训基地", name_en=f"Base {place}")
    places.add_alliance(code=f"A-{place}", name_zh=f"{place}联盟", name_en=f"Alliance {place}", lead=institution)
    making.bases[place] = base
    making.base_scopes[place] = db.session.get_one(Scope, base.scope_id)


def _scope(making: Making, where: str) -> Scope:
    if where in PLACES:
        return making.base_scopes[where]
    if where == "everywhere":
        return scopes.root()
    code = "370000" if where == "province" else CITIES[where.removeprefix("city ")]
    return db.session.scalars(select(Scope).join(Region, Region.scope_id == Scope.id).where(Region.code == code)).one()


def _add_person(making: Making, name: str, number: int, password_hash: str) -> None:
    mobile, role, where = PEOPLE[name]
    institution = db.session.scalar(select(Institution).where(Institution.code == f"W-{where or 'jn'}"))
    person = accounts.add_person(
        accounts.PersonData(
            name=f"甲乙{number}",
            mobile=mobile,
            email=f"person{number}@example.org",
            profession=Profession.NURSE,
            institution_id=institution.id if institution else None,
        ),
        password_hash=password_hash,
        added_by=None,
    )
    person.notice_version = NOTICE
    if role is not None:
        accounts.add_grant(person, role, _scope(making, where), granted_by=None)
    making.people[name] = person


def _open_cohort(making: Making, place: str) -> None:
    coordinator = making.actor(f"coordinator.{place}")
    programme = programmes.add_programme(
        code=f"P-{place}",
        title_zh="安宁疗护培训",
        title_en="Palliative care training",
        scope_id=making.base_scopes[place].id,
        requires=making.requires[place],
        valid_months=24,
    )
    making.cohorts[place] = programmes.open_cohort(
        making.bases[place],
        programme,
        code=f"C-{place}",
        name=f"{place}第一期",
        starts_on=clock.today() - timedelta(days=10),
        ends_on=clock.today() + timedelta(days=100),
        opened_by=coordinator,
    )
    for name in (f"trainee.{place}", f"other_trainee.{place}"):
        making.enrolments[name] = programmes.enrol(making.cohorts[place], making.people[name], enrolled_by=coordinator)
    rows = f"姓名,手机号,职业,单位\n丙{place},15900000001,护士,{place}医院\n丁{place},1590,护士,某医院\n".encode()
    content = rosters.content_of(sheets.read(rows, "名单.csv"))
    rosters.start(making.cohorts[place], content, rows, "名单.csv", uploaded_by=coordinator)


def _invite(making: Making, place: str) -> None:
    """An invitation to the cohort of a place, with an application that waits."""
    cohort, coordinator = making.cohorts[place], making.actor(f"coordinator.{place}")
    last_day = clock.today() + timedelta(days=10)
    invitation = invitations.open_invitation(cohort, last_day=last_day, most=9, opened_by=coordinator)
    wish = invitations.Wish(
        name="申请人", login=f"1390000009{PLACES.index(place)}", profession=Profession.VOLUNTEER, institution=""
    )
    invitations.apply_anew(invitation, wish, password_hash=making.people[f"trainee.{place}"].password_hash)
    codes.make({making.people[f"trainee.{place}"].id: CodePurpose.RESET}, made_by=coordinator)


def _stand_in(making: Making, place: str) -> None:
    """The coordinator is on leave for a week; a trainee's name is written wrong, and there is an identity number."""
    coordinator = making.actor(f"coordinator.{place}")
    grant, scope = account_queries.own_grants(coordinator.id)[0]
    week = Period(clock.today(), clock.today() + timedelta(days=7))
    delegations.delegate(grant, scope, making.people[f"stand_in.{place}"], week, "休假", delegated_by=coordinator)
    privacy.ask_correction({"name": "甲乙丙"}, "证件上如此", asked_by=making.actor(f"other_trainee.{place}"))
    digits = f"3702111985051590{PLACES.index(place)}"
    number = digits + id_numbers.check_character(digits)
    person = making.people[f"trainee.{place}"]
    person.id_number_sealed = id_numbers.seal(number, identity_key())
    person.id_number_index = id_numbers.index(number, identity_key())


def people(app: Flask) -> dict[str, Person]:
    """Everybody by name."""
    with app.app_context(), reading():
        by_mobile = {one.mobile: one for one in db.session.scalars(select(Person))}
    return {name: by_mobile[mobile] for name, (mobile, _role, _where) in PEOPLE.items()}


def person_id(name: str) -> int:
    """The id of the person of that name; needs an open transaction."""
    return db.session.scalars(select(Person.id).where(Person.mobile == PEOPLE[name][0])).one()
