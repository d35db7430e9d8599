"""Reminders: to those who fall behind or whose last day is near, once for each reason and day, and never at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests import world
from tests.client import client_for
from tests.receivers import post_office
from training.accounts.models import Person
from training.core import clock, outbox
from training.core.db import db, reading, transaction
from training.messages.models import InboxEntry, Message
from training.programmes.models import Cohort, Enrolment, EnrolmentStatus
from training.progress import reminders

pytestmark = pytest.mark.world
FIRST = date(2030, 3, 1)
DAYS = 100


@pytest.fixture
def enrolment(app: Flask) -> int:
    """The one open enrolment that is looked at: of a cohort of 100 days from `FIRST`; all others are closed."""
    person = world.people(app)["other_trainee.jn"]
    with app.app_context(), transaction() as connection:
        mine = db.session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()
        connection.execute(update(Cohort).values(starts_on=FIRST, ends_on=FIRST + timedelta(days=DAYS - 1)))
        connection.execute(update(Enrolment).values(status=EnrolmentStatus.COMPLETED))
        values: dict[str, Any] = {
            "status": EnrolmentStatus.OPEN,
            "hurdles_done": 0,
            "hurdles_needed": 4,
            "enrolled_at": local(0),
        }
        connection.execute(update(Enrolment).where(Enrolment.id == mine.id).values(**values))
        return mine.id


def local(day: int, hour: int = 9) -> datetime:
    """That hour in Shanghai on that day after `FIRST`."""
    return datetime.combine(FIRST + timedelta(days=day), time(hour), UTC) - timedelta(hours=8)


def remind(app: Flask, day: int, hour: int = 9) -> int:
    with app.app_context(), clock.frozen(local(day, hour)):
        return reminders.remind()


def change(app: Flask, model: Any, condition: Any, **values: Any) -> None:
    with app.app_context(), transaction() as connection:
        connection.execute(update(model).where(condition).values(**values))


def sent(app: Flask) -> list[str]:
    """The reasons and last days of what was sent, in order."""
    with app.app_context(), reading():
        reminders_sent = select(Message.key).join(InboxEntry).where(Message.key.startswith("reminder:"))
        rows = db.session.scalars(reminders_sent.order_by(InboxEntry.id))
        return [key.split(":", 2)[2] for key in rows]


def test_somebody_who_does_nothing_is_reminded_once_for_each_reason(app: Flask, enrolment: int) -> None:
    for day in range(DAYS + 20):
        remind(app, day)
    last = (FIRST + timedelta(days=DAYS - 1)).isoformat()
    assert sent(app) == [f"not-started:{last}", f"deadline-14:{last}", f"deadline-3:{last}"]


def test_somebody_who_stays_behind_is_reminded_once(app: Flask, enrolment: int) -> None:
    change(app, Enrolment, Enrolment.id == enrolment, hurdles_done=1)
    days = [day for day in range(80) if remind(app, day)]
    assert days == [50]
    assert sent(app) == [f"behind:{(FIRST + timedelta(days=DAYS - 1)).isoformat()}"]


def test_a_moved_last_day_is_reminded_of_anew(app: Flask, enrolment: int) -> None:
    assert remind(app, 90) == 1
    change(app, Enrolment, Enrolment.id == enrolment, extended_until=FIRST + timedelta(days=119))
    assert remind(app, 98) == 1
    assert remind(app, 107) == 1
    assert [one.partition(":")[2] for one in sent(app)] == ["2030-06-08", "2030-06-28", "2030-06-28"]


@pytest.mark.parametrize("hour", [0, 3, 7, 21, 23])
def test_nobody_is_reminded_at_night(app: Flask, enrolment: int, hour: int) -> None:
    assert remind(app, 10, hour) == 0
    assert remind(app, 11, 8) == 1


def test_the_sweep_runs_each_minute_and_a_cohort_is_looked_at_once_a_day(app: Flask, enrolment: int) -> None:
    assert remind(app, 5) == 0
    change(app, Enrolment, Enrolment.id == enrolment, enrolled_at=local(-30))
    change(app, Cohort, Cohort.id > 0, starts_on=FIRST - timedelta(days=30))
    assert remind(app, 5, 10) == 0
    assert remind(app, 6) == 1
    assert remind(app, 6, 10) == 0


def test_a_letter_of_the_evening_goes_out_in_the_morning(app: Flask, enrolment: int) -> None:
    with post_office() as office:
        app.config.update(SMTP_URL=office.url, MAIL_FROM="anning@example.org")
        assert remind(app, 10, 20) == 1
        with app.app_context():
            for day, hour, count in ((10, 21, 0), (11, 7, 0), (11, 8, 1)):
                with clock.frozen(local(day, hour)):
                    assert outbox.send_what_is_due() == count
    assert "等您继续学习" in office.letters[0]["Subject"]


@pytest.mark.parametrize("status", [EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN])
def test_who_has_finished_or_left_gets_none(app: Flask, enrolment: int, status: EnrolmentStatus) -> None:
    change(app, Enrolment, Enrolment.id == enrolment, status=status)
    assert [remind(app, day) for day in (10, 50, 90, 98)] == [0, 0, 0, 0]


@pytest.mark.parametrize("values", [{"erased_at": FIRST}, {"active": False}, {"activated_at": None}])
def test_who_was_erased_is_not_active_or_never_came_gets_none(
    app: Flask, enrolment: int, values: dict[str, Any]
) -> None:
    moment = {name: local(0) if value is FIRST else value for name, value in values.items()}
    change(app, Person, Person.id == world.people(app)["other_trainee.jn"].id, **moment)
    assert [remind(app, day) for day in (10, 90)] == [0, 0]
    assert sent(app) == []


def test_a_cohorts_reminders_can_be_switched_off_and_on(app: Flask, enrolment: int) -> None:
    coordinator = client_for(app, world.people(app)["coordinator.jn"])
    with app.app_context(), reading():
        cohort = db.session.get_one(Enrolment, enrolment).cohort_id
    assert coordinator.submit(f"/cohorts/{cohort}", action=f"/cohorts/{cohort}/reminders").location.endswith(
        f"/cohorts/{cohort}"
    )
    assert remind(app, 10) == 0
    coordinator.submit(f"/cohorts/{cohort}", action=f"/cohorts/{cohort}/reminders")
    assert remind(app, 10) == 1
    assert coordinator.post(f"/cohorts/{cohort}/reminders", data={"wanted": "perhaps"}).status_code == 409


def test_one_cohort_that_fails_stops_no_other(app: Flask, enrolment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.people(app)["other_trainee.qd"]
    change(app, Enrolment, Enrolment.person_id == other.id, status=EnrolmentStatus.OPEN, enrolled_at=local(0))
    change(app, Enrolment, Enrolment.person_id == other.id, hurdles_done=0, hurdles_needed=4)
    calls = iter([True, False, False])
    send = reminders._send

    def fails_once(*arguments: Any) -> int:
        if next(calls):
            raise RuntimeError("no reason")
        return send(*arguments)

    monkeypatch.setattr(reminders, "_send", fails_once)
    assert remind(app, 10) == 1
    assert remind(app, 10, 10) == 1
    assert len(sent(app)) == 2
