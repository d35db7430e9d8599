"""Many attempts at the little quiz, a naive marker beside them, and rulings drafted and decided as the pages do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any

from sqlalchemy import insert, select

from question_bank.models import Attempt, AttemptItem, AttemptStatus, HandedInBy, Item, ItemVersion
from question_bank.queries import attempts as queries
from question_bank.queries import quizzes
from question_bank.regrading import services, tasks
from question_bank.regrading.models import Ruling
from question_bank.regrading.moves import Preview
from question_bank.regrading.rules import Ruled
from question_bank.services import finishing, items, review
from tests.question_bank.conftest import BODIES, NOW, Bench, a1
from training.accounts import services as accounts
from training.accounts.models import Person, Profession
from training.core.db import batches, db
from training.core.scopes import Scope
from training.programmes import services as programmes
from training.programmes.models import Cohort

KEYS = [frozenset(body["key"]) for _type, body in BODIES]
POINTS = [2 if name == "X" else 1 for name, _body in BODIES]
OFFERED = [("true", "false") if name == "judgement" else tuple("abcde") for name, _body in BODIES]


def sat_by_many(bench: Bench, people: int, attempts: int, *, finish: int | None = None, start: int = 0) -> list[int]:
    """Let so many new people sit the quiz so many times each, answering by chance; the ids of the attempts.

    All of them get their result, or with `finish` only so many; `start` numbers the first person.
    """
    chance = Random(1)
    with bench.writing():
        cohort = db.session.scalars(select(Cohort).where(Cohort.code == "Q-1")).one()
        made = [new_person(start + number) for number in range(people)]
        for person in made:
            programmes.enrol(cohort, person, enrolled_by=None)
        versions = versions_of(bench)
        first = (db.session.scalar(select(Attempt.id).order_by(Attempt.id.desc()).limit(1)) or 0) + 1
        rows: list[dict[str, Any]] = [
            {
                "id": first + number,
                "quiz_id": bench.quiz_id,
                "quiz_version": 1,
                "person_id": made[number // attempts].id,
                "number": number % attempts + 1,
                "seed": 1,
                "started_at": NOW,
                "deadline": NOW,
                "status": AttemptStatus.MARKING,
                "handed_in_at": NOW,
                "handed_in_by": HandedInBy.PERSON,
            }
            for number in range(people * attempts)
        ]
        db.session.execute(insert(Attempt), rows)
        answers = [_answer(chance, row["id"], place, versions[place]) for row in rows for place in range(len(BODIES))]
        db.session.execute(insert(AttemptItem), answers)
    ids = [row["id"] for row in rows]
    for some in batches(ids[:finish], 50):
        with bench.writing():
            for one in some:
                finishing.finish(queries.lock(one), authority=None, decided_at=NOW)
    return ids


def new_person(number: int) -> Person:
    """Somebody who has not signed in yet."""
    return accounts.add_person(
        accounts.PersonData(
            name=f"考生{number:03}",
            mobile=f"136{number:08}",
            email=None,
            profession=Profession.NURSE,
            institution_id=None,
        ),
        password_hash="-",
        added_by=None,
    )


def _answer(chance: Random, attempt_id: int, place: int, version_id: int) -> dict[str, Any]:
    offered = OFFERED[place]
    many = BODIES[place][0] == "X"
    right = sorted(KEYS[place])
    given = sorted(chance.sample(offered, chance.randint(1, 3))) if many else [chance.choice(offered)]
    answer = chance.choice([right, given, given, None])
    return {
        "attempt_id": attempt_id,
        "position": place + 1,
        "item_version_id": version_id,
        "type": BODIES[place][0],
        "option_order": list(offered),
        "points": POINTS[place],
        "graded_answer": answer,
    }


def versions_of(bench: Bench) -> list[int]:
    """The ids of the first versions of the quiz's items, in order."""
    return [
        db.session.scalars(select(ItemVersion.id).where(ItemVersion.item_id == one, ItemVersion.version == 1)).one()
        for one in bench.item_ids
    ]


def corrected(bench: Bench, place: int, key: str = "", body: Mapping[str, Any] | None = None) -> int:
    """The id of an approved new version of the item at that place (from 0), with another key or body."""
    with bench.writing():
        author, reviewer = bench.actor("instructor.jn"), bench.actor("reviewer.jn")
        item = db.session.get_one(Item, bench.item_ids[place])
        scope = db.session.get_one(Scope, item.scope_id)
        items.revise_item(item, scope, dict(body or a1(key)), seen_version=item.version, revised_by=author)
        review.submit(item, scope, submitted_by=author)
        review.approve(item, scope, seen_version=item.version, approved_by=reviewer)
        found = select(ItemVersion.id).where(ItemVersion.item_id == item.id, ItemVersion.version == item.version)
        return db.session.scalars(found).one()


def drafted(bench: Bench, kind: Ruled, place: int | None = None, name: str = "instructor.jn", **more: Any) -> int:
    """Draft a ruling on the item at that place (from 0), or on the whole quiz; its id."""
    with bench.writing():
        actor = bench.actor(name)
        quiz, scope = quizzes.quiz_visible_to(actor, bench.quiz_id)
        version = None if place is None else versions_of(bench)[place]
        wish = services.Wish(kind, more.pop("reason", "答案有误"), item_version_id=version, **more)
        return services.draft(quiz, scope, wish, drafted_by=actor).id


def looked_at(bench: Bench, ruling_id: int) -> Preview:
    """What a drafted ruling would change."""
    with bench.looking():
        return services.look(db.session.get_one(Ruling, ruling_id))


def decide(bench: Bench, ruling_id: int, name: str = "instructor.jn", *, work: bool = True) -> Preview:
    """Decide a ruling as it looks now, and let the worker carry it out; what was seen."""
    preview = looked_at(bench, ruling_id)
    with bench.writing():
        actor = bench.actor(name)
        _quiz, scope = quizzes.quiz_visible_to(actor, bench.quiz_id)
        ruling = db.session.scalars(select(Ruling).where(Ruling.id == ruling_id).with_for_update()).one()
        services.decide(ruling, scope, preview, seen=preview.seen, decided_by=actor)
    if work:
        with bench.app.app_context():
            tasks.work(ruling_id)
    return preview


def naive(answers: Mapping[int, list[str] | None], keys: list[frozenset[str]], **ruled: Any) -> tuple[Decimal, bool]:
    """Score and pass of an attempt, marked by hand, all or nothing item by item.

    `ruled`: `full` and `dropped` are sets of places (from 0), `needed` is the pass mark.
    """
    earned, total = Fraction(0), Fraction(0)
    for place, key in enumerate(keys):
        given = set(answers[place + 1] or ())
        if place in ruled.get("dropped", ()):
            continue
        total += POINTS[place]
        if place in ruled.get("full", ()):
            earned += POINTS[place]
        else:
            earned += POINTS[place] if given == key else 0
    percent = 100 * earned / total
    rounded = (Decimal(percent.numerator) / percent.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded, percent >= ruled.get("needed", 60)
