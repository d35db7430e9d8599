"""The sample items, the quiz made of them, and attempts at it by the people whose stage has come so far."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from question_bank import item_types
from question_bank.models import Attempt, Item
from question_bank.queries import attempts as queries
from question_bank.services import answers, items, quizzes, sitting
from training.accounts import queries as accounts
from training.accounts.models import Person
from training.core import clock, sample
from training.programmes.models import Enrolment

WRITTEN = timedelta(days=95)
AFTER_ENROLMENT = timedelta(days=16)
MINUTES_AN_ITEM = 1
# How many of the ten items each attempt gets wrong, by stage: the first attempt, then the resit.
WRONG = {"quiz_failed": (5,), "quiz_passed": (2,), "certified": (1,), "revoked": (5, 3)}


def _read(name: str) -> Any:
    return json.loads(files("question_bank").joinpath("sample", name).read_text(encoding="utf-8"))


@sample.step("items and quiz", 40)
def add_items_and_quiz(shared: dict[str, Any]) -> None:
    """Write the items and the quiz on the province's behalf; the quiz joins `requires`."""
    author = accounts.load_actor("{0.id}:{0.stamp}".format(shared["staff"]["instructor"]))
    scope = shared["province_scope"]
    plan = _read("quiz.json")
    with clock.frozen(shared["now"] - WRITTEN):
        written: dict[str, Item] = {}
        for one in _read("items.json"):
            body = {name: one[name] for name in ("stem", "options", "key", "explanation", "source")}
            written[one["code"]] = items.add_item(
                scope, code=one["code"], type_name=one["type"], body=body, added_by=author
            )
        rules = quizzes.Rules(
            time_limit_minutes=plan["time_limit_minutes"],
            pass_percent=plan["pass_percent"],
            attempts_allowed=plan["attempts"],
            resit_wait_hours=plan["resit_wait_hours"],
        )
        titles = quizzes.Titles(zh=plan["title"]["zh"], en=plan["title"]["en"])
        chosen = [(written[code], 1) for code in plan["items"]]
        shared["quiz"] = quizzes.add_quiz(scope, titles, rules, chosen, added_by=author)
    shared.setdefault("requires", []).append(shared["quiz"])


@sample.step("attempts", 62)
def add_attempts(shared: dict[str, Any]) -> None:
    """Let the people sit the quiz whose stage says that they have."""
    for place, (enrolment, person, stage) in enumerate(shared["enrolments"]):
        for number, wrong in enumerate(WRONG.get(stage, ())):
            began = _begin(shared["now"], enrolment) + timedelta(days=number)
            _sit(shared["quiz"].id, person, began, wrong, seed=100 * place + number)


def _begin(now: datetime, enrolment: Enrolment) -> datetime:
    return min(enrolment.enrolled_at + AFTER_ENROLMENT, now - timedelta(days=2))


def _sit(quiz_id: int, person: Person, began: datetime, wrong: int, *, seed: int) -> None:
    """One attempt: an item a minute, the first `wrong` places of the paper answered wrongly."""
    with clock.frozen(began):
        attempt = sitting.start(quiz_id, person, seed=seed)
    for item, body in queries.paper_of(attempt):
        answer = _wrong_answer(body) if item.position <= wrong else body["key"]
        with clock.frozen(began + timedelta(minutes=MINUTES_AN_ITEM * item.position)):
            answers.save(attempt.id, item.position, answer, person_id=person.id)
    _hand_in(attempt, person, began + timedelta(minutes=MINUTES_AN_ITEM * 12))


def _wrong_answer(body: dict[str, Any]) -> list[str]:
    """The first option that is not in the key, alone."""
    key = item_types.key_of(body)
    return next([option["id"]] for option in item_types.options_of(body) if option["id"] not in key)


def _hand_in(attempt: Attempt, person: Person, at: datetime) -> None:
    with clock.frozen(at):
        sitting.hand_in(queries.lock(attempt.id, person.id), by=person)
