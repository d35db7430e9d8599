"""The job that does a batch, line by line, and the sweep that goes on where a worker was lost."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from certificates.batches import queries, services
from certificates.batches.models import BatchLine, BatchStatus
from certificates.tasks import render_document
from training.core import clock, jobs, printing
from training.core.db import reading, transaction
from training.core.fonts import Typefaces
from training.core.logs import log

A_TURN = 25
"""Lines done before other jobs have their turn: some five seconds of work."""

Press = Callable[[int], None]


def new_worker() -> str:
    """A name that no other worker has."""
    return secrets.token_hex(16)


@jobs.job(services.WORK)
def work(batch_id: int) -> None:
    """Do a turn of a batch, unless somebody does already, and wake the next turn; harmless when run twice."""
    worker = new_worker()
    typefaces = printing.typefaces()  # some seconds when they must be cut: before the lease begins to run
    with transaction():
        claimed = services.claim(batch_id, worker)
    if claimed and turn(batch_id, worker, typefaces=typefaces) is BatchStatus.RUNNING:
        with transaction():
            jobs.enqueue(services.WORK, batch_id=batch_id)


@jobs.sweep("certificate batches")
def go_on_with_what_is_left() -> int:
    """Take up the running batches on which nobody works; returns how many."""
    with reading():
        left = queries.left_behind(clock.now())
    for batch_id in left:
        work(batch_id)
    return len(left)


def turn(
    batch_id: int,
    worker: str,
    *,
    typefaces: Typefaces | None,
    press: Press = render_document,
    at_most: int = A_TURN,
    told: Callable[[], None] = lambda: None,
) -> BatchStatus:
    """Do at most so many lines of a batch whose lease the worker holds; gives it back. `told` hears of each line."""
    with reading():
        unprinted = queries.unprinted(batch_id)
    for certificate_id in unprinted:
        _print(certificate_id, press)
    for _number in range(at_most):
        with reading():
            line_id = queries.first_waiting(batch_id)
        line = _do(line_id, worker, typefaces) if line_id else None
        if line is None:
            break
        if line.certificate_id is not None:
            _print(line.certificate_id, press)
        told()
    with transaction():
        services.finish(batch_id, worker)
        return services.release(batch_id, worker)


def _do(line_id: int, worker: str, typefaces: Typefaces | None) -> BatchLine | None:
    """One line in one transaction; what nobody foresaw refuses that line alone, a lost database stops the worker."""
    try:
        with transaction():
            return services.do_line(line_id, worker, typefaces=typefaces, site=printing.site())
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with one, the others wait behind it
        log.exception("line of a batch failed", line=line_id)
    with transaction():
        services.refuse_unexpected(line_id, worker)
    with reading():
        return queries.line(line_id)


def _print(certificate_id: int, press: Press) -> None:
    """Print one; the sweep of certificates comes back to what could not be printed."""
    try:
        press(certificate_id)
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - the certificate is issued; the others wait behind it
        log.exception("certificate not printed", certificate=certificate_id)
