"""The examination that is sat: its items, the people who are admitted twice, their papers drawn, all signed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from question_bank.exams import services as exams
from question_bank.exams.tasks import draw_all
from question_bank.models import Attempt, Item
from question_bank.samples import all_items
from question_bank.services import quizzes
from tests import rosters, world
from tests.conftest import build, dispose
from tests.world_content import approved
from training.accounts.models import NOTICE, Person
from training.activities.models import Activity
from training.core import clock, schema
from training.core.access import Actor
from training.core.db import batches, db, reading, transaction
from training.core.scopes import Scope
from training.places.models import Institution, TrainingBase
from training.programmes import services as programmes
from training.programmes.models import Programme

CODE = "BENCH"
SINGLE, JUDGEMENT = 12, 2
PLAIN_ITEMS = 20
MATCHING: dict[str, Any] = {
    "stem": {"zh": "为每种情形选择合适的处理。", "en": "Choose what fits each situation."},
    "options": [
        {"id": one, "text": {"zh": zh, "en": en}}
        for one, zh, en in (
            ("a", "口腔护理", "mouth care"),
            ("b", "调整体位", "another position"),
            ("c", "即释吗啡", "immediate-release morphine"),
            ("d", "陪伴与倾听", "presence and listening"),
        )
    ],
    "parts": [
        {"id": "1", "stem": {"zh": "口干", "en": "a dry mouth"}, "key": ["a"]},
        {"id": "2", "stem": {"zh": "爆发痛", "en": "breakthrough pain"}, "key": ["c"]},
        {"id": "3", "stem": {"zh": "哀伤的家属", "en": "a grieving family"}, "key": ["d"]},
    ],
    "source": "",
}
SHORT: dict[str, Any] = {
    "stem": {"zh": "阿片类药物中毒用什么拮抗？", "en": "What reverses an opioid overdose?"},
    "accepted": [{"text": "纳洛酮", "weight": "100"}, {"text": "naloxone", "weight": "100"}],
    "case": False,
    "source": "",
}


@dataclass(frozen=True)
class Hall:
    """Where it is sat: the application, the quiz of each sitting by its name, and each person's id and cookie."""

    app: Flask
    quizzes: dict[str, int]
    people: list[tuple[int, str]]


def _plain_items() -> list[tuple[str, dict[str, Any]]]:
    """The items of the sample without pictures: type and body."""
    found = [(one["type"], {name: one[name] for name in one if name not in {"code", "type"}}) for one in all_items()]
    return [(kind, body) for kind, body in found if not body.get("pictures")]


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """Types and bodies of the sixteen items: as many of each type as in the public reference (`docs/operations.md`)."""
    plain = _plain_items()
    single, judgement = ([one for one in plain if one[0] == kind] for kind in ("A1", "judgement"))
    return [*single[:SINGLE], *judgement[:JUDGEMENT], ("matching", MATCHING), ("short", SHORT)]


def fill_plain(url: str, folder: Path, number: int) -> Hall:
    """The same with one quiz of twenty single choices that everybody may sit at any time; papers drawn at the start."""
    app = build(url, folder)
    app.config["SAMPLE_MODE"] = False
    with app.app_context():
        schema.upgrade()
        world.build()
        with transaction():
            single = [one for one in _plain_items() if one[0] == "A1"][:PLAIN_ITEMS]
            sat = _set_quizzes(("plain",), single, quizzes.Rules(60, 60, 1, 0))
            ids = _admit_people(number, list(sat.values()))
        hall = Hall(app, {name: quiz.id for name, quiz in sat.items()}, [(one, cookie(app, one)) for one in ids])
    dispose(app)
    return hall


def fill(url: str, folder: Path, number: int, sittings: tuple[str, ...]) -> Hall:
    """Fill the empty database at `url`: a session for each sitting, which admits the same `number` of people."""
    app = build(url, folder)
    app.config["SAMPLE_MODE"] = False
    with app.app_context():
        schema.upgrade()
        world.build()
    hall = prepare(app, number, sittings)
    dispose(app)
    return hall


def prepare(app: Flask, number: int, sittings: tuple[str, ...]) -> Hall:
    """The same in a database that holds the small world already."""
    with app.app_context():
        with transaction():
            sat = _set_quizzes(sittings, bodies(), quizzes.Rules(60, 60, 1, 0, items_per_page=2, supervised=True))
            ids = _admit_people(number, list(sat.values()))
            sessions = [_set_session(name, quiz, ids) for name, quiz in sat.items()]
        for session_id in sessions:
            draw_all(session_id)
        with reading():
            drawn = db.session.scalar(select(func.count()).where(Attempt.session_id.in_(sessions)))
        if drawn != number * len(sittings):
            raise RuntimeError(f"{drawn} papers were drawn for {number} people")
        return Hall(app, {name: quiz.id for name, quiz in sat.items()}, [(one, cookie(app, one)) for one in ids])


def _actor(name: str) -> Actor:
    from training.accounts import queries

    person = db.session.get_one(Person, world.person_id(name))
    actor = queries.load_actor(f"{person.id}:{person.stamp}")
    assert actor is not None
    return actor


def _base() -> tuple[TrainingBase, Scope]:
    base = db.session.scalars(select(TrainingBase).where(TrainingBase.code == "B-jn")).one()
    return base, db.session.get_one(Scope, base.scope_id)


def _admit_people(number: int, requires: list[Activity]) -> list[int]:
    """So many people, who have agreed to what is kept of them, in a programme that requires the quizzes; their ids."""
    ids = rosters.add_people(number, list(db.session.scalars(select(Institution.id))))
    for piece in batches(ids):
        db.session.execute(update(Person).where(Person.id.in_(piece)).values(notice_version=NOTICE))
    _enrol(requires, ids)
    return ids


def _set_quizzes(
    names: tuple[str, ...], chosen: list[tuple[str, dict[str, Any]]], rules: quizzes.Rules
) -> dict[str, Activity]:
    author, reviewer = _actor("instructor.jn"), _actor("reviewer.jn")
    scope = _base()[1]
    items: list[tuple[Item, int]] = [
        (approved(scope, f"BENCH-{number}", kind, body, author, reviewer), 1)
        for number, (kind, body) in enumerate(chosen, start=1)
    ]
    return {
        name: quizzes.add_quiz(
            scope, quizzes.Titles(f"统一考试{name}", f"Examination {name}"), rules, items, added_by=None
        )
        for name in names
    }


def _enrol(requires: list[Activity], ids: list[int]) -> None:
    base, scope = _base()
    programme: Programme = programmes.add_programme(
        code="P-bench",
        title_zh="统一考试",
        title_en="Examination",
        scope_id=scope.id,
        requires=requires,
        valid_months=24,
    )
    today = clock.today()
    cohort = programmes.open_cohort(
        base,
        programme,
        code="C-bench",
        name="统一考试",
        starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=100),
        opened_by=_actor("coordinator.jn"),
    )
    programmes.enrol_all(cohort, ids, enrolled_by=None)
    db.session.flush()


def _set_session(name: str, quiz: Activity, ids: list[int]) -> int:
    now = clock.now()
    terms = exams.Terms(f"统一考试{name}", now - timedelta(minutes=1), now + timedelta(hours=6), 359, code=CODE)
    session = exams.add_session(quiz, _base()[1], terms, added_by=None)
    for piece in batches(ids):
        exams.admit(session, list(piece))
    return session.id


def cookie(app: Flask, person_id: int) -> str:
    """The session of somebody who has signed in, made with the application's own key."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    known = {"_user_id": f"{person_id}:x", "_fresh": True, "csrf_token": secrets.token_hex(32)}
    return str(signer.dumps({**known, "seen": int(clock.now().timestamp())}))
