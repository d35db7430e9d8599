"""Reviewers are told that items wait: once a day at most, only those who may decide, and never at night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from question_bank import review_notices
from question_bank.models import Item
from question_bank.queries import items as bank
from question_bank.services import review
from tests.client import client_for
from tests.counting import counting
from tests.question_bank.conftest import Bench
from tests.question_bank.test_reviews import submitted
from training.accounts.models import Person, RoleGrant
from training.core import clock
from training.core.db import db
from training.messages.models import InboxEntry, Message

pytestmark = pytest.mark.world
FIRST = datetime.now(UTC).date()


def tell(bench: Bench, day: int = 1, hour: int = 9) -> int:
    moment = datetime.combine(FIRST + timedelta(days=day), time(hour), UTC) - timedelta(hours=8)
    with bench.app.app_context(), clock.frozen(moment):
        return review_notices.tell_reviewers()


def told(bench: Bench) -> list[tuple[str, str, str]]:
    """Who was told what, and where it leads, in order."""
    with bench.looking():
        rows = db.session.execute(
            select(Person.id, Message.title_en, Message.url)
            .join(InboxEntry, InboxEntry.person_id == Person.id)
            .join(Message, Message.id == InboxEntry.message_id)
            .where(Message.key.startswith(review_notices.KEY))
            .order_by(InboxEntry.id)
        ).all()
    names = {person.id: name for name, person in bench.people.items()}
    return [(names[row.id], row.title_en, row.url) for row in rows]


def read_all(bench: Bench) -> None:
    with bench.writing():
        db.session.execute(update(InboxEntry).values(read_at=clock.now()))


@pytest.fixture
def quiet(bench: Bench) -> Bench:
    """The bench with nothing that waits from the world."""
    with bench.writing():
        db.session.execute(update(Item).where(Item.id.not_in(bench.item_ids)).values(retired_at=clock.now()))
    return bench


def test_who_may_decide_is_told_once_a_day_while_something_waits(quiet: Bench) -> None:
    assert tell(quiet) == 0
    submitted(quiet, "N-1")
    submitted(quiet, "N-2")
    assert tell(quiet) == 1
    assert told(quiet) == [("reviewer.jn", "2 items wait for your review", "/items/reviews/")], "not who wrote them"
    read_all(quiet)
    submitted(quiet, "N-3")
    assert tell(quiet, hour=15) == 0
    assert tell(quiet, day=2) == 1
    assert tell(quiet, day=2) == 0
    assert [title for _who, title, _url in told(quiet)][1] == "3 items wait for your review"


def test_one_that_is_unread_is_enough(quiet: Bench) -> None:
    submitted(quiet, "N-1")
    assert [tell(quiet, day) for day in (1, 2, 3)] == [1, 0, 0]
    read_all(quiet)
    assert tell(quiet, day=4) == 1


def test_nobody_is_told_of_what_is_decided(quiet: Bench) -> None:
    item_id = submitted(quiet, "N-1")
    with quiet.writing():
        reviewer = quiet.actor("reviewer.jn")
        review.approve(*bank.item_visible_to(reviewer, item_id, lock=True), seen_version=1, approved_by=reviewer)
    assert tell(quiet) == 0


@pytest.mark.parametrize("hour", [0, 7, 21, 23])
def test_nobody_is_told_at_night(quiet: Bench, hour: int) -> None:
    submitted(quiet, "N-1")
    assert tell(quiet, hour=hour) == 0


def test_whose_role_is_over_or_who_never_came_is_told_nothing(quiet: Bench) -> None:
    submitted(quiet, "N-1")
    reviewer = quiet.people["reviewer.jn"].id
    with quiet.writing():
        db.session.execute(update(Person).where(Person.id == reviewer).values(activated_at=None))
    assert tell(quiet) == 0
    with quiet.writing():
        db.session.execute(update(Person).where(Person.id == reviewer).values(activated_at=clock.now()))
        db.session.execute(
            update(RoleGrant).where(RoleGrant.person_id == reviewer).values(ends_on=FIRST + timedelta(days=1))
        )
    assert tell(quiet) == 0


def test_it_leads_to_what_waits(quiet: Bench) -> None:
    submitted(quiet, "N-1")
    tell(quiet)
    client = client_for(quiet.app, quiet.people["reviewer.jn"], "zh")
    assert "有 1 道题等您审核" in client.get("/inbox/").text
    assert "N-1" in client.get(told(quiet)[0][2]).text


def test_a_minute_in_which_everybody_was_told_asks_little(quiet: Bench) -> None:
    submitted(quiet, "N-1")
    tell(quiet)
    with counting(quiet.app, at_most=1):
        assert tell(quiet) == 0
