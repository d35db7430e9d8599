"""A request that another site had sent is refused; the token that shows it to be our own page's is masked in each page.

Pages are packed (`core/compression.py`), and how long a packed page is tells whoever listens and can have something
written into it whether that stands in it already (BREACH). A secret that every page repeats must therefore look
different each time. The pad is random and as long as the token, so nothing of the token is left to be guessed at.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFError, generate_csrf

KEY = "csrf_token"  # of the session and of the form field, as Flask-WTF names both


def token() -> str:
    """The session's token as this response's forms carry it."""
    if "masked_token" not in g:
        generate_csrf()  # a session without a token gets one
        g.masked_token = masked(session[KEY])
    return str(g.masked_token)


def device() -> str:
    """A name of the signed-in browser that asks, the same until it signs in anew; it tells nothing of the token."""
    return hashlib.sha256(f"device:{session.get(KEY, '')}".encode()).hexdigest()[:16]


def masked(raw: str) -> str:
    """The token, given in hexadecimal digits, under a new pad, with the pad before it."""
    plain = bytes.fromhex(raw)
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + _under(pad, plain)).decode()


def _under(pad: bytes, text: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, text, strict=True))


def _is_of_session(sent: str) -> bool:
    try:
        both = urlsafe_b64decode(sent)
        plain = _under(both[: len(both) // 2], both[len(both) // 2 :])
    except ValueError:
        return False
    return KEY in session and hmac.compare_digest(plain, bytes.fromhex(session[KEY]))


def refuse_forged() -> None:
    """Refuse a request that another site had sent, before anything else is done.

    A browser says where a request comes from (`Sec-Fetch-Site`, which no script can set); `same-origin` is enough. One
    that does not say so needs the token of the session (OWASP Cross-Site Request Forgery Prevention Cheat Sheet,
    "Fetch Metadata headers", with its fallback). A form left open through a sign-in is so not refused for nothing.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    own = request.headers.get("Sec-Fetch-Site") == "same-origin"
    if not own and not _is_of_session(request.form.get(KEY) or request.headers.get("X-CSRFToken", "")):
        raise CSRFError
    g.csrf_valid = True  # what Flask-WTF's own check leaves for the forms


def init_app(app: Flask) -> None:
    """Ask before every request, and give templates the token."""
    app.before_request(refuse_forged)
    app.jinja_env.globals["csrf_token"] = token
