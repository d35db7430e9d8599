"""`anning certificates issue`: a cohort's certificates at once, done here instead of by the worker."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select

from certificates import commands as certificate_commands
from certificates.batches import queries, services, tasks
from certificates.batches.models import BatchStatus
from certificates.queries import candidates_of
from training.accounts import logins
from training.accounts import queries as accounts
from training.core import printing
from training.core.access import Actor
from training.core.db import db, reading, transaction
from training.core.errors import DomainError
from training.core.fonts import Typefaces
from training.places.models import TrainingBase
from training.programmes.models import Cohort


@dataclass
class Plan:
    """Who of a cohort would get a certificate, and who not and why."""

    cohort: Cohort
    by: Actor
    enrolment_ids: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)


@click.command("issue")
@click.option("--cohort", "cohort_code", required=True, metavar="BASE/CODE", help="The base's and the cohort's code.")
@click.option("--by", "login", required=True, help="Login of whoever issues: they must hold the permission there.")
@click.option("--dry-run", is_flag=True, help="Say who would get one and who not and why; issue nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def issue(cohort_code: str, login: str, dry_run: bool, as_json: bool) -> None:
    """Issue and print a certificate for everybody of a cohort who has completed it and holds none."""
    try:
        typefaces = printing.typefaces()
        with reading(), force_locale("en"):
            plan = _plan(cohort_code, login, typefaces)
        if dry_run or not plan.enrolment_ids:
            _tell({"would_issue": plan.names, "left_out": plan.left_out}, as_json)
            return
        batch_id, worker = _open(plan)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    status = _do(batch_id, worker, typefaces, len(plan.enrolment_ids), silent=as_json)
    _tell(_outcome(batch_id, status, plan), as_json)
    if status is not BatchStatus.FINISHED:
        raise SystemExit(1)


def _plan(cohort_code: str, login: str, typefaces: Typefaces) -> Plan:
    base, _slash, code = cohort_code.partition("/")
    statement = select(Cohort).join(TrainingBase, TrainingBase.id == Cohort.base_id)
    cohort = db.session.scalar(statement.where(TrainingBase.code == base, Cohort.code == code))
    person = accounts.by_login(logins.normalise(login))
    actor = accounts.load_actor(f"{person.id}:{person.stamp}") if person else None
    if cohort is None or actor is None:
        missing = f"cohort {cohort_code!r}" if cohort is None else f"active person with the login {login!r}"
        raise click.ClickException(f"There is no {missing}.")
    plan = Plan(cohort, actor)
    candidates = candidates_of(actor, cohort.id)
    if not candidates:
        raise click.ClickException(f"Nobody is in {cohort_code}, or {login} may not issue there.")
    for one in services.choices(candidates):
        revoked = f"Certificate {one.revoked} was revoked; choose again on the cohort's page." if one.revoked else None
        reason = one.reason or revoked or services.unprintable(one.candidate, typefaces)
        if reason is None:
            plan.enrolment_ids.append(one.candidate.enrolment.id)
            plan.names.append(one.candidate.person.name)
        else:
            plan.left_out.append({"name": one.candidate.person.name, "reason": reason})
    return plan


def _open(plan: Plan) -> tuple[int, str]:
    worker = tasks.new_worker()
    with transaction():
        batch = services.open_batch(
            plan.cohort, plan.enrolment_ids, key=tasks.new_worker(), confirmed_by=plan.by, worker=worker
        )
        return batch.id, worker


def _do(batch_id: int, worker: str, typefaces: Typefaces, total: int, *, silent: bool) -> BatchStatus:
    """Work until the batch ends or rests; another worker that has taken it over meanwhile is waited for no longer."""
    with click.progressbar(length=total, label="Issuing", file=sys.stderr, hidden=silent) as bar:
        while True:
            status = tasks.turn(batch_id, worker, typefaces=typefaces, told=lambda: bar.update(1))
            if status is not BatchStatus.RUNNING:
                return status
            with transaction():
                if not services.claim(batch_id, worker):
                    return status


def _outcome(batch_id: int, status: BatchStatus, plan: Plan) -> dict[str, object]:
    with reading():
        refused = [{"name": person.name, "reason": line.reason_en} for line, person in queries.refused_lines(batch_id)]
        issued = [
            {"number": one.number, "name": one.fields["person_name"]} for one in queries.issued_certificates(batch_id)
        ]
    return {
        "batch": batch_id, "status": status.value, "issued": issued, "refused": refused, "left_out": plan.left_out,
    }  # fmt: skip


def _tell(outcome: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(outcome, ensure_ascii=False))
        return
    for name, value in outcome.items():
        if not isinstance(value, list):
            click.echo(f"{name}: {value}")
            continue
        click.echo(f"{name.replace('_', ' ')}: {len(value)}")
        for one in value:
            click.echo(f"  {' '.join(one.values()) if isinstance(one, dict) else one}")


def register() -> None:
    """Plug in the command beside the others about certificates."""
    if "issue" not in certificate_commands.group.commands:
        certificate_commands.group.add_command(issue)
