"""What the codes of a report stand for, and what of it all somebody sees."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import force_locale
from sqlalchemy import ColumnElement, or_, select, true

from training.accounts.models import Profession
from training.activities.models import Activity
from training.core import i18n, scopes
from training.core.db import db
from training.core.scopes import Scope
from training.places.models import Institution, Region, TrainingBase
from training.programmes.models import Programme
from training.reports.completion import Label
from training.reports.question import NOT_RECORDED, Question

EVERYWHERE = ("/",)
UNKNOWN = Label(code=NOT_RECORDED, name_zh="未记录", name_en="Not recorded")


@dataclass(frozen=True)
class Names:
    """The values of one dimension in their natural order, each with the key under which it is counted."""

    values: tuple[tuple[Any, Label], ...] = ()

    def codes(self) -> dict[Any, str]:
        """From keys to codes."""
        return {key: label.code for key, label in self.values}

    def keys(self) -> dict[str, Any]:
        """From codes to keys."""
        return {label.code: key for key, label in self.values}

    def labels(self, codes: Collection[str]) -> list[Label]:
        """The labels of some codes, in their natural order; what was not recorded comes last."""
        found = [label for _key, label in self.values if label.code in codes]
        return [*found, UNKNOWN] if NOT_RECORDED in codes else found


@dataclass(frozen=True)
class Sight:
    """What a person's scopes let them see: people of the cities in their region, and people trained at their bases.

    A role on a region shows the people whose institution's city lies in it, wherever they train; a role on a base
    or on a county shows the people trained there, wherever they come from.
    """

    everything: bool
    cities: frozenset[str]
    bases: frozenset[int]

    def condition(self, table: Any) -> ColumnElement[bool]:
        """The condition on a table with `city_code` and `base_id`."""
        if self.everything:
            return true()
        return or_(table.city_code.in_(sorted(self.cities)), table.base_id.in_(sorted(self.bases)))


def _bases_in_sight(bases: Iterable[Any], cities: frozenset[str], paths: tuple[str, ...]) -> frozenset[int]:
    """The bases on which a role is held, and those of a county: no city stands for a county in the figures."""
    return frozenset(
        base.id for base, path in bases if path in paths or (base.city_code not in cities and _within(paths, path))
    )


@dataclass
class Catalogue:
    """The names of every dimension and the sight of whoever asks; `offered` are the codes to filter by."""

    sight: Sight
    names: dict[str, Names]
    offered: dict[str, frozenset[str]]
    city_of_base: dict[str, str] = field(default_factory=dict)

    def in_words(self) -> dict[str, dict[str, str]]:
        """For each dimension its codes with their names in the present language."""
        return {
            dimension: {label.code: i18n.local(label, "name") for _key, label in several.values}
            for dimension, several in self.names.items()
        }

    def shown_even_if_empty(self, dimension: str, question: Question) -> set[str]:
        """Cities and bases in sight have a row also when nobody is there; what is filtered for has one too."""
        wanted = question.codes(dimension)
        if wanted or dimension not in {"city", "base"}:
            return set(wanted)
        codes = set(self.offered[dimension])
        cities = question.codes("city")
        if dimension == "base" and cities:
            codes = {code for code in codes if self.city_of_base[code] in cities}
        return codes


def load(paths: tuple[str, ...] = EVERYWHERE, question: Question | None = None) -> Catalogue:
    """The catalogue for whoever holds the scope paths; three queries, one more where institutions are asked for."""
    everything = paths == EVERYWHERE
    regions = db.session.execute(
        select(Region.code, Region.name_zh, Region.name_en, Scope.path)
        .join(Scope, Scope.id == Region.scope_id)
        .where(Region.kind == "city")
        .order_by(Region.code)
    ).all()
    bases = db.session.execute(
        select(TrainingBase, Scope.path).join(Scope, Scope.id == TrainingBase.scope_id).order_by(TrainingBase.name_zh)
    ).all()
    programmes = db.session.execute(
        select(Programme.code, Activity.id, Activity.title_zh, Activity.title_en, Scope.path)
        .join(Activity, Activity.id == Programme.activity_id)
        .join(Scope, Scope.id == Activity.scope_id)
        .order_by(Programme.code)
    ).all()
    cities = frozenset(code for code, _zh, _en, path in regions if _within(paths, path))
    return Catalogue(
        sight=Sight(everything, cities, _bases_in_sight(bases, cities, paths)),
        names={
            "city": _names((code, code, zh, en) for code, zh, en, _path in regions),
            "base": _names((one.id, one.code, one.name_zh, one.name_en) for one, _path in bases),
            "institution": _institutions(question),
            "profession": Names(tuple(_professions())),
            "programme": _names((key, code, zh, en) for code, key, zh, en, _path in programmes),
            "month": Names(),
        },
        offered={
            "city": cities,
            "base": frozenset(base.code for base, path in bases if _within(paths, path)),
            "profession": frozenset(one.value for one in Profession),
            "programme": frozenset(
                code
                for code, _key, _zh, _en, path in programmes
                if _within(paths, path) or any(scopes.covers(path, own) for own in paths)
            ),
        },
        city_of_base={base.code: base.city_code for base, _path in bases},
    )


def _within(paths: Iterable[str], path: str) -> bool:
    return any(scopes.covers(own, path) for own in paths)


def _names(rows: Iterable[tuple[Any, str, str, str]]) -> Names:
    return Names(tuple((key, Label(code=code, name_zh=zh, name_en=en)) for key, code, zh, en in rows))


def _institutions(question: Question | None) -> Names:
    """Those that the question is about: all where they are rows, else those it filters for."""
    if question is None or not ("institution" in question.dimensions or question.codes("institution")):
        return Names()
    statement = select(Institution.id, Institution.code, Institution.name_zh, Institution.name_en)
    if "institution" not in question.dimensions:
        statement = statement.where(Institution.code.in_(question.codes("institution")))
    rows = db.session.execute(statement.order_by(Institution.city_code, Institution.name_zh, Institution.id))
    return _names((key, code, zh, en) for key, code, zh, en in rows)


def _professions() -> Iterable[tuple[str, Label]]:
    told: dict[str, list[str]] = {}
    for language in ("zh", "en"):
        with force_locale(language):
            told[language] = [one.label for one in Profession]
    for one, zh, en in zip(Profession, told["zh"], told["en"], strict=True):
        yield one.value, Label(code=one.value, name_zh=zh, name_en=en)


def month_label(month: str) -> Label:
    """A local month with its name in both languages."""
    year, place = int(month[:4]), int(month[5:])
    return Label(code=month, name_zh=f"{year}年{place}月", name_en=f"{calendar.month_abbr[place]} {year}")


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, end + 1)]


def labels_of(catalogue: Catalogue, dimension: str, question: Question, present: Collection[str]) -> Sequence[Label]:
    """The rows or columns of a dimension in their natural order; `present` are the codes with anybody in them."""
    if dimension == "month":
        return [month_label(month) for month in months_between(min(present), max(present))] if present else []
    return catalogue.names[dimension].labels(catalogue.shown_even_if_empty(dimension, question) | set(present))
