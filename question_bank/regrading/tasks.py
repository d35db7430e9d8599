"""The job that carries a ruling out, person by person; the sweep that goes on where a worker was lost."""

from __future__ import annotations

from question_bank.regrading import queries, services
from training.core import clock, jobs
from training.core.db import reading, transaction
from training.core.logs import log


@jobs.job(services.WORK)
def work(ruling_id: int) -> None:
    """Do what is left of a ruling; harmless when run twice, or by two at once."""
    while True:
        with reading():
            piece = services.next_piece(ruling_id)
        if piece is None:
            return
        for person_id in piece.changing:
            with transaction():
                services.carry_out(ruling_id, person_id)
        with transaction():
            services.pass_on(ruling_id, piece.last)


@jobs.sweep("rulings")
def go_on_with_what_is_left() -> int:
    """Take up what is decided and not carried out; returns how many."""
    with reading():
        left = queries.left_behind()
    for ruling_id in left:
        try:
            work(ruling_id)
        except Exception:  # noqa: BLE001 - one that cannot be carried out must not keep the others waiting
            log.exception("ruling not carried out", ruling=ruling_id)
    return len(left)


@jobs.sweep("rulings never decided")
def forget_what_was_only_looked_at() -> int:
    """Delete what was drafted a day ago and not decided; returns how many."""
    before = clock.now() - services.FORGET_AFTER
    with reading():
        if not queries.never_decided(before):
            return 0
    with transaction():
        ids = queries.never_decided(before)
        services.forget(ids)
    return len(ids)
