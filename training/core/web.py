"""What every page shares: navigation, template globals, the language switch, health, metrics and error pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, ValidationError

from training.core import access, assets, db, errors, i18n, idle, workplaces
from training.core.logs import log

bp = Blueprint("core", __name__, template_folder="templates")
csrf = CSRFProtect()
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


def add_entry(label: Any, endpoint: str, permission: StrEnum, *, order: int = 50, home: bool = False) -> None:
    """Plug a page into the navigation; a `home` is where a role starts, lowest order first."""
    entry = Entry(label, endpoint, permission, order, home)
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)


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
    place = workplaces.current(actor, _roles_by_home()) if actor else None
    if actor is None or place is None:
        return []
    named = {entry.endpoint for entry in _entries if not entry.home}  # the bank is a home, but one entry of the menu
    links = [
        Link(str(entry.label), url_for(entry.endpoint))
        for entry in _entries
        if (entry.endpoint not in named or not entry.home) and place.role in access.holders(entry.permission)
    ]
    around = [link for link in links if request.path.startswith(link.url)]
    if around:
        max(around, key=lambda link: len(link.url)).active = True
    return links


def _homes() -> list[Link]:
    """Where this person works, by role and place; the chosen one is lit."""
    actor = access.load_actor_if_open()
    if actor is None:
        return []
    order = _roles_by_home()
    chosen = workplaces.current(actor, order)
    return [Link(one.label, _home_of(one), one == chosen, one.key) for one in workplaces.of(actor, order)]


def _roles_by_home() -> list[access.Role]:
    """The roles that have a home, in the order of their homes."""
    holders = [access.holders(entry.permission) for entry in _entries if entry.home]
    return list(dict.fromkeys(role for held in holders for role in access.Role if role in held))


def _home_of(place: workplaces.Workplace) -> str:
    homes = (entry for entry in _entries if entry.home and place.role in access.holders(entry.permission))
    return next((url_for(entry.endpoint) for entry in homes), url_for("core.nowhere"))


def home_url(actor: access.Actor) -> str:
    """Where this person starts: the home of the workplace chosen last, else of the first one."""
    place = workplaces.current(actor, _roles_by_home())
    return _home_of(place) if place else url_for("core.nowhere")


def safe_next(target: str | None) -> str | None:
    """An address on this site to return to, or None: never a way to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 500:
        return None
    parts = _parts(target)
    return target if parts is not None and not parts.scheme and not parts.netloc and "\\" not in target else None


def _parts(address: str) -> SplitResult | None:
    """The parts of an address that somebody sent; None for one that cannot be read."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


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
    response = redirect(safe_next(request.form.get("next")) or "/")
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


def refuse_forged() -> None:
    """Refuse a request that another site had sent, before anything else is done.

    A browser says where a request comes from (`Sec-Fetch-Site`, which no script can set); `same-origin` is enough. One
    that does not say so needs the token of the session (OWASP Cross-Site Request Forgery Prevention Cheat Sheet,
    "Fetch Metadata headers", with its fallback). A form left open through a sign-in is so not refused for nothing.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        g.csrf_valid = True  # what Flask-WTF's own check leaves for the forms
    else:
        csrf.protect()


def wants_json() -> bool:
    """Whether a script asked, rather than a person."""
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def refuse(status: int, title: str, message: str) -> ResponseReturnValue:
    """A refusal as a page or as JSON."""
    if wants_json():
        return jsonify(error=message), status
    page = render_template("core/error.html", title=title, message=message, reference=g.get("request_id"))
    return page, status


def _titles() -> dict[int, str]:
    return {
        400: _("This could not be read"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Something changed meanwhile"),
        413: _("Too large"),
        422: _("This does not fit"),
        429: _("Too many tries"),
        503: _("Not available just now"),
    }


def _handle_domain(error: errors.DomainError) -> ResponseReturnValue:
    return refuse(error.status, _titles().get(error.status, _("Not possible")), str(error.message))


def _handle_sign_in(error: errors.SignInNeeded) -> ResponseReturnValue:
    if wants_json():
        return jsonify(error=str(error.message)), 401
    door = "locking.locked" if idle.is_locked() else "accounts.sign_in"
    return redirect(url_for(door, next=_came_from()))


def _came_from() -> str | None:
    """Where to go on after a sign-in or a consent: the page asked for, or the one that a form was sent from."""
    referrer = _parts(request.referrer or "")
    return safe_next(request.full_path.rstrip("?") if request.method == "GET" else referrer and referrer.path)


def _handle_consent(error: errors.ConsentNeeded) -> ResponseReturnValue:
    if wants_json():
        return jsonify(error=str(error.message)), error.status
    return redirect(url_for("privacy.consent", next=_came_from()))


def _handle_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    messages = {
        404: _("There is no such page, or it is not one of yours. Check the address, or start from your home page."),
        405: _("This address does not take that kind of request. Start from your home page."),
        413: _("What was sent is larger than %(size)s MB. Send less.", size=(request.max_content_length or 0) >> 20),
    }
    return refuse(
        status,
        _titles().get(status, _("Not possible")),
        messages.get(status, _("The request could not be understood.")),
    )


def _handle_csrf(_error: CSRFError) -> ResponseReturnValue:
    return refuse(
        400,
        _("This page is too old"),
        _("The page was open before you signed in or out, so nothing was saved. Go back, reload it and send it again."),
    )


def _handle_conflict(error: IntegrityError) -> ResponseReturnValue:
    log.warning("constraint", error=str(error.orig).partition("\n")[0][:300])  # what follows quotes people's data
    return refuse(
        409, _titles()[409], _("Somebody saved the same thing a moment ago. Go back, reload, and look first.")
    )


def _handle_database(error: OperationalError) -> ResponseReturnValue:
    """A full disk is told as what it is; all else that a database cannot do is a crash."""
    if not db.is_disk_full(error):
        return _handle_crash(error)
    log.error("disk full")
    return refuse(
        507,
        _("No room left on the server"),
        _("The server's disk is full, so nothing was saved. Tell whoever runs this site; send it again afterwards."),
    )


def _handle_crash(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected error", error=type(error).__name__)
    return refuse(
        500,
        _("Something went wrong here"),
        _("This is our fault; nothing was half saved. Try again in a minute."),
    )


def init_app(app: Flask) -> None:
    """Attach the shared pages, the globals of templates and the error pages."""
    csrf.init_app(app)
    app.before_request(refuse_forged)
    idle.init_app(app)
    app.jinja_env.globals.update(
        asset=assets.asset,
        csrf_token=generate_csrf,
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
    handlers: list[tuple[Any, Callable[..., ResponseReturnValue]]] = [
        (errors.SignInNeeded, _handle_sign_in),
        (errors.ConsentNeeded, _handle_consent),
        (errors.DomainError, _handle_domain),
        (CSRFError, _handle_csrf),
        (HTTPException, _handle_http),
        (IntegrityError, _handle_conflict),
        (OperationalError, _handle_database),
    ]
    for kind, handler in handlers:
        app.register_error_handler(kind, handler)
    if not app.debug:
        app.register_error_handler(Exception, _handle_crash)


def _page_values() -> dict[str, Any]:
    locale = i18n.language()
    return {
        "locale": locale,
        "html_lang": i18n.HTML_LANG[locale],
        "language_url": url_for("core.language"),
        "help_url": None,
        "current_actor": access.load_actor_if_open(),
    }
