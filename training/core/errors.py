"""What may be refused. One handler in `web.py` turns each into a page or JSON with its status."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A refusal in words: what happened, where, and what to do. Nothing has been changed."""

    status = 400

    def __init__(self, message: Any) -> None:
        """Take the sentence to show, already translated or lazy."""
        super().__init__(message)
        self.message = message


class Invalid(DomainError):
    """What was sent breaks a rule."""

    status = 422


class NotAllowed(DomainError):
    """The person may not do this."""

    status = 403


class NotFound(DomainError):
    """There is no such thing, or none that this person may know of."""

    status = 404


class Conflict(DomainError):
    """Somebody or something came first: a stale form, a second submission, a passed deadline."""

    status = 409


class ConsentNeeded(DomainError):
    """The person has not agreed to the present notice on data yet; the page leads there and back."""

    status = 403


class SignInNeeded(DomainError):
    """Nobody is signed in; the page leads to the sign-in and back."""

    status = 401
