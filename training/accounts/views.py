"""Sign-in and sign-out; the administrator's pages are in `administration.py`."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from training.accounts import (
    activation,
    administration,
    delegation_pages,
    doorway,
    institutions,
    locking,
    own_password,
    passwords,
    samples,
    services,
    trail,
)
from training.accounts.forms import SignInForm
from training.core import addresses, audit, idle
from training.core.access import Actor, public, public_unopened
from training.core.db import reading, transaction

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The form; in sample mode with the sample people beside it. A locked session is opened on its own page."""
    target = addresses.safe_next(request.args.get("next"))
    if idle.is_locked():
        return redirect(url_for("locking.locked", next=target))
    return _page(SignInForm(next=target, login=doorway.typed_before()))


@bp.post("/sign-in")
@public_unopened
def sign_in_post() -> ResponseReturnValue:
    """Two short transactions around the slow check of the password: count the try, then sign in."""
    form = SignInForm()
    if not form.validate():
        return _refuse(form, 422)
    typed = doorway.read(form.login.data)
    if typed.lacks_institution:
        doorway.remember_typed(form.login.data)
        form.login.errors = [_("This looks like a staff number. Choose your institution below first, once.")]
        return _refuse(form, 422)
    with transaction():
        within_limits = services.count_try(typed.key, request.remote_addr or "")
        person = typed.person()
    if not within_limits:
        form.password.errors = [_("Too many tries. Wait 15 minutes, or ask your coordinator.")]
        return _refuse(form, 429)
    if not passwords.matches(form.password.data, person.password_hash if person else None) or person is None:
        form.password.errors = [_("The number or e-mail and the password do not match. Try again.")]
        return _refuse(form, 422)
    actor = Actor(id=person.id, name=person.name, stamp=person.stamp)
    with transaction():
        services.forget_tries(typed.key)
        audit.record(actor, "person.sign-in", person)
    session.clear()
    login_user(actor)
    return redirect(addresses.safe_next(form.next.data) or url_for("core.home"))


def _refuse(form: SignInForm, status: int) -> ResponseReturnValue:
    with reading():
        return _page(form), status


def _page(form: SignInForm) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        samples=samples.shown(),
        sample_password=samples.PASSWORD,
        **doorway.page_values(url_for("accounts.sign_in", next=addresses.safe_next(form.next.data))),
    )


@bp.post("/sign-out")
@public_unopened
def sign_out() -> ResponseReturnValue:
    """Forget who was here."""
    session.clear()
    return redirect(url_for("accounts.sign_in"))


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    for pages in (locking, institutions, activation, own_password):
        pages.register(app)
    administration.register(app)
    delegation_pages.register(app)
    trail.register(app)
