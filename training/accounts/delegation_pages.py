"""The page on which somebody lends a role for a period, and takes it back."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts import delegations, logins, queries
from training.accounts.delegations import Period
from training.accounts.forms import DelegationForm
from training.accounts.models import Person, RoleGrant
from training.accounts.permissions import Permission
from training.core import clock, i18n, web
from training.core.access import actor, requires
from training.core.db import db
from training.core.errors import DomainError, Invalid, NotFound
from training.core.scopes import Scope

bp = Blueprint("delegations", __name__, url_prefix="/account/stand-ins", template_folder="templates")


@bp.get("/")
@requires(Permission.GRANT_DELEGATE)
def home() -> ResponseReturnValue:
    """Who stands in, and the form for one more."""
    return _page(_form())


@bp.post("/")
@requires(Permission.GRANT_DELEGATE)
def add() -> ResponseReturnValue:
    """Lend a role; the same sent twice is refused as held already."""
    form = _form()
    if not form.grant_id.choices:
        raise Invalid(_("The roles you hold were lent to you; they cannot be lent on."))
    if not form.validate():
        return _page(form), 422
    grant = queries.grant_of(actor().id, form.grant_id.data)
    try:
        person = _stand_in(form.login.data)
        delegations.delegate(
            grant,
            db.session.get_one(Scope, grant.scope_id),
            person,
            Period(form.first.data, form.last.data),
            form.reason.data,
            delegated_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return _page(form), error.status
    flash(_("%(name)s stands in for you until %(day)s.", name=person.name, day=i18n.show_date(form.last.data)), "good")
    return redirect(url_for(".home"))


@bp.post("/<int:grant_id>/end")
@requires(Permission.GRANT_DELEGATE)
def end(grant_id: int) -> ResponseReturnValue:
    """Take a lent role back at once."""
    lent = db.session.get(RoleGrant, grant_id)
    if lent is None:
        raise NotFound(_("There is no such person or role here."))
    delegations.take_back(lent, ended_by=actor())
    flash(_("The role is yours alone again."), "good")
    return redirect(url_for(".home"))


def _stand_in(typed: str) -> Person:
    person = queries.by_login(logins.normalise(typed))
    if person is None:
        raise NotFound(_("Nobody signs in with %(login)s; check the number or address.", login=typed))
    return person


def _form() -> DelegationForm:
    form = DelegationForm()
    form.offer(
        [
            (grant.id, f"{grant.role.label} · {i18n.local(scope, 'name')}")
            for grant, scope in queries.own_grants(actor().id)
            if grant.role in delegations.LENDABLE and grant.delegated_from_id is None
        ]
    )
    return form


def _page(form: DelegationForm) -> str:
    return render_template(
        "accounts/delegations.html",
        form=form,
        lent=queries.lent_by(actor().id),
        today=clock.today(),
        last_day=lambda grant: max(grant.starts_on, grant.ends_on - timedelta(days=1)),
    )


def register(app: Flask) -> None:
    """Plug in the page."""
    app.register_blueprint(bp)
    web.add_personal(_l("Stand-ins"), "delegations.home", Permission.GRANT_DELEGATE)
