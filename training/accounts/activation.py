"""Getting in with a one-time code: the first password, and a new one when it is forgotten. No script is needed."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from training.accounts import codes, doorway, passwords, services
from training.accounts.forms import ActivationForm, ForgottenForm
from training.accounts.models import CodePurpose, Person
from training.core import outbox
from training.core.access import Actor, public, public_unopened
from training.core.db import reading, transaction
from training.core.errors import DomainError
from training.places import queries as places

bp = Blueprint("activation", __name__, template_folder="templates")
CHANNELS = ("sms", "email")


@bp.get("/activate")
@public
def activate() -> ResponseReturnValue:
    """The form; `at`, which the slip's QR code carries, is the institution whose staff numbers are meant."""
    number = request.args.get("at", 0, type=int)
    known = places.institution(number) if 0 < number < 2**63 else None
    if known is None:
        return _page(ActivationForm(login=doorway.typed_before()))
    response = redirect(url_for(".activate"))
    doorway.keep(response, known.id)  # type: ignore[arg-type]
    return response


@bp.post("/activate")
@public_unopened
def activate_post() -> ResponseReturnValue:
    """Two short transactions around the slow hash: look at the code, then use it up and sign in."""
    form = ActivationForm()
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
        fits = within_limits and codes.try_code(person, form.code.data)
    if not within_limits:
        form.code.errors = [_("Too many tries. Wait 15 minutes, or ask your coordinator.")]
        return _refuse(form, 429)
    if not fits or person is None:
        form.code.errors = [codes.refused().message]
        return _refuse(form, 422)
    password_hash = passwords.hash_password(form.password.data)
    try:
        with transaction():
            person = codes.use(person.id, form.code.data, password_hash)
            services.forget_tries(typed.key)
    except DomainError as error:
        form.code.errors = [error.message]
        return _refuse(form, error.status)
    return _signed_in(person)


def _signed_in(person: Person) -> ResponseReturnValue:
    session.clear()
    login_user(Actor(id=person.id, name=person.name, stamp=person.stamp))
    flash(_("Your password is set, and you are signed in. From now on sign in with it."), "good")
    return redirect(url_for("core.home"))


def _refuse(form: ActivationForm, status: int) -> ResponseReturnValue:
    with reading():
        return _page(form), status


def _page(form: ActivationForm) -> str:
    values = doorway.page_values(url_for(".activate"))
    return render_template("accounts/activate.html", form=form, shortest=passwords.SHORTEST, **values)


@bp.get("/forgotten")
@public
def forgotten() -> ResponseReturnValue:
    """Who has lost the password asks for a code here, or reads whom to ask."""
    return _forgotten_page(ForgottenForm(login=doorway.typed_before()))


@bp.post("/forgotten")
@public_unopened
def forgotten_post() -> ResponseReturnValue:
    """Send a code where a channel is there; the answer is the same whether or not there is such a person."""
    form = ForgottenForm()
    if not _channels() or not form.validate():
        return _forgotten_again(form, 422)
    typed = doorway.read(form.login.data)
    if typed.lacks_institution:
        doorway.remember_typed(form.login.data)
        form.login.errors = [_("This looks like a staff number. Choose your institution below first, once.")]
        return _forgotten_again(form, 422)
    with transaction():
        within_limits = services.count_try(f"code/{typed.key}", request.remote_addr or "")
        person = typed.person() if within_limits else None
        if person is not None:
            _send(person)
    if not within_limits:
        form.login.errors = [_("Too many tries. Wait 15 minutes, or ask your coordinator.")]
        return _forgotten_again(form, 429)
    return redirect(url_for(".sent"))


def _forgotten_again(form: ForgottenForm, status: int) -> ResponseReturnValue:
    with reading():
        return _forgotten_page(form), status


def _channels() -> list[str]:
    return [one for one in CHANNELS if outbox.offers(one)]


def _send(person: Person) -> None:
    """A code to the mobile number, else to the e-mail address; to nobody who has neither."""
    addresses = {"sms": person.mobile, "email": person.email}
    channel = next((one for one in _channels() if addresses[one]), None)
    if channel is None:
        return
    handout = codes.make({person.id: CodePurpose.RESET}, lasts=codes.BY_MESSAGE, made_by=None)[person.id]
    text = _(
        "Your one-time code is %(code)s. It is valid for %(minutes)s minutes. If you did not ask for it, do nothing.",
        code=handout.grouped,
        minutes=codes.BY_MESSAGE.seconds // 60,
    )
    outbox.post(
        channel,
        addresses[channel] or "",
        subject=_("Your one-time code for Anning"),
        text=text,
        key=f"code:{person.id}:{handout.expires_at.isoformat()}",
        secret=True,
    )


def _forgotten_page(form: ForgottenForm) -> str:
    values = doorway.page_values(url_for(".forgotten"))
    return render_template("accounts/forgotten.html", form=form, channels=_channels(), **values)


@bp.get("/forgotten/sent")
@public
def sent() -> ResponseReturnValue:
    """What everybody reads who asked for a code."""
    minutes = codes.BY_MESSAGE.seconds // 60
    return render_template("accounts/code_sent.html", channels=_channels(), minutes=minutes)


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
