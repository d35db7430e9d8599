"""The notice on data, open to everyone, and the consent asked for at the first sign-in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markupsafe import Markup

from training.accounts import queries as accounts
from training.accounts.models import NOTICE
from training.core import addresses, i18n, web
from training.core.access import Actor, current_actor, public
from training.core.errors import SignInNeeded
from training.privacy import services
from training.privacy.forms import ConsentForm

bp = Blueprint("privacy", __name__, template_folder="../templates")


def signed_in() -> Actor:
    """Whoever is signed in, whether they hold a role or not; raises `SignInNeeded`."""
    actor = current_actor()
    if actor is None:
        raise SignInNeeded(_("Please sign in to go on."))
    return actor


@cache
def notice_text(language: str) -> Markup:
    """The present notice as HTML; our own text, without anything entered by anybody."""
    path = files("training.privacy").joinpath("notices", f"{NOTICE}.{language}.md")
    return Markup(MarkdownIt("commonmark").render(path.read_text(encoding="utf-8")))  # noqa: S704


@bp.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """The notice for everyone to read."""
    return render_template("privacy/notice.html", notice=notice_text(i18n.language()))


@bp.get("/consent")
@public
def consent() -> ResponseReturnValue:
    """The notice with the question; whoever has agreed goes on."""
    actor = signed_in()
    goal = addresses.safe_next(request.args.get("next"))
    if actor.consented:
        return redirect(goal or url_for("core.home"))
    return _page(ConsentForm(next=goal), actor)


@bp.post("/consent")
@public
def consent_post() -> ResponseReturnValue:
    """Agree, and go on."""
    actor = signed_in()
    form = ConsentForm()
    if not form.validate():
        return _page(form, actor), 422
    services.agree(actor.id, id_number=form.id_number.data, by=actor)
    return redirect(addresses.safe_next(form.next.data) or url_for("core.home"))


def _page(form: ConsentForm, actor: Actor) -> str:
    keeps_number = accounts.person(actor.id).id_number_sealed is not None
    return render_template(
        "privacy/consent.html", form=form, notice=notice_text(i18n.language()), keeps_number=keeps_number
    )


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_footer(_l("Your data"), "privacy.notice")
