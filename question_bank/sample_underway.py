"""What waits for somebody in the sample: drafts, items to review, one that has a successor, essays to mark."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from question_bank import samples
from question_bank.models import Item
from question_bank.queries import attempts as queries
from question_bank.services import answers, items, notes, retiring, review, sitting
from question_bank.services.answers import Given
from training.core import clock, sample
from training.core.access import Actor
from training.core.scopes import Scope
from training.programmes.samples import acting


@sample.step("items underway", 41)
def add_items_underway(shared: dict[str, Any]) -> None:
    """Write items that are drafts or wait for a review, with what was said, and retire one for another."""
    people = {name: acting(shared["staff"][name]) for name in ("instructor", "reviewer")}
    scope, now = shared["province_scope"], shared["now"]
    for one in samples.read("underway.json")["written"]:
        with clock.frozen(now - timedelta(days=one["days"])):
            item = _write(scope, one["item"], people[one["by"]])
        for note in one["notes"]:
            with clock.frozen(now - timedelta(days=note["days"])):
                _say(item, scope, note, people[note["by"]])
    for one in samples.read("underway.json")["retired"]:
        _replace(scope, one, now, **people)


def _write(scope: Scope, one: dict[str, Any], author: Actor) -> Item:
    body = {name: value for name, value in one.items() if name not in {"code", "type"}}
    return items.add_item(scope, code=one["code"], type_name=one["type"], body=body, added_by=author)


def _say(item: Item, scope: Scope, note: dict[str, Any], by: Actor) -> None:
    if note["kind"] == "submitted":
        review.submit(item, scope, note["text"], submitted_by=by)
    elif note["kind"] == "returned":
        review.return_to_author(item, scope, note["text"], seen_version=item.version, returned_by=by)
    else:
        notes.comment(item, scope, note["text"], said_by=by)


def _replace(scope: Scope, one: dict[str, Any], now: datetime, *, instructor: Actor, reviewer: Actor) -> None:
    """An item that was in use since long, and the better one for which it was retired."""
    with clock.frozen(now - sample.LONG_AGO):
        retired = samples.approved(scope, one["item"], instructor, reviewer)
    with clock.frozen(now - timedelta(days=one["days"])):
        successor = samples.approved(scope, one["successor"], instructor, reviewer)
        retiring.retire(retired, scope, one["reason"], successor=successor, retired_by=instructor)


@sample.step("essays to mark", 62)
def write_essays(shared: dict[str, Any]) -> None:
    """Let those of the workshop hand in its quiz: what is to be chosen is right, and the essay waits for a mark."""
    essays = samples.read("underway.json")["essays"]
    learners = [one for one in shared["learners"] if one.stage == "essay_written"]
    for place, (learner, essay) in enumerate(zip(learners, essays, strict=True)):
        began = learner.moment(shared["now"], 1, 3 + place)
        with clock.frozen(began):
            attempt = sitting.start(shared["quizzes"]["communication"].id, learner.person, seed=place)
        for item, body in queries.paper_of(attempt):
            with clock.frozen(began + timedelta(minutes=3 * item.position)):
                given = [essay] if item.type == "essay" else body["key"]
                answers.save(attempt.id, {item.position: Given(given)}, person_id=learner.person.id)
        samples.hand_in(attempt, learner.person, began + timedelta(minutes=30))
