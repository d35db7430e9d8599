"""The locked session's page: it keeps the name, asks for the password alone, and leads back."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts import passwords, queries, services
from training.accounts.forms import UnlockForm
from training.accounts.models import Person
from training.core import addresses, audit, idle
from training.core.access import Actor, public_unopened
from training.core.db import reading, transaction

bp = Blueprint("locking", __name__, template_folder="templates")


@bp.post("/lock")
@public_unopened
def lock() -> ResponseReturnValue:
    """Lock this session now; what was typed in the page stays on the device."""
    idle.lock()
    return redirect(url_for(".locked", next=addresses.safe_next(request.form.get("next"))))


@bp.get("/locked")
@public_unopened
def locked() -> ResponseReturnValue:
    """Whose session this is, and the field for the password."""
    target = addresses.safe_next(request.args.get("next"))
    if not idle.is_locked():
        return redirect(target or url_for("core.home"))
    with reading():
        person = queries.behind(session["_user_id"])
        if person is None:
            session.clear()
            return redirect(url_for("accounts.sign_in", next=target))
        return render_template("accounts/locked.html", person=person, form=UnlockForm(next=target))


@bp.post("/locked")
@public_unopened
def locked_post() -> ResponseReturnValue:
    """Two short transactions around the slow check, as at the sign-in; right, and the session goes on as it was."""
    form = UnlockForm()
    target = addresses.safe_next(form.next.data)
    if not idle.is_locked():
        return redirect(target or url_for("core.home"))
    with transaction():
        person = queries.behind(session["_user_id"])
        within_limits = person is not None and services.count_try(_key(person), request.remote_addr or "")
    if person is None:
        session.clear()
        return redirect(url_for("accounts.sign_in", next=target))
    if not within_limits:
        form.password.errors = [_("Too many tries. Wait 15 minutes, or ask your coordinator.")]
        return _again(person, form, 429)
    if not form.validate():
        return _again(person, form, 422)
    if not passwords.matches(form.password.data, person.password_hash):
        form.password.errors = [_("This is not the password. Try again.")]
        return _again(person, form, 422)
    with transaction():
        services.forget_tries(_key(person))
        audit.record(Actor(id=person.id, name=person.name), "person.unlock", person)
    idle.unlock()
    return redirect(target or url_for("core.home"))


def _key(person: Person) -> str:
    return f"unlock/{person.id}"


def _again(person: Person, form: UnlockForm, status: int) -> ResponseReturnValue:
    form.password.data = None
    return render_template("accounts/locked.html", person=person, form=form), status


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
