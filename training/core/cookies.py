"""Flask's signed sessions. A cookie that was found genuine is not read anew with each request that bears it."""

from __future__ import annotations

import time
from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Flask's own, with its signer made once and the newest cookies remembered."""

    def __init__(self) -> None:
        """Those of one application."""
        self._signers: dict[object, URLSafeTimedSerializer | None] = {}

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session that a request bears; an empty one where its cookie is missing, too old, or not ours."""
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        sent = request.cookies.get(self.get_cookie_name(app))
        try:
            said, made = _read(signer, sent) if sent else ({}, time.time())
        except BadSignature:
            return self.session_class()
        if time.time() - made > app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        return self.session_class(deepcopy(said))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the sessions of the application, by its present key."""
        if app.secret_key not in self._signers:
            self._signers = {app.secret_key: super().get_signing_serializer(app)}
        return self._signers[app.secret_key]


@lru_cache(maxsize=5000)
def _read(signer: URLSafeTimedSerializer, sent: str) -> tuple[dict[str, Any], float]:
    """What a cookie says, and when it was signed (seconds since 1970); raises `BadSignature`."""
    said, made = signer.loads(sent, return_timestamp=True)
    return said, made.timestamp()


def init_app(app: Flask) -> None:
    """Have an application keep its sessions so."""
    app.session_interface = Sessions()
