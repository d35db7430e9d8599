"""What a certificate will say: the fields taken from the records of this moment, to be frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from certificates import rules
from certificates.fields import Bilingual, CertificateFields
from certificates.queries import Candidate
from training.accounts import id_numbers
from training.accounts.revising import id_number_of
from training.core import clock, i18n


def draft(candidate: Candidate, *, number: str, site: str, photo: str = "") -> CertificateFields:
    """The certificate of a completed enrolment, issued today, as it will be printed; `photo` from `photos.to_print`."""
    completed_at = candidate.enrolment.completed_at or clock.now()
    completed_on = clock.local(completed_at).date()
    base = _names(candidate.base)
    return CertificateFields(
        number=number,
        person_name=candidate.person.name,
        institution=_names(candidate.institution) if candidate.institution else Bilingual(),
        profession=in_both(lambda: candidate.person.profession.label),
        id_number_masked=id_numbers.masked(id_number) if (id_number := id_number_of(candidate.person)) else "",
        programme=Bilingual(candidate.activity.title_zh, candidate.activity.title_en),
        cohort_name=candidate.cohort.name,
        base=base,
        class_hours=candidate.activity.class_hours,
        started_on=rules.first_day(
            enrolled_on=clock.local(candidate.enrolment.enrolled_at).date(),
            cohort_starts_on=candidate.cohort.starts_on,
            completed_on=completed_on,
        ),
        completed_on=completed_on,
        issued_on=clock.today(),
        valid_until=rules.last_valid_day(clock.today(), candidate.programme.valid_months),
        issuer=base,
        result=in_both(lambda: _("All requirements of the programme passed")),
        verify_url=f"{site}/verify/{number}",
        photo=photo,
    )


def _names(place: Any) -> Bilingual:
    return Bilingual(place.name_zh, place.name_en)


def in_both(spoken: Callable[[], str]) -> Bilingual:
    """What `spoken` says in Chinese and in English."""
    return Bilingual(*i18n.in_both(spoken))
