"""Certificates in words: their standing, and every printed field beside its label."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import rules
from certificates.fields import Bilingual, CertificateFields
from certificates.models import Certificate, Replacement
from certificates.rules import Standing
from training.core import clock, i18n

STANDINGS = {
    Standing.VALID: _l("valid"),
    Standing.EXPIRED: _l("expired"),
    Standing.SUSPENDED: _l("suspended"),
    Standing.REVOKED: _l("revoked"),
    Standing.SUPERSEDED: _l("replaced"),
}
TONES = {
    Standing.VALID: "good",
    Standing.EXPIRED: "warn",
    Standing.SUSPENDED: "warn",
    Standing.REVOKED: "bad",
    Standing.SUPERSEDED: "neutral",
}
REPLACEMENTS = {
    Replacement.CORRECTION: _l("re-issued with corrections"),
    Replacement.DUPLICATE: _l("duplicate"),
    Replacement.RENEWAL: _l("renewed"),
}


@dataclass(frozen=True)
class Fact:
    """One printed field: `texts` holds (language tag, text); a tag of None is neither Chinese nor English."""

    label: str
    texts: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True)
class Mark:
    """A standing as pages show it."""

    standing: Standing
    label: str
    tone: str


def mark(certificate: Certificate) -> Mark:
    """Where a certificate stands today."""
    standing = rules.standing(certificate.status, valid_until=certificate.valid_until, today=clock.today())
    return Mark(standing, str(STANDINGS[standing]), TONES[standing])


def facts(fields: CertificateFields, *, name: str) -> list[Fact]:
    """Every field as it is printed, in the order of the paper; what was not recorded is left out."""
    period = _(
        "%(first)s to %(last)s", first=i18n.show_date(fields.started_on), last=i18n.show_date(fields.completed_on)
    )
    rows: list[tuple[str, Bilingual | str]] = [
        (_("Certificate number"), fields.number),
        (_("Issuer's number"), fields.local_number),
        (_("Name"), name),
        (_("Sex"), {"female": _("female"), "male": _("male")}.get(fields.sex or "", "")),
        (_("Identity number"), fields.id_number_masked),
        (_("Profession"), fields.profession),
        (_("Institution"), fields.institution),
        (_("Programme"), fields.programme),
        (_("Training base"), fields.base),
        (_("Cohort"), fields.cohort_name),
        (_("Training period"), period),
        (_("Class hours"), f"{fields.class_hours.normalize():f}"),
        (_("Result"), fields.result),
        (_("Issued by"), fields.issuer),
        (_("Issued on"), i18n.show_date(fields.issued_on)),
        (_("Valid until"), i18n.show_date(fields.valid_until)),
        (_("Kind of issue"), str(REPLACEMENTS[Replacement(fields.replaced_as)]) if fields.replaced_as else ""),
        (_("Takes the place of"), fields.replaces or ""),
        (_("First issued on"), i18n.show_date(fields.first_issued_on)),
    ]
    return [Fact(label, _texts(value)) for label, value in rows if value]


def _texts(value: Bilingual | str) -> tuple[tuple[str | None, str], ...]:
    if isinstance(value, str):
        return ((None, value),)
    pairs = (("zh-CN", value.zh), ("en", value.en))
    return tuple((tag, text) for tag, text in pairs if text)
