"""Hours count by a supervisor's signature alone: who may sign, once only, taken back by a line, and what is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests import world
from tests.client import client_for, main_text
from tests.counting import counting
from tests.training.test_locks import at_once
from training.accounts import queries as accounts
from training.accounts import services as account_services
from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.access import Actor, Role
from training.core.db import db, reading, transaction
from training.core.errors import Invalid, NotAllowed
from training.core.scopes import Scope
from training.practice import rules
from training.practice.models import HoursLine, LineState, Posting, Setting, SignedHours
from training.practice.queries import hours as queries
from training.practice.services import hours, postings
from training.programmes.models import Cohort
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world


@dataclass
class Place:
    """The actors of a place."""

    app: Flask

    def actor(self, name: str) -> Actor:
        person = db.session.get_one(Person, world.person_id(name))
        found = accounts.load_actor(f"{person.id}:{person.stamp}")
        assert found is not None
        return found

    def posting(self, name: str) -> Posting:
        return (
            db.session.scalars(select(Posting).where(Posting.person_id == world.person_id(name))).first() or Posting()
        )

    def sent(self, name: str) -> HoursLine:
        return db.session.scalars(
            select(HoursLine).where(HoursLine.person_id == world.person_id(name), HoursLine.state == LineState.SENT)
        ).one()


@pytest.fixture
def place(app: Flask) -> Place:
    return Place(app)


def outcomes(name: str) -> list[str]:
    return list(
        db.session.scalars(
            select(LedgerLine.outcome)
            .where(LedgerLine.person_id == world.person_id(name), LedgerLine.outcome.startswith("practice:hours"))
            .order_by(LedgerLine.id)
        )
    )


def signed_sum(name: str) -> int:
    return sum(db.session.scalars(select(SignedHours.halves).where(SignedHours.person_id == world.person_id(name))))


def test_a_supervisor_whose_role_ended_yesterday_is_refused_with_a_sentence(app: Flask, place: Place) -> None:
    with app.app_context(), transaction():
        supervisor = place.actor("supervisor.jn")  # loaded while the role was in force
        grant = db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == supervisor.id)).one()
        grant.starts_on = clock.today() - timedelta(days=30)
        grant.ends_on = clock.today()  # the first day without it
        db.session.flush()
        with pytest.raises(NotAllowed, match="带教") as refused:
            hours.sign_lines([place.sent("trainee.jn")], signed_by=supervisor)
        assert "没有签字" in str(refused.value.message)
    with app.app_context(), reading():
        assert place.sent("trainee.jn").state is LineState.SENT
        line_id = place.sent("trainee.jn").id
    client = client_for(app, world.people(app)["supervisor.jn"])
    assert client.post("/supervision/sign", data={"line": str(line_id)}).status_code == 403


def test_nobody_signs_their_own_hours(app: Flask, place: Place) -> None:
    with app.app_context(), transaction():
        person = db.session.get_one(Person, world.person_id("trainee.jn"))
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "C-jn")).one()
        base = db.session.get_one(Scope, db.session.get_one(Scope, cohort.scope_id).parent_id)
        account_services.add_grant(person, Role.SUPERVISOR, base, granted_by=None)
        line_id = place.sent("trainee.jn").id
    client = client_for(app, world.people(app)["trainee.jn"])
    refused = client.post("/supervision/sign", data={"line": str(line_id)})
    assert refused.status_code == 403
    assert "自己的学时" in main_text(refused)
    with app.app_context(), transaction(), pytest.raises(NotAllowed):
        hours.sign_lines([place.sent("trainee.jn")], signed_by=place.actor("trainee.jn"))


def test_nobody_signs_for_another_base_nor_as_coordinator(app: Flask, place: Place) -> None:
    with app.app_context(), reading():
        line_id = place.sent("trainee.jn").id
    people = world.people(app)
    assert client_for(app, people["supervisor.qd"]).post("/supervision/sign", data={"line": line_id}).status_code == 404
    assert (
        client_for(app, people["coordinator.jn"]).post("/supervision/sign", data={"line": line_id}).status_code == 403
    )
    with app.app_context(), transaction():
        for name in ("supervisor.qd", "coordinator.jn"):
            with pytest.raises(NotAllowed):
                hours.sign_lines([place.sent("trainee.jn")], signed_by=place.actor(name))


def test_a_line_is_signed_once_by_two_at_the_same_moment(app: Flask, place: Place) -> None:
    with app.app_context(), reading():
        line_id = place.sent("trainee.jn").id
        before = signed_sum("trainee.jn")

    def act() -> None:
        line = db.session.get_one(HoursLine, line_id)
        hours.sign_lines([line], signed_by=place.actor("supervisor.jn"))

    assert at_once(app, act, act) == []
    with app.app_context(), reading():
        assert signed_sum("trainee.jn") == before + 15
    client = client_for(app, world.people(app)["supervisor.jn"])
    again = client.post("/supervision/sign", data={"line": line_id}, follow_redirects=True)
    assert "此前已签字" in main_text(again)


def test_reaching_the_hours_and_falling_below_are_lines_of_the_ledger(app: Flask, place: Place) -> None:
    with app.app_context(), transaction():
        me, supervisor = place.actor("trainee.jn"), place.actor("supervisor.jn")
        ward = place.posting("trainee.jn")
        home = _post_home(ward, supervisor, place.actor("coordinator.jn"))
        new = [_line(one, day, 24, me) for one, day in ((ward, 5), (ward, 6), (home, 7))]
        hours.send_lines(me.id, [one.id for one in new], sent_by=me)
        hours.sign_lines(new[:2], signed_by=supervisor)
        assert "practice:hours_reached" not in outcomes("trainee.jn")  # enough in all, none at home
        hours.sign_lines(new[2:], signed_by=supervisor)
        assert outcomes("trainee.jn")[-1] == "practice:hours_reached"
        home_line = db.session.scalars(select(SignedHours).where(SignedHours.line_id == new[2].id)).one()
        hours.counter(home_line, "记错了。", countered_by=supervisor)
        assert outcomes("trainee.jn")[-1] == "practice:hours_withdrawn"
        count = len(outcomes("trainee.jn"))
        hours.counter(home_line, "记错了。", countered_by=supervisor)
        assert len(outcomes("trainee.jn")) == count


def _post_home(ward: Posting, supervisor: Actor, coordinator: Actor) -> Posting:
    from training.activities.models import Activity

    cohort = db.session.get_one(Cohort, ward.cohort_id)
    data = postings.PostingData(Setting.HOME, "居家组", supervisor.id, ward.starts_on, ward.ends_on)
    rotation = db.session.get_one(Activity, ward.rotation_id)
    made = postings.assign(cohort, rotation, [ward.enrolment_id], data, assigned_by=coordinator)
    assert made == postings.Assigned(1, 0)
    assert postings.assign(cohort, rotation, [ward.enrolment_id], data, assigned_by=coordinator).new == 0
    return db.session.scalars(
        select(Posting).where(Posting.person_id == ward.person_id, Posting.setting == Setting.HOME)
    ).one()


def _line(posting: Posting, day: int, halves: int, me: Actor) -> HoursLine:
    data = hours.LineData(posting.starts_on + timedelta(days=day), halves, "查房")
    return hours.write_line(posting, data, client_key=f"test-{posting.id}-{day}-{halves}", written_by=me)


def test_what_cannot_be_worked_is_refused(app: Flask, place: Place) -> None:
    with app.app_context(), transaction():
        me, ward = place.actor("trainee.jn"), place.posting("trainee.jn")
        for day, halves in ((5, 25), (5, 0), (-1, 8), (10, 8), (2, 10)):  # day 2 holds 7.5 hours already
            with pytest.raises(Invalid):
                _line(ward, day, halves, me)
        first = _line(ward, 5, 8, me)
        assert _line(ward, 5, 8, me).id == first.id  # the same key again


def test_a_signed_line_cannot_be_changed_by_anybody(app: Flask, place: Place) -> None:
    for statement in ("UPDATE signed_hours SET halves = 1", "DELETE FROM signed_hours"):
        with app.app_context(), pytest.raises(DBAPIError), transaction() as connection:
            connection.execute(text(statement))
    with app.app_context(), reading():
        signed = db.session.scalars(
            select(HoursLine.id).where(
                HoursLine.person_id == world.person_id("trainee.jn"), HoursLine.state == LineState.SIGNED
            )
        ).first()
    client = client_for(app, world.people(app)["trainee.jn"])
    assert client.post(f"/practice/hours/{signed}/remove").status_code == 409


def test_a_trainee_writes_sends_and_reads_why_it_came_back(app: Flask, place: Place) -> None:
    people = world.people(app)
    with app.app_context(), reading():
        posting = place.posting("trainee.jn")
        rotation_id, day = posting.rotation_id, posting.starts_on + timedelta(days=6)
        supervised = place.sent("trainee.jn").id
    trainee, supervisor = client_for(app, people["trainee.jn"]), client_for(app, people["supervisor.jn"])
    written = trainee.submit(
        f"/practice/postings/{posting.id}/hours",
        {"worked_on": day.isoformat(), "halves": "7", "what": "晨间护理", "send": "1"},
    )
    assert written.status_code == 302
    page = main_text(trainee.get(f"/practice/rotations/{rotation_id}"))
    assert "3.5" in page
    returned = supervisor.submit(
        f"/supervision/lines/{supervised}", {"reason": "请写明内容"}, action=f"/supervision/lines/{supervised}/return"
    )
    assert returned.status_code == 302
    assert "请写明内容" in main_text(trainee.get(f"/practice/rotations/{rotation_id}"))
    with counting(app, at_most=9):
        assert trainee.get("/practice/").status_code == 200
    with counting(app, at_most=6):
        assert supervisor.get("/supervision/").status_code == 200


@pytest.mark.one_database
@settings(max_examples=200, deadline=None)
@given(
    required=st.fixed_dictionaries({name: st.integers(0, 6) for name in ("ward", "outpatient", "home")}),
    rest=st.integers(0, 5),
    lines=st.lists(st.tuples(st.sampled_from(["ward", "outpatient", "home"]), st.integers(-24, 24)), max_size=12),
)
def test_hours_are_reached_exactly_when_a_naive_sum_says_so(
    required: dict[str, int], rest: int, lines: list[tuple[str, int]]
) -> None:
    needed: dict[str, Any] = {**required, "all": sum(required.values()) + rest}
    naive = (
        all(sum(halves for setting, halves in lines if setting == name) >= 2 * needed[name] for name in required)
        and sum(halves for _setting, halves in lines) >= 2 * needed["all"]
    )
    assert rules.tally(needed, lines).reached == naive


def test_the_recount_from_the_table_agrees(app: Flask, place: Place) -> None:
    with app.app_context(), reading():
        posting = place.posting("trainee.jn")
        tally = queries.tally_of(posting.person_id, posting.rotation_id, posting.version)
        assert tally.signed_in_all == signed_sum("trainee.jn") == 15
