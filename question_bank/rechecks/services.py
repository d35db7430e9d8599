"""Asking for a check of a mark, and answering: the mark stays, or written answers are marked anew. Nothing commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from question_bank.marking import queries as marking
from question_bank.marking import rules as rubrics
from question_bank.marking import services as marks
from question_bank.marking.rules import Counted, MarkKind
from question_bank.marking.services import Given
from question_bank.models import Attempt, AttemptStatus
from question_bank.rechecks import notices, policies, queries, rules
from question_bank.rechecks.models import Recheck
from question_bank.rechecks.queries import Found
from question_bank.rechecks.rules import Outcome
from question_bank.regrading import services as regrading
from question_bank.regrading.moves import Preview
from question_bank.services.items import Stale
from training.accounts import services as accounts
from training.core import audit, clock, i18n
from training.core.access import Actor
from training.core.db import db
from training.core.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: the positions of items (none: the whole paper), and why."""

    positions: Sequence[int]
    reason: str


def ask(attempt: Attempt, wish: Wish, *, asked_by: Actor) -> None:
    """Ask for a check of one's own locked attempt, once; the same sent again is the request there is. No commit.

    Raises `NotFound` (not one's own), `Conflict` (asked before, no result to check, too late) or `Invalid`.
    """
    if attempt.person_id != asked_by.id or accounts.lock(asked_by.id).erased_at is not None:
        raise NotFound(_("There is no such attempt of yours."))
    positions, reason = sorted(set(wish.positions)), wish.reason.strip()
    own = queries.own_of(attempt)
    if own.recheck is not None:
        if (own.recheck.positions, own.recheck.reason) == (positions, reason):
            return
        raise Conflict(_("You have asked for a check of this mark already; each attempt is checked once."))
    _require_result(attempt)
    if not own.is_open:
        day = i18n.show_date(own.last_day)
        raise Conflict(
            _("A check could be asked for until %(day)s. Speak to your base if something is wrong.", day=day)
        )
    if not reason:
        raise Invalid(_("Say what seems wrong to you; whoever checks your mark reads it."))
    if not set(positions) <= {item.position for item, _version in queries.items_of(attempt.id)}:
        raise Invalid(_("Choose items of this paper only."))
    recheck = Recheck(
        attempt_id=attempt.id,
        positions=positions,
        reason=reason,
        asked_at=clock.now(),
        score_before=attempt.score_percent,
        passed_before=attempt.passed,
    )
    db.session.add(recheck)
    db.session.flush()
    audit.record(asked_by, "attempt.recheck-ask", attempt)


def _require_result(attempt: Attempt) -> None:
    if attempt.session_id is None:
        raise Conflict(_("Marks of examinations are checked. About any other quiz speak to your instructor."))
    if attempt.status is AttemptStatus.VOID:
        raise Conflict(_("This attempt is void, so it has no mark to be checked."))
    if attempt.status is not AttemptStatus.HANDED_IN:
        raise Conflict(_("The result is not told yet. Once it is, you can ask for a check of your mark."))


@dataclass(frozen=True)
class Reply:
    """What is answered: words for whoever asked, and the marks by position as they are to count."""

    words: str
    marks: Mapping[int, Given]


@dataclass(frozen=True)
class Look:
    """What a reply would come to: its outcome, the marks that are new, score and pass before the request and after."""

    outcome: Outcome
    new: Mapping[int, Given]
    preview: Preview
    score: tuple[Decimal, Decimal]
    passed: tuple[bool, bool]

    @property
    def seen(self) -> str:
        """What somebody who answers has seen: it must still be so when they confirm."""
        marks = ".".join(f"{place}:{sum(one.points.values())}" for place, one in sorted(self.new.items()))
        return f"{self.outcome}.{self.score[1]}.{self.passed[1]}.{marks}"


def look(found: Found, reply: Reply, *, looked_at_by: Actor) -> Look:
    """What a reply to a locked request would come to; reads only.

    Raises `NotAllowed`, `Conflict` (answered already, or a ruling is being carried out) or `Invalid`.
    """
    policies.require_may_answer(looked_at_by, found)
    if found.recheck.outcome is not None:
        raise Conflict(_("This request is answered already; nothing of yours was saved."))
    if not reply.words.strip():
        raise Invalid(_("Write an answer; whoever asked reads it."))
    new = _new_marks(found, reply.marks)
    preview = regrading.look_at(found.attempt, new)
    move = next(iter(preview.moves), None)
    score = move.score[1] if move else found.attempt.score_percent or Decimal(0)
    passed = move.passed[1] if move else bool(found.attempt.passed)
    before = (found.recheck.score_before, found.recheck.passed_before)
    outcome = rules.outcome(marked=bool(new), moved=(score, passed) != before)
    return Look(outcome, new, preview, (before[0], score), (before[1], passed))


def counting(found: Found) -> dict[int, Counted]:
    """The marks that count, by position."""
    return {place: one for (_attempt, place), one in marking.counting_marks([found.attempt.id]).items()}


def _new_marks(found: Found, given: Mapping[int, Given]) -> dict[int, Given]:
    """Those that are not the marks that count already."""
    marked = counting(found)
    rubrics_of = {item.position: version.body.get("rubric", []) for item, version in queries.items_of(found.attempt.id)}
    if not set(given) <= set(marked):
        raise Invalid(_("Only a written answer that was marked can be marked anew."))
    if any(rubrics.faulty(rubrics_of[place], one.points) for place, one in given.items()):
        raise Invalid(_("Give each criterion a whole number of points, from 0 to the most it has."))
    return {place: one for place, one in given.items() if one != Given.like(marked[place])}


def answer(found: Found, reply: Reply, *, seen: str, answered_by: Actor) -> None:
    """Answer a locked request: new marks count, and what follows from them is recorded. Does not commit.

    The same sent again by the same person changes nothing. Raises what `look` raises, `NotFound` (whoever asked was
    erased meanwhile) or `Stale` (it would come to something else than was seen).
    """
    recheck, words = found.recheck, reply.words.strip()
    if recheck.outcome is not None and (recheck.answered_by_id, recheck.answer) == (answered_by.id, words):
        return
    if accounts.lock(found.attempt.person_id).erased_at is not None:
        raise NotFound(_("There is no such request for you to answer."))
    come_to = look(found, reply, looked_at_by=answered_by)
    if come_to.seen != seen:
        raise Stale(_("Something has changed since you looked. Look at it as it is now, then send it."))
    _mark(found, come_to, answered_by)
    recheck.outcome, recheck.answer = come_to.outcome, words
    recheck.answered_by_id, recheck.answered_at = answered_by.id, clock.now()
    recheck.score_after, recheck.passed_after = come_to.score[1], come_to.passed[1]
    db.session.flush()
    audit.record(answered_by, "attempt.recheck-answer", found.attempt, score=str(come_to.score[1]))
    notices.answered(found.attempt.person_id, found.quiz, recheck)


def _mark(found: Found, come_to: Look, marker: Actor) -> None:
    """Keep the new marks, and carry out what the attempt comes to by them as a ruling does."""
    for place, given in sorted(come_to.new.items()):
        newest = marking.marks_at(found.attempt.id, place)[-1][0]
        marks.write(found.attempt, place, given, MarkKind.SOLE, after=newest, marker=marker)
    regrading.mark_anew(found.quiz, come_to.preview.moves, regrading.Cause("recheck", marker))
