"""Making rosters and sending them, for the tests about them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from tests.client import CheckingClient, main_text
from training.accounts import id_numbers
from training.accounts.models import Person, Profession, RoleGrant
from training.core import clock
from training.core.db import db, reading
from training.places.models import Institution
from training.programmes.models import Cohort, Enrolment
from training.progress.models import LedgerLine

HEAD = ("姓名", "性别", "身份证号", "手机号", "邮箱", "工号", "工作单位", "职业", "科室")


def identity(number: int) -> str:
    """An invented identity number with the right check character."""
    digits = f"37010219900101{number:03d}"
    return digits + id_numbers.check_character(digits)


def row(name: str, **cells: str) -> tuple[str, ...]:
    given = {"职业": "护士", **cells}
    return tuple(name if head == "姓名" else given.get(head, "") for head in HEAD)


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD) -> bytes:
    kept = io.StringIO()
    csv.writer(kept).writerows([head, *rows])
    return kept.getvalue().encode("utf-8-sig")


def many(number: int, first: int = 0) -> bytes:
    return sheet(
        *(
            row(f"学员{n}", 手机号=f"150{n:08d}", 工号=f"N{n:05d}", 工作单位="jn医院")
            for n in range(first, first + number)
        )
    )


def cohort_id(app: Flask, place: str = "jn") -> int:
    with app.app_context(), reading():
        return db.session.scalars(select(Cohort.id).where(Cohort.code == f"C-{place}")).one()


def count(app: Flask, model: Any, *conditions: Any) -> int:
    with app.app_context(), reading():
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def everything(app: Flask) -> tuple[int, ...]:
    """How many rows stand in the tables that an import writes."""
    return tuple(count(app, model) for model in (Person, Enrolment, RoleGrant, LedgerLine))


def people_named(app: Flask, name: str) -> list[Person]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(Person).where(Person.name == name).order_by(Person.id)))


def upload(client: CheckingClient, url: str, data: bytes, name: str = "名单.csv") -> TestResponse:
    return client.post(url, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def checked(client: CheckingClient, url: str, data: bytes, changes: dict[str, str] | None = None) -> str:
    """Upload, go through the page of the columns as it stands, and return the address of the check."""
    sent = upload(client, url, data)
    assert sent.status_code == 302, main_text(sent)
    chosen = client.submit(sent.location, changes, action=sent.location)
    assert chosen.status_code == 302, main_text(chosen)
    assert chosen.location.endswith("/check"), chosen.location
    return chosen.location


def imported(client: CheckingClient, url: str, data: bytes) -> str:
    check = checked(client, url, data)
    confirmed = client.submit(check, action=check)
    assert confirmed.status_code == 302, main_text(confirmed)
    return confirmed.location


def faults(client: CheckingClient, url: str, data: bytes) -> str:
    return main_text(client.get(checked(client, url, data)))


def seen(page: TestResponse) -> str:
    return page.get_data(as_text=True).partition('name="seen" value="')[2].partition('"')[0]


def institutions(app: Flask) -> list[Institution]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(Institution)))


def fields(page: TestResponse) -> list[str]:
    return [part.partition('"')[0] for part in page.get_data(as_text=True).split('<select id="')[1:]]


def add_people(number: int, institution_ids: Sequence[int]) -> list[int]:
    """So many people who have done nothing yet, spread over professions and institutions; their ids."""
    rows = [
        {
            "name": f"甲{one}",
            "mobile": f"135{one:08}",
            "password_hash": "",
            "stamp": "x",
            "profession": list(Profession)[one % 7],
            "institution_id": institution_ids[one % len(institution_ids)],
            "active": True,
            "created_at": clock.now(),
        }
        for one in range(number)
    ]
    db.session.execute(insert(Person), rows)
    return list(db.session.scalars(select(Person.id).where(Person.mobile.startswith("135"))))
