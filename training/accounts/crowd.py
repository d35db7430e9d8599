"""The crowd of the sample: invented people with names of every kind, the same ones at every load."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from training.accounts.models import NOTICE, Person, Profession
from training.accounts.services import PersonData, new_person
from training.core.db import db

FIRST_MOBILE = 13800001000
PROFESSIONS = {  # of a hundred
    Profession.NURSE: 52,
    Profession.PHYSICIAN: 14,
    Profession.CARE_WORKER: 14,
    Profession.SOCIAL_WORKER: 8,
    Profession.VOLUNTEER: 6,
    Profession.PHARMACIST: 4,
    Profession.MANAGER: 2,
}
RARE_EVERY, WHOLE_EVERY = 29, 23


class Crowd:
    """Makes one person after another; `names` is the part `crowd` of `sample.json`."""

    def __init__(self, names: dict[str, list[str]], chance: Random, password_hash: str) -> None:
        """Begin with the first person."""
        self.names = names
        self.chance = chance
        self.password_hash = password_hash
        self.made = 0

    def person(self, institution_ids: Sequence[int], *, activated: bool) -> Person:
        """The next person, at one of these institutions; added and flushed."""
        self.made += 1
        data = PersonData(
            name=self._name(),
            mobile=str(FIRST_MOBILE + self.made),
            email=f"trainee{self.made}@example.org",
            profession=self.chance.choices(list(PROFESSIONS), list(PROFESSIONS.values()))[0],
            institution_id=self.chance.choice(institution_ids),
            staff_number=f"S{self.made:04d}",
        )
        person = new_person(data, password_hash=self.password_hash if activated else "")
        if activated:
            person.notice_version = NOTICE
        db.session.add(person)
        db.session.flush()
        return person

    def _name(self) -> str:
        """Mostly a surname and one or two characters; now and then a rare character, or a name of another kind."""
        if self.made % WHOLE_EVERY == 0:
            whole = self.names["whole"]
            return whole[self.made // WHOLE_EVERY % len(whole)]
        surname = self.chance.choice(self.names["surnames"])
        if self.made % RARE_EVERY == 0:
            return surname + self.chance.choice(self.names["rare"])
        return surname + self.chance.choice(self.names["given"])


def of_the_sample(content: dict[str, Any], password_hash: str) -> Crowd:
    """The crowd of `sample.json`."""
    return Crowd(content["crowd"], Random(20260101), password_hash)  # noqa: S311 - the same at every load
