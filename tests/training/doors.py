"""What the tests of the ways in share: people without a password, and codes as a slip shows them."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from tests.client import CheckingClient
from training.accounts import codes, services
from training.accounts.models import CodePurpose, Person, Profession
from training.core.db import db, reading, transaction
from training.places.models import Institution
from training.programmes import services as programmes
from training.programmes.models import Cohort

PASSWORD = "a sentence of my own"
GROUPED = re.compile(r"(?<![0-9A-Z])[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}(?![0-9A-Z])")


def institution_id(app: Flask, place: str = "jn") -> int:
    """The id of the hospital of a place."""
    with app.app_context(), reading():
        return db.session.scalars(select(Institution.id).where(Institution.code == f"W-{place}")).one()


def cohort_of(place: str) -> int:
    """The id of the cohort of a place; needs an open transaction."""
    return db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")).one()


def cohort_id(app: Flask, place: str = "jn") -> int:
    """The id of the cohort of a place."""
    with app.app_context(), reading():
        return cohort_of(place)


def wish(mobile: str, **more: str) -> dict[str, str]:
    """What somebody new fills in who follows an invitation."""
    return {
        "name": "刘志愿",
        "login": mobile,
        "profession": "volunteer",
        "institution": "",
        "password": PASSWORD,
        "agrees": "y",
        **more,
    }


def add_people(app: Flask, *staff_numbers: str, place: str = "jn", enrolled: bool = True) -> list[int]:
    """People of the hospital of a place who have a staff number and no password yet, in its cohort."""
    with app.test_request_context(), transaction():
        where = db.session.scalars(select(Institution.id).where(Institution.code == f"W-{place}")).one()
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == f"C-{place}")).one()
        people = [
            services.add_person(
                services.PersonData(
                    name=f"新人{number}", profession=Profession.NURSE, institution_id=where, staff_number=number
                ),
                added_by=None,
            )
            for number in staff_numbers
        ]
        if enrolled:
            for person in people:
                programmes.enrol(cohort, person, enrolled_by=None)
        return [person.id for person in people]


def make_code(app: Flask, person_id: int, purpose: CodePurpose = CodePurpose.ACTIVATION) -> str:
    """A code for a person, as it stands on the slip."""
    with app.app_context(), transaction():
        return codes.make({person_id: purpose}, made_by=None)[person_id].grouped


def person(app: Flask, person_id: int) -> Person:
    """The person as they are now."""
    with app.app_context(), reading():
        return db.session.get_one(Person, person_id)


def activate(client: CheckingClient, login: str, code: str, password: str = PASSWORD):
    """Send the form of `/activate`."""
    return client.post("/activate", data={"login": login, "code": code, "password": password})
