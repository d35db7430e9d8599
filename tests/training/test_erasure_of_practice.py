"""What others wrote in their own words about somebody goes when they are erased; what was signed stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import world
from tests.training.doors import cohort_of
from training.accounts import queries
from training.accounts.models import Person
from training.core.access import Actor
from training.core.db import connection, db, reading, transaction
from training.practice.models import HoursLine, SignedHours, SkillsAssessment
from training.practice.services import hours
from training.privacy import erasure
from training.programmes import deadlines
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus, Extension

pytestmark = pytest.mark.world
WORDS = "说到了欧阳独一本人"
STATEMENTS = (
    "UPDATE signed_hours SET what = '' WHERE person_id = :person",
    "UPDATE skills_assessment SET advice = '' WHERE person_id = :person",
    "UPDATE extension SET reason = '' WHERE enrolment_id IN (SELECT id FROM enrolment WHERE person_id = :person)",
)
NEVER = (
    "UPDATE signed_hours SET halves = halves + 2, what = '' WHERE person_id = :person AND halves > 0",
    "UPDATE signed_hours SET signer_name = '', what = '' WHERE person_id = :person",
    "UPDATE signed_hours SET what = 'x' WHERE person_id = :person",
    "UPDATE skills_assessment SET passed = NOT passed, advice = '' WHERE person_id = :person",
    "DELETE FROM extension",
    "DELETE FROM signed_hours WHERE person_id = :person",
)


def actor(name: str) -> Actor:
    person = db.session.get_one(Person, world.person_id(name))
    found = queries.load_actor(f"{person.id}:{person.stamp}")
    assert found is not None
    return found


def write_about(person_id: int) -> None:
    """A counter-line and a later last day, with words about the trainee; needs an open transaction."""
    taken = select(SignedHours.counters_id).where(SignedHours.counters_id.is_not(None))
    signed = select(SignedHours).where(SignedHours.person_id == person_id, SignedHours.counters_id.is_(None))
    one = db.session.scalars(signed.where(SignedHours.id.not_in(taken)).order_by(SignedHours.id)).first()
    assert one is not None
    hours.counter(one, WORDS, countered_by=actor("supervisor.jn"))
    cohort = db.session.get_one(Cohort, cohort_of("jn"))
    mine = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person_id)).one()
    mine.status = EnrolmentStatus.OPEN
    db.session.flush()
    until = cohort.ends_on + timedelta(days=30)
    deadlines.extend(cohort, [mine.id], until, WORDS, extended_by=actor("coordinator.jn"))


def signatures() -> list[Any]:
    """All that must stay of what was signed."""
    signed = select(
        SignedHours.id, SignedHours.halves, SignedHours.signer_id, SignedHours.signer_name, SignedHours.signed_at
    )
    assessed = select(SkillsAssessment.id, SkillsAssessment.percent, SkillsAssessment.assessor_name)
    rows = [*connection().execute(signed.order_by(SignedHours.id))]
    return [*rows, *connection().execute(assessed.order_by(SkillsAssessment.id))]


def refuses(statement: str, person_id: int) -> bool:
    """Whether the database refuses an update."""
    try:
        with transaction():
            connection().execute(text(statement), {"person": person_id})
    except DBAPIError:
        return True
    return False


def test_words_about_the_erased_go_and_signatures_stay(app: Flask) -> None:
    named = world.people(app)
    gone, other = named["trainee.jn"].id, named["other_trainee.jn"].id
    with app.test_request_context():
        with transaction():
            write_about(gone)
        assert all(refuses(one, gone) for one in (*STATEMENTS, *NEVER)), "nothing is emptied before"
        with reading():
            before = signatures()
        with transaction():
            erasure.erase(gone, by=None)
        with reading():
            for column in (SignedHours.what, SkillsAssessment.advice, HoursLine.what):
                assert set(db.session.scalars(select(column).where(column.class_.person_id == gone))) == {""}, column
            assert set(db.session.scalars(select(SignedHours.reason).where(SignedHours.person_id == gone))) == {
                None,
                "",
            }
            assert set(db.session.scalars(select(Extension.reason))) == {""}
            assert signatures() == before
            advice = db.session.scalars(select(SkillsAssessment.advice).where(SkillsAssessment.person_id == other))
            assert all(advice.all()), "nobody else's words are touched"
        assert all(refuses(one, gone) for one in NEVER), "nor is anything else changed afterwards"
        assert all(refuses(one, other) for one in STATEMENTS[:2])
