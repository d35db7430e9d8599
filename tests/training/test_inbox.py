"""The inbox of everyone: what is sent arrives once, is read when it is opened, and goes by e-mail only where wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests import world
from tests.client import client_for, main_text
from tests.counting import counting
from tests.receivers import PostOffice, post_office
from training.accounts.models import Person
from training.core import clock, outbox
from training.core.db import db, reading, transaction
from training.core.errors import Invalid
from training.messages import services
from training.messages.models import InboxEntry, Message

pytestmark = pytest.mark.world
NIGHT = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    with post_office() as made:
        app.config.update(SMTP_URL=made.url, MAIL_FROM="anning@example.org")
        yield made


def send(app: Flask, names: list[str], key: str = "k", **changes: Any) -> int:
    people = world.people(app)
    texts = {"title_zh": "请看", "title_en": "Please look", "body_zh": "第一行\n\n<b>第二段</b>", "body_en": "Line"}
    with app.app_context(), transaction():
        return services.send([people[name].id for name in names], key=key, **{**texts, **changes})


def entries(app: Flask, name: str) -> list[InboxEntry]:
    person = world.people(app)[name]
    with app.app_context(), reading():
        own = select(InboxEntry).where(InboxEntry.person_id == person.id).order_by(InboxEntry.id)
        return list(db.session.scalars(own))


def test_the_same_key_reaches_everybody_once(app: Flask) -> None:
    assert send(app, ["trainee.jn", "officer"]) == 2
    assert send(app, ["trainee.jn", "officer", "nobody"], title_zh="别的") == 1
    with app.app_context(), reading():
        assert db.session.scalars(select(Message.title_zh).where(Message.key == "k")).all() == ["请看"]
        reached = select(func.count(InboxEntry.id)).join(Message).where(Message.key == "k")
        assert db.session.scalar(reached) == 3


def test_who_was_erased_or_is_not_active_gets_nothing(app: Flask) -> None:
    people = world.people(app)
    with app.app_context(), transaction() as connection:
        connection.execute(update(Person).where(Person.id == people["trainee.jn"].id).values(erased_at=clock.now()))
        connection.execute(update(Person).where(Person.id == people["trainee.qd"].id).values(active=False))
    assert send(app, ["trainee.jn", "trainee.qd", "officer"]) == 1


def test_many_people_cost_few_statements(app: Flask, office: PostOffice) -> None:
    names = list(world.PEOPLE)
    with counting(app, at_most=10):
        send(app, names)


@pytest.mark.parametrize("name", ["other_trainee.jn", "instructor.jn", "coordinator.jn", "officer", "administrator"])
def test_every_role_has_an_inbox_and_opens_what_is_in_it(app: Flask, name: str) -> None:
    client = client_for(app, world.people(app)[name])
    assert "还没有消息" in main_text(client.get("/inbox/"))
    send(app, [name], url="/inbox/")
    assert "收件箱（1）" in client.get("/inbox/").get_data(as_text=True)
    (entry,) = entries(app, name)
    client.get(f"/inbox/{entry.id}")
    assert entries(app, name)[0].read_at is None
    opened = client.post(f"/inbox/{entry.id}/open", follow_redirects=True)
    text = main_text(opened)
    assert "第一行" in text
    assert "<b>第二段</b>" in text
    assert entries(app, name)[0].read_at is not None
    assert "收件箱（1）" not in client.get("/inbox/").get_data(as_text=True)


def test_what_is_unread_comes_first_and_is_put_away_together(app: Flask) -> None:
    send(app, ["officer"], "old", title_zh="旧的")
    send(app, ["officer"], "new", title_zh="新的")
    client = client_for(app, world.people(app)["officer"])
    client.post(f"/inbox/{entries(app, 'officer')[1].id}/read")
    page = main_text(client.get("/inbox/"))
    assert page.index("旧的") < page.index("新的")
    shown = client.get("/inbox/").get_data(as_text=True)
    until = max(one.id for one in entries(app, "officer"))
    assert f'name="until" value="{until}"' in shown
    send(app, ["officer"], "later", title_zh="后来的")
    assert "1 条消息" in main_text(client.post("/inbox/read", data={"until": until}, follow_redirects=True))
    assert [one.read_at is None for one in entries(app, "officer")] == [False, False, True]


@pytest.mark.parametrize("until", ["", "x", "-1", "9" * 40, "１"])
def test_a_list_that_nobody_showed_puts_nothing_away(app: Flask, until: str) -> None:
    send(app, ["officer"])
    client_for(app, world.people(app)["officer"]).post("/inbox/read", data={"until": until})
    assert entries(app, "officer")[0].read_at is None


def test_nobody_opens_the_messages_of_somebody_else(app: Flask) -> None:
    send(app, ["officer"])
    (entry,) = entries(app, "officer")
    stranger = client_for(app, world.people(app)["administrator"])
    assert stranger.get(f"/inbox/{entry.id}").status_code == 404
    for act in ("open", "read"):
        assert stranger.post(f"/inbox/{entry.id}/{act}").status_code == 404
    stranger.post("/inbox/read", data={"until": entry.id})
    assert entries(app, "officer")[0].read_at is None


def test_a_long_inbox_comes_in_pages_at_a_constant_cost(app: Flask) -> None:
    for number in range(60):
        send(app, ["officer"], f"k{number}", title_zh=f"第{number}条")
    client = client_for(app, world.people(app)["officer"])
    with counting(app, at_most=4):
        page = main_text(client.get("/inbox/"))
    assert "第59条" in page
    assert "第9条" not in page
    assert "第9条" in main_text(client.get("/inbox/?page=2"))
    for far in ("3", "0", "-7", "x", "9" * 30):
        assert client.get(f"/inbox/?page={far}").status_code == 200


def test_a_letter_goes_beside_in_both_languages_and_leads_to_the_message(app: Flask, office: PostOffice) -> None:
    send(app, ["officer"])
    with app.app_context():
        assert outbox.send_what_is_due() == 1
    (letter,) = office.letters
    assert letter["To"] == world.people(app)["officer"].email
    assert letter["Subject"] == "请看 · Please look"
    text = letter.get_content()
    for part in ("第一行", "Line", f"http://anning.test/inbox/{entries(app, 'officer')[0].id}", "收件箱", "inbox page"):
        assert part in text


def test_one_text_is_written_once(app: Flask, office: PostOffice) -> None:
    send(app, ["officer"], title_en="请看", body_zh="同文", body_en="同文")
    with app.app_context():
        outbox.send_what_is_due()
    assert office.letters[0]["Subject"] == "请看"
    assert office.letters[0].get_content().count("同文") == 1


def test_whoever_switched_mail_off_has_the_inbox_alone(app: Flask, office: PostOffice) -> None:
    client = client_for(app, world.people(app)["officer"])
    assert "person1@example.org" in main_text(client.get("/inbox/"))
    client.post("/inbox/mail", data={})
    client.post("/inbox/mail", data={})
    send(app, ["officer"], "first")
    client.post("/inbox/mail", data={"wanted": "y"})
    send(app, ["officer"], "second", title_zh="第二封", title_en="Second")
    with app.app_context():
        outbox.send_what_is_due()
    assert [letter["Subject"] for letter in office.letters] == ["第二封 · Second"]
    assert len(entries(app, "officer")) == 2


def test_what_is_quiet_waits_for_the_morning(app: Flask, office: PostOffice) -> None:
    with clock.frozen(NIGHT):
        send(app, ["officer"], "loud")
        send(app, ["trainee.jn"], "quiet", quiet=True)
    with app.app_context():
        for hours, sent in ((0, 1), (5, 0), (9.9, 0), (10, 1)):
            with clock.frozen(NIGHT + timedelta(hours=hours)):
                assert outbox.send_what_is_due() == sent, hours


def test_a_message_leads_nowhere_else(app: Flask) -> None:
    with pytest.raises(Invalid):
        send(app, ["officer"], url="https://example.org/")


def test_forgetting_somebody_empties_their_inbox(app: Flask) -> None:
    send(app, ["officer", "nobody"])
    person = world.people(app)["officer"]
    client_for(app, person).post("/inbox/mail", data={})
    with app.app_context(), transaction():
        services.forget(person.id)
    assert entries(app, "officer") == []
    assert len(entries(app, "nobody")) == 1
