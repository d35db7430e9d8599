"""Marking a written answer; the last mark of an attempt finishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from question_bank.exams import admission
from question_bank.marking import policies, queries, rules
from question_bank.marking.models import EssayMark
from question_bank.marking.queries import Answer
from question_bank.models import Attempt, AttemptStatus
from question_bank.services import finishing
from question_bank.services.items import Stale
from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock, i18n
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound
from training.messages import services as messages


@dataclass(frozen=True)
class Given:
    """What a marker gives: whole points by the id of the criterion, words for the trainee, and whether it harms."""

    points: Mapping[str, int]
    comment: str = ""
    critical: bool = False

    def is_in(self, mark: EssayMark) -> bool:
        """Whether a mark says just this."""
        return (dict(self.points), self.comment, self.critical) == (mark.points, mark.comment, mark.critical)


def mark(answer: Answer, given: Given, *, seen: int, marked_by: Actor) -> None:
    """Mark an answer of a locked attempt; `seen` is the number of the mark that the marker saw, 0 for none. No commit.

    The same mark sent again by the same person is the one there is. Raises `NotAllowed`, `NotFound` (whose answer it is
    was erased meanwhile), `Invalid` (points out of bounds), `Conflict` (the result is decided) or `Stale` (somebody
    else marked it meanwhile).
    """
    policies.require_may_mark(marked_by, answer)
    if accounts.lock(answer.attempt.person_id).erased_at is not None:
        raise NotFound(_("There is no such answer for you to mark."))
    if rules.faulty(answer.rubric, given.points):
        raise Invalid(_("Give each criterion a whole number of points, from 0 to the most it has."))
    newest = queries.newest_mark(answer.attempt.id, answer.item.position)
    if newest is not None and newest[0].marker_id == marked_by.id and given.is_in(newest[0]):
        return
    if answer.attempt.status is not AttemptStatus.MARKING:
        raise Conflict(_("The result of this attempt is decided, so its marks stay as they are. Nothing was saved."))
    number = newest[0].number if newest else 0
    if seen != number:
        raise Stale(_("Somebody else marked this answer after you opened it. Nothing of yours was saved yet."))
    write(answer, given, number + 1, marked_by)
    if not queries.without_mark(answer.attempt.id) and admission.may_tell(answer.attempt, clock.now()):
        finishing.finish(answer.attempt, authority=marked_by, decided_at=clock.now())
        tell(answer.attempt, answer.quiz)


def write(answer: Answer, given: Given, number: int, marker: Actor) -> None:
    """Keep a mark, which counts from now on; what the attempt comes to by it is for whoever asks. Does not commit."""
    db.session.add(
        EssayMark(
            attempt_id=answer.attempt.id,
            position=answer.item.position,
            number=number,
            marker_id=marker.id,
            marked_at=clock.now(),
            points=dict(given.points),
            comment=given.comment,
            critical=given.critical,
        )
    )
    db.session.flush()
    audit.record(marker, "attempt.mark", answer.attempt, item=answer.item.position, number=number)


def tell(attempt: Attempt, quiz: Activity) -> None:
    """A message to whoever sat it; it names no marker."""
    passed = bool(attempt.passed)
    title_zh, title_en = i18n.in_both(lambda: str(_("Your result is there")))
    words = _result_in_words if attempt.session_id is None else _released_in_words
    body_zh, body_en = i18n.in_both(lambda: words(i18n.local(quiz), passed=passed))
    messages.send(
        [attempt.person_id],
        title_zh=title_zh,
        title_en=title_en,
        body_zh=body_zh,
        body_en=body_en,
        key=f"attempt:{attempt.id}:result",
        url=f"/quiz/attempts/{attempt.id}/result",
    )


def _released_in_words(title: str, *, passed: bool) -> str:
    if passed:
        return str(_("The result of the examination “%(title)s” is there: you have passed.", title=title))
    return str(
        _(
            "The result of the examination “%(title)s” is there. It was not enough this time; the result shows what is "
            "worth another look, and your base tells you how to go on.",
            title=title,
        )
    )


def _result_in_words(title: str, *, passed: bool) -> str:
    if passed:
        return str(
            _(
                "Your written answers in “%(title)s” are marked: you have passed. The result has the comments.",
                title=title,
            )
        )
    return str(
        _(
            "Your written answers in “%(title)s” are marked. It was not enough this time; the result shows what is "
            "worth another look, and how to go on.",
            title=title,
        )
    )
