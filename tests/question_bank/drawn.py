"""A bank to draw from: ten items that say nothing alike, beside a quiz of two fixed ones at the first base."""

from __future__ import annotations

from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select

from question_bank.blueprints.rules import Blueprint, Criteria, Draw, Section
from question_bank.models import Item
from question_bank.services import quizzes, retiring
from tests.question_bank.conftest import Bench, a1, both, build, x
from tests.world_content import approved
from training.activities.models import Activity
from training.core.db import db
from training.core.scopes import Scope
from training.programmes.models import EnrolmentPin

EASY = Draw(1, 1, 3, 1, Criteria(type="A1", module="pain", difficulty_max=3))
HARD = Draw(2, 2, 2, 2, Criteria(type="X", difficulty_min=4, difficulty_max=5))
TWO = (Section(1, "单选", "Single"), Section(2, "多选", "Several", "all_or_nothing"))


def unlike(kind: str, number: int, **about: Any) -> dict[str, Any]:
    """A body that says nothing of what another number says."""
    chance = Random(number)
    said = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=30)) for _text in range(6)]
    body = a1() if kind == "A1" else x("a", "b")
    options = [{**one, "text": both(text)} for one, text in zip(body["options"], said, strict=False)]
    return {**body, "stem": both(said[5]), "options": options, "about": about}


def bank(app: Flask) -> Bench:
    """A quiz of two fixed items, and ten more items in its bank: seven easy A1 and three hard X, of the module pain."""
    bench = build(app, [("A1", unlike("A1", 20)), ("X", unlike("X", 21))])
    with bench.writing():
        scope = own_scope(bench)
        for number in range(1, 11):
            kind, level = ("A1", 2) if number <= 7 else ("X", 4)
            body = unlike(kind, number, module="pain", difficulty=level)
            approved(scope, f"D-{number}", kind, body, None, bench.actor("reviewer.jn"))
    return bench


def own_scope(bench: Bench) -> Scope:
    return db.session.get_one(Scope, db.session.get_one(Activity, bench.quiz_id).scope_id)


def compose(bench: Bench, *draws: Draw, sections: tuple[Section, ...] = (), placed: Any = None, **rules: Any) -> int:
    """Save the quiz anew with those draws; the trainees keep to the version that they are pinned to."""
    with bench.writing():
        activity = db.session.get_one(Activity, bench.quiz_id)
        fixed = [(db.session.get_one(Item, one), 1) for one in bench.item_ids]
        given = {"time_limit_minutes": 20, "pass_percent": 60, "attempts_allowed": 5, "resit_wait_hours": 0} | rules
        version = quizzes.revise_quiz(
            activity,
            own_scope(bench),
            quizzes.Titles("考试", "Examination"),
            quizzes.Rules(**given),
            fixed,
            Blueprint(sections or (Section(1),), draws, placed or {}),
            kept=frozenset(bench.item_ids),
            seen_version=activity.version,
            revised_by=bench.actor("instructor.jn"),
        ).version
        for pin in db.session.scalars(select(EnrolmentPin).where(EnrolmentPin.activity_id == bench.quiz_id)):
            pin.version = version
    return version


def retire(bank: Bench, code: str) -> None:
    with bank.writing():
        item = db.session.scalars(select(Item).where(Item.code == code)).one()
        retiring.retire(item, own_scope(bank), "test", retired_by=bank.actor("instructor.jn"))
