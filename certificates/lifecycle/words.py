"""The life of a certificate in words: what may be corrected, and two papers beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import words
from certificates.fields import Bilingual, CertificateFields
from certificates.words import Fact
from training.core import i18n

FIELDS = {
    "person_name": _l("Name"),
    "sex": _l("Sex"),
    "id_number_masked": _l("Identity number"),
    "profession": _l("Profession"),
    "institution": _l("Institution"),
    "programme": _l("Programme"),
    "base": _l("Training base"),
    "cohort_name": _l("Cohort"),
    "issuer": _l("Issued by"),
    "photo": _l("Photo"),
}
SEXES = {"female": _l("female"), "male": _l("male")}


class Row(NamedTuple):
    """One line of two papers: a fact of each, None where one has none."""

    label: str
    old: Fact | None
    new: Fact | None

    @property
    def differs(self) -> bool:
        """Whether the two papers say different things there."""
        return (self.old and self.old.texts) != (self.new and self.new.texts)


def papers(old: CertificateFields, new: CertificateFields) -> list[Row]:
    """Two papers line by line, the photo last where one of them has one."""
    rows = _beside(*(words.facts(one, name=one.person_name) for one in (old, new)))
    if not (old.photo or new.photo):
        return rows
    photos = (
        Fact(str(FIELDS["photo"]), ((None, value(one, "photo", old)),)) if one.photo else None for one in (old, new)
    )
    return [*rows, Row(str(FIELDS["photo"]), *photos)]


def _beside(old: Sequence[Fact], new: Sequence[Fact]) -> list[Row]:
    """In the order of the new one."""
    by_label = {one.label: one for one in old}
    rows = [Row(one.label, by_label.pop(one.label, None), one) for one in new]
    return [*rows, *(Row(label, one, None) for label, one in by_label.items())]


def value(fields: CertificateFields, name: str, before: CertificateFields | None = None) -> str:
    """What a certificate says in one field, in the present language; a dash for nothing.

    A photo is told by whether it is the one of the paper `before`.
    """
    said = getattr(fields, name)
    if name == "photo" and said:
        return _("the photo on the old paper") if said == (before or fields).photo else _("the photo in use now")
    if isinstance(said, Bilingual):
        said = i18n.local(said._asdict())
    return str(SEXES.get(said, said) or "–") if name == "sex" else said or "–"
