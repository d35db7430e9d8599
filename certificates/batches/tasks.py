"""The job that does a batch, line by line, and the sweep that goes on where a worker was lost."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from certificates.batches import queries, services
from certificates.batches.models import BatchLine, BatchStatus
from certificates.crew import MOST, Crew, CrewLost, cores
from certificates.tasks import have_made, needs, render_document
from training.core import clock, jobs, printing
from training.core.db import reading, transaction
from training.core.fonts import Typefaces
from training.core.logs import log

A_TURN = 25
"""Lines done before other jobs have their turn: some five seconds of work."""

WORTH_A_CREW = 40
"""From so many documents on they are made by a crew: the start of a process was measured to cost 36 of them."""

Press = Callable[[int], None]
_crew: Crew | None = None
_crew_is_lent = threading.Lock()


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
    if not left:
        send_crew_home()
    return len(left)


def turn(
    batch_id: int,
    worker: str,
    *,
    typefaces: Typefaces | None,
    press: Press | None = None,
    at_most: int = A_TURN,
    told: Callable[[], None] = lambda: None,
) -> BatchStatus:
    """Do at most so many lines of a batch whose lease the worker holds; gives it back. `told` hears of each line.

    Documents are printed by `press`, or else by this process or a crew, as many as there are.
    """
    with reading():
        unprinted = queries.unprinted(batch_id)
        ahead = len(unprinted) + queries.number_waiting(batch_id)
    with _press_for(ahead, press) as press:
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
        status = services.release(batch_id, worker)
    if status is not BatchStatus.RUNNING:
        send_crew_home()
    return status


@contextmanager
def _press_for(documents: int, given: Press | None) -> Iterator[Press]:
    """The press of a turn: a crew where many documents are ahead and no other turn has it, else this process."""
    several = min(cores(), MOST)
    if given or documents < WORTH_A_CREW or several < 2 or not _crew_is_lent.acquire(blocking=False):
        yield given or render_document
        return
    try:
        crew = _hired(several)
        yield lambda certificate_id: have_made(certificate_id, crew.order)
        _settled(crew)
    finally:
        _crew_is_lent.release()


def _hired(several: int) -> Crew:
    """The crew of the turn before, if it is whole; another one starts in some seconds."""
    global _crew  # noqa: PLW0603 - one crew a process
    wanted = needs()
    if _crew is None or (_crew.size, _crew.needs) != (several, wanted):
        if _crew is not None:
            _crew.close()
        _crew = Crew(wanted, several)
    return _crew


def _settled(crew: Crew) -> None:
    """Wait for what is being made; what is lost is made by the sweep of certificates."""
    while True:
        try:
            return crew.settle()
        except CrewLost:
            log.exception("certificate not printed")


def send_crew_home() -> None:
    """Let the crew go, unless a turn of another batch has it."""
    global _crew  # noqa: PLW0603 - as above
    if _crew is not None and _crew_is_lent.acquire(blocking=False):
        try:
            _crew.close()
            _crew = None
        finally:
            _crew_is_lent.release()


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
