"""Refusals as pages or as JSON: one handler for each kind of error, and where to go on after a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from training.core import addresses, db, errors, idle
from training.core.logs import log


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
    referrer = addresses.parts(request.referrer or "")
    return addresses.safe_next(request.full_path.rstrip("?") if request.method == "GET" else referrer and referrer.path)


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
    """Attach the handlers; while debugging, a crash shows itself."""
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
