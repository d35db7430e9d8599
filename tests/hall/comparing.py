"""What the people were told, held against what the database holds; the key is applied here by other code than there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from question_bank.models import AnswerEvent, Attempt, AttemptItem, AttemptStatus, ItemVersion
from tests.hall.crowd import Told
from training.core.db import batches, db, reading


@dataclass
class Compared:
    """Answers acknowledged and not there as sent, rows that nobody sent, attempts in a wrong state or badly scored."""

    acknowledged: int = 0
    lost: int = 0
    unknown: int = 0
    misjudged: int = 0


def compare(told: Told) -> Compared:
    """Compare one sitting; needs an application context."""
    found = Compared()
    by_attempt = {attempt: int(person) for person, attempt in told.attempts.items()}
    answers = {int(person): lines for person, lines in told.answers.items()}
    for piece in batches(list(by_attempt)):
        with reading():
            saved = _saved(list(piece))
            papers = _papers(list(piece))
            attempts = db.session.scalars(select(Attempt).where(Attempt.id.in_(piece))).all()
        for attempt in attempts:
            said = {line[0]: (line[1], line[2]) for line in answers.get(by_attempt[attempt.id], [])}
            kept = saved[attempt.id]
            found.acknowledged += len(said)
            found.lost += sum(kept.get(receipt) != one for receipt, one in said.items())
            found.unknown += len(kept.keys() - said.keys())
            handed_in = by_attempt[attempt.id] in told.handed_in
            found.misjudged += attempt.status is not (AttemptStatus.HANDED_IN if handed_in else AttemptStatus.OPEN)
            if handed_in:
                expected = _percent(papers[attempt.id], dict(said.values()))
                found.misjudged += attempt.score_percent != expected
    return found


def _saved(attempt_ids: list[int]) -> dict[int, dict[int, tuple[int, list[str]]]]:
    """The saved answers of attempts by receipt: position and answer."""
    rows = db.session.execute(
        select(AnswerEvent.attempt_id, AnswerEvent.receipt, AnswerEvent.position, AnswerEvent.answer).where(
            AnswerEvent.attempt_id.in_(attempt_ids)
        )
    )
    saved: dict[int, dict[int, tuple[int, list[str]]]] = defaultdict(dict)
    for attempt_id, receipt, position, answer in rows:
        saved[attempt_id][receipt] = (position, answer)
    return saved


def _papers(attempt_ids: list[int]) -> dict[int, dict[int, dict[str, Any]]]:
    """The bodies of the items of attempts by position."""
    rows = db.session.execute(
        select(AttemptItem.attempt_id, AttemptItem.position, ItemVersion.body)
        .join(ItemVersion, ItemVersion.id == AttemptItem.item_version_id)
        .where(AttemptItem.attempt_id.in_(attempt_ids))
    )
    papers: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for attempt_id, position, body in rows:
        papers[attempt_id][position] = body
    return papers


def _percent(paper: dict[int, dict[str, Any]], answers: dict[int, list[str]]) -> Decimal:
    """The score in percent, to two places; each item has one point."""
    share = sum((_share(body, answers.get(position, [])) for position, body in paper.items()), Fraction(0))
    exact = share * 100 / len(paper)
    percent = Decimal(exact.numerator) / Decimal(exact.denominator)
    return percent.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _share(body: dict[str, Any], answer: list[str]) -> Fraction:
    if "parts" in body:
        right = [f"{part['id']}:{part['key'][0]}" in answer for part in body["parts"]]
        return Fraction(sum(right), len(right))
    if "accepted" in body:
        return Fraction(answer[0] in {one["text"] for one in body["accepted"]}) if answer else Fraction(0)
    return Fraction(answer == body["key"])
