"""Marking a written answer, and being led to the next; the last mark of an attempt finishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import delete

from question_bank.exams import admission
from question_bank.marking import policies, queries, rules
from question_bank.marking.models import EssayMark, MarkingClaim
from question_bank.marking.queries import Answer
from question_bank.marking.rules import Counted, MarkKind, Part, Turn
from question_bank.models import Attempt, AttemptStatus
from question_bank.services import finishing
from question_bank.services.items import Stale
from training.accounts import services as accounts
from training.activities.models import Activity
from training.core import audit, clock, i18n
from training.core.access import Actor
from training.core.db import db, upsert
from training.core.errors import Conflict, Invalid, NotFound
from training.messages import services as messages

HELD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Given:
    """What a marker gives: whole points by the id of the criterion, words for the trainee, and whether it harms."""

    points: Mapping[str, int]
    comment: str = ""
    critical: bool = False

    @classmethod
    def like(cls, mark: Counted) -> Given:
        """What is filled in for whoever may mark anew: whole points, halves upwards; of two comments none."""
        points = {name: int(one + Fraction(1, 2)) for name, one in mark.points.items()}
        return cls(points, "" if mark.is_mean else "".join(mark.comments), mark.critical)

    def is_in(self, mark: EssayMark) -> bool:
        """Whether a mark says just this."""
        return (dict(self.points), self.comment, self.critical) == (mark.points, mark.comment, mark.critical)


def mark(answer: Answer, given: Given, *, seen: int, marked_by: Actor) -> None:
    """Mark an answer of a locked attempt; `seen` is the number that `turn_of` gave when the marker looked. No commit.

    The same mark sent again by the same person is the one there is. Raises `NotAllowed`, `NotFound` (whose answer it is
    was erased meanwhile), `Invalid` (points out of bounds), `Conflict` (the result is decided, or the answer has its
    marks) or `Stale` (there are marks that the marker has to look at first).
    """
    policies.require_may_mark(marked_by, answer)
    if accounts.lock(answer.attempt.person_id).erased_at is not None:
        raise NotFound(_("There is no such answer for you to mark."))
    if rules.faulty(answer.rubric, given.points):
        raise Invalid(_("Give each criterion a whole number of points, from 0 to the most it has."))
    marks = [one for one, _name in queries.marks_at(answer.attempt.id, answer.item.position)]
    turn = rules.turn_of(marked_by.id, marks, answer.rules.markers)
    if turn.before is not None and turn.before.marker_id == marked_by.id and given.is_in(turn.before):
        return
    part = _require_turn(answer, turn, seen)
    kind = rules.kind_of(part, answer.rubric, answer.rules.tolerance, given, marks)
    write(answer.attempt, answer.item.position, given, kind, after=marks[-1] if marks else None, marker=marked_by)
    if not queries.unsettled(answer.attempt.id) and admission.may_tell(answer.attempt, clock.now()):
        finishing.finish(answer.attempt, authority=marked_by, decided_at=clock.now())
        tell(answer.attempt, answer.quiz)


def _require_turn(answer: Answer, turn: Turn, seen: int) -> Part:
    if answer.attempt.status is not AttemptStatus.MARKING:
        raise Conflict(_("The result of this attempt is decided, so its marks stay as they are. Nothing was saved."))
    if turn.part is None:
        raise Conflict(_("This answer has its marks, and they stay as they are. Nothing of yours was saved."))
    if seen == turn.seen:
        return turn.part
    if turn.part is Part.ADJUDICATION:
        raise Stale(_("This answer has two marks that differ. Look at both, then decide. Nothing was saved yet."))
    if turn.part is Part.SOLE:
        raise Stale(_("Somebody else marked this answer after you opened it. Nothing of yours was saved yet."))
    raise Stale(_("You marked this answer in another window after you opened it here. Nothing was saved yet."))


def write(
    attempt: Attempt, position: int, given: Given, kind: MarkKind, *, after: EssayMark | None, marker: Actor
) -> None:
    """Keep a mark after the newest one; what the attempt comes to by it is for whoever asks. Does not commit."""
    number = after.number + 1 if after else 1
    db.session.add(
        EssayMark(
            attempt_id=attempt.id,
            position=position,
            number=number,
            marker_id=marker.id,
            marked_at=clock.now(),
            points=dict(given.points),
            comment=given.comment,
            critical=given.critical,
            kind=kind,
        )
    )
    db.session.flush()
    verb = "attempt.adjudicate" if kind is MarkKind.ADJUDICATED else "attempt.mark"
    audit.record(marker, verb, attempt, item=position, number=number)


def take(answer: Answer, *, passing: bool, taken_by: Actor) -> tuple[int, int] | None:
    """Lead somebody to this answer, or to the next like it that nobody else is at: where it is, None for none.

    Others are led elsewhere until they leave it, or half an hour has gone. `passing` leaves this answer itself out. To
    be called last in a transaction: whoever takes holds what nobody waits for. Does not commit.
    """
    while (place := queries.next_free(taken_by, answer, passing=passing, lock=True)) is not None:
        if not queries.is_held(taken_by, *place):  # whoever took it since the look has committed by now
            row = {"marker_id": taken_by.id, "attempt_id": place[0], "position": place[1]}
            until = {"until": clock.now() + HELD_FOR}
            claim = upsert(MarkingClaim, [row | until], keys=["marker_id"], put=["attempt_id", "position", "until"])
            db.session.execute(claim)
            return place
    db.session.execute(delete(MarkingClaim).where(MarkingClaim.marker_id == taken_by.id))
    return None


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
