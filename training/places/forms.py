"""Forms about places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from training.core import i18n
from training.core.access import Actor
from training.core.forms import Form, text
from training.places import queries
from training.places.models import Institution, Region
from training.places.services import Facts
from training.places.words import KINDS, taken_words

MOST_BEDS = 20_000
NEAR = 5
Choices = dict[str, list[tuple[str, str]]]


def _code(label: Any, help_text: Any) -> StringField:
    return text(label, maximum=40, description=help_text)


def _names() -> tuple[StringField, StringField]:
    return text(_l("Name in Chinese"), maximum=200), text(_l("Name in English"), maximum=200)


def _institution(label: Any, *, required: bool = True) -> StringField:
    return text(
        label, maximum=200, required=required, description=_l("The code, or the whole name as it stands in the list.")
    )


def _require_free(field: StringField, taken: Any, own_id: int | None) -> None:
    if taken is not None and taken.id != own_id:
        raise ValidationError(taken_words(field.data or "", i18n.local(taken, "name")))


def _found(actor: Actor, field: StringField) -> Institution | None:
    """The institution that was written; None for an empty field. Raises `ValidationError` for none or several."""
    if not field.data:
        return None
    several = queries.institutions_by_word(actor, field.data)
    if not several:
        raise ValidationError(_unknown(queries.institutions_like(actor, field.data, NEAR)))
    if len(several) > 1:
        raise ValidationError(_("Several institutions have this name. Write the code of the one that is meant."))
    return several[0]


def _unknown(near: Sequence[Institution]) -> str:
    if not near:
        return _(
            "No open institution of your area has this code or whole name. Look it up in the list of institutions."
        )
    names = _("; ").join(f"{i18n.local(one, 'name')} ({one.code})" for one in near)
    return _(
        "No open institution has exactly this code or name. Write the whole name or the code: %(names)s", names=names
    )


class LookingForm(Form):
    """A form that names an institution by its code or name."""

    actor: Actor
    found: Institution | None = None

    def look_in(self, actor: Actor) -> None:
        """Say among whose institutions it is looked for."""
        self.actor = actor

    @property
    def chosen(self) -> Institution:
        """The institution that was named; for a valid form that asks for one."""
        if self.found is None:
            raise LookupError("asked before the form was found valid")
        return self.found


class InstitutionForm(Form):
    """An institution, new or to be changed."""

    name_zh, name_en = _names()
    kind = SelectField(_l("Kind"))
    place = SelectField(_l("City or county"), validators=[InputRequired(_l("Choose one."))])
    beds = IntegerField(
        _l("Beds for palliative care"),
        default=0,
        description=_l("0 for a team that visits people at home."),
        validators=[
            InputRequired(_l("Fill this in; 0 where there are none.")),
            NumberRange(min=0, max=MOST_BEDS, message=_l("A whole number from 0 to 20,000.")),
        ],
    )
    code = _code(_l("Institution code"), _l("The registration number, or another code that no other institution has."))

    def offer(self, regions: Sequence[Region], institution: Institution | None) -> None:
        """Fill the choices; `institution` is the one to be changed."""
        self.institution = institution
        self.regions = {one.code: one for one in regions}
        self.kind.choices = [(one.value, label) for one, label in KINDS.items()]
        self.place.choices = _by_city(self.regions)

    def show(self, institution: Institution) -> None:
        """Fill in where it lies."""
        self.place.data = institution.county_code or institution.city_code

    def validate_code(self, field: StringField) -> None:
        """No other institution has it."""
        own = self.institution.id if self.institution else None
        _require_free(field, queries.institution_of_code(field.data or ""), own)

    @property
    def facts(self) -> Facts:
        """What was typed; for a valid form."""
        chosen = self.regions[self.place.data]
        county = chosen if chosen.kind == "county" else None
        return Facts(
            code=self.code.data or "",
            name_zh=self.name_zh.data or "",
            name_en=self.name_en.data or "",
            city_code=str(county.parent_code) if county else chosen.code,
            county_code=county.code if county else None,
            kind=self.kind.data,
            beds=self.beds.data or 0,
        )


def _by_city(regions: Mapping[str, Region]) -> Choices:
    """Cities as groups: the city as a whole, then its counties."""
    cities = {one.code: i18n.local(one, "name") for one in queries.cities()}
    groups: Choices = {}
    for one in regions.values():
        city = cities[one.code if one.kind == "city" else str(one.parent_code)]
        name = i18n.local(one, "name") if one.kind == "county" else _("%(city)s (no county named)", city=city)
        groups.setdefault(city, []).append((one.code, name))
    return groups


class ListForm(Form):
    """What to look for among the institutions."""

    class Meta:
        """A search changes nothing."""

        csrf = False

    q = text(_l("Name or code"), maximum=80, required=False)
    city = SelectField(_l("City"), default="")
    kind = SelectField(_l("Kind"), default="")
    ended = BooleanField(_l("Only those that have ended"))

    def offer(self, cities: Sequence[Region]) -> None:
        """Fill the choices."""
        self.city.choices = [("", _l("All")), *((one.code, i18n.local(one, "name")) for one in cities)]
        self.kind.choices = [("", _l("All")), *((one.value, label) for one, label in KINDS.items())]


class EndForm(LookingForm):
    """The end of an institution."""

    ended_on = DateField(
        _l("Ended on"),
        description=_l("From this day on it is offered no more."),
        validators=[InputRequired(_l("Fill this in."))],
    )
    successor = _institution(_l("Successor"), required=False)

    def validate_successor(self, field: StringField) -> None:
        """It is one that is known and open."""
        self.found = _found(self.actor, field)


class BaseForm(LookingForm):
    """A new training base."""

    institution = _institution(_l("The institution"))
    name_zh, name_en = _names()
    code = _code(
        _l("Base code"), _l("A short word that no other training base has; commands and files name the base by it.")
    )

    def validate_institution(self, field: StringField) -> None:
        """It is one that is known and open."""
        self.found = _found(self.actor, field)

    def validate_code(self, field: StringField) -> None:
        """No other base has it."""
        _require_free(field, queries.base_of_code(field.data or ""), None)


class BaseNamesForm(Form):
    """Other names for a training base."""

    name_zh, name_en = _names()


class AllianceForm(LookingForm):
    """An alliance, new or to be changed; one to be changed keeps its code."""

    name_zh, name_en = _names()
    lead = _institution(_l("Lead institution"))
    code = _code(_l("Alliance code"), _l("A short word that no other alliance has."))

    def keep_code(self) -> None:
        """Ask for everything but the code: the alliance is there already."""
        del self.code

    def validate_lead(self, field: StringField) -> None:
        """It is one that is known and open."""
        self.found = _found(self.actor, field)

    def validate_code(self, field: StringField) -> None:
        """No other alliance has it."""
        _require_free(field, queries.alliance_of_code(field.data or ""), None)


class MemberForm(LookingForm):
    """One more member of an alliance."""

    institution = _institution(_l("The institution"))

    def validate_institution(self, field: StringField) -> None:
        """It is one that is known and open."""
        self.found = _found(self.actor, field)
