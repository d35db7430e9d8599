"""What is asked of a report: by which dimensions, filtered how, in which order; and the same as an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask_babel import gettext as _

from training.core.errors import Invalid
from training.reports.completion import SHOWN

DIMENSIONS = ("city", "base", "institution", "profession", "programme", "month")
FILTERS = DIMENSIONS[:-1]
DRILL = ("city", "base", "institution", "profession", "programme", "month")
NOT_RECORDED = "-"
MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
MOST_FILTERS = 200
LONGEST_CODE = 80


@dataclass(frozen=True)
class Question:
    """One view of the report; two equal ones have the same address and show the same.

    `filters` are (dimension, code) in order; several codes of one dimension widen it, dimensions narrow each other.
    """

    by: str = "city"
    across: str = ""
    show: str = "enrolled"
    filters: tuple[tuple[str, str], ...] = ()
    since: str = ""
    until: str = ""
    sort: str = ""
    page: int = 1

    @property
    def dimensions(self) -> tuple[str, ...]:
        """One dimension or two."""
        return (self.by, self.across) if self.across else (self.by,)

    def codes(self, dimension: str) -> tuple[str, ...]:
        """The codes to which a dimension is filtered; none for all."""
        return tuple(code for name, code in self.filters if name == dimension)

    @property
    def by_months(self) -> bool:
        """Whether months are told apart or cut out."""
        return "month" in self.dimensions or bool(self.since or self.until)

    def narrowed(self, dimension: str, code: str) -> Question:
        """The same, of one value of a dimension alone."""
        if dimension == "month":
            return replace(self, since=code, until=code, page=1)
        others = tuple(pair for pair in self.filters if pair[0] != dimension)
        return replace(self, filters=_ordered((*others, (dimension, code))), page=1)

    def without(self, dimension: str, code: str) -> Question:
        """The same with one filter fewer."""
        if dimension == "month":
            return replace(self, since="", until="", page=1)
        return replace(self, filters=tuple(pair for pair in self.filters if pair != (dimension, code)), page=1)

    def into(self, code: str) -> Question | None:
        """One step down: the row of that code by the next dimension; None where there is none left."""
        narrowed = self.narrowed(self.by, code)
        left = [name for name in DRILL if name != self.by and not narrowed.is_single(name)]
        if not left:
            return None
        across = "" if self.across == left[0] else self.across
        return replace(narrowed, by=left[0], across=across, sort="")

    def is_single(self, dimension: str) -> bool:
        """Whether the dimension is filtered to one value."""
        if dimension == "month":
            return bool(self.since) and self.since == self.until
        return len(self.codes(dimension)) == 1

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address; what is as it would be anyway is left out."""
        plain = Question()
        names = ("by", "across", "show", "since", "until", "sort", "page")
        own = [(name, str(getattr(self, name))) for name in names if getattr(self, name) != getattr(plain, name)]
        return own + list(self.filters)

    def query(self, *more: tuple[str, str]) -> str:
        """The address's query, with its question mark where there is any."""
        pairs = [*self.pairs(), *more]
        return "?" + urlencode(pairs) if pairs else ""


def read(pairs: Iterable[tuple[str, str]]) -> Question:
    """The question of an address; raises `Invalid` for what cannot be meant, so that no figure is shown for another.

    Unknown names (a language, a campaign) are left alone.
    """
    given: dict[str, str] = {}
    filters = []
    for name, value in pairs:
        if name in FILTERS and value:
            filters.append((name, value))
        elif value:
            given.setdefault(name, value)
    by, across = _one_of(DIMENSIONS, given, "by", "city"), _one_of(DIMENSIONS, given, "across", "")
    if across == "institution":  # hundreds of them are rows, never columns
        by, across = across, by
    since, until = (_month(given.get(name, "")) for name in ("since", "until"))
    if since and until and since > until:
        raise Invalid(_("The first month is later than the last one. Turn them round."))
    if len(filters) > MOST_FILTERS or any(len(code) > LONGEST_CODE for _name, code in filters):
        raise Invalid(_("These are more filters than a report takes. Choose fewer, or none for all."))
    if not all(code.isprintable() for _name, code in filters):
        raise Invalid(_("A filter of this address cannot be read. Choose it anew."))
    return Question(
        by=by,
        across="" if across == by else across,
        show=_one_of(SHOWN, given, "show", "enrolled"),
        filters=_ordered(filters),
        since=since,
        until=until,
        sort=_sort(given.get("sort", "")),
        page=_page(given.get("page", "")),
    )


def _ordered(filters: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(set(filters), key=lambda pair: (FILTERS.index(pair[0]), pair[1])))


def _one_of(known: tuple[str, ...], given: dict[str, str], name: str, otherwise: str) -> str:
    value = given.get(name, otherwise)
    if value != otherwise and value not in known:
        raise Invalid(
            _("A report knows no “%(value)s”. Choose one of: %(known)s.", value=value[:40], known=", ".join(known))
        )
    return value


def _month(value: str) -> str:
    if value and not MONTH.fullmatch(value):
        raise Invalid(_("“%(value)s” is no month. Write it as 2026-03.", value=value[:40]))
    return value


def _sort(value: str) -> str:
    if value.removeprefix("-") not in ("", "name", *SHOWN):
        raise Invalid(_("A report cannot be sorted by “%(value)s”. Choose the head of a column.", value=value[:40]))
    return "" if value in {"name", "-"} else value


def _page(value: str) -> int:
    return max(1, int(value)) if value.isascii() and value.isdecimal() and len(value) < 7 else 1
