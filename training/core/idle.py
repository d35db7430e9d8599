"""The idle lock for shared computers: a session nobody has used for a while keeps its person, but admits to nothing.

The session's cookie holds the moment it was last used (refreshed at most once a minute) and whether it is locked, so no
query is needed. A locked session acts as nobody: what sends people to the sign-in sends these to the page that asks for
the password alone (`web.py`), and a script hears 401, exactly as after a sign-out.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app, g, request, session
from flask_login import AnonymousUserMixin

from training.core import clock

SEEN = "seen"
LOCKED = "locked"
REFRESH = 60  # seconds; a cookie with every answer would serve nobody
UNWATCHED = frozenset({"core.asset", "core.healthz", "core.readyz", "core.metrics"})
LOOKING = "core.time_left"  # asks how much time is left without using any


def seconds() -> int:
    """After how many seconds without a request a session is locked."""
    return cast(int, current_app.config["IDLE_SECONDS"])


def is_locked() -> bool:
    """Whether somebody is signed in whose session is locked."""
    return LOCKED in session and "_user_id" in session


def lock() -> None:
    """Lock the session at once."""
    if "_user_id" in session:
        session[LOCKED] = 1


def unlock() -> None:
    """Open it again; the password has been asked for."""
    session.pop(LOCKED, None)
    session[SEEN] = _now()


def left() -> int:
    """How many seconds the session still has; 0 when it is locked or nobody is signed in."""
    if "_user_id" not in session or is_locked():
        return 0
    return max(0, int(session.get(SEEN, _now())) + seconds() - _now())


def _now() -> int:
    return int(clock.now().timestamp())


def _watch() -> None:
    if request.endpoint in UNWATCHED or "_user_id" not in session:
        return
    if left() <= 0:
        session[LOCKED] = 1
        g.actor = None
        g._login_user = AnonymousUserMixin()  # Flask-Login would ask for the person again on every page
    elif _now() - session.get(SEEN, 0) >= REFRESH and (request.endpoint != LOOKING or "active" in request.args):
        session[SEEN] = _now()


def init_app(app: Flask) -> None:
    """Watch every request."""
    app.before_request(_watch)
    app.jinja_env.globals["idle_seconds"] = seconds
