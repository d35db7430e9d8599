"""The sample people, all with one password; the sign-in page offers some of them in sample mode."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from training.accounts import crowd, passwords, services
from training.accounts.models import NOTICE, Person, Profession
from training.core import clock, sample, scopes
from training.core.access import Role
from training.core.db import db
from training.core.scopes import Scope

PASSWORD = "anning-2026"  # noqa: S105 - shown on the sign-in page of every sample
STARTED = timedelta(days=560)
OFFERED = (Role.COORDINATOR, Role.SUPERVISOR, Role.INSTRUCTOR, Role.OFFICER, Role.ADMINISTRATOR)
ROLES = {"provincial_officer": Role.OFFICER}


@dataclass(frozen=True)
class Offer:
    """Somebody to sign in as."""

    name: str
    login: str
    role: str


@cache
def content() -> dict[str, Any]:
    """The sample people as they stand in `sample.json`."""
    read: dict[str, Any] = json.loads(files("training.accounts").joinpath("sample.json").read_text(encoding="utf-8"))
    return read


def shown() -> list[Offer]:
    """What to offer: every role's first, and a second instructor, whom reviews need; nothing outside sample mode."""
    if not current_app.config["SAMPLE_MODE"]:
        return []
    learner, *_others = [one for one in content()["trainees"] if one["stage"] == "last_lesson"]
    firsts = {_role(one): one for one in reversed(content()["staff"])}
    second = next(one for one in content()["staff"] if one.get("reviews"))
    return [
        Offer(learner["name"], learner["mobile"], Role.TRAINEE.label),
        *(Offer(firsts[role]["name"], firsts[role]["mobile"], role.label) for role in OFFERED),
        Offer(second["name"], second["mobile"], str(_("A second instructor"))),
    ]


@sample.step("people", 20)
def add_people(shared: dict[str, Any]) -> None:
    """Leave `people` by mobile number, `staff` by role, `trainees` with their stage, and the `crowd` to draw from.

    Coordinators are in `staff` by their base's code too, the second instructor as `reviewer`, supervisors in
    `supervisors`.
    """
    password_hash = passwords.hash_password(PASSWORD)  # one for all; nobody waits for this transaction
    shared["people"], shared["staff"], shared["supervisors"], shared["trainees"] = {}, {}, {}, []
    shared["crowd"] = crowd.of_the_sample(content(), password_hash)
    with clock.frozen(shared["now"] - STARTED):
        for one in content()["staff"]:
            person = _add_person(one, password_hash, shared)
            role = _role(one)
            services.add_grant(person, role, _scope(role, one, shared), granted_by=None)
            shared["staff"].setdefault(role.value, person)
            if role is Role.COORDINATOR:
                shared["staff"][one["base"]] = person
            if one.get("reviews"):
                shared["staff"]["reviewer"] = person
            if role is Role.SUPERVISOR:
                shared["supervisors"][one["base"]] = person
        for one in content()["trainees"]:
            person = _add_person(one, password_hash, shared)
            shared["trainees"].append((person, one["stage"], one["base"]))


def _add_person(one: dict[str, Any], password_hash: str, shared: dict[str, Any]) -> Person:
    institution = shared["institutions"].get(one["institution_code"])
    person = services.add_person(
        services.PersonData(
            name=one["name"],
            mobile=one["mobile"],
            email=one["email"],
            profession=Profession(one["profession"]),
            institution_id=institution.id if institution else None,
        ),
        password_hash=password_hash,
        added_by=None,
    )
    person.notice_version = NOTICE
    shared["people"][one["mobile"]] = person
    return person


def _role(one: dict[str, Any]) -> Role:
    return ROLES.get(one["role"]) or Role(one["role"])


def _scope(role: Role, one: dict[str, Any], shared: dict[str, Any]) -> Scope:
    """Coordinators and supervisors work for one base; the teaching and its instructor belong to the province."""
    if role is Role.ADMINISTRATOR:
        return scopes.root()
    if role in {Role.COORDINATOR, Role.SUPERVISOR}:
        return db.session.get_one(Scope, shared["bases"][one["base"]].scope_id)
    scope: Scope = shared["province_scope"]
    return scope
