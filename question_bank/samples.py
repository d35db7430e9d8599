"""The sample items, the quizzes made of them, and attempts at it by the people whose stage has come so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from question_bank import item_types, vocabulary
from question_bank.item_types.hotspot import regions_of
from question_bank.models import Attempt, Item
from question_bank.queries import attempts as queries
from question_bank.services import answers, items, quizzes, review, sitting
from question_bank.services.answers import Given
from training.accounts.models import Person
from training.activities.models import Activity
from training.core import clock, sample, storage
from training.core.access import Actor
from training.core.sample import LONG_AGO
from training.core.scopes import Scope
from training.programmes.samples import acting

MINUTES_AN_ITEM = 1
# How many items of a paper of ten an attempt gets wrong, by stage: the first attempt, then the resit.
WRONG = {"quiz_failed": (5,), "quiz_passed": (2,), "certified": (1,), "revoked": (5, 3)}
DAYS_UNTIL_SAT = {"basic": 44, "specialist": 75}


def read(name: str) -> Any:
    """A file of the sample."""
    return json.loads(files("question_bank").joinpath("sample", name).read_text(encoding="utf-8"))


def all_items() -> list[dict[str, Any]]:
    """The items of the sample, file by file: each file bears the key of its module, the introduction's that of none."""
    folder = files("question_bank").joinpath("sample", "items")
    modules = sorted(one.name.removesuffix(".json") for one in folder.iterdir())
    known = vocabulary.names("module")
    return [
        {**item, "about": {"module": module} if module in known else {}}
        for module in modules
        for item in read(f"items/{module}.json")
    ]


@sample.step("items and quizzes", 40)
def add_items_and_quizzes(shared: dict[str, Any]) -> None:
    """Write the items and the quizzes on the province's behalf; each programme's quiz joins its `requires`."""
    author, reviewer = acting(shared["staff"]["instructor"]), acting(shared["staff"]["reviewer"])
    with clock.frozen(shared["now"] - LONG_AGO):
        written: dict[str, Item] = {}
        for one in all_items():
            written[one["code"]] = approved(shared["province_scope"], one, author, reviewer)
        shared["quizzes"] = {
            programme: _add_quiz(shared, plan, written, author) for programme, plan in read("quizzes.json").items()
        }
    for programme, quiz in shared["quizzes"].items():
        shared["requires"].setdefault(programme, []).append(quiz)


def _with_files(body: dict[str, Any]) -> dict[str, Any]:
    """The body, its pictures named by the hashes of files that are kept now."""
    pictures = []
    for one in body.get("pictures", ()):
        content = files("question_bank").joinpath("sample", one["file"]).read_bytes()
        kept = storage.keep(content, one["name"], families=("image",))
        storage.record(kept)
        pictures.append({**one, "file": kept.sha256})
    return {**body, "pictures": pictures} if pictures else body


def approved(scope: Scope, one: dict[str, Any], author: Actor, reviewer: Actor) -> Item:
    """An item of the sample that the author wrote and the reviewer approved."""
    body = _with_files({name: value for name, value in one.items() if name not in {"code", "type"}})
    item = items.add_item(scope, code=one["code"], type_name=one["type"], body=body, added_by=author)
    review.submit(item, scope, submitted_by=author)
    review.approve(item, scope, seen_version=item.version, approved_by=reviewer)
    return item


def _add_quiz(shared: dict[str, Any], plan: dict[str, Any], written: dict[str, Item], author: Actor) -> Activity:
    rules = quizzes.Rules(
        time_limit_minutes=plan["time_limit_minutes"],
        pass_percent=plan["pass_percent"],
        attempts_allowed=plan["attempts"],
        resit_wait_hours=plan["resit_wait_hours"],
    )
    titles = quizzes.Titles(zh=plan["title"]["zh"], en=plan["title"]["en"])
    points = plan.get("points", {})
    chosen = [(written[code], points.get(code, 1)) for code in plan["items"]]
    return quizzes.add_quiz(shared["province_scope"], titles, rules, chosen, added_by=author)


@sample.step("attempts", 62)
def add_attempts(shared: dict[str, Any]) -> None:
    """Let the people sit their programme's quiz whose stage says that they have."""
    for place, learner in enumerate(shared["learners"]):
        for number, wrong in enumerate(WRONG.get(learner.stage, ())):
            began = learner.moment(shared["now"], 1, DAYS_UNTIL_SAT[learner.programme]) + timedelta(days=number)
            _sit(shared["quizzes"][learner.programme].id, learner.person, began, wrong, seed=100 * place + number)


def _sit(quiz_id: int, person: Person, began: datetime, wrong: int, *, seed: int) -> None:
    """One attempt: an item a minute; of each ten items of the paper the first `wrong` are answered wrongly."""
    with clock.frozen(began):
        attempt = sitting.start(quiz_id, person, seed=seed)
    paper = queries.paper_of(attempt)
    for item, body in paper:
        answer = _wrong_answer(body) if (item.position - 1) % 10 < wrong else body["key"]
        with clock.frozen(began + timedelta(minutes=MINUTES_AN_ITEM * item.position)):
            answers.save(attempt.id, {item.position: Given(answer)}, person_id=person.id)
    hand_in(attempt, person, began + timedelta(minutes=MINUTES_AN_ITEM * (len(paper) + 2)))


def _wrong_answer(body: Mapping[str, Any]) -> list[str]:
    """The first option or region that is not in the key, alone."""
    key = item_types.key_of(body)
    return next([one["id"]] for one in (*item_types.options_of(body), *regions_of(body)) if one["id"] not in key)


def hand_in(attempt: Attempt, person: Person, at: datetime) -> None:
    """Hand an attempt in at that moment."""
    with clock.frozen(at):
        sitting.hand_in(queries.lock(attempt.id, person.id), by=person)
