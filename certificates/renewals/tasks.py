"""Reminding holders 90, 60, 30 and 7 days before their certificate ends: by day, each once, however often it runs."""

from __future__ import annotations

from certificates.renewals import queries, rules, services
from training.core import clock, jobs
from training.core.db import reading, transaction
from training.core.logs import log

A_SWEEP = 200
"""How many reminders one sweep sends at most; the next one a minute later goes on."""


@jobs.sweep("certificate ends")
def remind() -> int:
    """Send what is due now; returns how many. One that fails is logged and keeps no other waiting."""
    if clock.is_night(clock.now()):
        return 0
    with reading():
        waiting = [
            (certificate, one.days)
            for one in rules.due(clock.today())
            for certificate in queries.to_remind(one, A_SWEEP)
        ]
    sent = 0
    for certificate, days in waiting[:A_SWEEP]:
        try:
            with transaction():
                services.remind(certificate, days)
        except Exception:  # noqa: BLE001 - whatever is wrong with one, the others wait behind it
            log.exception("holder not reminded", certificate=certificate.id)
        else:
            sent += 1
    return sent
