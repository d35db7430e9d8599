"""Who stands at the door: what was typed as a login, and for a staff number the institution of this computer.

A staff number (工号) is known within an institution only. The institution is chosen once a computer and kept in a
cookie, so that a nurse types a number and a password, and no page carries a list of 1,500 institutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request, session, url_for

from training.accounts import logins, queries
from training.accounts.models import Person
from training.places import queries as places
from training.places.models import Institution

COOKIE = "institution"
TYPED = "typed_login"
YEAR = 31_536_000


@dataclass(frozen=True)
class Typed:
    """What was typed as a login, brought to one form."""

    login: str
    staff_number: str | None
    institution_id: int | None

    @property
    def lacks_institution(self) -> bool:
        """Whether it is a staff number, and nobody said of which institution."""
        return self.staff_number is not None and self.institution_id is None

    @property
    def key(self) -> str:
        """Under which tries are counted."""
        return f"{self.institution_id}/{self.staff_number}" if self.staff_number else self.login

    def person(self) -> Person | None:
        """The active person who signs in with it; one query."""
        if self.staff_number is None:
            return queries.by_login(self.login)
        return queries.by_staff_number(self.institution_id or 0, self.staff_number)


def read(typed: str) -> Typed:
    """What was typed; whatever is neither a mobile number nor an e-mail address is a staff number."""
    login = logins.normalise(typed)
    if logins.is_mobile(login) or "@" in login:
        return Typed(login, None, None)
    return Typed(login, logins.normalise_staff_number(typed), chosen_id())


def chosen_id() -> int | None:
    """The id of the institution of this computer, as its cookie says; it may be that of none."""
    kept = request.cookies.get(COOKIE, "")
    return int(kept) if kept.isascii() and kept.isdigit() and len(kept) < 19 else None


def chosen() -> Institution | None:
    """The institution of this computer, to be shown; needs an open transaction, asks nothing without the cookie."""
    number = chosen_id()
    return places.institution(number) if number else None


def keep(response: Response, institution_id: int) -> None:
    """Remember the institution on this computer."""
    response.set_cookie(
        COOKIE, str(institution_id), max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure
    )


def remember_typed(typed: str) -> None:
    """Keep what was typed as a login while the institution is chosen, so that it is not typed twice."""
    session[TYPED] = typed[:100]


def typed_before() -> str:
    """What was typed before the institution was chosen."""
    return str(session.get(TYPED, ""))


def page_values(back: str) -> dict[str, Any]:
    """What a page with a login field shows about institutions; `back` is its own address."""
    return {"institution": chosen(), "institution_url": url_for("institutions.choose", next=back)}
