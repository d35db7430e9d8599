"""Who may do what. Views declare a permission with `@requires`, or `@public`; roles are mapped to permissions once.

A role is granted to a person on a scope for a period (`training.accounts`); here is only what is needed to decide.
Each package names its permissions in `permissions.py` and registers which roles hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, current_app, g, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user
from sqlalchemy.exc import SQLAlchemyError

from training.core import db, errors, scopes

View = Callable[..., Any]
ANYONE = "public"


class Role(StrEnum):
    """The roles that can be granted; what each may do stands in the packages' `permissions.py`."""

    TRAINEE = "trainee"
    INSTRUCTOR = "instructor"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role's name for people, lazily translated."""
        return str(ROLE_LABELS[self])


ROLE_LABELS = {
    Role.TRAINEE: _l("Trainee"),
    Role.INSTRUCTOR: _l("Instructor"),
    Role.SUPERVISOR: _l("Practice supervisor"),
    Role.COORDINATOR: _l("Base coordinator"),
    Role.OFFICER: _l("Provincial officer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a scope, in force now; the names are the scope's."""

    role: Role
    scope_id: int
    path: str
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever acts in this request: a value, so that it outlives the transaction it was loaded in."""

    id: int
    name: str
    grants: tuple[Grant, ...] = ()
    consented: bool = True
    stamp: str = field(default="", repr=False)
    unread: int = 0

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The text that the session keeps: the id and the stamp that a changed password makes stale."""
        return f"{self.id}:{self.stamp}"

    def paths(self, permission: StrEnum) -> tuple[str, ...]:
        """The scope paths on which this person holds `permission`."""
        roles = holders(permission)
        return tuple(grant.path for grant in self.grants if grant.role in roles)

    def may(self, permission: StrEnum, path: str | None = None) -> bool:
        """Whether the permission is held on the scope of `path`, or anywhere when no path is given."""
        return any(path is None or scopes.covers(own, path) for own in self.paths(permission))

    def require(self, permission: StrEnum, path: str) -> None:
        """Raise `NotAllowed` unless the permission is held on the scope of `path`."""
        if not self.may(permission, path):
            raise errors.NotAllowed(_("You are not allowed to do this here. Ask an administrator for the role."))


_holders: dict[str, frozenset[Role]] = {}


def register(grants: Mapping[Any, Iterable[Role]]) -> None:
    """Say which roles hold which permissions; called once by each package."""
    for permission, roles in grants.items():
        _holders[permission.value] = frozenset(roles)


def holders(permission: StrEnum) -> frozenset[Role]:
    """The roles that hold a permission."""
    return _holders[permission.value]


def permissions() -> dict[str, frozenset[Role]]:
    """Every registered permission with the roles that hold it, for tests and documents."""
    return dict(_holders)


def current_actor() -> Actor | None:
    """The person signed in, or None; asked of Flask-Login once a request."""
    if "actor" not in g:
        found = current_user._get_current_object()
        g.actor = found if found.is_authenticated else None
    return cast("Actor | None", g.actor)


def actor() -> Actor:
    """The person signed in; for views behind `requires`, where there always is one."""
    return cast(Actor, g.actor)


def requires(permission: StrEnum, *, prepare: Callable[[], Any] | None = None) -> Callable[[View], View]:
    """Open the transaction (a write for POST, read-only otherwise), load the actor, check that it holds `permission`.

    `prepare` is slow work (hashing, parsing, drawing) done before the transaction opens, for those alone who hold the
    permission; its result reaches the view as the keyword `prepared`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if "_user_id" not in session:
                raise errors.SignInNeeded(_("Please sign in to go on."))
            if prepare is not None:
                with db.reading():
                    _admit(permission)
                kwargs["prepared"] = prepare()
            with unit_of_work():
                _admit(permission)
                return _answer(view(*args, **kwargs))

        guarded.access = permission.value  # type: ignore[attr-defined]
        return guarded

    return decorate


def _admit(permission: StrEnum) -> None:
    """Raise unless somebody is signed in who holds the permission somewhere; needs an open transaction."""
    person = load_actor()
    if person is None:
        raise errors.SignInNeeded(_("Please sign in to go on."))
    if not person.consented:
        raise errors.ConsentNeeded(_("Please read first what is kept of you, and agree."))
    if not person.may(permission):
        raise errors.NotAllowed(_("Your roles do not include this page. Ask an administrator for the role."))


def _answer(returned: Any) -> Response:
    """The response; one that refuses (400 and above) keeps nothing of what the view had begun."""
    response = current_app.make_response(returned)
    if response.status_code >= 400:
        db.give_up()
    return response


def public(view: View) -> View:
    """Let anyone in, in a transaction as with `requires`; a signed-in actor is loaded as well."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> Any:
        with unit_of_work():
            load_actor()
            return _answer(view(*args, **kwargs))

    opened.access = ANYONE  # type: ignore[attr-defined]
    return opened


def public_unopened(view: View) -> View:
    """Let anyone in without a transaction: static answers, and views that do slow work between two short ones."""
    view.access = ANYONE  # type: ignore[attr-defined]
    return view


def unit_of_work() -> Any:
    """The transaction that fits the request's method."""
    return db.reading() if request.method in {"GET", "HEAD", "OPTIONS"} else db.transaction()


def load_actor() -> Actor | None:
    """Load the signed-in person, if any; needs an open transaction unless nobody is signed in."""
    return current_actor() if "_user_id" in session else None


def load_actor_if_open() -> Actor | None:
    """The actor for the frame of a page: loaded already, or loadable without opening another transaction."""
    if "_user_id" not in session:
        return None
    if "actor" in g or db.is_open():
        return current_actor()
    try:
        with db.reading():
            return current_actor()
    except SQLAlchemyError:  # an error page is shown even when the database is what failed
        return None


def init_app(app: Flask, load: Callable[[str], Actor | None]) -> None:
    """Attach Flask-Login; `load` turns the session's text into an actor with one query."""
    manager = LoginManager()
    manager.session_protection = None  # the stamp and the cookie's flags protect; addresses change on ward networks
    manager.user_loader(load)
    manager.init_app(app)
