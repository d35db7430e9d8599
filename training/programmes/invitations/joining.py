"""The public page of an invitation: who follows it applies, and a coordinator decides.

The answer to an application is the same whether or not somebody has an account under that number: who has one signs in
first, and applies as themselves.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from training.accounts import passwords
from training.accounts import queries as people
from training.accounts import services as accounts
from training.accounts.models import Profession
from training.core.access import current_actor, public, public_unopened
from training.core.db import reading, transaction
from training.core.errors import DomainError, SignInNeeded
from training.programmes.invitations import queries, services
from training.programmes.invitations.forms import JoinForm

bp = Blueprint("joining", __name__, url_prefix="/join", template_folder="templates")


@bp.get("/<token>")
@public
def join(token: str) -> ResponseReturnValue:
    """What the invitation is for, and the form; who is signed in applies by one button."""
    return _page(token, _form())


@bp.post("/<token>")
@public_unopened
def join_post(token: str) -> ResponseReturnValue:
    """Two short transactions around the slow hash: count the try, then take the application."""
    if "_user_id" in session:  # whoever is signed in applies under their own name
        return redirect(url_for(".join", token=token))
    form = _form()
    sound = form.validate()
    with transaction():
        queries.by_token(token)
        within_limits = not sound or accounts.count_try(f"join/{form.login.data}", request.remote_addr or "")
    if not within_limits:
        form.login.errors = [_("Too many tries. Wait 15 minutes, then send it once more.")]
    if not sound or not within_limits:
        with reading():
            return _page(token, form), 422 if within_limits else 429
    password_hash = passwords.hash_password(form.password.data)
    wish = services.Wish(
        name=form.name.data,
        login=form.login.data,
        profession=Profession(form.profession.data),
        institution=form.institution.data or "",
    )
    try:
        with transaction():
            services.apply_anew(queries.by_token(token)[0], wish, password_hash=password_hash)
    except DomainError as error:
        form.form_errors.append(error.message)
        with reading():
            return _page(token, form), error.status
    return redirect(url_for(".sent", token=token))


@bp.post("/<token>/myself")
@public
def join_myself(token: str) -> ResponseReturnValue:
    """The application of who is signed in: nothing else proves that an account is one's own."""
    who = current_actor()
    if who is None:
        raise SignInNeeded(_("Please sign in to go on."))
    services.apply_as(queries.by_token(token)[0], people.person(who.id))
    return redirect(url_for(".sent", token=token))


@bp.get("/<token>/sent")
@public
def sent(token: str) -> ResponseReturnValue:
    """What everybody reads who has applied."""
    return render_template("invitations/sent.html", **_about(token))


def _form() -> JoinForm:
    form = JoinForm()
    form.offer()
    return form


def _about(token: str) -> dict[str, Any]:
    invitation, cohort, base, programme = queries.by_token(token)
    return {"invitation": invitation, "cohort": cohort, "base": base, "programme": programme, "token": token}


def _page(token: str, form: JoinForm) -> str:
    about = _about(token)
    closed = services.why_closed(about["invitation"], queries.places_taken(about["invitation"]))
    return render_template(
        "invitations/join.html", form=form, closed=closed, shortest=passwords.SHORTEST, me=current_actor(), **about
    )


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
