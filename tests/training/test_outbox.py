"""What goes to people outside is sent once, tried again when it must be, and keeps no secret longer than needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.receivers import Gateway, PostOffice, gateway, post_office
from training.core import clock, jobs, outbox
from training.core.db import db, reading, transaction
from training.core.outbox import Outgoing
from training.settings import Settings, SettingsError

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    with post_office() as made:
        app.config.update(SMTP_URL=made.url, MAIL_FROM="安宁 <anning@example.org>")
        yield made


@pytest.fixture
def sms(app: Flask) -> Iterator[Gateway]:
    with gateway() as made:
        app.config.update(SMS_URL=made.url, SMS_TOKEN="a-token")
        yield made


def post(app: Flask, key: str = "k1", channel: str = "email", **changes: object) -> bool:
    values = {"subject": "一封信", "text": "您好。\n.\n第二行", "secret": False, "due_at": None} | changes
    address = "wang@example.org" if channel == "email" else "13800000001"
    with app.app_context(), transaction():
        return outbox.post(channel, address, key=key, **values)  # type: ignore[arg-type]


def rows(app: Flask) -> list[Outgoing]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def sweep(app: Flask, at: datetime) -> int:
    with app.app_context(), clock.frozen(at):
        return outbox.send_what_is_due()


def test_a_letter_arrives_whole_and_once(app: Flask, office: PostOffice) -> None:
    assert post(app)
    assert post(app, text="anders")  # the same key
    assert sweep(app, clock.now()) == 1
    assert sweep(app, clock.now() + timedelta(days=2)) == 0
    (letter,) = office.letters
    assert letter["To"] == "wang@example.org"
    assert letter["From"] == "安宁 <anning@example.org>"
    assert letter["Subject"] == "一封信"
    assert letter.get_content().splitlines() == ["您好。", ".", "第二行"]
    (row,) = rows(app)
    assert row.sent_at is not None
    assert (row.tries, row.failed_at, row.failed_reason) == (1, None, None)


def test_posting_wakes_a_worker_after_the_commit_and_never_before(app: Flask, office: PostOffice) -> None:
    class Undone(Exception):
        pass

    with pytest.raises(Undone), app.app_context(), transaction():
        outbox.post("email", "wang@example.org", subject="s", text="t", key="undone")
        raise Undone
    assert rows(app) == []
    queue = app.extensions["anning_queue"]
    queue.flush()
    post(app)
    assert len(queue) == 1
    queue.execute(queue.dequeue())
    assert len(office.letters) == 1


def test_a_letter_for_later_waits(app: Flask, office: PostOffice) -> None:
    queue = app.extensions["anning_queue"]
    queue.flush()
    due = clock.now() + timedelta(hours=9)
    post(app, due_at=due)
    assert len(queue) == 0
    assert sweep(app, due - timedelta(seconds=1)) == 0
    assert sweep(app, due) == 1


def test_without_settings_a_channel_is_not_offered_and_nothing_is_kept(app: Flask) -> None:
    with app.app_context():
        assert not outbox.offers("email")
        assert not outbox.offers("sms")
    assert not post(app)
    assert not post(app, "k2", "sms")
    assert rows(app) == []


def test_a_text_message_keeps_the_contract(app: Flask, sms: Gateway) -> None:
    post(app, "code:1", "sms", text="验证码 123456", secret=True)
    assert sweep(app, clock.now()) == 1
    assert sms.requests == [("Bearer a-token", {"to": "13800000001", "text": "验证码 123456", "key": "code:1"})]
    (row,) = rows(app)
    assert row.text == ""


@pytest.mark.parametrize("answer", [302, 401, 429, 500])
def test_what_fails_for_now_is_tried_again(app: Flask, sms: Gateway, answer: int) -> None:
    with clock.frozen(NOW):
        post(app, channel="sms", text="t", secret=True)
    sms.answers.append(answer)
    assert sweep(app, NOW) == 0
    (row,) = rows(app)
    assert row.failed_reason == f"HTTP {answer}"
    assert row.text == "t"
    assert sweep(app, NOW + outbox.PAUSES[0] - timedelta(seconds=1)) == 0
    assert sweep(app, NOW + outbox.PAUSES[0]) == 1
    assert [body["key"] for _token, body in sms.requests] == ["k1", "k1"]
    (row,) = rows(app)
    assert (row.tries, row.failed_reason, row.text) == (2, None, "")


def test_eight_tries_over_a_day_and_no_more(app: Flask, sms: Gateway) -> None:
    with clock.frozen(NOW):
        post(app, channel="sms", secret=True)
    sms.answers.extend([503] * 20)
    for minutes in range(0, 3 * 24 * 60):
        if minutes in {0, 2, 7, 22, 67, 187, 547, 1447} or minutes % 60 == 0:
            sweep(app, NOW + timedelta(minutes=minutes))
    assert len(sms.requests) == outbox.TRIES == 8
    (row,) = rows(app)
    assert row.failed_at is not None
    assert row.failed_at - NOW <= timedelta(hours=25)
    assert (row.failed_reason, row.text) == ("HTTP 503", "")


def test_what_is_refused_for_good_is_given_up_at_once(app: Flask, sms: Gateway, office: PostOffice) -> None:
    sms.answers.append(422)
    office.refuse["wang@example.org"] = "550 no such mailbox"
    post(app, "k1", "sms")
    post(app, "k2", secret=True)
    assert sweep(app, clock.now()) == 0
    assert [row.failed_reason for row in rows(app)] == ["HTTP 422", "refused: 550 no such mailbox"]
    assert [bool(row.failed_at) for row in rows(app)] == [True, True]
    assert rows(app)[1].text == ""
    assert sweep(app, clock.now() + timedelta(days=1)) == 0


def test_a_mailbox_that_is_full_for_now_is_tried_again(app: Flask, office: PostOffice) -> None:
    office.refuse["wang@example.org"] = "452 full"
    post(app)
    sweep(app, clock.now())
    office.refuse.clear()
    assert sweep(app, clock.now() + outbox.PAUSES[0]) == 1


def test_a_subject_that_would_forge_heads_is_given_up(app: Flask, office: PostOffice) -> None:
    post(app, subject="a\nBcc: all@example.org")
    sweep(app, clock.now())
    assert office.letters == []
    assert rows(app)[0].failed_at is not None


def test_nobody_there_is_tried_again(app: Flask) -> None:
    with post_office() as gone:
        pass
    app.config.update(SMTP_URL=gone.url, MAIL_FROM="a@example.org")
    post(app)
    assert sweep(app, clock.now()) == 0
    (row,) = rows(app)
    assert row.failed_at is None
    assert row.failed_reason is not None
    assert "Refused" in row.failed_reason


def test_two_workers_side_by_side_send_once(app: Flask, office: PostOffice) -> None:
    for number in range(6):
        post(app, f"k{number}")
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        with app.app_context():
            outbox.send_what_is_due()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.letters) == 6
    assert len({letter["Message-ID"] for letter in office.letters}) == 6


def test_a_worker_that_dies_after_sending_sends_once_more_under_the_same_name(
    app: Flask, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(NOW):
        post(app)

    class Killed(BaseException):
        pass

    def killed(_outgoing_id: int) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_note_sent", killed)
        with pytest.raises(Killed):
            sweep(app, NOW)
    assert sweep(app, NOW + timedelta(minutes=1)) == 0
    assert sweep(app, NOW + outbox.PAUSES[0]) == 1
    assert sweep(app, NOW + timedelta(days=2)) == 0
    assert len(office.letters) == 2
    assert office.letters[0]["Message-ID"] == office.letters[1]["Message-ID"]


def test_many_letters_are_one_statement_a_few_hundred(app: Flask, office: PostOffice) -> None:
    letters = [
        outbox.Letter(channel="email", address=f"p{number}@example.org", subject="s", text="t", key=f"many:{number}")
        for number in range(1200)
    ]
    with app.app_context():
        with transaction():
            assert len(outbox.post_all(letters)) == 1200
        with transaction():
            assert outbox.post_all(letters) == []
            assert outbox.forget(["p0@example.org", "p1@example.org", "q@example.org"]) == 2
        with reading():
            assert outbox.state(["many:0", "many:7"]) == {"many:7": "waiting"}


def test_the_sweep_is_one_of_the_workers(app: Flask, office: PostOffice) -> None:
    post(app)
    with app.app_context():
        assert jobs.run_sweeps()["outbox"] == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ANNING_SMTP_URL": "http://host"}, "ANNING_SMTP_URL"),
        ({"ANNING_SMTP_URL": "smtp://host:99999"}, "ANNING_SMTP_URL"),
        ({"ANNING_SMTP_URL": "smtp://u:p@host?tls=perhaps"}, "ANNING_SMTP_URL"),
        ({"ANNING_SMTP_URL": "smtp://u:secret@host?tls=none"}, "ANNING_SMTP_URL"),
        ({"ANNING_SMTP_URL": "smtp://host"}, "ANNING_MAIL_FROM"),
        ({"ANNING_SMTP_URL": "smtp://host", "ANNING_MAIL_FROM": "nobody"}, "ANNING_MAIL_FROM"),
        ({"ANNING_SMS_URL": "http://host/x", "ANNING_SMS_TOKEN": "t"}, "ANNING_SMS_URL"),
        ({"ANNING_SMS_URL": "file:///etc/passwd", "ANNING_SMS_TOKEN": "t"}, "ANNING_SMS_URL"),
        ({"ANNING_SMS_URL": "https://host/x"}, "ANNING_SMS_TOKEN"),
    ],
)
def test_settings_that_cannot_send_are_told_by_name(tmp_path: Path, changes: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name) as error:
        Settings.from_environ({"ANNING_DATA_DIR": str(tmp_path), **changes})
    assert "secret" not in str(error.value)
