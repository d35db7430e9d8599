"""Pages that grow with people and items stay light: as they come over the wire, and unpacked on a slow telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from question_bank.models import Attempt, QuizItem
from question_bank.services import sitting
from tests.browser.people import staff, trainee
from tests.client import CheckingClient, client_for
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core.db import db, reading, transaction
from training.practice.models import Posting, Setting
from training.programmes import services as programmes
from training.programmes.models import Cohort, Programme

pytestmark = [pytest.mark.sample, pytest.mark.one_database]
MOST_ON_THE_WIRE, MOST_UNPACKED = 100 * 1024, 150 * 1024
PEOPLE, ITEMS = 60, 40
NAME = "阿卜杜热合曼·买买提艾力之子第"
ASSET = re.compile(r'(?:src|href)="(/assets/[^"]+)"')


@pytest.fixture
def cohort_id(app: Flask) -> int:
    """A cohort of specialists with so many people of long names, each on a rotation in every setting."""
    with app.app_context(), transaction():
        found = db.session.scalars(
            select(Cohort)
            .join(Programme, Programme.activity_id == Cohort.programme_id)
            .where(Programme.code == "SAMPLE-PS")
        ).first()
        assert found is not None
        known = db.session.scalars(select(Posting).where(Posting.cohort_id == found.id)).first()
        assert known is not None
        for number in range(PEOPLE):
            db.session.add_all(_postings(known, _enrolled(found, number)))
        return found.id


def _enrolled(cohort: Cohort, number: int) -> Any:
    data = accounts.PersonData(name=f"{NAME}{number}", profession=Profession.NURSE, mobile=f"1361234{number:04}")
    return programmes.enrol(cohort, accounts.add_person(data, password_hash="x", added_by=None), enrolled_by=None)


def _postings(known: Posting, enrolment: Any) -> Iterator[Posting]:
    kept = ("cohort_id", "rotation_id", "version", "unit", "supervisor_id", "starts_on", "ends_on", "assigned_at")
    for setting in Setting:
        yield Posting(
            enrolment_id=enrolment.id,
            person_id=enrolment.person_id,
            setting=setting,
            **{name: getattr(known, name) for name in kept},
        )


def too_heavy(client: CheckingClient, path: str, row: str, rows: int) -> str:
    """Fetch a page that has so many rows, packed with all that it brings: what is too heavy in words, or nothing."""
    page = client.get(path)
    assert page.status_code == 200, f"{path} answers {page.status_code}"
    assert page.text.count(row) >= rows, f"{path} holds {page.text.count(row)} times {row}"
    coming = [path, *sorted(set(ASSET.findall(page.text)))]
    assert len(coming) >= 4, f"{path} came without its style, script or picture"
    client.examines = False
    packed = sum(len(client.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in coming)
    client.examines = True
    heavy = packed > MOST_ON_THE_WIRE or len(page.data) > MOST_UNPACKED
    return f"{path}: {packed} bytes on the wire, {len(page.data)} unpacked" if heavy else ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cohort_of_60_is_light_on_every_page_that_lists_it(app: Flask, cohort_id: int, language: str) -> None:
    coordinator = client_for(app, staff("coordinator"), language)
    base = f"/cohorts/{cohort_id}"
    rows = {
        base: ('name="enrolment"', 50),
        f"{base}/practice": ('<th scope="row"', 50),
        f"{base}/practice/assign": (NAME, PEOPLE),
        f"{base}/codes": ('<th scope="row"', 50),
        f"/certificates{base}/issue": (NAME, PEOPLE),
    }
    assert [said for path, row in rows.items() if (said := too_heavy(coordinator, path, *row))] == []


def test_the_second_page_has_the_people_that_the_first_has_not(app: Flask, cohort_id: int) -> None:
    coordinator = client_for(app, staff("coordinator"))
    for path, all_rows in ((f"/cohorts/{cohort_id}", PEOPLE + 5), (f"/cohorts/{cohort_id}/practice", 3 * PEOPLE + 9)):
        found = [
            row
            for number in range(1, -(-all_rows // 50) + 1)
            for row in coordinator.get(f"{path}?page={number}").text.partition("<tbody>")[2].split("<tr>")[1:]
        ]
        assert len(found) == all_rows
        assert sum(NAME in row for row in found) == (3 * PEOPLE if "practice" in path else PEOPLE)
        assert coordinator.get(f"{path}?page=99").status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_quiz_of_40_items_is_light_to_compose_to_sit_and_to_look_into(app: Flask, language: str) -> None:
    with app.app_context(), transaction():
        person = db.session.scalars(select(Person).where(Person.mobile == trainee("not_started")["mobile"])).one()
        quiz_id = db.session.scalars(
            select(QuizItem.quiz_id).group_by(QuizItem.quiz_id).having(func.count() == ITEMS)
        ).one()
        attempt = sitting.start(quiz_id, person, seed=7)
    sitter = client_for(app, person, language)
    instructor = client_for(app, staff("instructor"), language)
    question = ('class="question"', ITEMS)
    heavy = [too_heavy(sitter, f"/quiz/attempts/{attempt.id}", *question)]
    with app.app_context(), transaction():
        sitting.hand_in(db.session.get_one(Attempt, attempt.id), by=person)
    heavy += [
        too_heavy(sitter, f"/quiz/attempts/{attempt.id}/result", *question),
        too_heavy(instructor, f"/quizzes/{quiz_id}", '<details class="fold">', ITEMS),
        too_heavy(instructor, f"/quizzes/{quiz_id}/edit", 'name="order_', ITEMS),
    ]
    assert [said for said in heavy if said] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_editor_of_a_long_programme_is_light(app: Flask, language: str) -> None:
    with app.app_context(), reading():
        programme_id = db.session.scalars(select(Programme.activity_id).where(Programme.code == "SAMPLE-PS")).one()
    officer = client_for(app, staff("provincial_officer"), language)
    path = f"/programmes/{programme_id}/edit"
    assert too_heavy(officer, path, '<select name="what-', 20) == ""
    rows = [row.partition("</select>")[0] for row in officer.get(path).text.split('<select name="what-')[1:]]
    chosen = [re.findall(r'value="(\d+)"[^>]* selected', row) for row in rows]
    for row, own in zip(rows, chosen, strict=True):  # a row offers what no other row holds
        others = {one for several in chosen if several != own for one in several}
        assert others.isdisjoint(re.findall(r'value="(\d+)"', row))
