"""Writing down what happens in an attempt besides answers."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Connection, Table, func, insert, select, update

from question_bank.exams.models import AttemptEvent, EventKind
from question_bank.models import Attempt
from training.core import clock
from training.core.audit import HasId
from training.core.db import connection

attempts = cast(Table, Attempt.__table__)
NOTE = insert(cast(Table, AttemptEvent.__table__))


def note(attempt_ids: list[int], kind: EventKind, *, by: HasId | None = None, **detail: Any) -> None:
    """Note the same event in each of those attempts. Does not commit."""
    now, actor_id = clock.now(), by.id if by else None
    rows = [{"attempt_id": one, "at": now, "kind": kind, "detail": detail, "actor_id": actor_id} for one in attempt_ids]
    if rows:
        connection().execute(NOTE, rows)


def note_once(attempt_ids: list[int], kind: EventKind) -> None:
    """The same, unless the newest event of an attempt is just that: leaving twice is leaving once."""
    newest = select(func.max(AttemptEvent.id)).where(AttemptEvent.attempt_id.in_(attempt_ids))
    rows = connection().execute(
        select(AttemptEvent.attempt_id, AttemptEvent.kind).where(
            AttemptEvent.id.in_(newest.group_by(AttemptEvent.attempt_id))
        )
    )
    before = {row.attempt_id: row.kind for row in rows}
    note([one for one in attempt_ids if before.get(one) is not kind], kind)


def sat_at(opened: Connection, attempt_id: int, device: str, *, before: str | None) -> None:
    """Note that an attempt is sat at another signed-in browser than before; the first one is no event."""
    opened.execute(update(attempts).where(attempts.c.id == attempt_id).values(device=device))
    if before:
        note([attempt_id], EventKind.ELSEWHERE)
