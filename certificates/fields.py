"""What a certificate prints, to be frozen in the register; and whether every character of it can be printed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Self

from training.core.fonts import CannotPrint, Typefaces, describe


class CharactersMissing(CannotPrint):
    """No font has a glyph for `characters`, which stand in the certificate of `person_name`."""

    def __init__(self, person_name: str, characters: list[str]) -> None:
        self.person_name = person_name
        self.characters = characters
        listed = ", ".join(describe(character) for character in characters)
        super().__init__(f"The certificate cannot be printed: no font has {listed}.")


class Bilingual(NamedTuple):
    """One text in both languages; either may be empty where nothing was recorded."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True, kw_only=True)
class CertificateFields:
    """Everything that a certificate prints; `as_dict` is frozen in the register, `from_dict` reads it.

    `replaced_as`, `replaces` and `first_issued_on` are of a certificate that takes the place of another one: why, of
    which number, and the day on which the first of them was issued. `photo` is the SHA-256 of the holder's photo in its
    normal form, empty for none. What was frozen before these were known reads on without them.
    """

    number: str
    person_name: str
    programme: Bilingual
    cohort_name: str
    base: Bilingual
    class_hours: Decimal
    started_on: date
    completed_on: date
    issued_on: date
    issuer: Bilingual
    verify_url: str
    result: Bilingual
    institution: Bilingual = Bilingual()
    profession: Bilingual = Bilingual()
    sex: Literal["female", "male"] | None = None
    valid_until: date | None = None
    replaced_as: Literal["correction", "duplicate", "renewal"] | None = None
    replaces: str | None = None
    first_issued_on: date | None = None
    local_number: str = ""
    id_number_masked: str = ""
    photo: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values: ISO 8601 dates, hours as a decimal string, bilingual text as `{"zh", "en"}`."""
        return {name: _frozen(value) for name, value in _values_of(self)}

    @classmethod
    def from_dict(cls, frozen: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote; anything else raises `TypeError`, `ValueError` or `ArithmeticError`."""
        return cls(**{name: _thawed(name, value) for name, value in frozen.items()})

    def texts(self) -> Iterator[str]:
        """Every text of a person's making that is printed, the name first."""
        yield self.person_name
        for name, value in _values_of(self):
            if isinstance(value, Bilingual):
                yield from value
            elif isinstance(value, str) and name != "photo":
                yield value


def require_printable(certificate: CertificateFields, typefaces: Typefaces) -> None:
    """Refuse, before anything is written, a text that no font can print; raises `CharactersMissing`."""
    missing = typefaces.missing_characters("".join(certificate.texts()))
    if missing:
        raise CharactersMissing(certificate.person_name, missing)


def _values_of(certificate: CertificateFields) -> Iterator[tuple[str, Any]]:
    """The fields by name, nested values left whole."""
    for field in fields(certificate):
        yield field.name, getattr(certificate, field.name)


def _frozen(value: Any) -> Any:
    """A field's value as JSON holds it."""
    if isinstance(value, Bilingual):
        return value._asdict()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


_PERHAPS = {"valid_until", "first_issued_on"}
"""Days that a certificate may be without."""


def _thawed(name: str, value: Any) -> Any:
    """A JSON value as the field of that name holds it."""
    if isinstance(value, dict):
        return Bilingual(**value)
    if name in _PERHAPS and value is None:
        return None
    if name.endswith("_on") or name == "valid_until":
        return date.fromisoformat(value)
    return Decimal(value) if name == "class_hours" else value
