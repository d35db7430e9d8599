"""The open attempt of the small world: its paper, and what is saved of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from question_bank.marking.queries import BY_HAND
from question_bank.models import AnswerEvent, Attempt, AttemptItem, AttemptStatus, ItemVersion
from tests import world
from tests.answering import answer
from tests.faults.servers import Answer, Server, Visitor, visitor
from training.core.db import db, reading

WHO = "other_trainee.jn"


@dataclass(frozen=True)
class Paper:
    """An attempt that takes answers, and who sits it."""

    attempt_id: int
    quiz_id: int
    options: dict[int, list[str]]
    wrong: dict[int, str]
    who: Visitor

    def send(self, server: Server, position: int, choice: str, after: int) -> Answer:
        """Answer an item as the page's script does, having seen the receipt `after` there."""
        path = f"/quiz/attempts/{self.attempt_id}/answers"
        return self.who.post(server, path, answer(position, choice, after=after), json_wanted=True)


def open_paper(app: Flask) -> Paper:
    """The attempt that the second trainee of the first place has begun."""
    person = world.people(app)[WHO]
    with app.app_context(), reading():
        attempt = db.session.scalars(
            select(Attempt).where(Attempt.person_id == person.id, Attempt.status == AttemptStatus.OPEN)
        ).one()
        rows = db.session.execute(
            select(AttemptItem.position, AttemptItem.option_order, ItemVersion.body)
            .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
            .where(AttemptItem.attempt_id == attempt.id, AttemptItem.type.not_in(BY_HAND))
        ).all()
    options = {row.position: row.option_order for row in rows}
    wrong = {row.position: next(one for one in row.option_order if one not in row.body["key"]) for row in rows}
    return Paper(attempt.id, attempt.quiz_id, options, wrong, visitor(app, person))


def saved(app: Flask, attempt_id: int) -> dict[int, tuple[int, list[str]]]:
    """What is saved, by receipt: the position and the answer."""
    with app.app_context(), reading():
        rows = db.session.scalars(select(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id)).all()
    return {one.receipt: (one.position, one.answer) for one in rows}


def seen(app: Flask, attempt_id: int, position: int) -> int:
    """The newest receipt at a position, 0 for none: what a page loaded now shows there."""
    return max(
        (receipt for receipt, (place, _answer) in saved(app, attempt_id).items() if place == position), default=0
    )


def current(app: Flask, attempt_id: int, position: int) -> list[str]:
    """The answer that counts at a position."""
    newest = max((receipt, answer) for receipt, (place, answer) in saved(app, attempt_id).items() if place == position)
    return newest[1]
