"""The test client that looks at every page it fetches: a page that breaks a rule of the house fails the test.

What the rules are stands in `tests/pages.py`; here is only how pages are fetched, signed in for, and forms sent.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import or_, select
from werkzeug.test import TestResponse

from tests import pages
from training.accounts.models import Person
from training.core import forgery
from training.core.db import db, reading


class CheckingClient(FlaskClient):
    """A browser without scripts whose every HTML answer is examined."""

    crashes_allowed = False
    examines = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch, and examine what came; the file into which werkzeug puts a large upload is closed."""
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        response.request.environ["wsgi.input"].close()
        if self.examines:
            pages.examine(response, crashes_allowed=self.crashes_allowed)
        return response

    def post(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Post a form with the session's CSRF token, as a page's own form does; `csrf=False` leaves it out."""
        if csrf and "json" not in kwargs:
            data = kwargs.get("data") or {}
            if isinstance(data, Mapping) and "csrf_token" not in data:
                kwargs["data"] = {**data, "csrf_token": self.token()}
        elif csrf:
            kwargs["headers"] = {**kwargs.get("headers", {}), "X-CSRFToken": self.token()}
        return super().post(*args, **kwargs)

    def token(self) -> str:
        """A CSRF token that belongs to this client's session."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha256(os.urandom(32)).hexdigest())
        return forgery.masked(raw)

    def submit(
        self, page: str, data: Mapping[str, Any] | None = None, *, action: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open `page`, fill in its form and send it, hidden fields and present values included.

        `action` picks the form by its address; without it the page's main part must hold exactly one POST form.
        """
        response = self.get(page)
        assert response.status_code == 200, f"{page} answers {response.status_code}"
        form = pages.form_of(response, action)
        target = urljoin(page, form.action)
        return self.post(
            urlsplit(target)._replace(fragment="").geturl(), data={**form.values, **(data or {})}, **kwargs
        )

    def sign_in(self, person: Person) -> None:
        """Put the person into the session, as a sign-in does, without the slow password."""
        with self.session_transaction() as session:
            session["_user_id"] = f"{person.id}:{person.stamp}"
            session["_fresh"] = True


def person_of(app: Flask, who: Person | int | str) -> Person:
    """The person themselves, or the one of that id, mobile number or e-mail address."""
    if isinstance(who, Person):
        return who
    condition = Person.id == who if isinstance(who, int) else or_(Person.mobile == who, Person.email == who)
    with app.app_context(), reading():
        return db.session.scalars(select(Person).where(condition)).one()


def client_for(app: Flask, who: Person | int | str | None = None, language: str = "zh") -> CheckingClient:
    """A client in that language, signed in when somebody is given."""
    made = CheckingClient(app, app.response_class)
    made.set_cookie("lang", language)
    if who is not None:
        made.sign_in(person_of(app, who))
    return made


main_text = pages.main_text
