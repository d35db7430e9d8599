"""The audit trail for administrators: who did what to which thing, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select

from training.accounts import logins, trail_words
from training.accounts.forms import TrailForm
from training.accounts.models import Person
from training.accounts.permissions import Permission
from training.core import audit, clock, scopes, web
from training.core.access import actor, requires
from training.core.audit import AuditLine
from training.core.db import db

PAGE = 50
bp = Blueprint("trail", __name__, url_prefix="/audit", template_folder="templates")


@dataclass(frozen=True)
class TrailPage:
    """Some lines as rows `AuditLine, Person | None`; `older` is the id before which the next page begins."""

    rows: Sequence[Any]
    older: int | None


@bp.get("/")
@requires(Permission.AUDIT_READ)
def home() -> ResponseReturnValue:
    """The lines that fit the search; they belong to no place, so only who administers everything reads them."""
    actor().require(Permission.AUDIT_READ, scopes.root().path)
    form = TrailForm(request.args)
    names = audit.words()
    form.offer(sorted((verb, str(label)) for verb, label in names.items()))
    if not form.validate():
        return render_template("accounts/trail.html", form=form, page=TrailPage([], None), names=names), 422
    page = _page(form, request.args.get("before", type=int))
    return render_template(
        "accounts/trail.html",
        form=form,
        page=page,
        names=names,
        kept={name: value for name, value in request.args.items() if name != "before" and value},
        people=trail_words.people_named(line for line, _person in page.rows),
        subject=trail_words.subject,
        details=trail_words.details,
    )


def _page(form: TrailForm, before: int | None) -> TrailPage:
    statement = _sought(form)
    if before is not None and 0 < before <= web.LARGEST_ID:
        statement = statement.where(AuditLine.id < before)
    rows = db.session.execute(statement.order_by(AuditLine.id.desc()).limit(PAGE + 1)).all()
    return TrailPage(rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None)


def _sought(form: TrailForm) -> Select[Any]:
    found = select(AuditLine, Person).outerjoin(Person, Person.id == AuditLine.actor_id)
    statement = cast("Select[Any]", found)
    if form.who.data:
        login = logins.normalise(form.who.data)
        named = Person.name.contains(form.who.data, autoescape=True)
        statement = statement.where(or_(named, Person.mobile == login, Person.email == login))
    if form.verb.data:
        statement = statement.where(AuditLine.verb == form.verb.data)
    if form.first.data:
        statement = statement.where(AuditLine.at >= _midnight(form.first.data))
    if form.last.data and form.last.data < date.max:
        statement = statement.where(AuditLine.at < _midnight(form.last.data + timedelta(days=1)))
    return statement


def _midnight(day: date) -> datetime:
    """The moment at which a day begins where people live."""
    zone = clock.local(clock.now()).tzinfo
    return datetime.combine(day, time(), tzinfo=zone)


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
    web.add_entry(_l("Audit trail"), "trail.home", Permission.AUDIT_READ, order=55)
