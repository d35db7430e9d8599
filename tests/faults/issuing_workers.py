"""Workers on one batch of certificates that are killed: started by `test_killed_batch.py` with what it wants.

    python issuing_workers.py BATCH KILLS LONGEST print|do-not-print

Two real processes at a time (forked, so that a life costs milliseconds) do the batch with a lease that ends at once,
so that they take it from each other besides; each is killed -9 at a random moment of at most LONGEST seconds of work.
After KILLS kills one is left alive to finish. Prints how many were killed while lines waited, as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certificates.batches import queries, services, tasks
from certificates.batches.models import BatchStatus
from certificates.tasks import render_document
from tests.certificates import conftest  # noqa: F401 - its outcome stands in the ledger
from training.activities import kinds
from training.core import printing
from training.core.db import db, reading, transaction
from wsgi import make_app

SIDE_BY_SIDE = 2


def live(batch_id: int, printed: bool) -> None:
    """Do lines of the batch until it has ended."""
    services.LEASE = timedelta(0)
    typefaces = printing.typefaces() if printed else None
    press = render_document if printed else (lambda _certificate_id: None)
    worker = tasks.new_worker()
    status = BatchStatus.RUNNING
    while status is BatchStatus.RUNNING:
        with transaction():
            services.claim(batch_id, worker)
        status = tasks.turn(batch_id, worker, typefaces=typefaces, press=press, at_most=3)


def fork(batch_id: int, printed: bool) -> int:
    """Start a worker; returns its process's id."""
    child = os.fork()
    if child:
        return child
    try:
        live(batch_id, printed)
    except BaseException:  # noqa: BLE001 - a child must not go on as its parent would
        os._exit(1)
    os._exit(0)


def kill_often(batch_id: int, kills: int, longest: float, printed: bool) -> int:
    """Kill so many workers, two at a time; returns how many died while lines still waited."""
    killed = in_the_midst = 0
    while killed < kills:
        children = [fork(batch_id, printed) for _one in range(SIDE_BY_SIDE)]
        for child in children:
            time.sleep(random.uniform(0, longest))
            os.kill(child, signal.SIGKILL)
        died = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL for child in children]
        killed += SIDE_BY_SIDE
        with reading():
            in_the_midst += sum(died) if queries.first_waiting(batch_id) else 0
        db.engine.dispose()  # no connection may be shared with the next ones
    return in_the_midst


def main() -> None:
    """Kill, and then let one finish."""
    batch_id, kills, longest, printed = sys.argv[1:]
    kinds.register(kinds.ActivityKind(name="test:task", label="task", measure="completed"))
    with make_app().app_context():
        if printed == "print":
            printing.typefaces()
        in_the_midst = kill_often(int(batch_id), int(kills), float(longest), printed == "print")
        last = fork(int(batch_id), printed == "print")
        status = os.waitstatus_to_exitcode(os.waitpid(last, 0)[1])
    sys.stdout.write(json.dumps({"in_the_midst": in_the_midst, "last": status}))


main()
