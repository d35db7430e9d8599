"""The administrator's pages: people and the roles they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from training.accounts import codes, passwords, queries, reach, services
from training.accounts.forms import GrantForm, PeopleForm, PersonForm
from training.accounts.models import Person, Profession
from training.accounts.permissions import Permission
from training.core import clock, i18n, web
from training.core.access import Role, actor, requires
from training.core.db import db
from training.core.errors import Conflict, DomainError, NotAllowed
from training.core.scopes import Scope, ScopeKind
from training.places import queries as places

bp = Blueprint("people", __name__, url_prefix="/people", template_folder="templates")
MOST_PAGES = 100_000
GROUPS = {
    ScopeKind.EVERYWHERE: _l("Everywhere"),
    ScopeKind.REGION: _l("Province, cities and counties"),
    ScopeKind.BASE: _l("Training bases"),
}


@bp.get("/")
@requires(Permission.PERSON_READ)
def home() -> ResponseReturnValue:
    """Everybody, by name, with the roles they hold now."""
    form = PeopleForm(request.args)
    if not form.validate():
        return render_template("accounts/people.html", form=form, page=queries.PeoplePage([], 1, 0), roles={}), 422
    number = request.args.get("page", 1, type=int)
    page = queries.people(form.sought, min(max(number, 1), MOST_PAGES))
    roles = queries.roles_of([person.id for person, _institution in page.rows])
    return render_template("accounts/people.html", form=form, page=page, roles=roles)


@bp.get("/add")
@requires(Permission.PERSON_ADD)
def add() -> ResponseReturnValue:
    """The form for somebody new."""
    return render_template("accounts/add.html", form=_person_form())


def _hash() -> str:
    """Hash the first password before the transaction opens; one that the form will refuse is not worth the time."""
    password = request.form.get("password", "")
    return passwords.hash_password(password) if len(password) <= passwords.LONGEST else ""


@bp.post("/add")
@requires(Permission.PERSON_ADD, prepare=_hash)
def add_post(prepared: str) -> ResponseReturnValue:
    """Add the person, and go on to their roles."""
    form = _person_form()
    if not form.validate():
        return render_template("accounts/add.html", form=form), 422
    try:
        person = services.add_person(
            services.PersonData(
                name=form.name.data,
                mobile=form.mobile.data or None,
                email=form.email.data or None,
                profession=Profession(form.profession.data),
                institution_id=form.institution_id.data or None,
            ),
            password_hash=prepared,
            added_by=actor(),
        )
    except DomainError as error:
        form.form_errors.append(error.message)
        return render_template("accounts/add.html", form=form), error.status
    flash(_("%(name)s can sign in now. Give a role, or ask a coordinator to enrol them.", name=person.name), "good")
    return redirect(url_for(".person", person_id=person.id))


def _person_form() -> PersonForm:
    form = PersonForm()
    form.offer([(one.id, i18n.local(one, "name")) for one in places.institutions()])
    return form


@bp.get("/<int:person_id>")
@requires(Permission.PERSON_READ)
def person(person_id: int) -> ResponseReturnValue:
    """One person with every role, past ones too."""
    return _person_page(person_id, _grant_form())


@bp.post("/<int:person_id>/code")
@requires(Permission.CODE_MAKE)
def make_code(person_id: int) -> ResponseReturnValue:
    """Make a one-time code for somebody whom no coordinator may help, and show it this once."""
    someone = services.lock(person_id)
    _require_reach(someone)
    handout = codes.hand_over(someone, made_by=actor())
    last_day = clock.local(handout.expires_at).date()
    return render_template("accounts/code.html", person=someone, code=handout.grouped, last_day=last_day)


def _require_reach(someone: Person) -> None:
    """Raise `Conflict` (nobody signs in there) or `NotAllowed` (roles that the actor does not administer)."""
    if not someone.active:
        raise Conflict(_("This account is closed, so a code would open nothing. Open the account again first."))
    if reach.is_true(reach.holds_beyond(actor().paths(Permission.CODE_MAKE), own=frozenset(Role)), someone):
        raise NotAllowed(_("This person has roles beyond the place that you administer. Ask whoever administers more."))


@bp.post("/<int:person_id>/grants")
@requires(Permission.GRANT_ADD)
def add_grant(person_id: int) -> ResponseReturnValue:
    """Give a role on a scope."""
    someone = queries.person(person_id)
    form = _grant_form()
    if not form.validate():
        return _person_page(person_id, form), 422
    role, scope = Role(form.role.data), db.session.get_one(Scope, form.scope_id.data)
    actor().require(Permission.GRANT_ADD, scope.path)
    services.add_grant(someone, role, scope, granted_by=actor())
    flash(_("%(name)s now works as %(role)s.", name=someone.name, role=role.label), "good")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/<int:person_id>/grants/<int:grant_id>/end")
@requires(Permission.GRANT_END)
def end_grant(person_id: int, grant_id: int) -> ResponseReturnValue:
    """End a role from today on."""
    someone = queries.person(person_id)
    grant = queries.grant_of(person_id, grant_id)
    services.end_grant(someone, grant, db.session.get_one(Scope, grant.scope_id), ended_by=actor())
    flash(_("%(name)s is no longer %(role)s there.", name=someone.name, role=grant.role.label), "good")
    return redirect(url_for(".person", person_id=person_id))


def _grant_form() -> GrantForm:
    form = GrantForm()
    scopes: Sequence[Scope] = queries.grantable_scopes(actor().paths(Permission.GRANT_ADD))
    form.offer(
        {
            str(label): [(one.id, i18n.local(one, "name")) for one in scopes if one.kind is kind]
            for kind, label in GROUPS.items()
        }
    )
    return form


def _person_page(person_id: int, form: GrantForm) -> str:
    someone, institution = queries.person_with_institution(person_id)
    context: dict[str, Any] = {"grants": queries.grants_of(person_id), "today": clock.today()}
    return render_template("accounts/person.html", person=someone, institution=institution, form=form, **context)


def register(app: Flask) -> None:
    """Plug in the pages."""
    app.register_blueprint(bp)
    web.add_entry(_l("People"), "people.home", Permission.PERSON_READ, order=50, home=True)
