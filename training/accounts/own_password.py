"""Changing one's own password: the present one is asked for, and other sessions end."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user

from training.accounts import codes, passwords, queries, services
from training.accounts.forms import OwnPasswordForm
from training.core import web
from training.core.access import Actor, actor, current_actor, public, public_unopened
from training.core.db import reading, transaction
from training.core.errors import SignInNeeded

bp = Blueprint("own_password", __name__, url_prefix="/account", template_folder="templates")


@bp.get("/password")
@public
def change() -> ResponseReturnValue:
    """The form."""
    return _page(OwnPasswordForm(), _login_of(_who().id))


@bp.post("/password")
@public_unopened
def change_post() -> ResponseReturnValue:
    """Two short transactions around the slow check and hash."""
    with reading():
        person_id = _who().id
        login = _login_of(person_id)
    form = OwnPasswordForm()
    if not form.validate():
        return _page(form, login), 422
    with transaction():
        within_limits = services.count_try(f"own/{person_id}", request.remote_addr or "")
        present = queries.person(person_id).password_hash
    if not within_limits:
        form.old.errors = [_("Too many tries. Wait 15 minutes, or ask your coordinator.")]
        return _page(form, login), 429
    if not passwords.matches(form.old.data, present):
        form.old.errors = [_("This is not your present password.")]
        return _page(form, login), 422
    password_hash = passwords.hash_password(form.password.data)
    with transaction():
        person = services.lock(person_id)
        codes.replace_password(person, password_hash, instead_of=present)
        services.forget_tries(f"own/{person_id}")
    login_user(Actor(id=person.id, name=person.name, stamp=person.stamp))
    flash(_("The new password counts from now on. You were signed out everywhere else."), "good")
    return redirect(url_for("core.home"))


def _who() -> Actor:
    """Whoever is signed in; this page needs no role."""
    if current_actor() is None:
        raise SignInNeeded(_("Please sign in to go on."))
    return actor()


def _login_of(person_id: int) -> str:
    """What a browser keeps the new password under."""
    person = queries.person(person_id)
    return person.mobile or person.email or person.staff_number or ""


def _page(form: OwnPasswordForm, login: str) -> str:
    return render_template("accounts/own_password.html", form=form, login=login, shortest=passwords.SHORTEST)


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
    web.add_personal(_l("Change the password"), "own_password.change")
