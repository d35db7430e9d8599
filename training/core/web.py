"""What every page shares: navigation, template globals, the language switch, health and metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import IntegerConverter, ValidationError

from training.core import access, addresses, assets, db, errors, forgery, i18n, idle, refusals, workplaces
from training.core.logs import log

bp = Blueprint("core", __name__, template_folder="templates")
LARGEST_ID = 2**63 - 1
LARGEST_BODY = 2 * 1024 * 1024


class BoundedInteger(IntegerConverter):
    """An id in an address that any database can hold; a longer number, or one in other digits, is not found."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Refuse what exceeds 64 bits."""
        if len(value) > 19 or int(value) > LARGEST_ID:
            raise ValidationError
        return int(value)


@dataclass(frozen=True)
class Entry:
    """An entry of the navigation: shown to whoever holds the permission."""

    label: Any
    endpoint: str
    permission: StrEnum
    order: int = 50
    home: bool = False
    also: tuple[str, ...] = ()


@dataclass
class Link:
    """An entry as a page shows it; `key` names the workplace that a home belongs to."""

    label: str
    url: str
    active: bool = field(default=False)
    key: str = ""


_entries: list[Entry] = []
_footer: dict[str, Any] = {}
_header: list[Callable[[access.Actor], Link | None]] = []
_personal: dict[str, tuple[Any, StrEnum | None]] = {}


def add_entry(
    label: Any,
    endpoint: str,
    permission: StrEnum,
    *,
    order: int = 50,
    home: bool = False,
    also: tuple[str, ...] = (),
) -> None:
    """Plug a page into the navigation; a `home` is where a role starts, lowest order first.

    `also` are beginnings of addresses, other than the page's own, under which the entry is lit too.
    """
    entry = Entry(label, endpoint, permission, order, home, also)
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)
        for kept in (_offered, _roles_by_home, _home_of):
            kept.cache_clear()


def add_footer(label: Any, endpoint: str) -> None:
    """Put a page that is open to everyone at the foot of every page."""
    _footer[endpoint] = label


def add_header(contributor: Callable[[access.Actor], Link | None]) -> None:
    """Put a link at the top of every page, before one's name; the contributor looks at what the actor may do."""
    if contributor not in _header:
        _header.append(contributor)


def _header_links() -> list[Link]:
    actor = access.load_actor_if_open()
    return [link for ask in _header if (link := ask(actor))] if actor else []


def add_personal(label: Any, endpoint: str, permission: StrEnum | None = None) -> None:
    """Put a page about oneself under one's name at the top; without a permission everybody signed in has it."""
    _personal[endpoint] = (label, permission)


def _personal_links() -> list[Link]:
    actor = access.load_actor_if_open()
    return [
        Link(str(label), url_for(endpoint), request.endpoint == endpoint)
        for endpoint, (label, permission) in _personal.items()
        if actor is not None and (permission is None or actor.may(permission))
    ]


def _menu() -> list[Link]:
    """The menu of the workplace that is chosen; the entry whose address leads here is lit."""
    actor = access.load_actor_if_open()
    place = workplace_of(actor) if actor else None
    if actor is None or place is None:
        return []
    offered = _offered(place.role, i18n.language(), request.script_root)
    shown = [(Link(label, address), also) for label, address, also in offered]
    around = [
        (len(start), link) for link, also in shown for start in (link.url, *also) if request.path.startswith(start)
    ]
    if around:
        max(around, key=lambda pair: pair[0])[1].active = True
    return [link for link, _also in shown]


@lru_cache
def _offered(role: access.Role, _language: str, _root: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The entries of a role's menu in the present language: label, address, and where else each is lit."""
    named = {entry.endpoint for entry in _entries if not entry.home}  # the bank is a home, but one entry of the menu
    return [
        (str(entry.label), url_for(entry.endpoint), entry.also)
        for entry in _entries
        if (entry.endpoint not in named or not entry.home) and role in access.holders(entry.permission)
    ]


def _homes() -> list[Link]:
    """Where this person works, by role and place; the chosen one is lit."""
    actor = access.load_actor_if_open()
    if actor is None:
        return []
    order = _roles_by_home()
    chosen = workplaces.current(actor, order)
    root = request.script_root
    return [Link(one.label, _home_of(one.role, root), one == chosen, one.key) for one in workplaces.of(actor, order)]


@lru_cache
def _roles_by_home() -> list[access.Role]:
    """The roles that have a home, in the order of their homes."""
    holders = [access.holders(entry.permission) for entry in _entries if entry.home]
    return list(dict.fromkeys(role for held in holders for role in access.Role if role in held))


@lru_cache
def _home_of(role: access.Role, _root: str) -> str:
    homes = (entry for entry in _entries if entry.home and role in access.holders(entry.permission))
    return next((url_for(entry.endpoint) for entry in homes), url_for("core.nowhere"))


def workplace_of(actor: access.Actor) -> workplaces.Workplace | None:
    """Where this person works now: the workplace chosen last, else the first one, if there is any."""
    return workplaces.current(actor, _roles_by_home())


def home_url(actor: access.Actor) -> str:
    """Where this person starts: the home of the workplace chosen last, else of the first one."""
    place = workplace_of(actor)
    return _home_of(place.role, request.script_root) if place else url_for("core.nowhere")


@bp.get("/")
@access.public
def home() -> ResponseReturnValue:
    """Lead everyone to where they start."""
    actor = access.current_actor()
    return redirect(home_url(actor) if actor else url_for("accounts.sign_in"))


@bp.get("/welcome")
@access.public
def nowhere() -> ResponseReturnValue:
    """What a person without any role sees: whom to ask."""
    return render_template("core/nowhere.html")


@bp.post("/workplace")
@access.public_unopened
def workplace() -> ResponseReturnValue:
    """Go on in another role or at another place; one that is not held leads to the first one held."""
    session[workplaces.KEY] = request.form.get("workplace", "")[:80]
    return redirect(url_for("core.home"))


@bp.post("/language")
@access.public_unopened
def language() -> ResponseReturnValue:
    """Remember the language and return to the page."""
    choice = request.form.get("lang", "")
    if choice not in i18n.LANGUAGES:
        raise errors.Invalid(_("There is no such language here; choose Chinese or English."))
    response = redirect(addresses.safe_next(request.form.get("next")) or "/")
    response.set_cookie(i18n.COOKIE, choice, max_age=31536000, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@bp.get("/time-left")
@access.public_unopened
def time_left() -> ResponseReturnValue:
    """For idle.js: the seconds left before the lock. With `active` in the query the person was typing: that is use."""
    return jsonify(left=idle.left())


@bp.get("/assets/<digest>/<name>")
@access.public_unopened
def asset(digest: str, name: str) -> ResponseReturnValue:
    """Give out a static file."""
    return assets.serve(digest, name)


@bp.get("/healthz")
@access.public_unopened
def healthz() -> ResponseReturnValue:
    """Whether the process lives."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access.public_unopened
def readyz() -> ResponseReturnValue:
    """Whether the database answers too."""
    try:
        db.is_ready(db.db.engine)
    except SQLAlchemyError as error:
        log.error("not ready", error=type(error).__name__)
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ok")


@bp.get("/metrics")
@access.public_unopened
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, to this machine only."""
    if request.remote_addr not in {"127.0.0.1", "::1"} or "X-Forwarded-For" in request.headers:
        raise errors.NotFound(_("There is no such page."))
    registry = CollectorRegistry()
    if current_app.config["METRICS_DIR"]:
        multiprocess.MultiProcessCollector(registry, path=current_app.config["METRICS_DIR"])  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Attach the shared pages, the globals of templates and the error pages."""
    forgery.init_app(app)
    idle.init_app(app)
    app.jinja_env.globals.update(
        asset=assets.asset,
        navigation=_menu,
        homes=_homes,
        personal=_personal_links,
        header_links=_header_links,
        footer=lambda: [Link(str(label), url_for(endpoint), active=False) for endpoint, label in _footer.items()],
        product_name="Anning 安宁",
        sample_mode=app.config["SAMPLE_MODE"],
    )
    app.context_processor(_page_values)
    app.register_blueprint(bp)
    refusals.init_app(app)


def _page_values() -> dict[str, Any]:
    locale = i18n.language()
    return {
        "locale": locale,
        "html_lang": i18n.HTML_LANG[locale],
        "language_url": url_for("core.language"),
        "help_url": url_for("guide.home"),
        "current_actor": access.load_actor_if_open(),
    }
